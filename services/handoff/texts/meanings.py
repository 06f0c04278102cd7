"""Whether two conditions are written alike, and whether they mean the same.

``spelling`` is what the digest sees (lists by their names alone: their values are told under
the lists). ``meaning`` is the same for conditions that hold for the same leads: the order in a
group does not matter, nor case and accents in a text.
"""

import json
from dataclasses import replace
from typing import Any

from services.handoff.domain.conditions import Not, SignalSeen
from services.handoff.domain.facts import (
    Contains,
    Equals,
    FactTest,
    IsNot,
    NotFact,
    Operator,
)
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.plain import plain
from services.handoff.texts.conditions import inside


def spelling(value: Any) -> str:
    """Return a text that differs where values are written otherwise."""
    return json.dumps(_without_list_values(plain(value)), sort_keys=True)


def _without_list_values(value: Any) -> Any:
    if isinstance(value, dict):
        named = {key: each for key, each in value.items() if key != "keys"}
        return {key: _without_list_values(each) for key, each in named.items()}
    return list(map(_without_list_values, value)) if isinstance(value, list) else value


def meaning(value: Any) -> str:
    """Return a text that is the same only where values mean the same."""
    group = inside(value)
    if group is not None:
        _, needed, of = group
        return _group(needed, list(map(meaning, of)))
    match value:
        case Not(condition=condition) | NotFact(condition=condition):
            return f"not {meaning(condition)}"
        case FactTest(path=path, operators=operators):
            return _test(path, operators)
        case SignalSeen(signal=names):
            return spelling(replace(value, signal=tuple(sorted(set(names)))))
        case PeopleSeen(signals=names, where=where):
            people = replace(value, signals=tuple(sorted(set(names))), where=None)
            return f"{spelling(people)} {'' if where is None else meaning(where)}"
        case tuple():
            return _group(1, list(map(spelling, value)))
    return spelling(value)


def _test(path: str, operators: tuple[Operator, ...]) -> str:
    return _group(len(operators), [_operator(path, operator) for operator in operators])


def _operator(path: str, operator: Operator) -> str:
    match operator:
        case IsNot(operators=operators):
            return f"not {_test(path, operators)}"
        case Equals(keys=compared):
            return f"{path} equals {sorted(compared)}"
        case Contains(phrases=phrases):
            return f"{path} contains {sorted(set(phrases))}"
    return f"{path} {spelling(operator)}"


def _group(needed: int, of: list[str]) -> str:
    if needed == len(of) or needed == 1:
        kind = "all" if needed == len(of) else "any"
        of = sorted(set(of))
        return of[0] if len(of) == 1 else f"{kind} {of}"
    return f"{needed} of {sorted(of)}"
