"""Promises to leads: what somebody of sales said they would do, and by when."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from services.handoff.store.console_tables import PROMISE
from services.handoff.store.tables import HANDOFF
from shared.bulk import is_in
from shared.db import insert


def add(conn: Connection, values: dict[str, Any]) -> None:
    """Store a promise, every column of it."""
    conn.execute(insert(conn, PROMISE).values(values))


def find(conn: Connection, handoff_id: str, promise_id: str) -> Row[Any] | None:
    """Return a promise of a hand-off."""
    query = select(PROMISE).where(PROMISE.c.promise_id == promise_id)
    return conn.execute(query.where(PROMISE.c.handoff_id == handoff_id)).first()


def keep(conn: Connection, promise_id: str, at: datetime) -> None:
    """Write that a promise was kept."""
    conn.execute(update(PROMISE).where(PROMISE.c.promise_id == promise_id).values(kept_at=at))


def of_handoff(conn: Connection, handoff_id: str) -> Sequence[Row[Any]]:
    """Return the promises of a hand-off in the order they are due."""
    query = select(PROMISE).where(PROMISE.c.handoff_id == handoff_id)
    return conn.execute(query.order_by(PROMISE.c.due_at, PROMISE.c.promise_id)).all()


def open_of_owner(conn: Connection, owner_id: str, until: datetime) -> Sequence[Row[Any]]:
    """Return what is to be done until then for the hand-offs somebody owns, the oldest first.

    A promise goes with its hand-off: whoever owns it now has to keep it.
    """
    return conn.execute(
        select(PROMISE, HANDOFF.c.lead_name, HANDOFF.c.lead_id)
        .join(HANDOFF, HANDOFF.c.handoff_id == PROMISE.c.handoff_id)
        .where(HANDOFF.c.owner_id == owner_id, HANDOFF.c.closed_at.is_(None))
        .where(PROMISE.c.kept_at.is_(None), PROMISE.c.due_at < until)
        .order_by(PROMISE.c.due_at, PROMISE.c.promise_id)
    ).all()


def forget(conn: Connection, handoff_ids: Collection[str]) -> None:
    """Delete the promises of these hand-offs: their texts can name who is erased."""
    wanted = {"wanted": sorted(handoff_ids)}
    conn.execute(delete(PROMISE).where(is_in(PROMISE.c.handoff_id)), wanted)
