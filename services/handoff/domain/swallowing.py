"""Exclusions that swallow a gate: whoever could pass it is never handed over.

A gate that asks for fit can only be passed by leads of whom enough criteria hold. Where each
such set of criteria makes some exclusion hold too, nobody is left. Proved over all leads.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.handoff.domain.case import Reach
from services.handoff.domain.conditions import Condition, FitAtLeast, leaves
from services.handoff.domain.effort import Undecided
from services.handoff.domain.fact_logic import FactLogic
from services.handoff.domain.facts import FactCondition
from services.handoff.domain.proof import can_be_met
from services.handoff.domain.questions import Exclusion, FitCriterion

MOST_SETS = 256
"""Sets of criteria looked at; beyond that nothing is claimed."""


@dataclass(frozen=True)
class Swallowed:
    """Why nobody can become ready by a gate."""

    needed: int
    """Tenths of a point of fit the gate cannot do without."""
    exclusions: tuple[Exclusion, ...]
    """Those that keep out whoever fits so well; none: the criteria contradict each other."""


def swallowed(
    when: Condition,
    reach: Reach,
    fit: Sequence[FitCriterion],
    exclude: Sequence[Exclusion],
    logic: FactLogic,
    meant: FactCondition | None = None,
) -> Swallowed | None:
    """Return why every lead that meets ``when`` is excluded; None where that is not proved.

    ``meant``: whom the policy is for; None: everybody.
    """
    premises = () if meant is None else (meant,)
    ranges = fit_ranges(when, reach)
    needed = min((least for least, _ in ranges), default=reach.fit_least)
    keeping: dict[str, Exclusion] = {}
    try:
        for criteria in bringing(fit, needed):
            for case in logic.cases_of([*premises, *(one.when for one in criteria)]):
                keeper = next((one for one in exclude if logic.holds_in(case, one.when)), None)
                if keeper is None:
                    return None
                keeping[keeper.name] = keeper
    except Undecided:
        return None
    return Swallowed(needed, tuple(keeping.values()))


def fit_ranges(when: Condition, reach: Reach) -> list[tuple[int, int]]:
    """Return the ranges of fit with which ``when`` may be met, least first, in tenths."""
    asked = {leaf.at_least for leaf in leaves(when) if isinstance(leaf, FitAtLeast)}
    inside = sorted(number for number in asked if reach.fit_least < number <= reach.fit_most)
    starts = [reach.fit_least, *inside]
    ends = [number - 1 for number in inside] + [reach.fit_most]
    return [
        (least, most)
        for least, most in zip(starts, ends, strict=True)
        if can_be_met(when, reach._replace(fit_least=least, fit_most=most))
    ]


def bringing(fit: Sequence[FitCriterion], needed: int) -> Iterator[tuple[FitCriterion, ...]]:
    """Yield each smallest set of criteria that brings ``needed`` tenths of a point.

    Whoever fits so well meets all criteria of one of them. Raises ``Undecided``.
    """
    good = sorted((one for one in fit if one.points > 0), key=lambda one: -one.points)
    for number, criteria in enumerate(_bringing(good, 0, needed)):
        if number == MOST_SETS:
            raise Undecided
        yield criteria


def _bringing(
    good: Sequence[FitCriterion], start: int, needed: int
) -> Iterator[tuple[FitCriterion, ...]]:
    if needed <= 0:
        yield ()
        return
    if sum(one.points for one in good[start:]) < needed:
        return
    # The largest first: the last one added is the smallest, so none can be left out.
    for place in range(start, len(good)):
        for rest in _bringing(good, place + 1, needed - good[place].points):
            yield (good[place], *rest)
