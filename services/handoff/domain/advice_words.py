"""Advice in words, in Spanish and in English, with what has to be known to read it rightly."""

from collections.abc import Mapping
from typing import Any

from services.handoff.domain.advice import (
    FEWEST_LEADS,
    LEAST_EXPECTED,
    OUTCOMES,
    Advice,
    Compared,
    Lift,
    Outcome,
)
from services.handoff.domain.figures import LANGUAGES
from services.handoff.domain.policy import Language

DONE: Mapping[Outcome, Mapping[Language, str]] = {
    "accepted": {"es": "se aceptaron", "en": "accepted"},
    "won": {"es": "se ganaron", "en": "won"},
}
PHRASES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "ratio": "{done} {ratio} times as often ({low} to {high}; {cells})",
        "ratio.open": "{done} at least {low} times as often ({cells})",
        "cells": "{good} of {cases} with it, {other_good} of {other_cases} without",
        "unclear": "chance may be the reason",
        "too_few": "too few cases to compare: {done} {cells}",
        "all": "every lead with a result had it: there is nothing to compare with",
        "none": "no lead with a result had it: there is nothing to compare",
    },
    "es": {
        "ratio": "{done} con {ratio} veces la frecuencia del resto (de {low} a {high}; {cells})",
        "ratio.open": "{done} con al menos {low} veces la frecuencia del resto ({cells})",
        "cells": "{good} de {cases} con ello, {other_good} de {other_cases} sin ello",
        "unclear": "puede ser casualidad",
        "too_few": "muy pocos casos para comparar: {done} {cells}",
        "all": "todos los leads con resultado lo tenían: no hay con qué comparar",
        "none": "ningún lead con resultado lo tenía: no hay nada que comparar",
    },
}
CAUTIONS: Mapping[str, Mapping[Language, str]] = {
    "handed_over_only": {
        "en": "Only leads that were handed over have a result. They are compared with each "
        "other, never with those the policy kept back: a signal that lets leads pass by itself "
        "looks weaker here than it is.",
        "es": "Solo los leads entregados tienen resultado. Se comparan entre sí, nunca con los "
        "que la política retuvo: una señal que por sí sola deja pasar leads parece aquí más "
        "débil de lo que es.",
    },
    "no_cause": {
        "en": "What goes with a deal need not be its reason: what came together is not taken "
        "apart. This is advice for the next version; no rule changes by it.",
        "es": "Lo que acompaña a una venta no tiene por qué ser su causa: lo que vino junto no "
        "se separa. Es un consejo para la próxima versión; ninguna regla cambia por ello.",
    },
    "many": {
        "en": "{count} comparisons were made. Where nothing differs at all, one in twenty still "
        "looks as if it did: perhaps {chance} of these.",
        "es": "Se hicieron {count} comparaciones. Aunque nada difiera, una de cada veinte parece "
        "hacerlo: aquí quizá {chance}.",
    },
    "open": {
        "en": "Left out because nobody knows yet: {accepted} hand-offs without an answer, {won} "
        "that have not ended. Deals that are lost soon are known before those that are won late.",
        "es": "Fuera, porque aún no se sabe: {accepted} entregas sin respuesta y {won} sin "
        "terminar. Lo que se pierde pronto se conoce antes que lo que se gana tarde.",
    },
    "too_few": {
        "en": f"Not compared where either side has fewer than {FEWEST_LEADS} leads with a result, "
        f"or where fewer than {LEAST_EXPECTED} cases would be expected in one of the four cells.",
        "es": f"No se compara donde un lado tiene menos de {FEWEST_LEADS} leads con resultado, o "
        f"donde se esperarían menos de {LEAST_EXPECTED} casos en una de las cuatro casillas.",
    },
    "unrecorded": {
        "en": "{count} hand-offs are left out: what their leads had was not stored.",
        "es": "{count} entregas quedan fuera: no se guardó lo que tenían sus leads.",
    },
}


