"""Repairs of receipts: what each was before, as it came and as every repair found it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from services.ingest.store.tables import RECEIPT, REPAIR
from shared.db import insert
from shared.ids import new_id

WITHOUT_BODY = [column for column in REPAIR.c if column.name not in ("request", "body")]


def lock_receipt(conn: Connection, receipt_id: str) -> Row[Any] | None:
    """Return a receipt, locked until the commit."""
    query = select(RECEIPT).where(RECEIPT.c.id == receipt_id).with_for_update()
    return conn.execute(query).first()


def replace_content(
    conn: Connection,
    row: Row[Any],
    request: bytes,
    body: bytes,
    who: str,
    now: datetime,
    why: str,
) -> None:
    """Give a locked receipt another head and body; keep those it had."""
    conn.execute(
        insert(conn, REPAIR).values(
            id=new_id(),
            receipt_id=row.id,
            request=bytes(row.request),
            body=bytes(row.body),
            repaired_by=who,
            repaired_at=now,
            why=why,
        )
    )
    changed = update(RECEIPT).where(RECEIPT.c.id == row.id)
    conn.execute(changed.values(request=request, body=body))


def repairs_of(conn: Connection, receipt_id: str) -> list[Row[Any]]:
    """Return who repaired a receipt and when, the latest first; ``size`` is in bytes, of before."""
    query = select(*WITHOUT_BODY, func.length(REPAIR.c.body).label("size"))
    return list(
        conn.execute(query.where(REPAIR.c.receipt_id == receipt_id).order_by(REPAIR.c.id.desc()))
    )


def original_of(conn: Connection, receipt_id: str) -> Row[Any] | None:
    """Return head and body as they came, of a receipt that was repaired; else None."""
    query = select(REPAIR).where(REPAIR.c.receipt_id == receipt_id).order_by(REPAIR.c.id).limit(1)
    return conn.execute(query).first()


def contents_before(conn: Connection, receipt_ids: list[str]) -> list[Row[Any]]:
    """Return every head and body these receipts had before a repair."""
    return list(conn.execute(select(REPAIR).where(REPAIR.c.receipt_id.in_(receipt_ids))))
