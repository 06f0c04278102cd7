"""Touches made up to count for one signal, and for as few others as can be."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.handoff.domain.effort import Effort
from services.handoff.domain.fact_search import Facts, Wanted, find_facts, values_for
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Signal

_NO_POINTS = ((0, 0),)
_HOLDS: frozenset[bool | None] = frozenset({True})
_DOES_NOT: frozenset[bool | None] = frozenset({False, None})


class Example(NamedTuple):
    """A kind of touch with the properties it needs."""

    kind: str
    variants: tuple[Facts, ...]
    """Properties, again and again: different touches, where the signals tell any apart."""


class ExampleTouches:
    """Examples for the strong signals of one version."""

    def __init__(self, version: PolicyVersion, effort: Effort) -> None:
        """Make examples as they are asked for, at the cost of ``effort``."""
        self._version = version
        self._effort = effort
        self._made: dict[tuple[str, str, frozenset[str]], Example | None] = {}

    def of(self, signals: Iterable[Signal], avoided: frozenset[str]) -> Iterator[Example]:
        """Yield examples for each of ``signals``, one for each kind of touch.

        Where an example can leave out other signals it does, the ``avoided`` ones first.
        Raises ``Undecided``.
        """
        for signal in signals:
            for kind in dict.fromkeys(signal.touches):
                key = (kind, signal.name, avoided)
                if key not in self._made:
                    self._made[key] = self._make(kind, signal, avoided)
                example = self._made[key]
                if example is not None:
                    yield example

    def _make(self, kind: str, signal: Signal, avoided: frozenset[str]) -> Example | None:
        watching = [one for _, one in self._version.signals_by_touch[kind] if not one.weak]
        wanted = [Wanted(signal.where, _HOLDS)] if signal.where is not None else []
        found = find_facts(wanted, _NO_POINTS, self._effort)
        if found is None:
            return None
        for other in sorted(watching, key=lambda one: one.name not in avoided):
            if other is signal or other.where is None:
                continue
            stricter = [*wanted, Wanted(other.where, _DOES_NOT)]
            without = find_facts(stricter, _NO_POINTS, self._effort)
            if without is not None:
                found, wanted = without, stricter
        return Example(kind, tuple(_variants(watching, found)))


def _variants(watching: list[Signal], found: Facts) -> Iterator[Facts]:
    """Yield as many sets of properties as may count, as different as the signals allow.

    A touch without the property it is distinct by is distinct by itself.
    """
    counting = _counting(watching, found)
    paths = {one.distinct_by for one in watching if one.distinct_by in found}
    tried = values_for(one.where for one in watching if one.where is not None)
    for number in range(max(one.at_most for one in watching)):
        properties = dict(found)
        for path in filter(None, paths):
            known = [value for value in tried.get(path, ()) if value is not None]
            for value in (f"example {number + 1}", *known[number:], *known):
                if _counting(watching, {**properties, path: value}) == counting:
                    properties[path] = value
                    break
        yield properties


def _counting(watching: list[Signal], properties: Facts) -> list[str]:
    return [one.name for one in watching if one.where is None or one.where.holds(properties)]
