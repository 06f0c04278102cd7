"""Brokers die, freeze and come back in the middle of things: nothing acknowledged is lost.

Three brokers, topics with three copies. A publisher repeats what failed, as the outbox does,
and a consumer keeps its own positions, as the services do.
"""

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from uuid import uuid4

import pytest

from shared.bus.kafka import KafkaBus
from shared.bus.kafka_settings import KafkaTimes, read_url
from shared.bus.port import Message, PublishError, Record, TopicPartition
from tests.contract.bus_reader import reading

pytestmark = pytest.mark.kafka

PARTITIONS = 3
KEYS = 12
WITHIN_S = 60
TIMES = KafkaTimes(request=4, publish=8, session=6, heartbeat=1, lease=30, stall=20)


class Publisher:
    """Publishes numbered messages without end, in order per key; counts what is acknowledged."""

    def __init__(self, bus: KafkaBus, topic: str):
        self.acknowledged: list[int] = []
        self.errors: list[PublishError] = []
        self._bus = bus
        self._topic = topic
        self._is_enough = False

    async def run(self) -> None:
        numbers = count()
        waiting: list[int] = []
        while waiting or not self._is_enough:
            if not self._is_enough:
                waiting += [next(numbers) for _ in range(24 - len(waiting))]
            results = await self._bus.publish([self._message(number) for number in waiting])
            failed = []
            for number, error in zip(waiting, results, strict=True):
                if error is None:
                    self.acknowledged.append(number)
                else:
                    self.errors.append(error)
                    failed.append(number)
            waiting = failed
            await asyncio.sleep(0.02 if not failed else 0.2)

    async def more(self, messages: int = 200) -> None:
        """Wait until so many more are acknowledged."""
        target = len(self.acknowledged) + messages
        async with asyncio.timeout(WITHIN_S):
            while len(self.acknowledged) < target:  # noqa: ASYNC110 - counts another task's work
                await asyncio.sleep(0.02)

    def finish(self) -> None:
        self._is_enough = True

    def _message(self, number: int) -> Message:
        return Message(self._topic, f"lead-{number % KEYS}", str(number).encode())


class Consumer:
    """The consumer's own database: a position per partition, first sight of each message."""

    def __init__(self):
        self.next: dict[TopicPartition, int] = {}
        self.first: dict[int, None] = {}

    async def stored(self, partition: TopicPartition) -> int:
        return self.next.get(partition, 0)

    def take(self, record: Record) -> None:
        self.next[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self.first.setdefault(int(record.value))


@pytest.fixture
async def mended(kafka_cluster):
    """The cluster, whole again after the test."""
    yield kafka_cluster
    for broker in kafka_cluster.brokers:
        if broker.process.is_running:
            broker.process.thaw()
        else:
            broker.start()
    await kafka_cluster.until_ready()


@asynccontextmanager
async def traffic(kafka):
    """Publish and consume over the block and until all is through; then check what arrived."""
    bus = KafkaBus(read_url(kafka.url), TIMES)
    topic = f"topic-{uuid4()}"
    await bus.ensure_topics({topic: PARTITIONS})
    publisher, consumer = Publisher(bus, topic), Consumer()
    member = bus.member(f"group-{uuid4()}", [topic])
    async with reading(member, consumer.stored, patient=True) as reader:
        publishing = asyncio.create_task(publisher.run())
        await publisher.more()
        yield topic, publisher
        publisher.finish()
        await asyncio.wait_for(publishing, WITHIN_S)

        def everything_arrived() -> bool:
            while reader.records:
                consumer.take(reader.records.pop(0))
            return set(publisher.acknowledged) <= consumer.first.keys()

        await reader.until(everything_arrived, WITHIN_S)
    await bus.stop()
    assert len(consumer.first) == len(publisher.acknowledged)
    for key in range(KEYS):
        numbers = [number for number in consumer.first if number % KEYS == key]
        assert numbers == sorted(numbers)


async def test_a_leader_that_is_killed_loses_nothing_and_comes_back(mended):
    async with traffic(mended) as (topic, publisher):
        leader = await mended.leader(topic, 0)
        leader.process.kill()
        await publisher.more()
        leader.start()
        await mended.until_ready()
        await publisher.more()


async def test_a_leader_that_freezes_is_done_without_and_comes_back(mended):
    async with traffic(mended) as (topic, publisher):
        leader = await mended.leader(topic, 0)
        leader.process.freeze()
        await publisher.more()
        leader.process.thaw()
        await publisher.more()


async def test_all_brokers_one_after_the_other_are_restarted(mended):
    async with traffic(mended) as (_, publisher):
        for broker in mended.brokers:
            broker.process.terminate()
            await publisher.more(100)
            broker.start()
            await mended.until_ready()
            await publisher.more(100)


async def test_a_cluster_that_was_away_altogether_is_used_again(mended):
    async with traffic(mended) as (_, publisher):
        for broker in mended.brokers:
            broker.process.kill()
        async with asyncio.timeout(WITHIN_S):
            while not publisher.errors:  # noqa: ASYNC110 - counts another task's work
                await asyncio.sleep(0.02)
        for broker in mended.brokers:
            broker.start()
        await mended.until_ready()
        await publisher.more()
