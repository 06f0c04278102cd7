"""Consuming the bus: a batch is one transaction of the service's own database.

In that transaction the position row moves (guarded by the epoch, so that a frozen owner
that comes back writes nothing), repeats are dropped by event id, and the handler does its
work. The bus's own committed offset is a hint, given afterwards.

When a batch fails its events are taken one by one, and one that fails for a reason of its
own is parked (``shared.parked``). When the database itself is away nothing can be parked:
the batch waits, and nothing is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy import Connection, MetaData, Table

from shared import inbox, parked, trace
from shared.bus.port import Bus, BusUnavailable, Member, Poll, Record, SeekPastEnd, TopicPartition
from shared.contracts import UnreadableEvent
from shared.db import Database, is_transient
from shared.inbox import Incoming, incoming
from shared.parked import ParkedEvents, Queue, why
from shared.positions import Fenced, Positions, position_table

log = structlog.get_logger(__name__)

T = TypeVar("T")
Read = TypeVar("Read")
Given = TypeVar("Given", covariant=True)

BATCH = 500
POLL_S = 1.0
RETRY_WAITS_S = (0.2, 1.0, 5.0)  # then every five seconds
PARKED_LOOK_S = 1.0
PRUNE_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class ConsumerTables:
    """The tables of a service's consumers."""

    position: Table
    inbox: Table
    parked: Table


def consumer_tables(metadata: MetaData) -> ConsumerTables:
    """Add the consumers' tables to a service's tables."""
    return ConsumerTables(
        position_table(metadata), inbox.inbox_table(metadata), parked.parked_table(metadata)
    )


