"""Words and dates in the reader's language, and lead text made harmless.

A lead's own text is only ever a value that is put into a phrase: it is never a phrase, a
template or markup itself.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_percent

from services.notify.texts import english, spanish
from shared.plain_text import clean

LANGUAGES = {"en": english, "es": spanish}


class Phrases:
    """One reader's language and time zone."""

    def __init__(self, language: str, zone: str):
        self.language = language if language in LANGUAGES else "en"
        self._words = LANGUAGES[self.language]
        self._zone = ZoneInfo(zone)
        self.zone = zone

    def has(self, key: str) -> bool:
        return key in self._words.PHRASES

    def say(self, key: str, **values: Any) -> str:
        """Return the phrase ``key`` with ``values`` put in, each cleaned."""
        cleaned = {name: clean(value) for name, value in values.items()}
        phrase: str = self._words.PHRASES[key]
        return phrase.format(**cleaned)

    def moment(self, moment: datetime) -> str:
        """Return a moment in the reader's zone: ``lun 2 mar, 13:15``."""
        return format_datetime(moment, self._words.DATE, self._zone, self.language)

    def day(self, moment: datetime) -> str:
        return format_datetime(moment, self._words.DAY, self._zone, self.language)

    def share(self, part: float) -> str:
        return format_percent(part, locale=self.language)
