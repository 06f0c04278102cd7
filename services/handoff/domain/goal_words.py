"""A measured goal in words, in Spanish and in English, and as data with its words."""

from collections.abc import Mapping
from typing import Any

from services.handoff.domain.figures import LANGUAGES, decimal, percent
from services.handoff.domain.goals import Measured, RateMeasured, ShareMeasured
from services.handoff.domain.policy import Language

TITLES: Mapping[str, Mapping[Language, str]] = {
    "acceptance": {"es": "Aceptados por ventas", "en": "Accepted by sales"},
    "first_attempt_in_time": {"es": "Primer intento a tiempo", "en": "First attempt in time"},
    "won": {"es": "Ganados", "en": "Won"},
    "sales_ready_per_month": {"es": "Listos para ventas al mes", "en": "Sales-ready per month"},
}
VERDICTS: Mapping[str, Mapping[Language, str]] = {
    "met": {"es": "alcanzado", "en": "met"},
    "missed": {"es": "no alcanzado", "en": "missed"},
    "not_enough": {"es": "los casos no bastan para decirlo", "en": "not enough cases to say"},
}
PHRASES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "share": "{good} of {cases}, {measured} ({low} to {high})",
        "none": "no result is known yet",
        "open": "{open} not known yet, so at least {at_least} and at most {at_most}",
        "rate": "{measured} over {months} whole months ({low} to {high})",
        "rate.one": "{measured} in a whole month ({low} to {high})",
        "rate.none": "no whole month yet",
        "wanted": "wanted {wanted}: {verdict}",
        "no_target": "no goal is set",
    },
    "es": {
        "share": "{good} de {cases}, {measured} (de {low} a {high})",
        "none": "aún no se conoce ningún resultado",
        "open": "{open} por conocer: como mínimo {at_least} y como máximo {at_most}",
        "rate": "{measured} en {months} meses completos (de {low} a {high})",
        "rate.one": "{measured} en un mes completo (de {low} a {high})",
        "rate.none": "aún no hay ningún mes completo",
        "wanted": "objetivo {wanted}: {verdict}",
        "no_target": "sin objetivo",
    },
}


def goal_in_words(measured: Measured) -> dict[str, str]:
    """Return a sentence per language: seen, what it may really be, wanted, and the verdict."""
    return {language: _sentence(measured, language) for language in LANGUAGES}


def goal_as_data(measured: Measured) -> dict[str, Any]:
    """Return a measured goal as JSON-ready data. Shares are percentages, as policies write them."""
    figures = _share(measured) if isinstance(measured, ShareMeasured) else _rate(measured)
    return {
        "name": measured.name,
        "title": dict(TITLES[measured.name]),
        "verdict": measured.verdict,
        **figures,
        "text": goal_in_words(measured),
    }


def _share(one: ShareMeasured) -> dict[str, Any]:
    is_known = one.tally.cases > 0
    return {
        "unit": "percent",
        "wanted": _percentage(one.wanted),
        "measured": _percentage(one.measured),
        "low": _percentage(one.interval.low) if is_known else None,
        "high": _percentage(one.interval.high) if is_known else None,
        "cases": one.tally.cases,
        "good": one.tally.good,
        "not_yet_known": one.tally.open,
        "at_least": _percentage(one.at_least),
        "at_most": _percentage(one.at_most),
        "left_out": one.tally.left_out,
        "whole_months": None,
    }


def _percentage(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def _rate(one: RateMeasured) -> dict[str, Any]:
    low, high = one.interval or (None, None)
    return {
        "unit": "leads",
        "wanted": one.wanted,
        "measured": _rounded(one.measured),
        "low": _rounded(low),
        "high": _rounded(high),
        "cases": one.cases,
        "good": None,
        "not_yet_known": 0,
        "at_least": None,
        "at_most": None,
        "left_out": 0,
        "whole_months": len(one.whole),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _sentence(one: Measured, language: Language) -> str:
    phrases = PHRASES[language]
    if isinstance(one, RateMeasured):
        seen, wanted = _rate_seen(one, language), decimal(one.wanted or 0, language)
    else:
        seen, wanted = _share_seen(one, language), percent(one.wanted or 0, language)
    if one.wanted is None:
        goal = phrases["no_target"]
    else:
        goal = phrases["wanted"].format(wanted=wanted, verdict=VERDICTS[one.verdict][language])
    return f"{TITLES[one.name][language]}: {seen}; {goal}."


def _share_seen(one: ShareMeasured, language: Language) -> str:
    phrases, counts = PHRASES[language], one.tally
    seen = phrases["none"]
    if one.measured is not None:
        seen = phrases["share"].format(
            good=counts.good,
            cases=counts.cases,
            measured=percent(one.measured, language),
            low=percent(one.interval.low, language),
            high=percent(one.interval.high, language),
        )
    if not counts.open:
        return seen
    still_open = phrases["open"].format(
        open=counts.open,
        at_least=percent(one.at_least or 0, language),
        at_most=percent(one.at_most or 0, language),
    )
    return f"{seen}; {still_open}"


def _rate_seen(one: RateMeasured, language: Language) -> str:
    phrases = PHRASES[language]
    if one.measured is None or one.interval is None:
        return phrases["rate.none"]
    phrase = phrases["rate.one" if len(one.whole) == 1 else "rate"]
    return phrase.format(
        measured=decimal(one.measured, language),
        months=len(one.whole),
        low=decimal(one.interval.low, language),
        high=decimal(one.interval.high, language),
    )
