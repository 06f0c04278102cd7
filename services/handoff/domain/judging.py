"""What becomes of one arrival: nothing, a hand-off, or news for the owner of an open one.

Production and try-outs on history both decide here, arrival by arrival in their order, at
the moment each was received: the same history gives the same decisions.
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.handoff.domain.cycle import CycleRecord, Qualifies, is_cooling_down, judge_edge
from services.handoff.domain.evaluation import Evaluation
from services.handoff.domain.policy import PolicyVersion
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


def judge(
    version: PolicyVersion,
    cycle: CycleRecord,
    weight: Weight,
    is_better_known: bool,
    is_known: bool,
    at_us: int,
    evaluate_if_ready: Callable[[], Evaluation | None],
) -> BecomesReady | IsNews | None:
    """Return what follows from an arrival of ``weight``; the lead is asked about if it matters.

    ``is_better_known``: the arrival, or what came with it, told facts about the lead.
    ``is_known``: the lead has an identifier that names a person; nobody else is handed over.
    ``evaluate_if_ready`` evaluates the lead at ``at_us``, when the arrival was received (in
    microseconds since 1970), and returns None unless it is ready.
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
    return BecomesReady(found, edge.number) if isinstance(edge, Qualifies) else None
