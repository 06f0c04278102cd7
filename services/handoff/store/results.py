"""Hand-offs as goals and advice look at them: a few columns of many rows, in one query."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, case, or_, select

from services.handoff.domain.advice import Had
from services.handoff.domain.history import BY_HAND
from services.handoff.domain.results import HandedOver, Period
from services.handoff.store.tables import HANDOFF, HANDOFF_DEADLINE, HANDOFF_HAD, STEP
from shared.bulk import bulk_insert

_ACCEPTED_ONCE = (  # whoever gives it to somebody else after taking it has taken it
    select(STEP.c.step_id)
    .where(STEP.c.handoff_id == HANDOFF.c.handoff_id, STEP.c.kind == "accept")
    .exists()
)
_FIRST_ATTEMPT_DUE = (  # in the hours of its calendar, pauses left out
    select(HANDOFF_DEADLINE.c.due_at)
    .where(
        HANDOFF_DEADLINE.c.handoff_id == HANDOFF.c.handoff_id,
        HANDOFF_DEADLINE.c.kind == "first_attempt",
        HANDOFF_DEADLINE.c.step == 1,
    )
    .scalar_subquery()
)
_RESULT = (
    HANDOFF.c.tier,
    HANDOFF.c.stage,
    HANDOFF.c.decided_at,
    HANDOFF.c.due_at,
    or_(HANDOFF.c.accepted_at.is_not(None), _ACCEPTED_ONCE).label("is_accepted"),
    HANDOFF.c.first_attempt_at,
    HANDOFF.c.closed_at,
    _FIRST_ATTEMPT_DUE.label("first_attempt_due_at"),
)


def handed_over(conn: Connection, version_id: str, period: Period) -> list[HandedOver]:
    """Return the hand-offs a version decided in ``period``."""
    rows = conn.execute(_decided(select(*_RESULT), version_id, period))
    return [HandedOver(*row) for row in rows]


def handed_over_having(
    conn: Connection, version_id: str, period: Period
) -> list[tuple[HandedOver, Had | None]]:
    """Return them with what their leads had; None where that was not stored."""
    query = select(*_RESULT, HANDOFF_HAD.c.signals, HANDOFF_HAD.c.fit).outerjoin(
        HANDOFF_HAD, HANDOFF_HAD.c.handoff_id == HANDOFF.c.handoff_id
    )
    rows = conn.execute(_decided(query, version_id, period))
    return [(HandedOver(*row[: len(_RESULT)]), _had(row)) for row in rows]


def sent_back_or_not(
    conn: Connection, version_id: str, period: Period, most: int
) -> list[tuple[bytes, str | None]]:
    """Return the frozen context of the latest hand-offs that were answered, ``most`` of them.

    Each with the reason it was sent back with; None: it was not.
    """
    sent_back = HANDOFF.c.stage.in_(("rejected", "recycled"))
    query = select(HANDOFF.c.snapshot, case((sent_back, HANDOFF.c.reason))).where(
        HANDOFF.c.stage.not_in(("assigned", "superseded"))
    )
    latest = HANDOFF.c.decided_at.desc()
    rows = conn.execute(_decided(query, version_id, period).order_by(latest).limit(most))
    return [(snapshot, reason) for snapshot, reason in rows]


def _decided(query: Select[Any], version_id: str, period: Period) -> Select[Any]:
    # What a person handed over says nothing about the version's own decisions.
    query = query.where(HANDOFF.c.version_id == version_id, HANDOFF.c.gate != BY_HAND)
    if period.since is not None:
        query = query.where(HANDOFF.c.decided_at >= period.since)
    return query if period.until is None else query.where(HANDOFF.c.decided_at < period.until)


def _had(row: Row[Any]) -> Had | None:
    return None if row.signals is None else Had(row.signals, row.fit)


def add_had(conn: Connection, rows: Sequence[tuple[str, Had]]) -> None:
    """Store what the leads of new hand-offs had, by hand-off."""
    values = [(handoff_id, dict(had.signals), dict(had.fit)) for handoff_id, had in rows]
    bulk_insert(conn, HANDOFF_HAD, ("handoff_id", "signals", "fit"), values, "refuse")
