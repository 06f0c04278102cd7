"""What becomes of one arrival: nothing, a hand-off, or news for the owner of an open one.

A lead stands in its own cycle, and its account's people in one together: a gate that asks
about several of them opens one hand-off for all, and whoever else of them does something
joins it while it is open.

Production and try-outs on history both decide here, arrival by arrival in their order, at
the moment each was received: the same history gives the same decisions.

A version that comes into force hands nobody over by itself, however many leads are ready
under it. From then on something has to be new about such a lead: the arrival speaks for it
(a certain touch of a strong signal that brings points), or one of the touches that make it
ready was received since, or what arrives makes the difference, a fact or a merge without
which it is not ready.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    HeldCode,
    Qualifies,
    has_new_evidence,
    is_cooling_down,
    judge_edge,
)
from services.handoff.domain.evaluation import Evaluation, evaluate
from services.handoff.domain.facts import Facts
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import Weight, moment_at


@dataclass(frozen=True, slots=True)
class BecomesReady:
    """The lead is handed over now, in this cycle."""

    evaluation: Evaluation
    cycle: int


@dataclass(frozen=True, slots=True)
class IsNews:
    """The lead is with sales already; the owner of the open hand-off hears of it."""

    handoff_id: str


@dataclass(frozen=True, slots=True)
class Joins:
    """The people of the lead's account are with sales already; this one joins them."""

    handoff_id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A lead is not to be handed over, until then or until that is lifted."""

    until: datetime | None
    code: HeldCode = "override"


class Stood(NamedTuple):
    """A lead as it was before an arrival, and before what came with it."""

    is_known: bool
    facts: Facts
    state: LeadSignals
    colleagues: Colleagues = NO_COLLEAGUES
    """Who could be counted beside it."""


def was_ready(version: PolicyVersion, leads: Iterable[Stood], at: datetime) -> bool:
    """Return whether one of ``leads``, which are one by now, was known and ready already."""
    return any(
        one.is_known and evaluate(version, one.facts, one.state, at, one.colleagues).is_ready
        for one in leads
    )


def nobody_holds() -> Hold | None:
    """Answer for a lead nobody holds back."""
    return None


def not_so() -> bool:
    """Answer no."""
    return False


def judge(
    version: PolicyVersion,
    cycle: CycleRecord,
    weight: Weight,
    is_better_known: bool,
    is_known: bool,
    at_us: int,
    evaluate_if_ready: Callable[[], Evaluation | None],
    since: datetime | None = None,
    was_ready: Callable[[], bool] = not_so,
    *,
    group: CycleRecord = FIRST_CYCLE,
    is_meant: Callable[[], bool] = not_so,
    hold: Callable[[], Hold | None] = nobody_holds,
    is_retired: bool = False,
) -> BecomesReady | IsNews | Joins | None:
    """Return what follows from an arrival of ``weight``; the lead is asked about if it matters.

    ``is_better_known``: the arrival, or what came with it, told facts about the lead.
    ``is_known``: the lead has an identifier that names a person; nobody else is handed over.
    ``evaluate_if_ready`` evaluates the lead at ``at_us``, when the arrival was received (in
    microseconds since 1970), and returns None unless it is ready.
    ``since`` is when the version came into force, None where no lead is older than that;
    ``was_ready``: the lead was ready before the arrival, and what came with it, already.
    ``group`` is the cycle the people of the lead's account stand in together; ``is_meant``:
    the policy is for the lead, and does not exclude it. ``hold`` is asked only about a lead
    that is ready. A retired version hands nobody over.
    """
    if not weight and not is_better_known:
        return None
    if cycle.open_handoff_id is not None:
        return IsNews(cycle.open_handoff_id) if weight is Weight.NEWS else None
    if not is_known:
        return None
    if group.open_handoff_id is not None:
        return Joins(group.open_handoff_id) if weight is Weight.NEWS and is_meant() else None
    if is_retired:
        return None
    if cycle.closed_at is not None and is_cooling_down(cycle, version.cool_down, moment_at(at_us)):
        return None
    found = evaluate_if_ready()
    if found is None:
        return None
    edge = edge_of(cycle, group, found, hold)
    if not isinstance(edge, Qualifies):
        return None
    if weight is not Weight.NEWS and _is_old(found, since) and was_ready():
        return None
    return BecomesReady(found, edge.number)


def edge_of(
    cycle: CycleRecord,
    group: CycleRecord,
    found: Evaluation,
    hold: Callable[[], Hold | None] = nobody_holds,
) -> Qualifies | HeldBack:
    """Return whether a lead ``found`` ready becomes so, or what holds it back."""
    cool_down, at = found.version.cool_down, found.at
    # Who becomes ready for the first time needs no evidence that is newer than something.
    deciding = () if cycle.closed_at is None else found.deciding
    own = judge_edge(cycle, cool_down, deciding, at)
    if isinstance(own, HeldBack) and own.code == "open_handoff":
        return own
    if group.open_handoff_id is not None:
        return HeldBack("open_group", handoff_id=group.open_handoff_id)
    if isinstance(own, Qualifies) and found.group:
        shared = judge_edge(group, cool_down, found.group, at)
        if isinstance(shared, HeldBack):
            return shared
    if isinstance(own, Qualifies) and (held := hold()) is not None:
        return HeldBack(held.code, until=held.until)
    return own


def _is_old(found: Evaluation, since: datetime | None) -> bool:
    """Return whether all that makes the lead ready was there before the version decided."""
    return since is not None and not has_new_evidence(found.deciding, since)
