"""The ledger: what became of every event of a source.

``received = published + duplicates + parked + expired + pending``. All but the pending ones
are counters, moved in the transaction that decides about the events; the pending ones are
counted from the rows that wait, so a reading that lost or doubled an event shows as a gap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, update

from services.ingest.store.imports import imported_by_source
from services.ingest.store.sightings import made_by_counts
from services.ingest.store.tables import ITEM, LEDGER, RECEIPT, SOURCE

COUNTERS = ("received", "published", "duplicates", "variants", "parked", "expired", "forgotten")


@dataclass(frozen=True, slots=True)
class Line:
    """One source's line of the ledger, in events."""

    source_id: str
    source: str
    received: int
    published: int
    duplicates: int
    variants: int
    imported: int
    parked: int
    expired: int
    pending: int
    last_received_at: datetime | None
    oldest_pending_at: datetime | None
    made_by: Mapping[str, int]
    """How many of the published ones are touches made by whom, as they are judged now."""

    @property
    def gap(self) -> int:
        """Return how many events are unaccounted for; anything but 0 is a fault of ours."""
        settled = self.published + self.duplicates + self.parked + self.expired
        return self.received - settled - self.pending


def move(
    conn: Connection,
    changes: Mapping[str, Mapping[str, int]],
    last_received: Mapping[str, datetime] | None = None,
) -> None:
    """Add ``changes`` (source → counter → by how much) to the ledger."""
    last = last_received or {}
    rows = [
        {"_source": source_id, "_last": last.get(source_id)}
        | {f"_{name}": counters.get(name, 0) for name in COUNTERS}
        for source_id, counters in sorted(changes.items())
    ]
    if rows:
        values: dict[str, Any] = {
            name: LEDGER.c[name] + bindparam(f"_{name}", type_=LEDGER.c[name].type)
            for name in COUNTERS
        }
        values["last_received_at"] = func.coalesce(
            bindparam("_last", type_=LEDGER.c.last_received_at.type), LEDGER.c.last_received_at
        )
        conn.execute(
            update(LEDGER).where(LEDGER.c.source_id == bindparam("_source")).values(values), rows
        )


def lines(conn: Connection) -> list[Line]:
    """Return the ledger of every source, by name."""
    never_read = RECEIPT.c.read_at.is_(None)
    waiting = (
        select(
            RECEIPT.c.source_id,
            func.sum(case((never_read, RECEIPT.c.events), else_=0)).label("unread"),
            func.sum(RECEIPT.c.events - RECEIPT.c.published - RECEIPT.c.duplicates).label(
                "pending"
            ),
            func.min(RECEIPT.c.received_at).label("oldest"),
            func.max(RECEIPT.c.received_at).label("newest"),
        )
        .where(RECEIPT.c.state.in_(("pending", "held")))
        .group_by(RECEIPT.c.source_id)
    )
    pending = {row.source_id: row for row in conn.execute(waiting)}
    rows = conn.execute(
        select(LEDGER, SOURCE.c.name)
        .join(SOURCE, SOURCE.c.id == LEDGER.c.source_id)
        .order_by(SOURCE.c.name)
    )
    imported, made_by = imported_by_source(conn), made_by_counts(conn)
    return [
        _line(
            row,
            pending.get(row.source_id),
            imported.get(row.source_id, 0),
            made_by.get(row.source_id, {}),
        )
        for row in rows
    ]


def _line(row: Any, waiting: Any, imported: int, made_by: Mapping[str, int]) -> Line:
    moments = [row.last_received_at, waiting.newest if waiting else None]
    return Line(
        source_id=row.source_id,
        source=row.name,
        received=row.received + (waiting.unread if waiting else 0),
        published=row.published,
        duplicates=row.duplicates,
        variants=row.variants,
        imported=imported,
        parked=row.parked,
        expired=row.expired,
        pending=waiting.pending if waiting else 0,
        last_received_at=max((moment for moment in moments if moment), default=None),
        oldest_pending_at=waiting.oldest if waiting else None,
        made_by={one: made_by.get(one, 0) for one in ("human", "machine", "unsure")},
    )


def unaccounted_items(conn: Connection) -> dict[str, int]:
    """Return, per source, how many items the counters say more than there are rows.

    Counts every row, so it is for the hourly audit and not for a scrape.
    """
    counts = select(ITEM.c.source_id, func.count()).group_by(ITEM.c.source_id)
    rows = {row[0]: row[1] for row in conn.execute(counts)}
    query = select(LEDGER.c.source_id, LEDGER.c.published - LEDGER.c.forgotten)
    return {
        source_id: expected - rows.get(source_id, 0)
        for source_id, expected in conn.execute(query)
        if expected != rows.get(source_id, 0)
    }
