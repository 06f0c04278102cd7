"""The fold: touches in, the few that can still matter out.

A join-semilattice over the set of touches: any order, any repetition, any split into
batches and any merge of leads give the same state, and folding on from a stored state is
folding from the start. Cost and size depend on the policy, never on the lead's history.
"""

from collections.abc import Iterable

from services.handoff.domain.facts import find
from services.handoff.domain.kept import Kept, SignalTouches, distinct_key, keep
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Signal
from services.handoff.domain.signals import LeadSignals, check_shape
from services.handoff.domain.touches import TouchFact, epoch_ms, is_late


def fold(version: PolicyVersion, state: LeadSignals, touches: Iterable[TouchFact]) -> LeadSignals:
    """Return ``state`` with ``touches`` in it; the same object when they change nothing.

    What machines did is left out. What may be a machine, or reached us too late, is kept
    apart from what certainly qualifies.

    Raises ``StaleSignals`` when ``state`` was folded for other questions.
    """
    check_shape(version, state.shape)
    index = version.signals_by_touch
    changed: dict[int, SignalTouches] = {}
    for touch in touches:
        if touch.made_by == "machine":
            continue
        for position, signal in index.get(touch.kind, ()):
            if signal.where is not None and not signal.where.holds(touch.properties):
                continue
            before = changed.get(position) or state.at(position)
            after = _with_touch(signal, before, touch)
            if after is not before:
                changed[position] = after
    return state.with_kept(changed) if changed else state


def merge(version: PolicyVersion, one: LeadSignals, other: LeadSignals) -> LeadSignals:
    """Return the state of a lead that did what both did. Nothing counts twice.

    Raises ``StaleSignals`` when either was folded for other questions.
    """
    check_shape(version, one.shape)
    check_shape(version, other.shape)
    return one.with_kept(
        {
            position: one.at(position).joined(other.at(position), version.signals[position].at_most)
            for position in other.positions()
        }
    )


def _with_touch(signal: Signal, kept: SignalTouches, touch: TouchFact) -> SignalTouches:
    occurred_ms, received_ms = epoch_ms(touch.occurred_at), epoch_ms(touch.received_at)
    late = is_late(occurred_ms, received_ms)
    distinct = ""
    if signal.distinct_by is not None:
        distinct = distinct_key(find(touch.properties, signal.distinct_by))
    new = Kept(occurred_ms, touch.touch_id, -received_ms, distinct, late)
    if late or touch.made_by != "human":
        doubtful = keep(kept.doubtful, new, signal.at_most)
        return kept if doubtful is kept.doubtful else kept._replace(doubtful=doubtful)
    certain = keep(kept.certain, new, signal.at_most)
    return kept if certain is kept.certain else kept._replace(certain=certain)
