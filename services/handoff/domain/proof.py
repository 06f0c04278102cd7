"""What can be proved of a policy before any lead is seen.

Two proofs, both over every possible lead and not over samples:

- *a gate can be reached*: take the best any lead could bring (every signal seen as often
  as it counts, all good criteria) and see whether the conditions still ask for more;
- *a gate needs a certain touch*: ask the gate about a lead that did nothing. Its answer
  then depends on fit alone, and only on which of the gate's own fit numbers are reached,
  so asking once between each two of them is asking about every lead. Weak, unsure, late
  and machine touches are not in a case, hence a gate that says no here says no to them.
"""

from collections.abc import Iterable, Iterator

from services.handoff.domain.case import Case, Reach
from services.handoff.domain.conditions import (
    Condition,
    FitAtLeast,
    Group,
    Leaf,
    Not,
    SignalSeen,
    leaves,
)
from services.handoff.domain.gates import is_met
from services.handoff.domain.questions import FitCriterion, Signal


def reach_of(signals: Iterable[Signal], fit: Iterable[FitCriterion]) -> Reach:
    """Return what a lead could bring at best and at worst, asked these questions."""
    strong = [signal for signal in signals if not signal.weak]
    worth = [criterion.points for criterion in fit]
    return Reach(
        fit_least=sum(min(0, points) for points in worth),
        fit_most=sum(max(0, points) for points in worth),
        at_most={signal.name: signal.at_most for signal in strong},
        points={signal.name: signal.points for signal in strong},
    )


def can_be_met(condition: Condition, reach: Reach) -> bool:
    """Return False only when no lead whatever can meet ``condition``."""
    if isinstance(condition, Group):
        if condition.needed == len(condition.of):
            reach = reach.without(forbidden_signals(condition))
        return sum(can_be_met(each, reach) for each in condition.of) >= condition.needed
    if isinstance(condition, Not):
        return _can_fail(condition.condition, reach)
    return condition.span(reach)[1] >= condition.wanted


def _can_fail(condition: Condition, reach: Reach) -> bool:
    if isinstance(condition, Group):
        failing = sum(_can_fail(each, reach) for each in condition.of)
        return failing > len(condition.of) - condition.needed
    if isinstance(condition, Not):
        return can_be_met(condition.condition, reach)
    return condition.span(reach)[0] < condition.wanted


def forbidden_signals(group: Group) -> Iterator[str]:
    """Yield the signals a group whose conditions must all be met does not want to see."""
    for each in group.of:
        if isinstance(each, Not):
            inner = each.condition
            for one in inner.of if isinstance(inner, Group) and inner.needed == 1 else (inner,):
                if isinstance(one, SignalSeen) and one.times == 1 and one.within is None:
                    yield from one.signal


def unreachable_leaves(condition: Condition, reach: Reach) -> Iterator[tuple[Leaf, int]]:
    """Yield the conditions no lead can meet, each with the most a lead could bring."""
    if isinstance(condition, Group):
        if condition.needed == len(condition.of):
            reach = reach.without(forbidden_signals(condition))
        for each in condition.of:
            yield from unreachable_leaves(each, reach)
    elif not isinstance(condition, Not):
        most = condition.span(reach)[1]
        if most < condition.wanted:
            yield condition, most


def passes_without_evidence(condition: Condition, reach: Reach) -> bool:
    """Return True when some lead would meet ``condition`` without one certain touch."""
    numbers = {
        leaf.at_least
        for leaf in leaves(condition)
        if isinstance(leaf, FitAtLeast) and reach.fit_least <= leaf.at_least <= reach.fit_most
    }
    return any(
        is_met(condition, Case(fit, 0, (), lambda _: ())) for fit in {reach.fit_least, *numbers}
    )
