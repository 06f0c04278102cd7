"""Receipts in the database: what waits, what was read, what is parked."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from services.ingest.store.heads import Head, read_head
from services.ingest.store.imports import forget_import_receipts
from services.ingest.store.tables import FAULT, ITEM, RECEIPT, REPAIR, SIGHTING, SOURCE
from shared.db import chunks, insert
from shared.ids import first_id_at

STATES = ("pending", "held", "read", "parked", "discarded")
CLOCKS_APART = timedelta(minutes=5)
SETTLED = ("id", "source_id", "state", "parked", "received_at")
LIST_COLUMNS = [column for column in RECEIPT.c if column.name not in ("request", "body")]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A receipt to be read, with what an earlier reading of it left."""

    id: str
    source_id: str
    vendor: str
    received_at: datetime
    head: Head
    body: bytes
    events: int
    published: int
    duplicates: int
    was_read: bool


@dataclass(frozen=True, slots=True)
class Read:
    """What one reading of a receipt found; the numbers of all its readings together."""

    receipt_id: str
    events: int
    published: int
    duplicates: int
    parked: int
    reason: str | None

    @property
    def state(self) -> str:
        return "parked" if self.parked else "read"


@dataclass(frozen=True, slots=True)
class Discarding:
    """Who said that nobody wants a receipt, when and why."""

    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with one event of a receipt."""

    receipt_id: str
    position: int
    code: str
    message: str
    place: str


def waiting_receipts(conn: Connection, limit: int, most_bytes: int) -> list[Waiting]:
    """Return the oldest pending receipts: at most ``limit``, and no further one past the bytes."""
    sizes = conn.execute(
        select(RECEIPT.c.id, func.length(RECEIPT.c.body))
        .where(RECEIPT.c.state == "pending")
        .order_by(RECEIPT.c.id)
        .limit(limit)
    ).all()
    return _with_bodies(conn, _up_to(sizes, most_bytes))


def read_receipts(
    conn: Connection,
    limit: int,
    most_bytes: int,
    *,
    after: str | None,
    last: str,
    source_id: str | None,
    since: datetime | None,
) -> list[Waiting]:
    """Return receipts that were read, by their ids, behind ``after`` and up to ``last``."""
    query = select(RECEIPT.c.id, func.length(RECEIPT.c.body)).where(
        RECEIPT.c.id <= last, RECEIPT.c.read_at.is_not(None)
    )
    for wanted in (
        None if after is None else RECEIPT.c.id > after,
        None if source_id is None else RECEIPT.c.source_id == source_id,
        None if since is None else RECEIPT.c.received_at >= since,
    ):
        if wanted is not None:
            query = query.where(wanted)
    sizes = conn.execute(query.order_by(RECEIPT.c.id).limit(limit)).all()
    return _with_bodies(conn, _up_to(sizes, most_bytes))


def _up_to(sizes: Iterable[Any], most_bytes: int) -> list[str]:
    """Return ids as long as their bodies fit together, the first in any case."""
    ids: list[str] = []
    total = 0
    for receipt_id, size in sizes:
        total += size
        if ids and total > most_bytes:
            break
        ids.append(receipt_id)
    return ids


def _with_bodies(conn: Connection, ids: Sequence[str]) -> list[Waiting]:
    if not ids:
        return []
    rows = conn.execute(select(RECEIPT).where(RECEIPT.c.id.in_(ids)).order_by(RECEIPT.c.id))
    return [
        Waiting(
            id=row.id,
            source_id=row.source_id,
            vendor=row.vendor,
            received_at=row.received_at,
            head=read_head(bytes(row.request)),
            body=bytes(row.body),
            events=row.events,
            published=row.published,
            duplicates=row.duplicates,
            was_read=row.read_at is not None,
        )
        for row in rows
    ]


def mark_read(conn: Connection, readings: Sequence[Read], now: datetime) -> None:
    """Write what the readings found; nearly all found the same, so it is few statements."""
    same: dict[Read, list[str]] = {}
    for one in readings:
        same.setdefault(replace(one, receipt_id=""), []).append(one.receipt_id)
    for found, receipt_ids in same.items():
        for ids in chunks(receipt_ids):
            conn.execute(
                update(RECEIPT)
                .where(RECEIPT.c.id.in_(ids))
                .values(
                    state=found.state,
                    events=found.events,
                    published=found.published,
                    duplicates=found.duplicates,
                    parked=found.parked,
                    reason=found.reason,
                    read_at=now,
                )
            )


def replace_faults(conn: Connection, receipt_ids: Sequence[str], faults: Sequence[Fault]) -> None:
    """Write the faults of the readings instead of those of earlier readings."""
    if receipt_ids:
        conn.execute(delete(FAULT).where(FAULT.c.receipt_id.in_(receipt_ids)))
    if faults:
        conn.execute(
            insert(conn, FAULT),
            [{name: getattr(one, name) for name in Fault.__slots__} for one in faults],
        )


def find_receipt(conn: Connection, receipt_id: str) -> Row[Any] | None:
    """Return the receipt with its body."""
    return conn.execute(select(RECEIPT).where(RECEIPT.c.id == receipt_id)).first()


def faults_of(conn: Connection, receipt_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """Return the faults of each receipt, in the order of its events."""
    found: dict[str, list[Row[Any]]] = {}
    query = select(FAULT).where(FAULT.c.receipt_id.in_(receipt_ids))
    for row in conn.execute(query.order_by(FAULT.c.receipt_id, FAULT.c.position)):
        found.setdefault(row.receipt_id, []).append(row)
    return found


def list_receipts(
    conn: Connection,
    before: str | None,
    limit: int,
    source_id: str | None,
    state: str | None,
    reason: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Row[Any]]:
    """Return receipts, the newest first, those older than ``before``; without their bodies.

    ``since`` and ``until`` bound when they were received. Asked for a source or a state, each
    source's receipts of each state are looked up by themselves, because so they are indexed.
    """
    query = select(*LIST_COLUMNS, func.length(RECEIPT.c.body).label("size"))
    for bound in (
        None if before is None else RECEIPT.c.id < before,
        # Ids sort by time; by how much the clocks of several machines may be apart is not known.
        None if since is None else RECEIPT.c.id >= first_id_at(since - CLOCKS_APART),
        None if until is None else RECEIPT.c.id < first_id_at(until + CLOCKS_APART),
        None if since is None else RECEIPT.c.received_at >= since,
        None if until is None else RECEIPT.c.received_at < until,
        None if reason is None else RECEIPT.c.reason == reason,
    ):
        if bound is not None:
            query = query.where(bound)
    query = query.order_by(RECEIPT.c.id.desc()).limit(limit)
    if source_id is None and state is None:
        return list(conn.execute(query))
    source_ids = conn.execute(select(SOURCE.c.id)).scalars() if source_id is None else [source_id]
    states = STATES if state is None else (state,)
    found: list[Row[Any]] = []
    for each in list(source_ids):
        for one in states:
            of = query.where(RECEIPT.c.source_id == each, RECEIPT.c.state == one)
            found += list(conn.execute(of))
    return sorted(found, key=lambda row: str(row.id), reverse=True)[:limit]


def take_parked(
    conn: Connection,
    limit: int,
    *,
    receipt_id: str | None = None,
    source_id: str | None = None,
    reason: str | None = None,
    after: str | None = None,
    until: str | None = None,
    discarded: Discarding | None = None,
) -> list[Any]:
    """Make parked receipts wait for another reading, or discard them; return them as they were.

    Only a parked receipt can be taken, so nothing is retried twice at once; one that is named
    also when it was discarded. By their ids, which ``after`` and ``until`` bound.
    """
    query = select(*(RECEIPT.c[name] for name in SETTLED))
    if receipt_id is not None and discarded is None:
        query = query.where(RECEIPT.c.state.in_(("parked", "discarded")))
    else:
        query = query.where(RECEIPT.c.state == "parked")
    for column, value in (
        (RECEIPT.c.id, receipt_id),
        (RECEIPT.c.source_id, source_id),
        (RECEIPT.c.reason, reason),
    ):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(RECEIPT.c.id > after)
    if until is not None:
        query = query.where(RECEIPT.c.id <= until)
    rows = list(conn.execute(query.order_by(RECEIPT.c.id).limit(limit).with_for_update()).all())
    by, at, why = (None, None, None) if discarded is None else astuple(discarded)
    values: dict[str, Any] = {"discarded_by": by, "discarded_at": at, "discarded_why": why}
    values |= {"state": "pending", "parked": 0} if discarded is None else {"state": "discarded"}
    for ids in chunks([row.id for row in rows]):
        conn.execute(update(RECEIPT).where(RECEIPT.c.id.in_(ids)).values(values))
    return rows


def waiting_events(conn: Connection, most_receipts: int) -> int:
    """Return how many events wait to be read, counted in at most so many receipts."""
    some = (
        select(RECEIPT.c.events)
        .where(RECEIPT.c.state == "pending")
        .order_by(RECEIPT.c.id)
        .limit(most_receipts)
        .subquery()
    )
    return int(conn.execute(select(func.coalesce(func.sum(some.c.events), 0))).scalar_one())


def pending_receipts(conn: Connection) -> tuple[int, datetime | None]:
    """Return how many receipts wait to be read, and when the oldest of them came."""
    count, oldest_at = conn.execute(
        select(func.count(), func.min(RECEIPT.c.received_at)).where(RECEIPT.c.state == "pending")
    ).one()
    return count, oldest_at


def count_parked(conn: Connection) -> int:
    """Return how many receipts are parked."""
    parked = select(func.count()).select_from(RECEIPT).where(RECEIPT.c.state == "parked")
    return conn.execute(parked).scalar_one()


def hold(conn: Connection, source_id: str, *, back: bool) -> int:
    """Keep the pending receipts of a source from being read; or let them (``back`` False)."""
    before, after = ("pending", "held") if back else ("held", "pending")
    return conn.execute(
        update(RECEIPT)
        .where(RECEIPT.c.state == before, RECEIPT.c.source_id == source_id)
        .values(state=after)
    ).rowcount


def settled_before(conn: Connection, limit_at: datetime, most: int) -> list[Any]:
    """Return the oldest receipts that are done with and were received before ``limit_at``."""
    oldest = (
        select(*(RECEIPT.c[name] for name in SETTLED))
        .where(RECEIPT.c.state.in_(("read", "parked", "discarded")))
        .order_by(RECEIPT.c.id)
        .limit(most)
        .with_for_update()
    )
    return [row for row in conn.execute(oldest) if row.received_at < limit_at]


def forget(conn: Connection, receipt_ids: Iterable[str]) -> dict[str, int]:
    """Delete receipts with all they left; return how many items of each source are forgotten."""
    forgotten: dict[str, int] = {}
    for ids in chunks(list(receipt_ids)):
        query = select(ITEM.c.source_id, func.count()).where(ITEM.c.receipt_id.in_(ids))
        for source_id, count in conn.execute(query.group_by(ITEM.c.source_id)):
            forgotten[source_id] = forgotten.get(source_id, 0) + count
        conn.execute(delete(ITEM).where(ITEM.c.receipt_id.in_(ids)))
        conn.execute(delete(SIGHTING).where(SIGHTING.c.receipt_id.in_(ids)))
        conn.execute(delete(FAULT).where(FAULT.c.receipt_id.in_(ids)))
        conn.execute(delete(REPAIR).where(REPAIR.c.receipt_id.in_(ids)))
        forget_import_receipts(conn, ids)
        conn.execute(delete(RECEIPT).where(RECEIPT.c.id.in_(ids)))
    return forgotten