class Reader(Protocol[Given]):
    """Makes of a record's bytes what the handler takes; a ``Catalogue`` makes envelopes.

    Returns None for what the handler does not want; raises ``UnreadableEvent``.
    """

    def read(self, value: bytes, kind: str | None = None) -> Given | None: ...


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
        self.topics = topics
        self._db = db
        self._bus = bus
        self._positions = Positions(tables.position, name)
        self._inbox = tables.inbox
        self._parked = ParkedEvents(tables.parked, name)
        self._reader = reader
        self._handle = handle
        self._batch = batch
        # Keys that may have parked events, for the partitions we own; the database decides.
        self._blocked: dict[TopicPartition, set[str]] = {}

    async def run(self) -> None:
        """Consume for ever. Ends by cancellation."""
        self._positions.epochs.clear()
        self._blocked.clear()
        member = self._bus.member(self.name, self.topics)
        await member.start()
        look_at = prune_at = 0.0
        try:
            while True:
                try:
                    poll = await self._patiently(lambda: member.poll(self._batch, POLL_S))
                except SeekPastEnd as lost:
                    await self._start_over(member, lost)
                    continue
                await self._take_poll(member, poll)
                now = asyncio.get_running_loop().time()
                if any(self._blocked.values()) and now >= look_at:
                    await self._replay()
                    look_at = now + PARKED_LOOK_S
                if now >= prune_at and not await self._prune():
                    prune_at = now + PRUNE_EVERY_S
        finally:
            await asyncio.shield(member.stop())

    async def _start_over(self, member: Member, lost: SeekPastEnd) -> None:
        """Read a log that was lost or replaced from its start; the inbox drops repeats."""
        log.error("bus_log_was_lost", consumer=self.name, error=str(lost))
        partition = lost.partition
        await self._patiently(
            lambda: self._db.write(lambda conn: self._positions.rewind(conn, partition))
        )
        await self._patiently(lambda: member.seek(partition, 0))

    async def _take_poll(self, member: Member, poll: Poll) -> None:
        for partition in poll.revoked:
            self._let_go(partition)
        # Ours by the bus and not by our database: won just now, or fenced by a member that
        # took over what it had been given, but was slow to learn that it had lost it again.
        for partition in sorted(member.assignment() - self._positions.epochs.keys()):
            if partition in member.assignment():
                await self._take_over(member, partition)
        records = {p: batch for p, batch in poll.records.items() if p in self._positions.epochs}
        while records:
            try:
                await self._patiently(lambda: self._consume(records))
            except Fenced as fenced:
                # The other partitions of the poll are still ours.
                self._let_go(fenced.partition)
                del records[fenced.partition]
            else:
                await member.commit({p: batch[-1].offset + 1 for p, batch in records.items()})
                return

    def _let_go(self, partition: TopicPartition) -> None:
        self._positions.epochs.pop(partition, None)
        self._blocked.pop(partition, None)

    async def _take_over(self, member: Member, partition: TopicPartition) -> None:
        """Raise the partition's epoch, so that its former owner is fenced; start where we are."""

        def work(conn: Connection) -> tuple[int, int, list[Queue]]:
            offset, epoch = self._positions.take_over(conn, partition)
            return offset, epoch, self._parked.queues(conn, [partition], self._db.now(conn))

        offset, epoch, queues = await self._patiently(lambda: self._db.write(work))
        self._positions.epochs[partition] = epoch
        self._blocked[partition] = {queue.key for queue in queues}
        await self._patiently(lambda: member.seek(partition, offset))

    async def _consume(self, records: Mapping[TopicPartition, list[Record]]) -> None:
        """Take everything in one transaction; where that fails, one event at a time."""
        try:
            await self._db.write(lambda conn: self._take(conn, records))
        except Exception as error:
            if isinstance(error, Fenced) or is_transient(error):
                raise
            log.warning("batch_failed", consumer=self.name, error=why(error))
            for partition, batch in records.items():
                for record in batch:
                    with trace.caused_by(trace.carried_by(record.value)):
                        await self._take_or_park({partition: [record]})

    async def _take_or_park(self, single: Mapping[TopicPartition, list[Record]]) -> None:
        try:
            await self._db.write(lambda conn: self._take(conn, single))
        except Exception as error:
            if isinstance(error, Fenced) or is_transient(error):
                raise
            reason = why(error)
            fault = None if isinstance(error, UnreadableEvent) else error
            ((partition, (record,)),) = single.items()
            log.error(
                "event_parked",
                consumer=self.name,
                topic=partition.topic,
                partition=partition.partition,
                offset=record.offset,
                reason=reason,
                exc_info=fault,
            )
            # Before the commit, whose outcome we may never learn.
            self._blocked[partition].add(incoming(record).key)
            await self._db.write(lambda conn: self._park(conn, single, reason))

    def _take(self, conn: Connection, records: Mapping[TopicPartition, list[Record]]) -> None:
        now = self._db.now(conn)
        unseen = self._unseen(conn, records, now)
        behind = self._parked.behind(
            conn, (one for one in unseen if one.key in self._blocked[one.partition])
        )
        self._parked.add(conn, behind, parked.BEHIND, now)
        waiting = {one.event_id for one in behind}
        read = (
            self._reader.read(one.record.value, one.kind)
            for one in unseen
            if one.event_id not in waiting
        )
        envelopes = [envelope for envelope in read if envelope is not None]
        if envelopes:
            self._handle(conn, envelopes)

    def _park(
        self, conn: Connection, single: Mapping[TopicPartition, list[Record]], reason: str
    ) -> None:
        now = self._db.now(conn)
        unseen = self._unseen(conn, single, now)
        self._parked.add(conn, unseen, reason, now, retry_at=now + parked.RETRIES[0])

    def _unseen(
        self, conn: Connection, records: Mapping[TopicPartition, list[Record]], now: datetime
    ) -> list[Incoming]:
        """Move past ``records``; return the events in them that were never seen, in order."""
        fresh = [incoming(record) for record in self._positions.move(conn, records)]
        return inbox.take_unseen(conn, self._inbox, self.name, fresh, now)

    async def _replay(self) -> None:
        """Try the parked events of our partitions again that are due, each queue in its order."""
        partitions = list(self._positions.epochs)

        def look(conn: Connection) -> list[Queue]:
            return self._parked.queues(conn, partitions, self._db.now(conn))

        queues = await self._patiently(lambda: self._db.read(look))
        self._blocked = {partition: set() for partition in partitions}
        for queue in queues:
            self._blocked[queue.partition].add(queue.key)
        for queue in queues:
            if queue.is_due:
                await self._replay_queue(queue)

    async def _replay_queue(self, queue: Queue) -> None:
        """Try the events of ``queue`` in order until one fails.

        At most a batch: a member that stays away from ``poll`` too long loses its partitions.
        """
        for _ in range(self._batch):
            if not await self._patiently(lambda: self._replay_first(queue)):
                return

    async def _replay_first(self, queue: Queue) -> bool:
        """Try the first parked event of ``queue``; return whether another one follows at once."""
        cause: str | None = None

        def again(conn: Connection) -> bool:
            nonlocal cause
            self._positions.lock(conn, [queue.partition])
            event = self._parked.first(conn, queue)
            if event is None:
                return False
            cause = trace.carried_by(event.payload)
            with trace.caused_by(cause):
                envelope = self._reader.read(event.payload, event.type or None)
                if envelope is not None:
                    self._handle(conn, [envelope])
            self._parked.remove(conn, queue, event, self._db.now(conn))
            return True

        def postpone(conn: Connection, reason: str) -> None:
            self._positions.lock(conn, [queue.partition])
            self._parked.postpone(conn, queue, reason, self._db.now(conn))

        try:
            return await self._db.write(again)
        except Fenced:
            self._let_go(queue.partition)
            return False
        except Exception as error:
            if is_transient(error):
                raise
            reason = why(error)
            with trace.caused_by(cause):
                log.warning("parked_event_failed_again", consumer=self.name, reason=reason)
            await self._db.write(lambda conn: postpone(conn, reason))
            return False

    async def _prune(self) -> bool:
        """Forget a slice of what the inbox need not know any more; return whether there is more."""

        def prune(conn: Connection) -> int:
            return inbox.prune(conn, self._inbox, self._db.now(conn))

        return await self._patiently(lambda: self._db.write(prune)) == inbox.PRUNED_AT_ONCE

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat ``attempt`` while the database or the bus is away or busy."""
        failures = 0
        while True:
            try:
                return await attempt()
            except Exception as error:
                if not (is_transient(error) or isinstance(error, BusUnavailable)):
                    raise
                wait_s = RETRY_WAITS_S[min(failures, len(RETRY_WAITS_S) - 1)]
                log.warning("consumer_waits", consumer=self.name, error=why(error), wait_s=wait_s)
                failures += 1
                await asyncio.sleep(wait_s)


def parked_count(conn: Connection, tables: ConsumerTables) -> int:
    """Return how many events are parked or queue behind a parked one."""
    return parked.count(conn, tables.parked)


def prune_inbox(conn: Connection, tables: ConsumerTables, now: datetime) -> int:
    """Forget a slice of the event ids too old to come back; return how many.

    Consumers do so every ten seconds; nobody else has to.
    """
    return inbox.prune(conn, tables.inbox, now)
