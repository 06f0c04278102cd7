"""When one condition of a gate asks for no more than another does.

A condition on a lead asks for more with a larger number, with a shorter look back and with
fewer signals to choose from: that follows from what each of its fields asks, so a condition
added later is compared without a word here.
"""

from dataclasses import fields
from typing import Any

from services.handoff.domain.conditions import Condition, Group, Leaf, Not
from services.handoff.domain.effort import Effort, Undecided


class GateLogic:
    """Compares conditions for as long as its effort lasts; then it claims nothing any more."""

    def __init__(self, effort: Effort) -> None:
        """Spend a step of ``effort`` for each two conditions that are compared."""
        self._effort = effort

    def implies(self, narrow: Condition, wide: Condition) -> bool:
        """Return True only when every lead that meets ``narrow`` meets ``wide``."""
        try:
            return self._implies(narrow, wide)
        except Undecided:
            return False

    def _implies(self, narrow: Condition, wide: Condition) -> bool:
        self._effort.spend()
        if isinstance(narrow, Group) and narrow.needed == 1:
            return all(self._implies(each, wide) for each in narrow.of)
        if isinstance(wide, Group) and wide.needed == len(wide.of):
            return all(self._implies(narrow, each) for each in wide.of)
        if isinstance(narrow, Group) and self._one_is_enough(narrow, wide):
            return True
        if isinstance(wide, Group):
            if isinstance(narrow, Group) and self._so_many_follow(narrow, wide):
                return True
            return sum(self._implies(narrow, each) for each in wide.of) >= wide.needed
        if isinstance(narrow, Not) and isinstance(wide, Not):
            return self._implies(wide.condition, narrow.condition)
        if isinstance(narrow, Group | Not) or isinstance(wide, Group | Not):
            return False
        return _asks_more(narrow, wide)

    def _one_is_enough(self, narrow: Group, wide: Condition) -> bool:
        """Return whether so many conditions lead to ``wide`` that one of them must hold."""
        leading = sum(self._implies(each, wide) for each in narrow.of)
        return leading > len(narrow.of) - narrow.needed

    def _so_many_follow(self, narrow: Group, wide: Group) -> bool:
        """Return whether the conditions that must hold lead to as many others as are needed."""
        left = list(wide.of)
        matched = 0
        for each in narrow.of:
            other = next((one for one in left if self._implies(each, one)), None)
            if other is not None:
                left.remove(other)
                matched += 1
        return narrow.needed - (len(narrow.of) - matched) >= wide.needed


def _asks_more(narrow: Leaf, wide: Leaf) -> bool:
    """Return whether, of two conditions of one kind, the first asks at least as much."""
    if type(narrow) is not type(wide):
        return False
    leaf: Any = narrow
    return all(
        _is_more(field.metadata["asks"], getattr(narrow, field.name), getattr(wide, field.name))
        for field in fields(leaf)
    )


def _is_more(asks: str, narrow: Any, wide: Any) -> bool:
    match asks:
        case "signals":  # none named: any of them, whichever these are
            return bool(narrow) is bool(wide) and set(narrow) <= set(wide)
        case "duration":
            return wide is None or (narrow is not None and narrow <= wide)
        case "count" | "people" | "points" | "positive_points":
            return bool(narrow >= wide)
    return bool(narrow == wide)