def advice_as_data(advice: Advice) -> dict[str, Any]:
    """Return advice as JSON-ready data, with a sentence per language for each comparison."""
    return {
        "handoffs": advice.handoffs,
        "results": {
            outcome: {
                "known": counts["good"] + counts["bad"],
                "good": counts["good"],
                "not_yet_known": counts["open"],
                "left_out": counts["left_out"],
            }
            for outcome, counts in advice.results.items()
        },
        "compared": [_compared(one) for one in advice.compared],
        "cautions": [
            {"code": code, "text": {language: texts[language] for language in LANGUAGES}}
            for code, texts in _cautions(advice).items()
        ],
    }


def _compared(one: Compared) -> dict[str, Any]:
    title = one.question.title
    return {
        "kind": one.kind,
        "name": one.question.name,
        "title": {"es": title.es, "en": title.en},
        **{outcome: _lift(one, outcome) for outcome in OUTCOMES},
    }


def _lift(one: Compared, outcome: Outcome) -> dict[str, Any]:
    lift = one.lifts[outcome]
    low, high = lift.interval
    is_compared = lift.standing != "nothing_to_compare"
    return {
        "with_good": lift.having.good,
        "with_cases": lift.having.cases,
        "without_good": lift.lacking.good,
        "without_cases": lift.lacking.cases,
        "unknown": lift.unknown,
        "lift": _rounded(lift.ratio),
        "low": _rounded(low) if is_compared else None,
        "high": _rounded(high) if is_compared and high != float("inf") else None,
        "standing": lift.standing,
        "text": {language: lift_in_words(one, outcome, language) for language in LANGUAGES},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def lift_in_words(one: Compared, outcome: Outcome, language: Language) -> str:
    """Return what one comparison says, or why it says nothing."""
    lift, phrases = one.lifts[outcome], PHRASES[language]
    if lift.standing == "nothing_to_compare":
        said = phrases["none" if not lift.having.cases else "all"]
    else:
        said = _comparison(lift, DONE[outcome][language], language)
    if lift.standing == "unclear":
        said += f"; {phrases['unclear']}"
    title = one.question.title.es if language == "es" else one.question.title.en
    return f"{title}: {said}."


def _comparison(lift: Lift, done: str, language: Language) -> str:
    phrases = PHRASES[language]
    cells = phrases["cells"].format(
        good=lift.having.good,
        cases=lift.having.cases,
        other_good=lift.lacking.good,
        other_cases=lift.lacking.cases,
    )
    low, high = (_times(edge, language) for edge in lift.interval)
    if lift.standing == "too_few":
        return phrases["too_few"].format(done=done, cells=cells)
    if lift.ratio is None:
        return phrases["ratio.open"].format(done=done, low=low, cells=cells)
    ratio = _times(lift.ratio, language)
    return phrases["ratio"].format(done=done, ratio=ratio, low=low, high=high, cells=cells)


def _times(ratio: float, language: Language) -> str:
    """Below one, two decimals: half as often and a third as often are not the same."""
    text = f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2f}"
    return text.replace(".", ",") if language == "es" else text


def _cautions(advice: Advice) -> dict[str, dict[Language, str]]:
    open_ones: dict[str, int] = {
        outcome: counts["open"] for outcome, counts in advice.results.items()
    }
    values: dict[str, Mapping[str, int]] = {"handed_over_only": {}, "no_cause": {}}
    if advice.comparisons > 1:
        chance = max(1, round(advice.comparisons / 20))
        values["many"] = {"count": advice.comparisons, "chance": chance}
    if any(open_ones.values()):
        values["open"] = open_ones
    if any(lift.standing == "too_few" for one in advice.compared for lift in one.lifts.values()):
        values["too_few"] = {}
    if advice.unrecorded:
        values["unrecorded"] = {"count": advice.unrecorded}
    return {
        code: {language: CAUTIONS[code][language].format(**given) for language in LANGUAGES}
        for code, given in values.items()
    }
