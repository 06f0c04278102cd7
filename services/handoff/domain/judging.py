"""What becomes of one arrival: nothing, a hand-off, or news for the owner of an open one.

A lead stands in its own cycle, and its account's people in one together: a gate that asks
about several of them opens one hand-off for all, and whoever else of them does something
joins it while it is open.

Production and try-outs on history both decide here, arrival by arrival in their order, at
the moment each was received: the same history gives the same decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    Qualifies,
    judge_edge,
)
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


@dataclass(frozen=True, slots=True)
class Joins:
    """The people of the lead's account are with sales already; this one joins them."""

    evaluation: Evaluation
    handoff_id: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A person's word that a lead is not to be handed over, until then or until it is lifted."""

    until: datetime | None


def not_held() -> Hold | None:
    """Answer for a lead nobody holds back."""
    return None


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
    group: CycleRecord = FIRST_CYCLE,
    hold: Callable[[], Hold | None] = not_held,
    is_retired: bool = False,
) -> BecomesReady | IsNews | Joins | None:
    """Return what follows from an arrival of ``weight``; the lead is evaluated if it matters.

    ``is_better_known``: the arrival, or what came with it, told facts about the lead.
    ``is_known``: the lead has an identifier that names a person; nobody else is handed over.
    ``group`` is the cycle the people of the lead's account stand in together. ``hold`` is
    asked only about a lead that is ready. A retired version hands nobody over.
    """
    if weight is Weight.NONE and not is_better_known:
        return None
    if cycle.open_handoff_id is not None:
        return IsNews(evaluation(), cycle.open_handoff_id) if weight is Weight.NEWS else None
    if not is_known:
        return None
    if group.open_handoff_id is not None:
        if weight is Weight.NEWS and (found := evaluation()).is_meant:
            return Joins(found, group.open_handoff_id)
        return None
    if is_retired:
        return None
    found = evaluation()
    if not found.is_ready:
        return None
    edge = edge_of(cycle, group, found, received_at, hold)
    return BecomesReady(found, edge.number) if isinstance(edge, Qualifies) else None


def edge_of(
    cycle: CycleRecord,
    group: CycleRecord,
    found: Evaluation,
    at: datetime,
    hold: Callable[[], Hold | None] = not_held,
) -> Qualifies | HeldBack:
    """Return whether a lead ``found`` ready becomes so at ``at``, or what holds it back."""
    cool_down = found.version.cool_down
    own = judge_edge(cycle, cool_down, found.deciding, at)
    if isinstance(own, HeldBack) and own.code == "open_handoff":
        return own
    if group.open_handoff_id is not None:
        return HeldBack("open_group", handoff_id=group.open_handoff_id)
    if isinstance(own, Qualifies) and found.group:
        shared = judge_edge(group, cool_down, found.group, at)
        if isinstance(shared, HeldBack):
            return shared
    if isinstance(own, Qualifies) and (held := hold()) is not None:
        return HeldBack("override", until=held.until)
    return own
