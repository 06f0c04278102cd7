"""Which language a page speaks: the person's, else one chosen here, else the browser's."""

from typing import Final, Literal

from babel.core import Locale, UnknownLocaleError

Language = Literal["es", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")
NAMES: Final[dict[Language, str]] = {"es": "Español", "en": "English"}
MOST_WISHES = 20


def chosen(value: str | None) -> Language | None:
    """Return ``value`` as a language of ours; None when it is none."""
    return next((one for one in LANGUAGES if one == value), None)


def accepted(header: str | None, fallback: Language) -> Language:
    """Return the language of ours that an ``Accept-Language`` header likes best."""
    wishes: list[tuple[float, int, str]] = []
    for place, part in enumerate((header or "").split(",")[:MOST_WISHES]):
        tag, _, quality = part.strip().partition(";")
        try:
            liking = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if liking > 0:
            wishes.append((-liking, place, tag))
    for _, _, tag in sorted(wishes):
        if found := chosen(_language_of(tag)):
            return found
    return fallback


def _language_of(tag: str) -> str | None:
    try:
        return Locale.parse(tag, sep="-").language
    except (ValueError, UnknownLocaleError):
        return None
