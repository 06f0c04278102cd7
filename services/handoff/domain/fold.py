"""The fold: touches in, the few that can still matter out.

A join-semilattice over the set of touches: any order, any repetition, any split into
batches and any merge of leads give the same state, and folding on from a stored state is
folding from the start. Cost and size depend on the policy, never on the lead's history.
"""

from collections.abc import Iterable

from services.handoff.domain.kept import Kept, SignalTouches, distinct_key, keep
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, check_shape
from services.handoff.domain.touches import TouchFact, epoch_ms, is_late

# A tuple's own constructor: half the time of a named tuple's, and this runs once per touch.
_kept = tuple.__new__


def fold(version: PolicyVersion, state: LeadSignals, touches: Iterable[TouchFact]) -> LeadSignals:
    """Return ``state`` with ``touches`` in it; the same object when they change nothing.

    What machines did is left out. What may be a machine, or reached us too late, is kept
    apart from what certainly qualifies.

    Raises ``StaleSignals`` when ``state`` was folded for other questions.
    """
    check_shape(version, state.shape)
    watches = version.watches
    changed: dict[int, SignalTouches] = {}
    for touch_id, kind, occurred_at, received_at, made_by, properties in touches:
        watching = watches.get(kind)
        if watching is None or made_by == "machine":
            continue
        occurred_ms, received_ms = epoch_ms(occurred_at), epoch_ms(received_at)
        late = is_late(occurred_ms, received_ms)
        is_certain = made_by == "human" and not late
        for position, holds, distinct_by, at_most in watching:
            if holds is not None and not holds(properties):
                continue
            distinct = "" if distinct_by is None else distinct_key(distinct_by(properties))
            new = _kept(Kept, (occurred_ms, touch_id, -received_ms, distinct, late))
            certain, doubtful = changed.get(position) or state.at(position)
            before = certain if is_certain else doubtful
            after = keep(before, new, at_most)
            if after is not before:
                changed[position] = (
                    SignalTouches(after, doubtful) if is_certain else SignalTouches(certain, after)
                )
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
