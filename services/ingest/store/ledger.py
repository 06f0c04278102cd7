"""The ledger: what became of every event of a source.

``received = published + duplicates + parked + discarded + expired + pending``. All but the
pending ones are counters, moved in the transaction that decides about the events; the pending
ones are counted from the rows that wait, so a reading that lost or doubled an event shows as a
gap. The same is kept by the day the receipt arrived (UTC).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select, union_all, update

from services.ingest.store.imports import imported_by_source
from services.ingest.store.sightings import made_by_counts
from services.ingest.store.tables import ITEM, LEDGER, LEDGER_DAY, RECEIPT, SOURCE
from shared.db import insert

COUNTERS = (
    *("received", "published", "duplicates", "variants"),
    *("parked", "discarded", "expired", "forgotten"),
)
NUMBERS = [
    RECEIPT.c[name]
    for name in ("source_id", "events", "published", "duplicates", "received_at", "read_at")
]
BY_DAY = ("received", "published", "duplicates", "parked", "discarded", "expired")

Changes = Mapping[tuple[str, str], Mapping[str, int]]
"""(source, day) → counter → by how much."""


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
    discarded: int
    expired: int
    pending: int
    last_received_at: datetime | None
    oldest_pending_at: datetime | None
    made_by: Mapping[str, int]
    """How many of the published ones are touches made by whom, as they are judged now."""

    @property
    def gap(self) -> int:
        """Return how many events are unaccounted for; anything but 0 is a fault of ours."""
        settled = self.published + self.duplicates + self.parked + self.discarded + self.expired
        return self.received - settled - self.pending


def day_of(moment: datetime) -> str:
    """Return the day of the ledger a receipt that came at ``moment`` belongs to."""
    return moment.astimezone(UTC).date().isoformat()


def move(
    conn: Connection,
    changes: Changes,
    last_received: Mapping[str, datetime] | None = None,
) -> None:
    """Add ``changes`` to the ledger."""
    last = last_received or {}
    sums: dict[str, Counter[str]] = {}
    for (source_id, _), counters in changes.items():
        sums.setdefault(source_id, Counter()).update(counters)
    rows = [
        {"_source": source_id, "_last": last.get(source_id)}
        | {f"_{name}": counters.get(name, 0) for name in COUNTERS}
        for source_id, counters in sorted(sums.items())
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
        _move_days(conn, changes)


def _move_days(conn: Connection, changes: Changes) -> None:
    statement = insert(conn, LEDGER_DAY)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "day"],
            set_={name: LEDGER_DAY.c[name] + statement.excluded[name] for name in BY_DAY},
        ),
        [
            {"source_id": source_id, "day": day} | {name: counters.get(name, 0) for name in BY_DAY}
            for (source_id, day), counters in sorted(changes.items())
        ],
    )


def days(conn: Connection, since: str, source_id: str | None = None) -> list[Row[Any]]:
    """Return the ledger by source and day, from the day ``since`` on."""
    query = select(LEDGER_DAY).where(LEDGER_DAY.c.day >= since)
    if source_id is not None:
        query = query.where(LEDGER_DAY.c.source_id == source_id)
    return list(conn.execute(query.order_by(LEDGER_DAY.c.source_id, LEDGER_DAY.c.day)))


def lines(conn: Connection) -> list[Line]:
    """Return the ledger of every source, by name."""
    # One state each: there is an index for either, and none for both.
    wait = union_all(
        *(select(*NUMBERS).where(RECEIPT.c.state == state) for state in ("pending", "held"))
    ).subquery()
    never_read = wait.c.read_at.is_(None)
    waiting = select(
        wait.c.source_id,
        func.sum(case((never_read, wait.c.events), else_=0)).label("unread"),
        func.sum(wait.c.events - wait.c.published - wait.c.duplicates).label("pending"),
        func.min(wait.c.received_at).label("oldest"),
        func.max(wait.c.received_at).label("newest"),
    ).group_by(wait.c.source_id)
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
        discarded=row.discarded,
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
