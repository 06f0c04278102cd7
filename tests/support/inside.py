"""The product seen from inside: its databases and its bus, read beside the running processes."""

import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from services.handoff.store import tables as handoff
from services.ingest.store import tables as ingest
from services.notify.store import tables as notify
from shared.bus import open_bus
from shared.bus.port import BusUnavailable, Record, TopicPartition
from shared.consumer import ConsumerTables
from shared.contracts import TOPICS, Envelope
from shared.db import Database, sqlite_directory
from tests import builders
from tests.support.product import World

TABLES = {"ingest": ingest.TABLES, "handoff": handoff.TABLES, "notify": notify.TABLES}
CONSUMERS: Mapping[str, ConsumerTables] = {
    "ingest": ingest.CONSUMER_TABLES,
    "handoff": handoff.CONSUMER,
    "notify": notify.consumer,
}
# Which consumer of which service reads which topic.
READS = (
    ("ingest", "ingest.directory", "relevo.directory.v1"),
    ("handoff", "handoff.touches", "relevo.touches.v1"),
    ("handoff", "handoff.answers", "relevo.answers.v1"),
    ("handoff", "handoff.deliveries", "relevo.deliveries.v1"),
    ("notify", "notify", "relevo.handoffs.v1"),
    ("notify", "notify.directory", "relevo.directory.v1"),
)
POLL_S = 0.5
# A reader of the whole log waits so long for a first record before it calls it empty.
QUIET_POLLS = 20


class Inside:
    """The databases of one product, open for reading."""

    def __init__(self, world: World, databases: Mapping[str, Database]):
        self._world = world
        self._databases = databases

    async def rows(self, service: str, query: Select[Any]) -> Sequence[Row[Any]]:
        """Return what ``query`` finds in a service's database."""
        return await self._databases[service].read(lambda conn: conn.execute(query).all())

    async def count(self, service: str, query: Select[Any]) -> int:
        """Return how many rows ``query`` finds."""
        ((found,),) = await self.rows(service, select(func.count()).select_from(query.subquery()))
        return int(found)

    async def change(self, service: str, *statements: Any) -> None:
        """Change the data of a stopped product, as nobody but a test may."""

        def work(conn: Connection) -> None:
            for statement in statements:
                conn.execute(statement)

        await self._databases[service].write(work)

    async def backlog(self) -> dict[str, int]:
        """Return what is still to be done, by its name; empty once all is drained.

        Work moves on while it is looked for: what was read from a topic after the outbox was
        looked at is in the outbox before the topic is. So each place is looked at three times.
        """
        found: dict[str, int] = {}
        for _ in range(3):
            for looked in (await self.lag(), await self._waiting()):
                found |= {name: count for name, count in looked.items() if count}
        return found

    async def unsettled(self) -> list[dict[str, Any]]:
        """Return the deliveries that are not settled, for the report of a failure."""
        table = notify.delivery
        query = select(table).where(table.c.settled_at.is_(None)).order_by(table.c.position)
        return [dict(row._mapping) for row in await self.rows("notify", query)]

    async def clocks(self) -> int:
        """Return how many hand-offs still wait for an answer with their clock running."""
        timer = handoff.TIMER
        running = select(timer.c.id).where(timer.c.state == "armed", timer.c.kind == "accept")
        return await self.count("handoff", running)

    async def events_in_feed(self) -> int:
        """Return how many events the feed holds."""
        return await self.count("notify", select(notify.feed_event.c.position))

    async def _waiting(self) -> dict[str, int]:
        pending = select(ingest.RECEIPT.c.id).where(ingest.RECEIPT.c.state == "pending")
        found = {"receipts": await self.count("ingest", pending)}
        for service, outbox in (("handoff", handoff.OUTBOX), ("notify", notify.outbox)):
            unpublished = select(outbox.c.id).where(outbox.c.published_at.is_(None))
            found[f"{service} outbox"] = await self.count(service, unpublished)
        for service, tables in CONSUMERS.items():
            found[f"{service} parked"] = await self.count(service, select(tables.parked.c.id))
        now = await self._databases["handoff"].read(self._databases["handoff"].now)
        timer = handoff.TIMER
        due = select(timer.c.id).where(timer.c.state == "armed", timer.c.due_at <= now)
        found["timers due"] = await self.count("handoff", due)
        unsettled = select(notify.delivery.c.id).where(notify.delivery.c.settled_at.is_(None))
        found["deliveries"] = await self.count("notify", unsettled)
        untold = select(notify.notification.c.id).where(notify.notification.c.state == "open")
        found["notifications"] = await self.count("notify", untold)
        return found

    async def lag(self) -> dict[str, int]:
        """Return for each consumer how many records it has not taken yet."""
        ends = await self.ends()
        found: dict[str, int] = defaultdict(int)
        for service, consumer, topic in READS:
            table = CONSUMERS[service].position
            rows = await self.rows(
                service,
                select(table).where(table.c.consumer == consumer, table.c.topic == topic),
            )
            positions = {row.partition: row.next_offset for row in rows}
            for partition, end in ends[topic].items():
                found[f"{consumer} lag"] += end - positions.get(partition, 0)
        return dict(found)

    async def ends(self) -> dict[str, dict[int, int]]:
        """Return each topic's end offsets by partition."""
        if self._world.bus_url.startswith("sqlite"):
            return self._ends_of_file()
        bus = open_bus(self._world.bus_url)
        await bus.start()
        try:
            return {topic: await bus.ends(topic) for topic in TOPICS}
        finally:
            await bus.stop()

    def _ends_of_file(self) -> dict[str, dict[int, int]]:
        file = sqlite_directory(self._world.bus_url) / "bus.db"
        conn = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            rows = conn.execute("SELECT topic, number, next_offset FROM partition").fetchall()
        finally:
            conn.close()
        found: dict[str, dict[int, int]] = {topic: {} for topic in TOPICS}
        for topic, number, end in rows:
            found[topic][number] = end
        return found


