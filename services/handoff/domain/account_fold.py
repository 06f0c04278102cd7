"""The fold of an account: what its people did last, for gates that ask about several of them.

The lead's fold one level up. For each signal such a gate can look at, an account remembers
the newest certain touch of each of the ``LOOKED_AT`` leads who did it last, with the lead
it was recorded under. Taking in what a lead remembers is a union, so it does not matter
when its company became known, how often it is taken in, or in which order touches came.
Leads that merge, move or are excluded change nothing here: whom a remembered touch counts
for is asked at the time (``Colleagues``).
"""

from collections.abc import Iterator

from services.handoff.domain.conditions import Condition, Group, leaves
from services.handoff.domain.kept import Kept, SignalTouches, keep
from services.handoff.domain.people import LOOKED_AT, PeopleSeen
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, StaleSignals, read_head, unpack_signals


def nobody_did(version: PolicyVersion) -> LeadSignals:
    """Return the state of an account whose people have done nothing."""
    return LeadSignals(version.people_shape, (0,) * len(version.signals))


def take_in(
    version: PolicyVersion,
    account: LeadSignals,
    lead_id: str,
    signals: LeadSignals,
    kind: str | None = None,
) -> LeadSignals:
    """Return ``account`` with what the lead remembers in it; the same object if it was.

    ``lead_id`` is the lead the touches were recorded under, ``signals`` its folded touches.
    ``kind`` names the kind of touch that alone can be new; None: any.

    Raises ``StaleSignals`` when ``account`` was folded for other questions.
    """
    if account.shape != version.people_shape:
        raise StaleSignals(f"folded as {account.shape.hex()}, not {version.people_shape.hex()}")
    changed: dict[int, SignalTouches] = {}
    for position in version.people_positions_of(kind):
        newest = signals.at(position).certain[:1]
        if not newest:
            continue
        [touch] = newest
        before = account.at(position).certain
        entry = Kept(touch.occurred_ms, touch.touch_id, touch.first_received, lead_id, False)
        after = keep(before, entry, LOOKED_AT)
        if after is not before:
            changed[position] = SignalTouches(after)
    return account.with_kept(changed) if changed else account


def decode_account(version: PolicyVersion, data: bytes) -> LeadSignals:
    """Return the state stored as ``data``.

    Raises ``StaleSignals`` when it was folded for other questions than ``version`` asks.
    """
    shape, packed = read_head(data)
    if shape != version.people_shape:
        raise StaleSignals(f"folded as {shape.hex()}, not {version.people_shape.hex()}")
    return unpack_signals(shape, len(version.signals), packed)


def remembered_leads(
    version: PolicyVersion, account: LeadSignals, oldest_ms: int | None = None
) -> set[str]:
    """Return the leads an account remembers touches of, those not before ``oldest_ms``."""
    return {
        touch.distinct
        for position in version.people_positions
        for touch in account.at(position).certain
        if oldest_ms is None or touch.occurred_ms >= oldest_ms
    }


def people_needed(version: PolicyVersion) -> int:
    """Return with how many people of an account it begins to matter who they are.

    With fewer, no condition on people can decide anything. 0: the policy has none.
    """
    return min(map(_needed, _asking(version)), default=0)


def _asking(version: PolicyVersion) -> Iterator[Condition]:
    for gate in version.gates:
        if any(isinstance(leaf, PeopleSeen) for leaf in leaves(gate.when)):
            yield gate.when


def _needed(condition: Condition) -> int:
    """Return how many people a gate needs; where it can pass without, its smallest condition."""
    asked = (leaf.at_least for leaf in leaves(condition) if isinstance(leaf, PeopleSeen))
    return _surely_fails_below(condition) or min(asked)


def _surely_fails_below(condition: Condition) -> int:
    if isinstance(condition, Group):
        below = sorted(_surely_fails_below(each) for each in condition.of)
        return below[condition.needed - 1]
    if isinstance(condition, PeopleSeen):
        return condition.at_least
    return 0
