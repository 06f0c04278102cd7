"""Consumers under test: what they did, as rows, and buses that misbehave in one way each."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from shared.bus.port import Bus, Member, Message, Poll, TopicPartition
from shared.consumer import Consumer, consumer_tables
from shared.contracts import Catalogue, Envelope
from shared.contracts.envelope import Event
from shared.db import Database, after_commit, metadata
from shared.ids import new_id
from shared.outbox import to_message

TOPIC = "relevo.notes.v1"
PARTITIONS = 4

TABLES = metadata()
CONSUMER = consumer_tables(TABLES)
EFFECTS = Table(
    "effect",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("by", Text, nullable=False),
)


class NoteTaken(Event):
    """Something to write down."""

    type: ClassVar[str] = "note.taken.v1"
    topic: ClassVar[str] = TOPIC

    number: int


CATALOGUE = Catalogue.of(NoteTaken)


def note(key: str, number: int) -> Envelope:
    """Return the event that asks for one effect."""
    return Envelope(new_id(), "tests", key, key, datetime.now(UTC), NoteTaken(number=number))


def message(envelope: Envelope) -> Message:
    """Return ``envelope`` as the relay publishes it."""
    return to_message(envelope.topic, envelope.key, envelope.id, envelope.type, envelope.to_bytes())


def sample(count: int, keys: int = 7) -> list[Envelope]:
    """Return so many events, which go round the keys."""
    return [note(f"lead-{number % keys}", number) for number in range(count)]


async def publish(bus: Bus, *envelopes: Envelope) -> None:
    """Publish the events; the bus must take all of them."""
    results = await bus.publish([message(one) for one in envelopes])
    assert not any(results), results


class Reading:
    """A running consumer. Each event adds a row; ``fault`` decides which fail, and how."""

    def __init__(self, db: Database, bus: Bus, name: str = "one"):
        self.db = db
        self.name = name
        self.fault: Callable[[Envelope], None] = lambda envelope: None
        self.tries: list[int] = []
        self.news = asyncio.Event()
        self.consumer = Consumer("notes", db, bus, CONSUMER, CATALOGUE, [TOPIC], self._handle)
        self._task: asyncio.Task[None] | None = None

    def _handle(self, conn: Connection, envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            assert isinstance(envelope.data, NoteTaken)
            number = envelope.data.number
            self.tries.append(number)
            row = {"key": envelope.key, "number": number, "by": self.name}
            conn.execute(EFFECTS.insert(), [row])
            self.fault(envelope)
        after_commit(conn, self.news.set)

    def start(self) -> "Reading":
        self._task = asyncio.create_task(self.consumer.run())
        return self

    async def stop(self) -> None:
        """End the consumer; raises what it died of."""
        if self._task is not None:
            self._task.cancel()
            (result,) = await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            if isinstance(result, Exception):
                raise result

    async def effects(self) -> list[tuple[str, int]]:
        """Return key and number of every effect, in the order they were written."""
        rows = select(EFFECTS.c.key, EFFECTS.c.number).order_by(EFFECTS.c.id)
        return await self.db.read(lambda conn: [(key, n) for key, n in conn.execute(rows)])

    async def parked(self) -> list[Any]:
        """Return the parked events, in the order they came."""
        rows = select(CONSUMER.parked).order_by(CONSUMER.parked.c.id)
        return await self.db.read(lambda conn: list(conn.execute(rows)))

    async def passed(self) -> int:
        """Return how many records are behind the consumer's positions."""
        rows = select(CONSUMER.position.c.next_offset)
        return sum(await self.db.read(lambda conn: conn.execute(rows).scalars().all()))

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until ``await true()`` holds; raises what the consumer died of."""
        async with asyncio.timeout(30):
            while not await true():
                assert self._task is not None
                if self._task.done():
                    self._task.result()
                # Not every change has a signal, so look again without one now and then.
                waiting = asyncio.create_task(self.news.wait())
                await asyncio.wait(
                    {waiting, self._task}, timeout=0.05, return_when="FIRST_COMPLETED"
                )
                waiting.cancel()
                self.news.clear()

    async def until_passed(self, count: int) -> None:
        """Wait until ``count`` records are behind the consumer."""

        async def true() -> bool:
            return await self.passed() >= count

        await self.until(true)

    async def until_effects(self, count: int) -> None:
        """Wait until there are ``count`` effects."""

        async def true() -> bool:
            return len(await self.effects()) >= count

        await self.until(true)


class BusOf:
    """The given bus, with members that ``wrap`` makes misbehave."""

    def __init__(self, bus: Bus, wrap: Callable[[Member], Any]):
        self._bus = bus
        self._wrap = wrap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    def member(self, group: str, topics: Sequence[str]) -> Any:
        return self._wrap(self._bus.member(group, topics))


class Wrapped:
    """A member that does what the real one does."""

    def __init__(self, member: Member):
        self.real = member

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Rewinding(Wrapped):
    """Redelivers everything after each assignment, wherever the consumer wanted to start."""

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        await self.real.seek(partition, 0)


class Gate:
    """Where a member freezes, and how it is let go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.thaw = asyncio.Event()


class Freezing(Wrapped):
    """Freezes at ``gate`` with its first records in hand."""

    def __init__(self, member: Member, gate: Gate):
        super().__init__(member)
        self._gate = gate

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        polled = await self.real.poll(max_records, timeout_s)
        if polled.records:
            self._gate.reached.set()
            await self._gate.thaw.wait()
        return polled
