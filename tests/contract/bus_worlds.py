"""The two buses, with what the conformance suite needs to do to them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin.records_to_delete import RecordsToDelete

from shared.bus.kafka import KafkaBus
from shared.bus.kafka_settings import KafkaTimes, read_url
from shared.bus.port import Bus, Record
from shared.bus.sqlite import SqliteBus
from tests.support.kafka import Kafka
from tests.support.processes import Child

# Short, so that a test sees dead and frozen members replaced within seconds.
QUICK = KafkaTimes(request=5, publish=10, session=1.5, heartbeat=0.2, lease=1.5, stall=2)
# For all other tests: nobody is taken for dead because the machine is busy.
PATIENT = KafkaTimes(request=15, publish=30, session=15, heartbeat=0.2, lease=60, stall=60)


class World(Protocol):
    """A bus under test, and acts that no service does."""

    bus: Bus

    async def reopened(self) -> Bus:
        """Return a bus on the same log that knows only what the log knows."""
        ...

    async def forget_through(self, record: Record) -> None:
        """Let retention remove ``record`` and what is older."""
        ...

    def dying_member(self, group: str, topic: str) -> "DyingMember":
        """Return a member of ``group`` that can be killed."""
        ...


class DyingMember(Protocol):
    async def join(self) -> None:
        """Take part in the group."""
        ...

    def kill(self) -> None:
        """End without leaving the group."""
        ...


class LaterClock:
    """The clock of this machine, but every reading is a millisecond later than the one before."""

    def __init__(self) -> None:
        self._last = datetime.now(UTC)

    def now(self) -> datetime:
        self._last = max(datetime.now(UTC), self._last + timedelta(milliseconds=1))
        return self._last


class SqliteWorld:
    def __init__(self, directory: Path, times: KafkaTimes):
        self._directory = directory
        self._lease_s = times.lease
        self.bus = self._new_bus()

    def _new_bus(self) -> SqliteBus:
        return SqliteBus(self._directory, lease_s=self._lease_s, clock=LaterClock())

    async def reopened(self) -> Bus:
        await self.bus.stop()
        self.bus = self._new_bus()
        await self.bus.start()
        return self.bus

    async def forget_through(self, record: Record) -> None:
        await self.bus.prune(record.timestamp + timedelta(milliseconds=1))

    def dying_member(self, group: str, topic: str) -> DyingMember:
        return _DyingTask(self.bus, group, topic)


class KafkaWorld:
    def __init__(self, kafka: Kafka, times: KafkaTimes):
        self._kafka = kafka
        self._times = times
        self.bus = self._new_bus()
        self._others: list[KafkaBus] = []

    def _new_bus(self) -> KafkaBus:
        return KafkaBus(read_url(self._kafka.url), self._times)

    async def reopened(self) -> Bus:
        self._others.append(self._new_bus())
        return self._others[-1]

    async def stop(self) -> None:
        for bus in (self.bus, *self._others):
            await bus.stop()

    async def forget_through(self, record: Record) -> None:
        place = KafkaPartition(record.topic, record.partition)
        async with self._kafka.admin() as admin:
            await admin.delete_records({place: RecordsToDelete(before_offset=record.offset + 1)})

    def dying_member(self, group: str, topic: str) -> DyingMember:
        return _DyingProcess(self._kafka.url, group, topic)


class _DyingTask:
    """In one process a member dies by its task ending in the middle of things."""

    def __init__(self, bus: Bus, group: str, topic: str):
        self._member = bus.member(group, [topic])

    async def join(self) -> None:
        await self._member.start()
        await self._member.poll(1, 0)

    def kill(self) -> None:
        del self._member


class _DyingProcess:
    def __init__(self, url: str, group: str, topic: str):
        self._command = [sys.executable, "-m", "tests.contract.bus_member", url, group, topic]
        self._child: Child | None = None

    async def join(self) -> None:
        self._child = Child(self._command, Path("/dev/null"))

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()


@asynccontextmanager
async def sqlite_world(directory: Path, times: KafkaTimes = PATIENT) -> AsyncIterator[SqliteWorld]:
    world = SqliteWorld(directory, times)
    await world.bus.start()
    try:
        yield world
    finally:
        await world.bus.stop()


@asynccontextmanager
async def kafka_world(kafka: Kafka, times: KafkaTimes = PATIENT) -> AsyncIterator[KafkaWorld]:
    world = KafkaWorld(kafka, times)
    try:
        yield world
    finally:
        await asyncio.shield(world.stop())
