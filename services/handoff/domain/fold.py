"""The fold: touches in, the few that can still matter out.

A join-semilattice over the set of touches: any order, any repetition, any split into
batches and any merge of leads give the same state, and folding on from a stored state is
folding from the start. Cost and size depend on the policy, never on the lead's history.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.handoff.domain.kept import NONE_KEPT, Kept, SignalTouches, distinct_key, keep
from services.handoff.domain.policy import PolicyVersion, Watch
from services.handoff.domain.signals import LeadSignals, check_shape
from services.handoff.domain.touches import TouchFact, Weight, epoch_ms, is_late

# A tuple's own constructor: half the time of a named tuple's, and this runs once per touch.
_kept = tuple.__new__
NOWHERE: tuple[int, ...] = ()


def fold(version: PolicyVersion, state: LeadSignals, touches: Iterable[TouchFact]) -> LeadSignals:
    """Return ``state`` with ``touches`` in it; the same object when they change nothing.

    What machines did is left out. What may be a machine, or reached us too late, is kept
    apart from what certainly qualifies.

    Raises ``StaleSignals`` when ``state`` was folded for other questions.
    """
    check_shape(version, state.shape)
    changed: dict[int, SignalTouches] = {}
    for touch in touches:
        _take_in(version, touch, changed, state.at)
    return state.with_kept(changed) if changed else state


def fold_one(
    version: PolicyVersion, state: LeadSignals, touch: TouchFact
) -> tuple[LeadSignals, Weight]:
    """Return ``state`` with ``touch`` in it, and what that can change; see ``fold``."""
    check_shape(version, state.shape)
    changed: dict[int, SignalTouches] = {}
    certain = _take_in(version, touch, changed, state.at)
    return state.with_kept(changed) if changed else state, weigh(version, certain)


def weigh(version: PolicyVersion, positions: tuple[int, ...]) -> Weight:
    """Return what a touch can change that is certain and new to the signals at ``positions``."""
    if not positions:
        return Weight.NONE
    if len(positions) == 1:
        return version.weights[positions[0]]
    return max([version.weights[position] for position in positions])


def _take_in(
    version: PolicyVersion,
    touch: TouchFact,
    changed: dict[int, SignalTouches],
    kept_at: Callable[[int], SignalTouches],
) -> tuple[int, ...]:
    touch_id, kind, occurred_at, received_at, made_by, properties = touch
    watching = version.watches.get(kind)
    if watching is None:
        return NOWHERE
    occurred_ms, received_ms = epoch_ms(occurred_at), epoch_ms(received_at)
    moments = (occurred_ms, received_ms)
    return take_in(watching, touch_id, *moments, made_by, properties, changed, kept_at)


def _nothing(_position: int) -> SignalTouches:
    return NONE_KEPT


def take_in(
    watching: Iterable[Watch],
    touch_id: str,
    occurred_ms: int,
    received_ms: int,
    made_by: str,
    properties: Mapping[str, Any],
    changed: dict[int, SignalTouches],
    kept_at: Callable[[int], SignalTouches] = _nothing,
) -> tuple[int, ...]:
    """Take one touch into ``changed``; return where it is certain and new.

    ``watching`` are the signals that ask for its kind. ``changed`` holds, by position, what
    signals remember by now; what it lacks is looked up by ``kept_at``.
    """
    if made_by == "machine":
        return NOWHERE
    late = is_late(occurred_ms, received_ms)
    is_certain = made_by == "human" and not late
    positions = NOWHERE
    for position, holds, distinct_by, at_most in watching:
        if holds is not None and not holds(properties):
            continue
        distinct = "" if distinct_by is None else distinct_key(distinct_by(properties))
        new = _kept(Kept, (occurred_ms, touch_id, -received_ms, distinct, late))
        certain, doubtful = changed.get(position) or kept_at(position)
        if is_certain:
            after = keep(certain, new, at_most)
            if after is not certain:
                changed[position] = _kept(SignalTouches, (after, doubtful))
                positions += (position,)
        else:
            after = keep(doubtful, new, at_most)
            if after is not doubtful:
                changed[position] = _kept(SignalTouches, (certain, after))
    return positions


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
