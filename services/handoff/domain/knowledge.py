"""What is known about a lead or an account: each fact with its moment and its source.

The latest statement about a fact wins, whatever order statements arrive in and however
often they are repeated: joining two bodies of knowledge is commutative, associative and
idempotent, so merged leads and late events need no special case.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

Statement = list[Any]  # [value, moment as RFC 3339 text in UTC, source]
Knowledge = dict[str, Statement]


DERIVED = ""  # the moment of what we concluded ourselves: any statement outranks it


class Learned(IntEnum):
    """What a statement changed."""

    NOTHING = 0
    MOMENT = 1  # the same value, said again later
    VALUE = 2


def learn(known: Knowledge, name: str, value: Any, at: str, source: str) -> Learned:
    """Take one statement in; return what it changed.

    Of two statements of the same moment the one that sorts last wins, so that the order
    of arrival does not decide.
    """
    held = known.get(name)
    stated = [value, at, source]
    if held is not None and _rank(held) >= _rank(stated):
        return Learned.NOTHING
    known[name] = stated
    same = held is not None and _text(held[0]) == _text(value)
    return Learned.MOMENT if same else Learned.VALUE


def learn_all(known: Knowledge, facts: Mapping[str, Any], at: str, source: str) -> Learned:
    """Take every fact of ``facts`` in; empty ones say nothing. Return the greatest change."""
    return max(
        (
            learn(known, name, value, at, source)
            for name, value in facts.items()
            if value is not None and value != ""
        ),
        default=Learned.NOTHING,
    )


def union(bodies: Iterable[Mapping[str, Statement]]) -> Knowledge:
    """Return what several bodies of knowledge say together."""
    together: Knowledge = {}
    for body in bodies:
        for name, (value, at, source) in body.items():
            learn(together, name, value, at, source)
    return together


def values(known: Mapping[str, Statement]) -> dict[str, Any]:
    """Return the facts alone, without who said them and when."""
    return {name: statement[0] for name, statement in known.items()}


def _rank(statement: Statement) -> tuple[str, str, str]:
    value, at, source = statement
    return at, source, _text(value)


def _text(value: Any) -> str:
    """Return a text that differs where values do: True is not 1."""
    return value if isinstance(value, str) else repr(value)
