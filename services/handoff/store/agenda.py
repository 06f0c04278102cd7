"""A rep's hand-offs as their day needs them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.handoff.store.console_tables import PROMISE
from services.handoff.store.tables import HANDOFF, HANDOFF_DEADLINE
from shared.bulk import is_in

MOST = 500

_LIGHT = [column for column in HANDOFF.c if column.name != "snapshot"]


def open_of(conn: Connection, owner_id: str) -> Sequence[Row[Any]]:
    """Return somebody's open hand-offs without their frozen contexts; at most 500."""
    return conn.execute(
        select(*_LIGHT)
        .where(HANDOFF.c.owner_id == owner_id, HANDOFF.c.closed_at.is_(None))
        .order_by(HANDOFF.c.due_at, HANDOFF.c.handoff_id)
        .limit(MOST)
    ).all()


def contexts_of(conn: Connection, handoff_ids: Collection[str]) -> dict[str, bytes]:
    """Return the frozen contexts of hand-offs, as JSON."""
    query = select(HANDOFF.c.handoff_id, HANDOFF.c.snapshot).where(is_in(HANDOFF.c.handoff_id))
    rows = conn.execute(query, {"wanted": sorted(handoff_ids)}).all()
    return {row.handoff_id: bytes(row.snapshot) for row in rows}


def deadlines_of(conn: Connection, handoff_ids: Collection[str]) -> dict[str, list[Any]]:
    """Return when the clocks of hand-offs are due, by hand-off: ``kind`` and ``due_at``, by step.

    Hand-offs of before calendars have none here.
    """
    table = HANDOFF_DEADLINE
    rows = conn.execute(
        select(table.c.handoff_id, table.c.kind, table.c.due_at)
        .where(is_in(table.c.handoff_id))
        .order_by(table.c.kind, table.c.step),
        {"wanted": sorted(handoff_ids)},
    ).all()
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.handoff_id, []).append(row)
    return found


def fingerprint(conn: Connection, owner_id: str) -> tuple[str, int]:
    """Return a text that differs once somebody's day looks different, and how many wait.

    Of their open hand-offs it holds what is shown and can change; of the promises for them,
    how many are open.
    """
    rows = conn.execute(
        select(
            HANDOFF.c.handoff_id,
            HANDOFF.c.stage,
            HANDOFF.c.attempts,
            HANDOFF.c.lead_name,
            HANDOFF.c.due_at,
        )
        .where(HANDOFF.c.owner_id == owner_id, HANDOFF.c.closed_at.is_(None))
        .order_by(HANDOFF.c.due_at, HANDOFF.c.handoff_id)
        .limit(MOST)
    ).all()
    latest: tuple[int, datetime | None] = (0, None)
    if rows:
        made = conn.execute(
            select(func.count(), func.max(PROMISE.c.made_at))
            .select_from(PROMISE)
            .where(is_in(PROMISE.c.handoff_id), PROMISE.c.kept_at.is_(None)),
            {"wanted": sorted(row.handoff_id for row in rows)},
        ).one()
        latest = (made[0], made[1])
    waiting = sum(row.stage == "assigned" for row in rows)
    return repr(([tuple(row) for row in rows], latest)), waiting
