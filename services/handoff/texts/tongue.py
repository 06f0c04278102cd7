"""Numbers, lengths of time, lists, names and quotations, as one language writes them.

What people wrote (titles, values, patterns) is always in quotation marks, and cannot end them
or hide anything: who signs a text must be able to rely on what it shows.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from services.handoff.domain.comparing import Value
from services.handoff.domain.policy import Language
from services.handoff.domain.questions import Titles
from services.handoff.texts.clauses import Part
from services.handoff.texts.english import ENGLISH
from services.handoff.texts.spanish import SPANISH
from services.handoff.texts.words import Words

LANGUAGES: Mapping[Language, Words] = {"en": ENGLISH, "es": SPANISH}
OTHER: Mapping[Language, Language] = {"en": "es", "es": "en"}

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_RESERVED = "`‹›"
"""Marks names, and characters nobody sees."""


class Tongue:
    """One language, and what the things of one version (or of two) are called in it."""

    def __init__(self, language: Language, *versions: Mapping[str, Part]) -> None:
        """Learn the titles of ``versions``; of two that differ the last one's is used."""
        self.language = language
        self.words = LANGUAGES[language]
        self._titles: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], set[str]] = {}
        for parts in versions:
            for part in parts.values():
                for entry in part.entries:
                    title = self.own(entry.title) if entry.title else entry.name
                    self._titles[part.name, entry.name] = title
                    self._names.setdefault((part.name, title), set()).add(entry.name)

    def own(self, title: Titles) -> str:
        """Return the title in this language."""
        return title.en if self.language == "en" else title.es

    def other(self, title: Titles) -> str:
        """Return the title in the other language."""
        return title.es if self.language == "en" else title.en

    def thing(self, section: str, name: str) -> str:
        """Return what people call a thing: its title, with its name where two share a title."""
        title = self._titles.get((section, name))
        if title is None:
            return self.name(name)
        quoted = self.quoted(title)
        if len(self._names[section, title]) == 1:
            return quoted
        return self.say("named", title=quoted, name=self.name(name))

    def say(self, phrase: str, **values: str) -> str:
        """Return a phrase with ``values`` put in."""
        return self.words.phrases[phrase].format(**values)

    def quoted(self, text: str, language: Language | None = None) -> str:
        """Return ``text`` in quotation marks of this language, or of ``language``."""
        opening, closing = LANGUAGES[language or self.language].quotes
        shown = visible(text)
        if not _is_balanced(shown, opening, closing):
            marks = {opening: _spelled(opening), closing: _spelled(closing)}
            shown = "".join(marks.get(character, character) for character in shown)
        return f"{opening}{shown}{closing}"

    @staticmethod
    def name(text: str) -> str:
        """Return a name of the file or the API."""
        return f"`{visible(text)}`"

    def value(self, value: Value) -> str:
        """Return a fact's value: text in quotation marks, so that “5” is not 5."""
        if isinstance(value, bool):
            return self.words.yes_no[not value]
        return self.quoted(value) if isinstance(value, str) else self.number(value)

    def number(self, number: float) -> str:
        """Return a number with every decimal it has."""
        digits = f"{Decimal(repr(abs(number))):f}"
        whole, _, decimals = digits.partition(".")
        if int(whole) >= self.words.grouped_from:
            whole = f"{int(whole):,}".replace(",", self.words.thousands)
        decimals = decimals.rstrip("0")
        sign = "-" if number < 0 else ""
        return f"{sign}{whole}{self.words.decimal}{decimals}" if decimals else f"{sign}{whole}"

    def counted(self, what: str, count: float) -> str:
        """Return how many there are of ``what``: “once”, “2 times”."""
        one, many = self.words.counted[what]
        return (one if count == 1 else many).format(n=self.number(count))

    def points(self, tenths: int) -> str:
        """Return tenths of a point as points."""
        return self.counted("points", tenths / 10)

    def share(self, percent: float) -> str:
        """Return a percentage."""
        return self.words.percent.format(number=self.number(percent))

    def duration(self, duration: timedelta) -> str:
        """Return a length of time in the largest unit that fits without a rest."""
        unit, count = _in_unit(duration)
        one, many = self.words.units[unit]
        return f"{self.number(count)} {one if count == 1 else many}"

    def last(self, duration: timedelta) -> str:
        """Return how far a look back from now goes."""
        unit, count = _in_unit(duration)
        one, many = self.words.last[unit]
        return (one if count == 1 else many).format(n=self.number(count))

    def both(self, items: Iterable[str]) -> str:
        """Return all of ``items``: “a, b and c”."""
        return self._joined(list(items), self.words.and_word)

    def either(self, items: Iterable[str]) -> str:
        """Return alternatives: “a, b or c”."""
        return self._joined(list(items), self.words.or_word)

    def _joined(self, items: list[str], conjunction: str) -> str:
        *before, last = items
        if not before:
            return last
        joint = self.words.joins_as(conjunction, re.sub(r"^\W+", "", last))
        return f"{', '.join(before)} {joint} {last}"


def _in_unit(duration: timedelta) -> tuple[str, float]:
    seconds = duration.total_seconds()
    for unit, size in _UNITS:
        if seconds and seconds % size == 0:
            return unit, int(seconds // size)
    return "second", seconds


def visible(text: str) -> str:
    """Return ``text`` with nothing in it that hides or that is a mark of ours."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    """Return a character, or its number where nobody would see it or it is a mark of ours."""
    if character in _RESERVED or not character.isprintable():
        return _spelled(character)
    return character


def _spelled(character: str) -> str:
    return f"‹U+{ord(character):04X}›"


def _is_balanced(text: str, opening: str, closing: str) -> bool:
    """Return whether quotation marks inside ``text`` all open before they close."""
    depth = 0
    for character in text:
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return False
    return depth == 0
