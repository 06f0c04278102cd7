"""Consuming the bus: a batch is one transaction of the service's own database.

In that transaction the position row moves (guarded by the epoch, so that a frozen owner
that comes back writes nothing), repeats are dropped by event id, and the handler does its
work. The bus's own committed offset is a hint, given afterwards.

When a batch fails its events are taken one by one. One that fails for a reason of its own
is parked with the reason, and the later events of its key (its lead) queue behind it in
order; everything else goes on. Parked keys are tried again after 1 min, 5 min, 30 min, 2 h
and 12 h, then wait for a person. When the database itself is away nothing can be parked:
the batch waits.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

import orjson
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from shared.bus.port import Bus, Member, Record, TopicPartition
from shared.contracts import UnreadableEvent
from shared.db import Database, UtcDateTime, chunks, insert, sqlstate

log = structlog.get_logger(__name__)

Read = TypeVar("Read")
Given = TypeVar("Given", covariant=True)

BATCH = 500
POLL_S = 1.0
RETRY_WAITS_S = (0.2, 1.0, 5.0)  # then every five seconds
PARKED_RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
PARKED_LOOK_S = 1.0
INBOX_KEPT = timedelta(days=14)  # at least twice the bus's retention


class Fenced(Exception):
    """Another member owns the partition now; what this one wanted to write is void."""


@dataclass(frozen=True, slots=True)
class ConsumerTables:
    """The tables of a service's consumers."""

    position: Table
    inbox: Table
    parked: Table