@asynccontextmanager
async def inside(world: World) -> AsyncIterator[Inside]:
    """Yield the inside of the product of ``world``; its tables must exist."""
    databases = {
        service: Database(world.database_url, service, tables) for service, tables in TABLES.items()
    }
    started = []
    try:
        for database in databases.values():
            await database.start()
            started.append(database)
        yield Inside(world, databases)
    finally:
        for database in started:
            await database.stop()


async def publish(world: World, *envelopes: Envelope) -> None:
    """Put events on the bus as another program does.

    The embedded bus belongs to one process: stop the product first.
    """
    bus = open_bus(world.bus_url)
    await bus.start()
    try:
        await builders.publish(bus, *envelopes)
    finally:
        await bus.stop()


async def read_topic(world: World, topic: str) -> list[Record]:
    """Return all records of a topic, per partition in their order, with a group of its own.

    The embedded bus belongs to one process: stop the product first.
    """
    bus = open_bus(world.bus_url)
    await bus.start()
    try:
        ends = {
            TopicPartition(topic, number): end for number, end in (await bus.ends(topic)).items()
        }
        member = bus.member(f"test of {topic}", [topic])
        await member.start()
        read: dict[TopicPartition, list[Record]] = {partition: [] for partition in ends}
        reached = dict.fromkeys(ends, 0)
        quiet = 0
        try:
            while any(reached[partition] < end for partition, end in ends.items()):
                try:
                    poll = await member.poll(1000, POLL_S)
                except BusUnavailable:
                    continue
                for partition in poll.assigned:
                    await member.seek(partition, 0)
                for partition, records in poll.records.items():
                    read[partition] += records
                    reached[partition] = records[-1].offset + 1
                quiet = 0 if poll.records or poll.assigned else quiet + 1
                assert quiet < QUIET_POLLS, f"{topic}: read up to {reached}, it ends at {ends}"
        finally:
            await member.stop()
    finally:
        await bus.stop()
    return [record for partition in sorted(read) for record in read[partition]]


def once_each(records: Sequence[Record]) -> dict[str, dict[str, Any]]:
    """Return the events in ``records`` by id, repeats dropped, in their order."""
    events: dict[str, dict[str, Any]] = {}
    for record in records:
        event = orjson.loads(record.value)
        events.setdefault(event["id"], event)
    return events
