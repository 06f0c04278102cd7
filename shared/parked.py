"""Events set aside with the reason, and the later events of their key behind them.

An event that cannot be handled parks its key (its lead): later events of the same topic
and key queue behind it in order, and nothing else waits. The first of the queue is tried
again after 1 min, 5 min, 30 min, 2 h and 12 h, then it waits for a person (``retry_now``).
Once it succeeds the others follow at once, in their order.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
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
    tuple_,
    update,
)
from sqlalchemy.exc import DBAPIError

from shared import db_errors
from shared.body import clean_text
from shared.bus.port import TopicPartition
from shared.contracts import UnreadableEvent
from shared.db import UtcDateTime, insert
from shared.inbox import Incoming
from shared.logging import mask

RETRIES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
BEHIND = "queued behind a parked event of the same key"
LONGEST_REASON = 500


def parked_table(metadata: MetaData) -> Table:
    """Add the parked events of a service's consumers to its tables."""
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
        Column("retry_at", UtcDateTime),  # of a queue's first event: the next try, if any
    )
    Index(None, parked.c.consumer, parked.c.topic, parked.c.key, parked.c.id)
    return parked


@dataclass(frozen=True, slots=True)
class Queue:
    """A key with parked events of one consumer."""

    partition: TopicPartition
    key: str
    is_due: bool


class ParkedEvents:
    """The parked events of one consumer."""

    def __init__(self, table: Table, consumer: str):
        self._table = table
        self._consumer = consumer

    def queues(
        self, conn: Connection, partitions: Collection[TopicPartition], now: datetime
    ) -> list[Queue]:
        """Return the keys with parked events in ``partitions``."""
        parked = self._table
        rows = conn.execute(
            select(parked.c.topic, parked.c.partition, parked.c.key, func.min(parked.c.retry_at))
            .where(
                parked.c.consumer == self._consumer,
                tuple_(parked.c.topic, parked.c.partition).in_([tuple(p) for p in partitions]),
            )
            .group_by(parked.c.topic, parked.c.partition, parked.c.key)
        )
        return [
            Queue(TopicPartition(topic, partition), key, retry_at is not None and retry_at <= now)
            for topic, partition, key, retry_at in rows
        ]

    def behind(self, conn: Connection, events: Iterable[Incoming]) -> list[Incoming]:
        """Return those of ``events`` that have to queue behind a parked one."""
        candidates = list(events)
        if not candidates:
            return []
        parked = self._table
        keys = conn.execute(
            select(parked.c.topic, parked.c.key)
            .where(
                parked.c.consumer == self._consumer,
                parked.c.key.in_({one.key for one in candidates}),
            )
            .distinct()
        ).all()
        blocked = {tuple(row) for row in keys}
        return [one for one in candidates if (one.record.topic, one.key) in blocked]

    def add(
        self,
        conn: Connection,
        events: Iterable[Incoming],
        reason: str,
        now: datetime,
        retry_at: datetime | None = None,
    ) -> None:
        """Park ``events``; with ``retry_at`` as the first of a queue, else behind one."""
        rows = [
            {
                "consumer": self._consumer,
                "topic": one.record.topic,
                "partition": one.record.partition,
                "offset": one.record.offset,
                "key": one.key,
                "event_id": one.event_id,
                "type": one.kind or "",
                "payload": one.record.value,
                "reason": reason,
                "failures": 0 if retry_at is None else 1,
                "parked_at": now,
                "retry_at": retry_at,
            }
            for one in events
        ]
        if rows:
            conn.execute(insert(conn, self._table), rows)

    def first(self, conn: Connection, queue: Queue) -> Row[Any] | None:
        """Return the first event of ``queue``, locked."""
        parked = self._table
        return conn.execute(
            select(parked)
            .where(self._is_in(queue))
            .order_by(parked.c.id)
            .limit(1)
            .with_for_update()
        ).first()

    def remove(self, conn: Connection, queue: Queue, event: Row[Any], now: datetime) -> None:
        """Take ``event`` out of its queue; the next one is due at once."""
        parked = self._table
        conn.execute(delete(parked).where(parked.c.id == event.id))
        following = select(func.min(parked.c.id)).where(self._is_in(queue)).scalar_subquery()
        conn.execute(update(parked).where(parked.c.id == following).values(retry_at=now))

    def postpone(self, conn: Connection, queue: Queue, reason: str, now: datetime) -> None:
        """Note that the first event of ``queue`` failed again, and when it is tried next."""
        event = self.first(conn, queue)
        if event is None:
            return
        wait = RETRIES[event.failures] if event.failures < len(RETRIES) else None
        conn.execute(
            update(self._table)
            .where(self._table.c.id == event.id)
            .values(
                reason=reason,
                failures=event.failures + 1,
                retry_at=None if wait is None else now + wait,
            )
        )

    def _is_in(self, queue: Queue) -> Any:
        parked = self._table
        return (
            (parked.c.consumer == self._consumer)
            & (parked.c.topic == queue.partition.topic)
            & (parked.c.key == queue.key)
        )


def count(conn: Connection, table: Table) -> int:
    """Return how many events are parked or queue behind a parked one."""
    return conn.execute(select(func.count()).select_from(table)).scalar_one()


def retry_now(conn: Connection, table: Table, now: datetime, key: str | None = None) -> int:
    """Have the first parked event of each queue, or of those of ``key``, tried at once.

    Returns how many queues that concerns. Whichever process owns the partition does it,
    within two seconds.
    """
    firsts = select(func.min(table.c.id)).group_by(table.c.consumer, table.c.topic, table.c.key)
    if key is not None:
        firsts = firsts.where(table.c.key == key)
    due = update(table).where(table.c.id.in_(firsts)).values(retry_at=now)
    return conn.execute(due).rowcount


def why(error: Exception) -> str:
    """Return what went wrong, in storable text, as far as possible without personal data."""
    if isinstance(error, UnreadableEvent):
        text = str(error)
    elif isinstance(error, DBAPIError):
        text = db_errors.describe(error)
    elif isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        text = f"{error.title}: {place}: {first['msg']}"
    else:
        text = f"{type(error).__name__}: {error}"
    return clean_text(str(mask(text)))[:LONGEST_REASON]