def consumer_tables(metadata: MetaData) -> ConsumerTables:
    """Add the consumers' tables to a service's tables."""
    position = Table(
        "consumer_position",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("next_offset", BigInteger, nullable=False),
        Column("epoch", BigInteger, nullable=False),
        PrimaryKeyConstraint("consumer", "topic", "partition"),
    )
    inbox = Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("seen_at", UtcDateTime, nullable=False),
        PrimaryKeyConstraint("consumer", "event_id"),
        sqlite_with_rowid=False,
    )
    Index(None, inbox.c.seen_at)
    parked = Table(
        "parked_event",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("offset", BigInteger, nullable=False),
        Column("key", Text, nullable=False),
        Column("event_id", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("reason", Text, nullable=False),
        Column("failures", Integer, nullable=False),
        Column("parked_at", UtcDateTime, nullable=False),
        Column("retry_at", UtcDateTime),
    )
    Index(None, parked.c.consumer, parked.c.key)
    return ConsumerTables(position, inbox, parked)


class Reader(Protocol[Given]):
    """Makes of a record's bytes what the handler takes; a ``Catalogue`` makes envelopes.

    Returns None for what the handler does not want; raises ``UnreadableEvent``.
    """

    def read(self, value: bytes, kind: str | None = None) -> Given | None: ...


@dataclass(frozen=True, slots=True)
class _Incoming:
    """A record with the two things the transport's headers tell about it."""

    record: Record
    event_id: str
    kind: str | None


class Consumer(Generic[Read]):
    """One member of the consumer group ``name``, reading ``topics`` into ``handle``."""

    def __init__(
        self,
        name: str,
        db: Database,
        bus: Bus,
        tables: ConsumerTables,
        reader: Reader[Read],
        topics: list[str],
        handle: Callable[[Connection, list[Read]], None],
        batch: int = BATCH,
    ):
        self.name = name
        self._db = db
        self._bus = bus
        self._tables = tables
        self._reader = reader
        self._topics = topics
        self._handle = handle
        self._batch = batch
        self._epochs: dict[TopicPartition, int] = {}
        self._blocked: set[str] = set()  # keys with a parked event, in the partitions we own

    async def run(self) -> None:
        """Consume for ever. Ends by cancellation."""
        member = self._bus.member(self.name, self._topics)
        await member.start()
        next_look = 0.0
        try:
            while True:
                poll = await member.poll(self._batch, POLL_S)
                for partition in poll.revoked:
                    self._epochs.pop(partition, None)
                for partition in poll.assigned:
                    await self._take_over(member, partition)
                records = {p: r for p, r in poll.records.items() if p in self._epochs}
                if records:
                    await self._consume(member, records)
                now = asyncio.get_running_loop().time()
                if self._blocked and now >= next_look:
                    await self._retry_parked()
                    next_look = now + PARKED_LOOK_S
        finally:
            await asyncio.shield(member.stop())

    async def _take_over(self, member: Member, partition: TopicPartition) -> None:
        """Raise the partition's epoch, so that its former owner is fenced; start at our position."""

        def work(conn: Connection) -> tuple[int, int, set[str]]:
            position = self._tables.position
            key = {
                "consumer": self.name,
                "topic": partition.topic,
                "partition": partition.partition,
            }
            first = insert(conn, position).values(**key, next_offset=0, epoch=1)
            row = conn.execute(
                first.on_conflict_do_update(
                    index_elements=list(key), set_={"epoch": position.c.epoch + 1}
                ).returning(position.c.next_offset, position.c.epoch)
            ).one()
            parked = self._tables.parked
            blocked = conn.execute(
                select(parked.c.key).where(
                    parked.c.consumer == self.name,
                    parked.c.topic == partition.topic,
                    parked.c.partition == partition.partition,
                )
            ).scalars()
            return row.next_offset, row.epoch, set(blocked)

        offset, epoch, blocked = await self._patiently(lambda: self._db.write(work))
        self._epochs[partition] = epoch
        self._blocked |= blocked
        await member.seek(partition, offset)

    async def _consume(
        self, member: Member, records: Mapping[TopicPartition, list[Record]]
    ) -> None:
        try:
            await self._patiently(lambda: self._consume_batch(records))
        except Fenced:
            for partition in records:
                self._epochs.pop(partition, None)
            return
        await member.commit({p: batch[-1].offset + 1 for p, batch in records.items()})

    async def _consume_batch(self, records: Mapping[TopicPartition, list[Record]]) -> None:
        """Take everything in one transaction; where that fails, one event at a time."""
        try:
            await self._db.write(lambda conn: self._take_batch(conn, records))
        except Fenced:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            log.warning("batch_failed", consumer=self.name, error=describe(error))
            for partition, batch in records.items():
                for record in batch:
                    await self._take_single(partition, record)

    async def _take_single(self, partition: TopicPartition, record: Record) -> None:
        try:
            await self._db.write(lambda conn: self._take_batch(conn, {partition: [record]}))
        except Fenced:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            reason = describe(error)
            log.error("event_parked", consumer=self.name, offset=record.offset, reason=reason)

            def park(conn: Connection) -> None:
                now = self._db.now(conn)
                incoming = self._move(conn, {partition: [record]}, now)
                self._park(conn, incoming, reason, now, now + PARKED_RETRIES[0])

            await self._db.write(park)
            self._blocked.add(record.key)

    def _take_batch(self, conn: Connection, records: Mapping[TopicPartition, list[Record]]) -> None:
        now = self._db.now(conn)
        incoming = self._move(conn, records, now)
        behind = [one for one in incoming if one.record.key in self._blocked]
        if behind:
            self._park(conn, behind, "queued behind a parked event of the same key", now, None)
            incoming = [one for one in incoming if one.record.key not in self._blocked]
        read = (self._reader.read(one.record.value, one.kind) for one in incoming)
        events = [event for event in read if event is not None]
        if events:
            self._handle(conn, events)

    def _move(
        self, conn: Connection, records: Mapping[TopicPartition, list[Record]], now: datetime
    ) -> list[_Incoming]:
        """Move the positions past ``records``; return those never seen before, in order."""
        position, inbox = self._tables.position, self._tables.inbox
        key = tuple_(position.c.topic, position.c.partition)
        rows = conn.execute(
            select(position)
            .where(position.c.consumer == self.name, key.in_([tuple(p) for p in records]))
            .with_for_update()
        ).all()
        held = {TopicPartition(row.topic, row.partition): row for row in rows}
        moved: list[dict[str, Any]] = []
        candidates: dict[str, _Incoming] = {}
        for partition, batch in records.items():
            row = held[partition]
            if row.epoch != self._epochs.get(partition):
                raise Fenced
            fresh = [record for record in batch if record.offset >= row.next_offset]
            if fresh:
                moved.append(dict(row._mapping) | {"next_offset": fresh[-1].offset + 1})
            for record in fresh:
                one = _incoming(record)
                candidates.setdefault(one.event_id, one)
        if not moved:
            return []
        statement = insert(conn, position)
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["consumer", "topic", "partition"],
                set_={"next_offset": statement.excluded.next_offset},
            ),
            moved,
        )
        fresh_ids: set[str] = set()
        for ids in chunks(list(candidates)):
            rows_seen = [{"consumer": self.name, "event_id": i, "seen_at": now} for i in ids]
            claim = insert(conn, inbox).values(rows_seen).on_conflict_do_nothing()
            fresh_ids |= set(conn.execute(claim.returning(inbox.c.event_id)).scalars())
        return [one for event_id, one in candidates.items() if event_id in fresh_ids]

    def _park(
        self,
        conn: Connection,
        incoming: Iterable[_Incoming],
        reason: str,
        now: datetime,
        retry_at: datetime | None,
    ) -> None:
        rows = [
            {
                "consumer": self.name,
                "topic": one.record.topic,
                "partition": one.record.partition,
                "offset": one.record.offset,
                "key": one.record.key,
                "event_id": one.event_id,
                "type": one.kind or "",
                "payload": one.record.value,
                "reason": reason,
                "failures": 1 if retry_at is not None else 0,
                "parked_at": now,
                "retry_at": retry_at,
            }
            for one in incoming
        ]
        if rows:
            conn.execute(insert(conn, self._tables.parked), rows)

    async def _retry_parked(self) -> None:
        """Try the due parked keys of our partitions again, each in its order."""
        for key in await self._db.read(self._due_keys):
            while await self._patiently(lambda key=key: self._retry_first(key)):  # type: ignore[misc]
                pass

    def _due_keys(self, conn: Connection) -> list[str]:
        parked = self._tables.parked
        due = select(parked.c.key).where(
            parked.c.consumer == self.name,
            parked.c.key.in_(sorted(self._blocked)),
            parked.c.retry_at <= self._db.now(conn),
        )
        return list(conn.execute(due.distinct()).scalars())

    async def _retry_first(self, key: str) -> bool:
        """Try the first parked event of ``key``; return whether another one follows at once."""
        parked = self._tables.parked

        def first(conn: Connection) -> Any:
            return conn.execute(
                select(parked)
                .where(parked.c.consumer == self.name, parked.c.key == key)
                .order_by(parked.c.id)
                .limit(1)
                .with_for_update()
            ).first()

        def again(conn: Connection) -> bool:
            row = first(conn)
            if row is None:
                return False
            self._check_epoch(conn, TopicPartition(row.topic, row.partition))
            event = self._reader.read(row.payload, row.type or None)
            if event is not None:
                self._handle(conn, [event])
            conn.execute(delete(parked).where(parked.c.id == row.id))
            return True

        def postpone(conn: Connection, reason: str) -> None:
            row = first(conn)
            if row is not None:
                later = PARKED_RETRIES[row.failures : row.failures + 1]
                retry_at = self._db.now(conn) + later[0] if later else None
                values = {"reason": reason, "failures": row.failures + 1, "retry_at": retry_at}
                conn.execute(update(parked).where(parked.c.id == row.id).values(**values))

        try:
            if not await self._db.write(again):
                self._blocked.discard(key)
                return False
            return True
        except Fenced:
            self._blocked.discard(key)
            return False
        except Exception as error:
            if is_transient(error):
                raise
            reason = describe(error)
            await self._db.write(lambda conn: postpone(conn, reason))
            return False

    def _check_epoch(self, conn: Connection, partition: TopicPartition) -> None:
        position = self._tables.position
        epoch = conn.execute(
            select(position.c.epoch)
            .where(
                position.c.consumer == self.name,
                position.c.topic == partition.topic,
                position.c.partition == partition.partition,
            )
            .with_for_update()
        ).scalar()
        if epoch != self._epochs.get(partition):
            raise Fenced

    async def _patiently(self, attempt: Callable[[], Any]) -> Any:
        """Repeat ``attempt`` while the database is away or busy."""
        failures = 0
        while True:
            try:
                return await attempt()
            except Exception as error:
                if not is_transient(error):
                    raise
                wait_s = RETRY_WAITS_S[min(failures, len(RETRY_WAITS_S) - 1)]
                log.warning(
                    "database_away", consumer=self.name, error=describe(error), wait_s=wait_s
                )
                failures += 1
                await asyncio.sleep(wait_s)


