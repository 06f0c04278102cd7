"""The edge: a lead becomes ready once per cycle, not again with every touch.

A cycle opens with a hand-off and ends when that is closed. The next one needs time (the
cool-down) and something new: a certain touch, received after the close, among those that
make the gate pass. A lead that merely is still ready does not come back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.handoff.domain.case import Counted
from services.handoff.domain.touches import epoch_ms


@dataclass(frozen=True)
class CycleRecord:
    """Where a lead stands with one policy. ``FIRST_CYCLE`` before its first hand-off."""

    number: int
    """Cycles so far."""
    open_handoff_id: str | None = None
    closed_at: datetime | None = None
    """When the latest hand-off was closed."""
    returns_at: datetime | None = None
    """Not before this moment, by the reason it was closed with; the cool-down counts too."""


FIRST_CYCLE = CycleRecord(number=0)


@dataclass(frozen=True, slots=True)
class PastHandoff:
    """One hand-off of a lead, as far as it counts for where the lead stands."""

    handoff_id: str
    cycle: int
    stage: str
    decided_at: datetime
    closed_at: datetime | None
    returns_at: datetime | None


def recount(handoffs: Iterable[PastHandoff]) -> CycleRecord:
    """Return where a lead stands by its own hand-offs under one policy, in whatever order.

    One that a merge closed was never answered: nothing cools down after it.
    """
    past = sorted(handoffs, key=lambda one: (one.decided_at, one.handoff_id))
    answered = [one for one in past if one.stage != "superseded"]
    closed = [one.closed_at for one in answered if one.closed_at is not None]
    returns = [one.returns_at for one in answered if one.returns_at is not None]
    return CycleRecord(
        number=max((one.cycle for one in past), default=0),
        open_handoff_id=next((one.handoff_id for one in answered if one.closed_at is None), None),
        closed_at=max(closed, default=None),
        returns_at=max(returns, default=None),
    )


def stand_together(handoffs: Iterable[PastHandoff]) -> CycleRecord:
    """Return where the people of an account stand, by the hand-offs made for them together.

    By the one that is open, else the latest. One that a merge closed was never answered.
    """
    answered = [one for one in handoffs if one.stage != "superseded"]
    if not answered:
        return FIRST_CYCLE
    last = max(answered, key=lambda one: (one.closed_at is None, one.decided_at, one.handoff_id))
    open_id = last.handoff_id if last.closed_at is None else None
    return CycleRecord(1, open_id, last.closed_at, last.returns_at)


class OpenHandoff(NamedTuple):
    """A hand-off that is open when its lead turns out to be part of another."""

    decided_us: int
    """In microseconds since 1970."""
    handoff_id: str
    group_domain: str | None
    """The account whose people it is for together, if it is."""


def go_on(several: Iterable[OpenHandoff]) -> tuple[OpenHandoff | None, list[OpenHandoff]]:
    """Return the hand-off a lead that was several goes on with, and those that end for it.

    The earliest stays with its owner. If it was for its lead alone, it is from now on for
    the people of the first that ends and was for several.
    """
    in_order = sorted(several, key=lambda one: (one.decided_us, one.handoff_id))
    if not in_order:
        return None, []
    domain = next((one.group_domain for one in in_order if one.group_domain is not None), None)
    stays, *end = in_order
    return stays._replace(group_domain=domain), end


def join_records(records: Iterable[CycleRecord], open_handoff_id: str | None) -> CycleRecord:
    """Return where a lead stands that was several until now; one hand-off at most stays open."""
    several = tuple(records)
    return CycleRecord(
        number=max(record.number for record in several),
        open_handoff_id=open_handoff_id,
        closed_at=_latest(record.closed_at for record in several),
        returns_at=_latest(record.returns_at for record in several),
    )


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


@dataclass(frozen=True)
class Qualifies:
    """The lead becomes ready now, for the ``number``-th time under this policy."""

    number: int


HeldCode = Literal["override", "suppressed", "no_consent", "awaits_marketing"]
"""What holds a ready lead back: a person's word, a verdict for good, the lead's own refusal of
every channel, a verdict that asked marketing for something first."""


@dataclass(frozen=True)
class HeldBack:
    """The gate passes, and still the lead does not become ready."""

    code: Literal["open_handoff", "open_group", "cool_down", "no_new_evidence"] | HeldCode
    handoff_id: str | None = None
    until: datetime | None = None
    """With ``cool_down`` and a hold: when it is over, if that is known."""


def cool_down_until(record: CycleRecord, cool_down: timedelta) -> datetime | None:
    """Return when a closed cycle may be followed by the next; None without a closed one."""
    if record.closed_at is None:
        return None
    over_at = record.closed_at + cool_down
    return over_at if record.returns_at is None else max(over_at, record.returns_at)


def is_cooling_down(record: CycleRecord, cool_down: timedelta, now: datetime) -> bool:
    """Return whether it is too early for the next cycle; at the last moment it is not."""
    until = cool_down_until(record, cool_down)
    return until is not None and now < until


def judge_edge(
    record: CycleRecord, cool_down: timedelta, deciding: Iterable[Counted], now: datetime
) -> Qualifies | HeldBack:
    """Return whether a lead whose gate passes becomes ready at ``now``.

    ``deciding`` are the touches that make the gate pass (``Evaluation.deciding``). At the
    last moment of the cool-down it is over.
    """
    if record.open_handoff_id is not None:
        return HeldBack("open_handoff", handoff_id=record.open_handoff_id)
    if is_cooling_down(record, cool_down, now):
        return HeldBack("cool_down", until=cool_down_until(record, cool_down))
    if record.closed_at is not None and not has_new_evidence(deciding, record.closed_at):
        return HeldBack("no_new_evidence")
    return Qualifies(record.number + 1)


def has_new_evidence(deciding: Iterable[Counted], since: datetime) -> bool:
    """Return whether one of ``deciding`` was received after ``since``."""
    since_ms = epoch_ms(since)
    return any(touch.received_ms > since_ms for touch in deciding)
