"""A process that stages and relays, the bus it meets, and what has arrived there."""

import asyncio
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy import Column, Integer, Table, Text

from shared.bus.port import Bus, HeldBack, NotPublished, PublishError
from shared.db import metadata
from shared.lease import lease_table
from shared.outbox import Outbox, outbox_table
from tests.support.consuming import TOPIC, BusOf

TABLES = metadata()
OUTBOX = outbox_table(TABLES)
LEASE = lease_table(TABLES)
LEADS = Table(
    "lead",
    TABLES,
    Column("key", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
)


class FaultyBus(BusOf):
    """The real bus, with keys it refuses and a gate in front. Keeps what the port promises."""

    def __init__(self, bus):
        super().__init__(bus, lambda member: member)
        self.refused = set()
        self.error = NotPublished
        self.calls = 0
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.stores_refused = False

    async def publish(self, messages):
        self.calls += 1
        self.reached.set()
        await self.open.wait()
        results: dict[int, PublishError | None] = {}
        failed = set()
        for place, message in enumerate(messages):
            if message.key in failed:
                results[place] = HeldBack()
            elif message.key in self.refused:
                failed.add(message.key)
                results[place] = self.error("the broker says no")
        sent = [place for place in range(len(messages)) if place not in results]
        if self.stores_refused:
            sent = list(range(len(messages)))
        for place, result in zip(
            sent, await self._bus.publish([messages[p] for p in sent]), strict=True
        ):
            results.setdefault(place, result)
        return [results[place] for place in range(len(messages))]


class Process:
    """One process: its own connection, its own outbox, perhaps a running relay."""

    def __init__(self, db, bus):
        self.db = db
        self.bus = FaultyBus(bus)
        self.outbox = Outbox(db, cast("Bus", self.bus), OUTBOX, LEASE)

    async def stage(self, *envelopes, urgent=True):
        await self.db.write(
            lambda conn: self.outbox.stage(conn, envelopes, self.db.now(conn), urgent=urgent)
        )

    async def waiting(self):
        count, _ = await self.db.read(self.outbox.waiting)
        return count

    async def until_waiting(self, count):
        """Return once ``count`` events wait: those published are marked."""
        async with asyncio.timeout(30):
            while await self.waiting() != count:
                pass

    @asynccontextmanager
    async def relaying(self):
        task = asyncio.create_task(self.outbox.relay())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Log:
    """What is on the bus, read from its start."""

    def __init__(self, bus):
        self._member = bus.member("test", [TOPIC])
        self.records = []

    async def start(self):
        await self._member.start()
        return self

    async def until(self, count):
        async with asyncio.timeout(30):
            while len(self.records) < count:
                polled = await self._member.poll(1_000, 5)
                for partition in polled.assigned:
                    await self._member.seek(partition, 0)
                for records in polled.records.values():
                    self.records += records
        return self.records

    async def rest(self):
        """Return also what came after."""
        polled = await self._member.poll(1_000, 0)
        for records in polled.records.values():
            self.records += records
        return self.records


def number(record):
    return int(record.value.rpartition(b'"number":')[2].rstrip(b"}"))
