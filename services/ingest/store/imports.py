"""Imports in the database: how far each file was taken, and what it brought."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, case, delete, func, select, update

from services.ingest.store.tables import IMPORT, IMPORT_DAY, IMPORT_RECEIPT, RECEIPT
from shared import pages
from shared.db import chunks, insert


def imports_of_file(conn: Connection, source_id: str, digest: str) -> list[Row[Any]]:
    """Return the imports of the same bytes into a source, the newest first."""
    query = select(IMPORT).where(IMPORT.c.source_id == source_id, IMPORT.c.digest == digest)
    return list(conn.execute(query.order_by(IMPORT.c.started_at.desc(), IMPORT.c.id.desc())))


def find_import(conn: Connection, import_id: str, *, lock: bool = False) -> Row[Any] | None:
    """Return an import; locked until the commit where asked."""
    query = select(IMPORT).where(IMPORT.c.id == import_id)
    return conn.execute(query.with_for_update() if lock else query).first()


def list_imports(
    conn: Connection, cursor: str | None, limit: int, source_id: str | None
) -> list[Row[Any]]:
    """Return one page of imports, the newest first, and one more."""
    query = select(IMPORT)
    if source_id is not None:
        query = query.where(IMPORT.c.source_id == source_id)
    page = pages.newest_first(query, IMPORT.c.started_at, IMPORT.c.id, cursor, limit)
    return list(conn.execute(page))


def add_import(conn: Connection, **values: Any) -> None:
    """Write a new import."""
    conn.execute(insert(conn, IMPORT).values(values))


def change_import(conn: Connection, import_id: str, **values: Any) -> None:
    """Write how far an import is."""
    conn.execute(update(IMPORT).where(IMPORT.c.id == import_id).values(values))


def add_import_receipt(conn: Connection, import_id: str, receipt_id: str) -> None:
    """Remember which import stored a receipt."""
    conn.execute(insert(conn, IMPORT_RECEIPT).values(import_id=import_id, receipt_id=receipt_id))


def imports_of_receipts(conn: Connection, receipt_ids: Sequence[str]) -> dict[str, str]:
    """Return which import stored each of ``receipt_ids``."""
    found: dict[str, str] = {}
    for ids in chunks(receipt_ids):
        query = select(IMPORT_RECEIPT).where(IMPORT_RECEIPT.c.receipt_id.in_(ids))
        found |= {row.receipt_id: row.import_id for row in conn.execute(query)}
    return found


def forget_import_receipts(conn: Connection, receipt_ids: Sequence[str]) -> None:
    """Delete which import stored these receipts; what it brought stays counted."""
    conn.execute(delete(IMPORT_RECEIPT).where(IMPORT_RECEIPT.c.receipt_id.in_(receipt_ids)))


def count_days(conn: Connection, counts: Mapping[tuple[str, str], tuple[int, int]]) -> None:
    """Add to what imports brought: (import, day) → (published, duplicates)."""
    rows = [
        {"import_id": import_id, "day": day, "published": published, "duplicates": duplicates}
        for (import_id, day), (published, duplicates) in sorted(counts.items())
    ]
    if not rows:
        return
    statement = insert(conn, IMPORT_DAY)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["import_id", "day"],
            set_={
                name: IMPORT_DAY.c[name] + statement.excluded[name]
                for name in ("published", "duplicates")
            },
        ),
        rows,
    )


def days_of(conn: Connection, import_id: str) -> list[Row[Any]]:
    """Return what an import brought, day by day."""
    query = select(IMPORT_DAY).where(IMPORT_DAY.c.import_id == import_id)
    return list(conn.execute(query.order_by(IMPORT_DAY.c.day)))


def brought(conn: Connection, import_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return published, duplicates, parked and pending events of each import."""
    found = {
        one: {"published": 0, "duplicates": 0, "parked": 0, "pending": 0} for one in import_ids
    }
    days = (
        select(
            IMPORT_DAY.c.import_id,
            func.sum(IMPORT_DAY.c.published).label("published"),
            func.sum(IMPORT_DAY.c.duplicates).label("duplicates"),
        )
        .where(IMPORT_DAY.c.import_id.in_(import_ids))
        .group_by(IMPORT_DAY.c.import_id)
    )
    waits = RECEIPT.c.state.in_(("pending", "held"))
    unsettled = RECEIPT.c.events - RECEIPT.c.published - RECEIPT.c.duplicates
    receipts = (
        select(
            IMPORT_RECEIPT.c.import_id,
            func.sum(case((RECEIPT.c.state == "parked", RECEIPT.c.parked), else_=0)).label(
                "parked"
            ),
            func.sum(case((waits, unsettled), else_=0)).label("pending"),
        )
        .join(RECEIPT, RECEIPT.c.id == IMPORT_RECEIPT.c.receipt_id)
        .where(IMPORT_RECEIPT.c.import_id.in_(import_ids))
        .group_by(IMPORT_RECEIPT.c.import_id)
    )
    for query in (days, receipts):
        for row in conn.execute(query):
            values = {name: int(one) for name, one in row._mapping.items() if name != "import_id"}
            found[row.import_id] |= values
    return found


def imported_by_source(conn: Connection) -> dict[str, int]:
    """Return how many published events of each source came by imports."""
    query = (
        select(IMPORT.c.source_id, func.sum(IMPORT_DAY.c.published))
        .join(IMPORT_DAY, IMPORT_DAY.c.import_id == IMPORT.c.id)
        .group_by(IMPORT.c.source_id)
    )
    return {row[0]: int(row[1]) for row in conn.execute(query)}
