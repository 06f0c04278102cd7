"""What pages say, in both languages.

Each service has one catalogue, made of parts: a mapping of keys to texts each. A test holds
every catalogue complete, and every key used. ``one|many`` in a text chooses by ``count``. What
others wrote is only ever a value that is put in, and templates escape the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.console.language import Language


@dataclass(frozen=True)
class Titles:
    """One text in both languages."""

    es: str
    en: str


class Words:
    """The catalogue of one service."""

    def __init__(self, *parts: Mapping[str, Titles]):
        self.parts = parts
        self.texts = {key: titles for part in parts for key, titles in part.items()}

    def say(self, key: str, language: Language, **values: object) -> str:
        """Return a text in ``language``. Raises ``KeyError`` for one that does not exist."""
        titles = self.texts[key]
        text = titles.es if language == "es" else titles.en
        if "|" in text:
            one, many = text.split("|")
            text = one if values.get("count") in (1, "1") else many
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Return whether there is a text under ``key``."""
        return key in self.texts
