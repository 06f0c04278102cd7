"""The scoreboard's numbers as people read them."""

from functools import lru_cache

from babel.numbers import format_decimal, format_percent

from services.handoff.domain.policy import Language
from services.handoff.printing.scoreboard_words import say

KEPT = 4_096  # formatted numbers: a page has thousands, and most of them often
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


@lru_cache(KEPT, typed=True)
def count(value: float | None, language: Language) -> str:
    """Return a number; nothing of None."""
    return "" if value is None else str(format_decimal(value, locale=language))


@lru_cache(KEPT, typed=True)
def percent(share: float | None, language: Language) -> str:
    """Return a share from 0 to 1 in whole per cent, with a decimal where it would read as none."""
    if share is None:
        return ""
    pattern = "#,##0.#%" if 0 < share < 0.01 or 0.99 < share < 1 else "#,##0%"
    text = str(format_percent(share, format=pattern, locale=language))
    return text.replace("%", "\u00a0%") if language == "es" else text


def wait(seconds: float | None, language: Language) -> str:
    """Return a duration in one unit, rounded; nothing of None."""
    if seconds is None:
        return ""
    if seconds < HOUR_S or (seconds < 2 * HOUR_S and seconds % HOUR_S):
        return say("minutes", language, count=round(seconds / MINUTE_S))
    if seconds < 2 * DAY_S:
        return say("hours", language, count=_one_decimal(seconds / HOUR_S, language))
    return say("days", language, count=_one_decimal(seconds / DAY_S, language))


def _one_decimal(value: float, language: Language) -> str:
    return str(format_decimal(round(value, 1), locale=language))
