"""Events leave in the transaction that caused them, and reach the bus afterwards.

Handlers ``stage`` envelopes in their transaction. The relay reads what is unpublished,
publishes outside any transaction and marks. There is no cursor over the ids (a cursor
loses rows that commit late): a row is unpublished until it is marked, whatever its id.

Order is promised per key, which for hand-offs is the lead: its rows are written under the
lead's lock, so their ids rise in the order of its events. One relay works at a time, by a
lease. A relay that froze and comes back can repeat events, which consumers drop by id; it
cannot mark what a newer owner has not published.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from shared.bus.port import Bus, Message
from shared.contracts import CONTENT_TYPE, Envelope
from shared.db import Database, UtcDateTime, after_commit, id_column, insert
from shared.lease import Lease
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

BATCH = 500
POLL_S = 0.05  # how soon another process's events are seen; within one process a wake-up is
STANDBY_POLL_S = 2.0
ERROR_WAIT_S = 1.0
KEPT = timedelta(days=1)


def outbox_table(metadata: MetaData) -> Table:
    """Add the outbox to a service's tables."""
    outbox = Table(
        "outbox",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        id_column("event_id", nullable=False, unique=True),
        Column("type", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("staged_at", UtcDateTime, nullable=False),
        Column("published_at", UtcDateTime),
    )
    unpublished = outbox.c.published_at.is_(None)
    Index(
        "ix_outbox_unpublished",
        outbox.c.id,
        postgresql_where=unpublished,
        sqlite_where=unpublished,
    )
    return outbox


def to_message(topic: str, key: str, event_id: str, kind: str, payload: bytes) -> Message:
    """Return an event as the bus carries it; id and type also as headers, to route unparsed."""
    headers = (
        ("content-type", CONTENT_TYPE.encode()),
        ("ce_id", event_id.encode()),
        ("ce_type", kind.encode()),
    )
    return Message(topic, key, payload, headers)


class Outbox:
    """One service's outbox: ``stage`` in a transaction, ``relay`` as a loop."""

    def __init__(self, db: Database, bus: Bus, outbox: Table, leases: Table):
        self._db = db
        self._bus = bus
        self._outbox = outbox
        self._wakeup = Wakeup()
        self._lease = Lease(db, leases, "outbox")

    def stage(self, conn: Connection, envelopes: Iterable[Envelope], now: datetime) -> None:
        """Write the events; they leave once the transaction is committed."""
        rows = [
            {
                "event_id": envelope.id,
                "type": envelope.type,
                "topic": envelope.topic,
                "key": envelope.key,
                "payload": envelope.to_bytes(),
                "staged_at": now,
            }
            for envelope in envelopes
        ]
        if rows:
            conn.execute(insert(conn, self._outbox), rows)
            after_commit(conn, self._wakeup.set)

    def waiting(self, conn: Connection) -> tuple[int, datetime | None]:
        """Return how many events wait to be published, and since when the oldest does."""
        count, oldest = conn.execute(
            select(func.count(), func.min(self._outbox.c.staged_at)).where(
                self._outbox.c.published_at.is_(None)
            )
        ).one()
        return count, oldest

    def prune(self, conn: Connection) -> int:
        """Delete what was published long ago; return how many rows."""
        limit = self._db.now(conn) - KEPT
        return conn.execute(
            delete(self._outbox).where(self._outbox.c.published_at < limit)
        ).rowcount

    async def relay(self) -> None:
        """Publish for ever. Ends by cancellation."""
        try:
            while True:
                wait_s = await self._relay_batch()
                if wait_s:
                    await self._wakeup.wait(wait_s)
        finally:
            await asyncio.shield(self._lease.release())

    async def _relay_batch(self) -> float:
        """Publish one batch; return how long to wait for the next, in seconds."""
        try:
            if not await self._lease.hold():
                return STANDBY_POLL_S
            rows = await self._db.read(self._unpublished)
            if not rows:
                return POLL_S
            results = await self._bus.publish([_message(row) for row in rows])
            done = [row[0] for row, error in zip(rows, results, strict=True) if error is None]
            await self._db.write(lambda conn: self._mark(conn, done))
        except Exception:
            log.exception("outbox_relay_failed", service=self._db.service)
            return ERROR_WAIT_S
        errors = [error for error in results if error is not None]
        if errors:
            log.warning("outbox_publish_failed", failed=len(errors), error=repr(errors[0]))
        return ERROR_WAIT_S if errors else 0

    def _unpublished(self, conn: Connection) -> list[Row[Any]]:
        columns = [
            self._outbox.c[name] for name in ("id", "topic", "key", "event_id", "type", "payload")
        ]
        return list(
            conn.execute(
                select(*columns)
                .where(self._outbox.c.published_at.is_(None))
                .order_by(self._outbox.c.id)
                .limit(BATCH)
            )
        )

    def _mark(self, conn: Connection, ids: list[int]) -> None:
        if self._lease.is_held(conn):
            published = self._outbox.c.id.in_(ids)
            conn.execute(
                update(self._outbox).where(published).values(published_at=self._db.now(conn))
            )


def _message(row: Row[Any]) -> Message:
    return to_message(row.topic, row.key, row.event_id, row.type, row.payload)