def parked_count(conn: Connection, tables: ConsumerTables) -> int:
    """Return how many events are parked or queue behind a parked one."""
    return conn.execute(select(func.count()).select_from(tables.parked)).scalar_one()


def prune_inbox(conn: Connection, tables: ConsumerTables, now: datetime) -> int:
    """Forget event ids too old to come back; return how many."""
    inbox = tables.inbox
    return conn.execute(delete(inbox).where(inbox.c.seen_at < now - INBOX_KEPT)).rowcount


def is_transient(error: Exception) -> bool:
    """Return whether the same transaction can succeed later: the database was away or busy."""
    if isinstance(error, TimeoutError | OSError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    # 40: rolled back by the server; 53: out of resources; 55P03: lock; 57P: shutting down
    state = sqlstate(error)
    if state is not None:
        return state[:2] in {"08", "40", "53"} or state == "55P03" or state.startswith("57P")
    return isinstance(error, OperationalError)


def describe(error: Exception) -> str:
    """Return what went wrong without the values involved: they may be personal data."""
    if isinstance(error, UnreadableEvent):
        return str(error)
    if isinstance(error, DBAPIError):
        return f"{type(error).__name__}: {type(error.orig).__name__}"
    return f"{type(error).__name__}: {error}"


def _incoming(record: Record) -> _Incoming:
    """Read id and type from the headers; from the event itself where a stranger left them out."""
    headers = dict(record.headers)
    kind, event_id = headers.get("ce_type"), headers.get("ce_id")
    if event_id is not None:
        return _Incoming(record, event_id.decode(), kind.decode() if kind else None)
    return _Incoming(record, event_id_of(record), None)


def event_id_of(record: Record) -> str:
    """Return the id of a message without headers: the event's own, or its place on the bus."""
    try:
        event = orjson.loads(record.value)
        return f"{event['source']}/{event['id']}"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"{record.topic}/{record.partition}/{record.offset}"
