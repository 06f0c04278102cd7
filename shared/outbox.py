"""Events leave in the transaction that caused them, and reach the bus afterwards.

Handlers ``stage`` envelopes in their transaction. The relay reads what is unpublished,
publishes outside any transaction and marks. There is no cursor over the ids (a cursor
loses rows that commit late): a row is unpublished until it is marked, whatever its id.

Order is promised per key, which for hand-offs is the lead: its rows are written under the
lead's lock, so their ids rise in the order of its events. An event that cannot be published
holds back the later ones of its key, and nothing else.

One relay works at a time, by a lease. A relay that froze and comes back can repeat events,
which consumers drop by id; it cannot mark what a newer owner has not published.
"""

import asyncio
from collections.abc import Iterable, Sequence
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
    bindparam,
    delete,
    func,
    select,
    update,
)

from shared.bulk import bulk_insert
from shared.bus.port import MAX_MESSAGE_BYTES, Bus, Message, MessageTooLarge
from shared.contracts import CONTENT_TYPE, Envelope
from shared.db import Database, UtcDateTime, after_commit, id_column
from shared.lease import STANDBY_S, Lease
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

BATCH = 500
POLL_S = 0.05  # how soon another process's events are seen; within one process a wake-up is
GATHER_S = 0.1
POLL_ALONE_S = 1.0  # SQLite has no other process to look out for
ERROR_WAIT_S = 1.0
PRUNE_EVERY_S = 10.0
PRUNED_AT_ONCE = 5_000
KEPT = timedelta(days=1)

STAGED = ("event_id", "type", "topic", "key", "payload", "staged_at")


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
        self._walk = _Walk()
        self._is_gathering = False
        self._prune_at = 0.0  # on the event loop's clock
        # Built once: on the relay's path building a statement costs more than running it.
        names = ("id", "topic", "key", "event_id", "type", "payload")
        self._select_unpublished = (
            select(*(outbox.c[name] for name in names))
            .where(outbox.c.published_at.is_(None), outbox.c.id > bindparam("after"))
            .order_by(outbox.c.id)
            .limit(BATCH)
        )
        self._update_published = (
            update(outbox)
            .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
            .values(published_at=bindparam("now"))
        )

    def stage(
        self,
        conn: Connection,
        envelopes: Iterable[Envelope],
        now: datetime,
        *,
        urgent: bool = True,
    ) -> None:
        """Write the events; they leave once the transaction is committed.

        What is not ``urgent`` gathers for ``GATHER_S``, so that many events share a journey.

        Raises ``MessageTooLarge`` for one the bus would never take.
        """
        rows = [_row(envelope, now) for envelope in envelopes]
        if rows:
            bulk_insert(conn, self._outbox, STAGED, rows, existing="refuse")
            after_commit(conn, self._wakeup.set if urgent else self._wake_soon)

    def _wake_soon(self) -> None:
        if not self._is_gathering:
            self._is_gathering = True
            asyncio.get_running_loop().call_later(GATHER_S, self._gathered)

    def _gathered(self) -> None:
        self._is_gathering = False
        self._wakeup.set()

    def waiting(self, conn: Connection) -> tuple[int, datetime | None]:
        """Return how many events wait to be published, and since when the oldest does."""
        count, oldest = conn.execute(
            select(func.count(), func.min(self._outbox.c.staged_at)).where(
                self._outbox.c.published_at.is_(None)
            )
        ).one()
        return count, oldest

    def prune(self, conn: Connection) -> int:
        """Delete a slice of what was published long ago; return how many rows.

        The relay does so every ten seconds; nobody else has to.
        """
        outbox, limit = self._outbox, self._db.now(conn) - KEPT
        first = (
            select(outbox.c.id)
            .where(outbox.c.published_at.is_not(None))
            .order_by(outbox.c.id)
            .limit(PRUNED_AT_ONCE)
        )
        old = delete(outbox).where(outbox.c.id.in_(first), outbox.c.published_at < limit)
        return conn.execute(old).rowcount

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
                return STANDBY_S
            await self._prune_regularly()
            return await self._publish_batch()
        except Exception:
            log.exception("outbox_relay_failed", service=self._db.service)
            return ERROR_WAIT_S

    async def _publish_batch(self) -> float:
        walk = self._walk = self._walk.of(self._lease.epoch)
        rows = await self._db.read(lambda conn: self._unpublished(conn, walk.after))
        ready = [row for row in rows if not walk.holds_back(row)]
        results = await self._bus.publish([_message(row) for row in ready]) if ready else []
        done = [row.id for row, error in zip(ready, results, strict=True) if error is None]
        if done and not await self._db.write(lambda conn: self._mark(conn, done)):
            self._lease.lose()
            return STANDBY_S
        failed = [(row, error) for row, error in zip(ready, results, strict=True) if error]
        if failed:
            log.warning("outbox_publish_failed", failed=len(failed), error=repr(failed[0][1]))
            walk.hold_back(row for row, _ in failed)
        walk.move_past(rows)
        if done:
            return 0
        is_idle = len(rows) < BATCH
        return POLL_ALONE_S if is_idle and self._db.is_sqlite else POLL_S

    async def _prune_regularly(self) -> None:
        clock = asyncio.get_running_loop()
        if clock.time() < self._prune_at:
            return
        while await self._db.write(self.prune) == PRUNED_AT_ONCE:
            await self._lease.hold()
        self._prune_at = clock.time() + PRUNE_EVERY_S

    def _unpublished(self, conn: Connection, after: int) -> Sequence[Row[Any]]:
        return conn.execute(self._select_unpublished, {"after": after}).all()

    def _mark(self, conn: Connection, ids: list[int]) -> bool:
        """Mark the rows published; return False, marking none, when the lease is lost."""
        if not self._lease.is_held(conn):
            return False
        conn.execute(self._update_published, {"ids": ids, "now": self._db.now(conn)})
        return True


