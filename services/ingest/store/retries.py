"""Parked receipts by what is wrong with them, and the retries of whole groups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from services.ingest.store.tables import FAULT, RECEIPT, RETRY
from shared.db import insert


@dataclass(frozen=True, slots=True)
class Group:
    """Parked receipts of one source with one reason, with an example."""

    source_id: str
    reason: str
    receipts: int
    events: int
    oldest_at: datetime
    newest_at: datetime
    example_id: str
    message: str


def parked_groups(conn: Connection, source_id: str | None = None) -> list[Group]:
    """Return what is parked, by source and reason, the largest group first."""
    query = select(
        RECEIPT.c.source_id,
        RECEIPT.c.reason,
        func.count().label("receipts"),
        func.sum(RECEIPT.c.parked).label("events"),
        func.min(RECEIPT.c.received_at).label("oldest_at"),
        func.max(RECEIPT.c.received_at).label("newest_at"),
    ).where(RECEIPT.c.state == "parked")
    if source_id is not None:
        query = query.where(RECEIPT.c.source_id == source_id)
    rows = conn.execute(query.group_by(RECEIPT.c.source_id, RECEIPT.c.reason)).all()
    return sorted((_group(conn, row) for row in rows), key=lambda one: -one.receipts)


def _group(conn: Connection, row: Row[Any]) -> Group:
    latest = (
        select(RECEIPT.c.id)
        .where(
            RECEIPT.c.state == "parked",
            RECEIPT.c.source_id == row.source_id,
            RECEIPT.c.reason.is_not_distinct_from(row.reason),
        )
        .order_by(RECEIPT.c.id.desc())
        .limit(1)
    )
    example = conn.execute(latest).scalar_one()
    said = conn.execute(
        select(FAULT.c.message)
        .where(FAULT.c.receipt_id == example, FAULT.c.code == row.reason)
        .order_by(FAULT.c.position)
        .limit(1)
    ).scalar_one_or_none()
    return Group(
        source_id=row.source_id,
        reason=row.reason or "",
        receipts=row.receipts,
        events=int(row.events),
        oldest_at=row.oldest_at,
        newest_at=row.newest_at,
        example_id=example,
        message=said or "",
    )


def parked_count(
    conn: Connection, source_id: str | None, reason: str | None
) -> tuple[int, str | None]:
    """Return how many receipts of a group are parked, and the latest of them."""
    query = select(RECEIPT.c.id).where(RECEIPT.c.state == "parked")
    if source_id is not None:
        query = query.where(RECEIPT.c.source_id == source_id)
    if reason is not None:
        query = query.where(RECEIPT.c.reason == reason)
    latest = conn.execute(query.order_by(RECEIPT.c.id.desc()).limit(1)).scalar_one_or_none()
    count = conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    return count, latest


def add_retry(conn: Connection, **values: Any) -> bool:
    """Write a new retry; return False when the group has an open one already."""
    statement = insert(conn, RETRY).values(values).on_conflict_do_nothing()
    return conn.execute(statement).rowcount == 1


def find_retry(conn: Connection, retry_id: str, *, lock: bool = False) -> Row[Any] | None:
    """Return a retry; locked until the commit where asked."""
    query = select(RETRY).where(RETRY.c.id == retry_id)
    return conn.execute(query.with_for_update() if lock else query).first()


def open_retry(conn: Connection, scope: str | None = None) -> Row[Any] | None:
    """Return the oldest retry that has not ended, of one group where asked."""
    query = select(RETRY).where(RETRY.c.finished_at.is_(None))
    if scope is not None:
        query = query.where(RETRY.c.scope == scope)
    return conn.execute(query.order_by(RETRY.c.id).limit(1)).first()


def change_retry(conn: Connection, retry_id: str, **values: Any) -> None:
    """Write how far a retry is."""
    conn.execute(update(RETRY).where(RETRY.c.id == retry_id).values(values))


def retries_left(conn: Connection) -> int:
    """Return how many receipts open retries have still to put back."""
    left = func.coalesce(func.sum(RETRY.c.total - RETRY.c.retried), 0)
    return int(conn.execute(select(left).where(RETRY.c.finished_at.is_(None))).scalar_one())
