"""What becomes of one arrival: nothing, a hand-off, or news for the owner of an open one.

Production and try-outs on history both decide here, arrival by arrival in their order, at
the moment each was received: the same history gives the same decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from services.handoff.domain.cycle import CycleRecord, Qualifies, judge_edge
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals


class Weight(IntEnum):
    """What a touch can change."""

    NONE = 0  # nothing a gate looks at: no signal asks for it, or it is weak or doubtful
    JUDGED = 1  # gates look at it
    NEWS = 2  # and it speaks for the lead


@dataclass(frozen=True, slots=True)
class BecomesReady:
    """The lead is handed over now, in this cycle."""

    evaluation: Evaluation
    cycle: int


@dataclass(frozen=True, slots=True)
class IsNews:
    """The lead is with sales already; the owner of the open hand-off hears of it."""

    evaluation: Evaluation
    handoff_id: str


def weigh(version: PolicyVersion, folded: LeadSignals, kind: str, touch_id: str) -> Weight:
    """Return what a touch can change that was folded in just now, giving ``folded``."""
    seen = [
        signal
        for position, signal in version.signals_by_touch[kind]
        if not signal.weak
        and any(kept.touch_id == touch_id for kept in folded.at(position).certain)
    ]
    if any(signal.points > 0 for signal in seen):
        return Weight.NEWS
    return Weight.JUDGED if seen else Weight.NONE


def judge(
    version: PolicyVersion,
    cycle: CycleRecord,
    weight: Weight,
    is_better_known: bool,
    is_known: bool,
    evaluation: Callable[[], Evaluation],
    received_at: datetime,
) -> BecomesReady | IsNews | None:
    """Return what follows from an arrival of ``weight``; the lead is evaluated if it matters.

    ``is_better_known``: the arrival, or what came with it, told facts about the lead.
    ``is_known``: the lead has an identifier that names a person; nobody else is handed over.
    """
    if weight is Weight.NONE and not is_better_known:
        return None
    if cycle.open_handoff_id is not None:
        return IsNews(evaluation(), cycle.open_handoff_id) if weight is Weight.NEWS else None
    if not is_known:
        return None
    found = evaluation()
    if not found.is_ready:
        return None
    edge = judge_edge(cycle, version.cool_down, found.deciding, received_at)
    return BecomesReady(found, edge.number) if isinstance(edge, Qualifies) else None
