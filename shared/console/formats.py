"""Moments, durations and numbers as people read them, in one language and one zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent

from shared.console.language import Language
from shared.console.words import Words
from shared.fields import one_line

LONGEST = 200
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
DAY = {"es": "EEE d MMM", "en": "EEE d MMM"}
DAY_WITH_YEAR = {"es": "d MMM y", "en": "d MMM y"}


class Formats:
    """What templates ask, for one reader at one moment."""

    def __init__(self, language: Language, zone: str, now: datetime, words: Words):
        self.language: Language = language
        self.now = now
        self._words = words
        self._zone = ZoneInfo(zone)
        self.today = now.astimezone(self._zone).date()

    def say(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        return self._words.say(key, self.language, **values)

    def has(self, key: str) -> bool:
        """Return whether the catalogue has a text."""
        return self._words.has(key)

    # --- moments ----------------------------------------------------------------------------

    def local(self, moment: datetime | str) -> datetime:
        """Return a moment in the reader's zone."""
        found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return found.astimezone(self._zone)

    def iso(self, moment: datetime | str) -> str:
        """Return a moment as HTML's ``datetime`` wants it."""
        return self.local(moment).astimezone(UTC).isoformat(timespec="seconds")

    def time(self, moment: datetime | str) -> str:
        """Return the time of day: ``16:13``."""
        return str(format_time(self.local(moment), "HH:mm", locale=self.language))

    def day(self, moment: datetime | str) -> str:
        """Return the day: today, tomorrow, ``mon 30 nov``, with the year when it is another."""
        found = self.local(moment).date()
        apart = (found - self.today).days
        if apart in (-1, 0, 1):
            return self.say(("yesterday", "today", "tomorrow")[apart + 1])
        return self.plain_day(found)

    def moment(self, moment: datetime | str) -> str:
        """Return day and time: ``today, 16:13``."""
        return f"{self.day(moment)}, {self.time(moment)}"

    def full(self, moment: datetime | str) -> str:
        """Return a moment with everything, for who points at a short one."""
        return str(format_datetime(self.local(moment), "full", locale=self.language))

    def written(self, moment: datetime | str) -> str:
        """Return a moment as a document has it: ``30 de noviembre de 2026, 16:13``."""
        return f"{format_date(self.local(moment), 'long', self.language)}, {self.time(moment)}"

    def plain_day(self, day: date) -> str:
        """Return a day of the calendar, in no zone: ``mon 30 nov``."""
        pattern = DAY if day.year == self.today.year else DAY_WITH_YEAR
        return str(format_date(day, pattern[self.language], self.language))

    def short_day(self, day: date) -> str:
        """Return a day as a chart has it: ``30 nov``."""
        return str(format_date(day, "d MMM", self.language))

    def weekday(self, day: date) -> str:
        """Return a day with its weekday, also of another year: ``mon 4 jan``."""
        return str(format_date(day, DAY[self.language], self.language))

    def wall(self, at: datetime) -> str:
        """Return what a clock on the wall shows, in no zone: ``mon 30 nov, 14:00``."""
        return f"{self.plain_day(at.date())}, {at:%H:%M}"

    def ago(self, moment: datetime | str) -> str:
        """Return how long ago, or in how long: ``2 hours ago``."""
        apart = self.local(moment) - self.now
        if abs(apart) < timedelta(minutes=1):
            return self.say("just_now")
        return str(format_timedelta(apart, add_direction=True, threshold=1.2, locale=self.language))

    # --- durations --------------------------------------------------------------------------

    def duration(self, seconds: float) -> str:
        """Return a length of time in one or two units: ``12 min``, ``1 h 20 min``, ``3 d``."""
        seconds = abs(seconds)
        if seconds < HOUR_S:
            return self.say("minutes", count=max(1, round(seconds / MINUTE_S)))
        if seconds < DAY_S:
            hours, rest = divmod(round(seconds / MINUTE_S), 60)
            minutes = f" {self.say('minutes', count=rest)}" if rest and hours < 10 else ""
            return self.say("hours", count=hours) + minutes
        days, rest_s = divmod(seconds, DAY_S)
        hours = round(rest_s / HOUR_S)
        more = f" {self.say('hours', count=hours)}" if 0 < hours < 24 and days < 3 else ""
        return self.say("days", count=int(days)) + more

    def left(self, due_at: datetime) -> str:
        """Return how long is left, or how late it is, in words."""
        seconds = (due_at - self.now).total_seconds()
        return self.say("left" if seconds >= 0 else "late", time=self.duration(seconds))

    # --- places and languages ---------------------------------------------------------------

    def territory(self, code: str) -> str:
        """Return a country's name; what is no code of one as it is."""
        names = Locale.parse(self.language).territories
        return str(names.get(code.strip().upper(), code))

    def speaks(self, code: str) -> str:
        """Return a language's name; what is no code of one as it is."""
        names = Locale.parse(self.language).languages
        return str(names.get(code.strip().lower().replace("-", "_").partition("_")[0], code))

    # --- numbers ----------------------------------------------------------------------------

    def number(self, value: float) -> str:
        """Return a number: ``1.234,5``."""
        return str(format_decimal(value, locale=self.language))

    def signed(self, value: float) -> str:
        """Return a number with its sign, a real minus."""
        return ("+" if value >= 0 else "−") + self.number(abs(value))

    def percent(self, share: float) -> str:
        """Return a share: ``70 %``."""
        return str(format_percent(share, locale=self.language))

    def money(self, amount: float, currency: str | None) -> str:
        """Return an amount of money; a bare number where nobody said the currency."""
        if currency is None:
            return self.number(amount)
        return str(format_currency(amount, currency, locale=self.language))

    # --- texts of others --------------------------------------------------------------------

    def title(self, titles: Mapping[str, str] | None, name: str | None = "") -> str:
        """Return what people call something, in their language where it has a title."""
        return (titles or {}).get(self.language) or (name or "").replace("_", " ")


def clip(value: object, limit: int = LONGEST) -> str:
    """Return somebody else's text on one line, without characters that steer, not too long."""
    text = str(one_line(str(value)))
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def web_link(value: Any) -> str | None:
    """Return an address when it is safe to link to: of the web, and nothing else."""
    text = str(value or "")
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.netloc else None


def mail_link(value: Any) -> str | None:
    """Return a ``mailto:`` address for what looks like one."""
    text = str(value or "")
    is_plain = text.count("@") == 1 and not any(char in text for char in " ?&<>\"'%\r\n,;")
    return f"mailto:{text}" if is_plain else None


def phone_link(value: Any) -> str | None:
    """Return a ``tel:`` address for what has enough digits to be called."""
    text = str(value or "")
    digits = "".join(char for char in text if char.isascii() and char.isdigit())
    return f"tel:{'+' if text.strip().startswith('+') else ''}{digits}" if len(digits) > 5 else None
