"""One clause as a sentence: what it says, and what it says now instead."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.handoff.domain.ladder import USUAL_LADDER
from services.handoff.texts.clauses import Clause
from services.handoff.texts.conditions import Asked, fact_phrase, phrase
from services.handoff.texts.structure import Sentence
from services.handoff.texts.tongue import Tongue

CONDITIONS = ("applies_to", "signals.where", "fit.when", "exclude.when", "gates.when")
"""Clauses whose value is a condition."""
USUAL = {"response.ladder": USUAL_LADDER}
"""What holds where a clause says nothing, where that is told in full."""


def statement(tongue: Tongue, clause: Clause, it: str = "") -> Sentence | None:
    """Return what ``clause`` says of ``it``; None where saying nothing is nothing to say."""
    said = tongue.words.said[wording(clause)]
    if is_absent(clause):
        usual = (
            value(tongue, replace(clause, value=USUAL[clause.key])) if clause.key in USUAL else ""
        )
        text = said.absent.format(it=it, value=usual)
        return Sentence(clause.path, text) if text else None
    if clause.key in CONDITIONS:
        return with_condition(tongue, clause.path, said.told, it, clause.value)
    return Sentence(clause.path, said.told.format(it=it, value=value(tongue, clause)))


def with_condition(tongue: Tongue, path: str, template: str, it: str, condition: Asked) -> Sentence:
    """Return a sentence that ends in a condition, which may be a list."""
    asked = phrase(tongue, condition, path)
    text = template.format(it=it, value=asked.text, new=asked.text, old=asked.text)
    return Sentence(path, f"{text}:" if asked.of else f"{text}.", asked.of)


def changed(tongue: Tongue, old: Clause, new: Clause, it: str) -> Sentence:
    """Return what a clause says now instead. Conditions are compared elsewhere."""
    said = tongue.words.said[wording(new)]
    now, before = value(tongue, new), value(tongue, old)
    if is_absent(old):
        text = said.added.format(it=it, value=now)
    elif is_absent(new):
        text = said.removed.format(it=it, old=before)
    elif wording(old) == wording(new):
        text = said.changed.format(it=it, value=now, old=before)
    else:
        told, untold = (statement(tongue, each, it) for each in (new, old))
        assert told is not None, "points always say something"
        assert untold is not None, "points always say something"
        text = tongue.say("now", now=told.text, before=untold.text)
    return Sentence(new.path, text)


def wording(clause: Clause) -> str:
    """Return the key of the words for ``clause``: points taken away have words of their own."""
    is_minus = clause.key.endswith(".points") and clause.value < 0
    return f"{clause.key}.minus" if is_minus else clause.key


def is_absent(clause: Clause) -> bool:
    """Return whether ``clause`` says nothing, or nothing of this kind."""
    if clause.key.endswith(".points"):
        return False
    return clause.value in (None, False, 0, timedelta(0))


def value(tongue: Tongue, clause: Clause) -> str:
    """Return the value of a clause that is no condition."""
    given: Any = clause.value
    if is_absent(clause) or given is True:
        return ""
    match clause.key:
        case "signals.points" | "fit.points":
            return tongue.points(abs(given))
        case "signals.touch":
            return tongue.either(map(tongue.name, given))
        case "signals.distinct_by":
            return fact_phrase(tongue, given)
        case "gates.tier":
            return tongue.quoted(given)
        case "policy":
            return tongue.name(given)
        case "lists":
            return tongue.both(map(tongue.quoted, given))
        case "reject_reasons.effect":
            return tongue.words.effects[given]
        case "response.calendar":
            return tongue.words.calendars.get(given) or tongue.say(
                "calendar", name=tongue.quoted(given)
            )
        case "response.ladder":
            steps = (
                tongue.say(f"ladder.{step.name}", share=tongue.share(step.percent))
                for step in given.steps
            )
            return tongue.both(steps)
        case key if key in tongue.words.counted:
            return tongue.counted(key, given)
    match given:
        case timedelta():
            return tongue.duration(given)
        case float():
            return tongue.share(given)
        case str():
            return tongue.quoted(given)
    raise TypeError(f"no words for {clause.key}: {given!r}")
