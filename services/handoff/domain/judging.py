"""What becomes of one arrival: nothing, a hand-off, or news for the owner of an open one.

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

from services.handoff.domain.cycle import (
    CycleRecord,
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


class Stood(NamedTuple):
    """A lead as it was before an arrival, and before what came with it."""

    is_known: bool
    facts: Facts
    state: LeadSignals


def was_ready(version: PolicyVersion, leads: Iterable[Stood], at: datetime) -> bool:
    """Return whether one of ``leads``, which are one by now, was known and ready already."""
    return any(
        one.is_known and evaluate(version, one.facts, one.state, at).is_ready for one in leads
    )


def judge(
    version: PolicyVersion,
    cycle: CycleRecord,
    weight: Weight,
    is_better_known: bool,
    is_known: bool,
    at_us: int,
    evaluate_if_ready: Callable[[], Evaluation | None],
    since: datetime | None = None,
    was_ready: Callable[[], bool] = lambda: False,
) -> BecomesReady | IsNews | None:
    """Return what follows from an arrival of ``weight``; the lead is asked about if it matters.

    ``is_better_known``: the arrival, or what came with it, told facts about the lead.
    ``is_known``: the lead has an identifier that names a person; nobody else is handed over.
    ``evaluate_if_ready`` evaluates the lead at ``at_us``, when the arrival was received (in
    microseconds since 1970), and returns None unless it is ready.
    ``since`` is when the version came into force, None where no lead is older than that;
    ``was_ready``: the lead was ready before the arrival, and what came with it, already.
    """
    if not weight and not is_better_known:
        return None
    if cycle.open_handoff_id is not None:
        return IsNews(cycle.open_handoff_id) if weight is Weight.NEWS else None
    if not is_known:
        return None
    if cycle.closed_at is not None and is_cooling_down(cycle, version.cool_down, moment_at(at_us)):
        return None
    found = evaluate_if_ready()
    if found is None:
        return None
    # Who becomes ready for the first time needs no evidence that is newer than something.
    deciding = () if cycle.closed_at is None else found.deciding
    edge = judge_edge(cycle, version.cool_down, deciding, found.at)
    if not isinstance(edge, Qualifies):
        return None
    if weight is not Weight.NEWS and _is_old(found, since) and was_ready():
        return None
    return BecomesReady(found, edge.number)


def _is_old(found: Evaluation, since: datetime | None) -> bool:
    """Return whether all that makes the lead ready was there before the version decided."""
    return since is not None and not has_new_evidence(found.deciding, since)