class _Walk:
    """A relay's way through the unpublished rows.

    As long as all goes well every batch starts at the first row. Once an event failed the
    walk goes on behind each batch, past the keys that failed, so that however many events
    wait for one key the others are reached. It starts anew, failed events first, when it
    has seen everything and a second has passed.
    """

    def __init__(self, epoch: int | None = None):
        self.after = 0
        self._epoch = epoch
        self._keys: set[tuple[str, str]] = set()
        self._ends_at = 0.0  # on the event loop's clock
        self._is_over = False

    def of(self, epoch: int | None) -> "_Walk":
        """Return the walk to go on with: another relay may have failed where we were not."""
        return _Walk(epoch) if self._is_over or epoch != self._epoch else self

    def hold_back(self, rows: Iterable[Row[Any]]) -> None:
        """Let no later event of these rows' keys pass them."""
        if not self._keys:
            self._ends_at = asyncio.get_running_loop().time() + ERROR_WAIT_S
        self._keys.update((row.topic, row.key) for row in rows)

    def holds_back(self, row: Row[Any]) -> bool:
        return (row.topic, row.key) in self._keys

    def move_past(self, rows: Sequence[Row[Any]]) -> None:
        """Note that ``rows`` were seen."""
        if self._keys and rows:
            self.after = rows[-1].id
        is_late = asyncio.get_running_loop().time() >= self._ends_at
        self._is_over = bool(self._keys) and len(rows) < BATCH and is_late


def _row(envelope: Envelope, now: datetime) -> tuple[Any, ...]:
    """Return the row of ``envelope``; raises ``MessageTooLarge`` here, where it can be refused."""
    payload = envelope.to_bytes()
    message = to_message(envelope.topic, envelope.key, envelope.id, envelope.type, payload)
    if message.size() > MAX_MESSAGE_BYTES:
        raise MessageTooLarge(message.size())
    return (envelope.id, envelope.type, envelope.topic, envelope.key, payload, now)


def _message(row: Row[Any]) -> Message:
    return to_message(row.topic, row.key, row.event_id, row.type, row.payload)
