"""Orders to empty receipts, and the emptying."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from services.ingest.store import ledger
from services.ingest.store.tables import ERASING, FAULT, ITEM, RECEIPT, REPAIR, SIGHTING
from shared.contracts.directory import ErasureOrdered
from shared.db import chunks, insert
from shared.ids import new_id

ERASED = "erased"
NO_HEAD = b"POST /erased"
UNREAD = ("pending", "held")


def add_order(conn: Connection, order: ErasureOrdered, now: datetime) -> None:
    """Remember an order; a repeat changes nothing."""
    new = insert(conn, ERASING).values(
        id=order.order_id,
        salt=order.salt,
        digests=order.digests,
        last_receipt_id=new_id(),  # what comes later is about what the person does later
        receipts=0,
        ordered_at=order.at,
        taken_at=now,
    )
    conn.execute(new.on_conflict_do_nothing())


def next_order(conn: Connection) -> Row[Any] | None:
    """Return the oldest order that is not carried out, once all receipts before it are read."""
    query = select(ERASING).where(ERASING.c.finished_at.is_(None)).order_by(ERASING.c.id).limit(1)
    order = conn.execute(query).first()
    if order is None:
        return None
    unread = select(RECEIPT.c.id).where(
        RECEIPT.c.state == "pending", RECEIPT.c.id <= order.last_receipt_id
    )
    return None if conn.execute(unread.limit(1)).first() else order


def move_order(conn: Connection, order_id: str, **values: Any) -> None:
    """Write how far an order is; done, it no longer says whom it was about."""
    if values.get("finished_at") is not None:
        values |= {"salt": "", "digests": []}
    conn.execute(update(ERASING).where(ERASING.c.id == order_id).values(**values))


def empty_receipts(conn: Connection, receipt_ids: Sequence[str]) -> None:
    """Take out of receipts all they say, and what was remembered of their events.

    The numbers stay. What was parked in them can never be read, so it counts as expired; a
    key that has an address in it goes, and its event counts as forgotten.
    """
    changes: dict[tuple[str, str], Counter[str]] = {}
    for ids in chunks(list(receipt_ids)):
        columns = (RECEIPT.c.source_id, RECEIPT.c.state, RECEIPT.c.parked, RECEIPT.c.received_at)
        day = ""
        for row in conn.execute(select(*columns).where(RECEIPT.c.id.in_(ids))):
            day = ledger.day_of(row.received_at)
            count = row.parked if row.state == "parked" else 0
            changes.setdefault((row.source_id, day), Counter()).update(parked=-count, expired=count)
        named = ITEM.c.receipt_id.in_(ids) & ITEM.c.key.contains("@")
        forgotten = select(ITEM.c.source_id, func.count()).where(named)
        for source_id, count in conn.execute(forgotten.group_by(ITEM.c.source_id)):
            # Which is not kept by day: any of them will do.
            changes.setdefault((source_id, day), Counter()).update(forgotten=count)
        conn.execute(delete(ITEM).where(named))
        conn.execute(delete(SIGHTING).where(SIGHTING.c.receipt_id.in_(ids)))
        conn.execute(delete(FAULT).where(FAULT.c.receipt_id.in_(ids)))
        conn.execute(delete(REPAIR).where(REPAIR.c.receipt_id.in_(ids)))
        conn.execute(
            update(RECEIPT)
            .where(RECEIPT.c.id.in_(ids), RECEIPT.c.state.not_in(UNREAD))
            .values(
                state="read",
                request=NO_HEAD,
                body=b"",
                events=RECEIPT.c.published + RECEIPT.c.duplicates,
                parked=0,
                reason=ERASED,
                discarded_by=None,
                discarded_at=None,
                discarded_why=None,
            )
        )
    ledger.move(conn, changes)
