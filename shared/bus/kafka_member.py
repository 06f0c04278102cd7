"""A member of a consumer group on Kafka.

aiokafka rebalances eagerly and in the background: at any moment it may take all partitions
away and give some back. Its listener only notes that down, without any lock; the consumer
hears of it with the next poll. A partition is paused from its assignment until its ``seek``.

aiokafka's fetch waits without limit while the group rebalances, and it must not be cancelled
(it would then count as polling for ever). So a fetch is a task, which a poll leaves running
while the group rebalances, and no assignment is told before such a fetch has ended.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError

from shared.bus.handover import Handover
from shared.bus.kafka_closing import CLOSE_S, close_consumer
from shared.bus.kafka_settings import KafkaServers, KafkaTimes
from shared.bus.kafka_stall import StallWatch
from shared.bus.port import (
    MAX_MESSAGE_BYTES,
    BusUnavailable,
    Poll,
    Record,
    SeekPastEnd,
    TopicPartition,
)

log = structlog.get_logger(__name__)

FETCH_S = 0.2  # how often a poll without records looks whether the assignment changed
METADATA_S = 30  # how soon a topic is noticed that was created after the member joined

Fetched = dict[KafkaPartition, list[ConsumerRecord]]


class KafkaMember:
    """See ``shared.bus.port.Member``."""

    def __init__(self, servers: KafkaServers, times: KafkaTimes, group: str, topics: Sequence[str]):
        self._servers = servers
        self._times = times
        self._group = group
        self._topics = tuple(topics)
        self._handover = Handover()
        self._consumer: AIOKafkaConsumer | None = None
        self._listener: _Listener | None = None
        self._fetch: asyncio.Task[Fetched] | None = None
        self._sought: dict[TopicPartition, int] = {}  # carried out by the next poll
        self._to_commit: dict[KafkaPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._watch = StallWatch(times.stall)

    async def start(self) -> None:
        """Nothing: a poll without a consumer makes one, the first time and after a failure."""

    async def stop(self) -> None:
        """Leave the group, after the last hint about the position."""
        if self._committing is not None:
            await asyncio.wait([self._committing], timeout=CLOSE_S)
        await self._drop()

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions named as assigned and not lost since."""
        return self._handover.told()

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        """Return changes or records; raises ``BusUnavailable``, ``SeekPastEnd``, ``BusStuck``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            consumer, listener = await self._connected()
            if self._fetch is None and self._handover.has_changes():
                return self._changes()
            try:
                await self._carry_out_seeks(consumer)
                await self._look_for_stall(consumer)
                records = await self._fetch_some(
                    consumer, listener, max_records, deadline - loop.time()
                )
            except (KafkaError, ConsumerStoppedError, OSError, TimeoutError) as error:
                await self._drop()
                raise BusUnavailable(f"Kafka does not answer: {error!r}") from error
            if records:
                return Poll(records)
            if loop.time() >= deadline:
                return Poll()

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        """Let the records of ``partition`` flow from ``offset`` on, from the next poll."""
        if partition in self._handover.told():
            self._sought[partition] = offset

    async def committed(self, partition: TopicPartition) -> int:
        """Return the group's committed offset, or 0; raises ``BusUnavailable``."""
        consumer, _ = await self._connected()
        try:
            async with asyncio.timeout(self._times.request):
                return await consumer.committed(KafkaPartition(*partition)) or 0
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusUnavailable(f"Kafka does not answer: {error!r}") from error

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Send the offsets in the background, the latest of each partition."""
        owned = self._handover.told()
        self._to_commit |= {
            KafkaPartition(*name): offset for name, offset in offsets.items() if name in owned
        }
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_noted())

    async def _commit_noted(self) -> None:
        while self._to_commit and self._consumer is not None:
            offsets, self._to_commit = self._to_commit, {}
            try:
                await self._consumer.commit(offsets)
            except KafkaError as error:  # mostly: the group has rebalanced
                log.info("bus_commit_lost", group=self._group, error=repr(error))

    async def _connected(self) -> tuple[AIOKafkaConsumer, "_Listener"]:
        if self._consumer is None or self._listener is None:
            self._consumer = await self._connect()
            self._listener = _Listener(self._consumer, self._handover)
            self._consumer.subscribe(self._topics, listener=self._listener)
        return self._consumer, self._listener

    async def _connect(self) -> AIOKafkaConsumer:
        times = self._times
        consumer = AIOKafkaConsumer(
            **self._servers.arguments(),
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=round(times.session * 1000),
            heartbeat_interval_ms=round(times.heartbeat * 1000),
            max_poll_interval_ms=round(times.lease * 1000),
            # An answer to a request to join may take as long as a session.
            request_timeout_ms=round((times.session + times.request) * 1000),
            metadata_max_age_ms=METADATA_S * 1000,
            max_partition_fetch_bytes=2 * MAX_MESSAGE_BYTES,
        )
        try:
            async with asyncio.timeout(times.request):
                await consumer.start()
        except (KafkaError, OSError, TimeoutError) as error:
            await close_consumer(consumer)
            raise BusUnavailable(f"Kafka cannot be reached: {error!r}") from error
        except BaseException:
            await close_consumer(consumer)
            raise
        return consumer

    async def _drop(self) -> None:
        """Let go of the consumer and of everything it owned."""
        tasks = [task for task in (self._fetch, self._committing) if task is not None]
        consumer, listener = self._consumer, self._listener
        self._consumer = self._listener = self._fetch = self._committing = None
        if listener is not None:
            listener.is_in_use = False
        self._handover.lose_all()
        if consumer is not None:
            await close_consumer(consumer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _changes(self) -> Poll:
        assigned, revoked = self._handover.changes()
        for partition in revoked:
            self._sought.pop(partition, None)
        return Poll(assigned=assigned, revoked=revoked)

    async def _carry_out_seeks(self, consumer: AIOKafkaConsumer) -> None:
        if not self._sought:
            return
        ends = await self._ends(consumer, self._sought)
        for name, offset in list(self._sought.items()):
            if offset > ends[name]:
                raise SeekPastEnd(name, offset, ends[name])
            del self._sought[name]
            if self._handover.open(name):
                consumer.seek(KafkaPartition(*name), offset)
                consumer.resume(KafkaPartition(*name))

    async def _ends(
        self, consumer: AIOKafkaConsumer, names: Iterable[TopicPartition]
    ) -> dict[TopicPartition, int]:
        async with asyncio.timeout(self._times.request):
            ends = await consumer.end_offsets([KafkaPartition(*name) for name in names])
        return {TopicPartition(*partition): end for partition, end in ends.items()}

    async def _look_for_stall(self, consumer: AIOKafkaConsumer) -> None:
        now = asyncio.get_running_loop().time()
        flowing = [name for name in self._handover.told() if self._handover.is_open(name)]
        if not flowing or not self._watch.is_due(now):
            return
        ends = await self._ends(consumer, flowing)
        positions = {}
        for name in flowing:
            try:
                positions[name] = await consumer.position(KafkaPartition(*name))
            except IllegalStateError:
                return  # lost meanwhile
        lagging = {name: at for name, at in positions.items() if at < ends[name]}
        if self._watch.must_rebuild(lagging, now):
            log.error("bus_consumer_stalled", group=self._group, lagging=len(lagging))
            raise ConsumerStoppedError("stalled")

    async def _fetch_some(
        self, consumer: AIOKafkaConsumer, listener: "_Listener", max_records: int, left_s: float
    ) -> dict[TopicPartition, list[Record]]:
        wait_s = max(0.0, min(FETCH_S, left_s))
        if self._fetch is None:
            self._fetch = asyncio.create_task(
                consumer.getmany(timeout_ms=round(wait_s * 1000), max_records=max_records)
            )
        await asyncio.wait([self._fetch], timeout=wait_s)
        while not self._fetch.done() and not listener.is_rebalancing:
            await asyncio.wait([self._fetch], timeout=FETCH_S)
        if not self._fetch.done():
            return {}
        fetch, self._fetch = self._fetch, None
        if fetch.cancelled():
            raise ConsumerStoppedError("aiokafka cancelled its fetch")
        return {
            TopicPartition(*partition): [to_record(record) for record in records]
            for partition, records in fetch.result().items()
            if self._handover.is_open(TopicPartition(*partition))
        }


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes what aiokafka's coordinator does with the assignment."""

    def __init__(self, consumer: AIOKafkaConsumer, handover: Handover):
        self._consumer = consumer
        self._handover = handover
        self.is_rebalancing = True
        self.is_in_use = True

    def on_partitions_revoked(self, revoked: set[KafkaPartition]) -> None:
        self.is_rebalancing = True
        if self.is_in_use:
            self._handover.lose_all()

    def on_partitions_assigned(self, assigned: set[KafkaPartition]) -> None:
        self.is_rebalancing = False
        if self.is_in_use:
            self._consumer.pause(*assigned)
            self._handover.lose_all()
            self._handover.gain(TopicPartition(*partition) for partition in assigned)


def to_record(record: ConsumerRecord) -> Record:
    """Return what Kafka delivered; strangers may publish without key, value or UTF-8."""
    return Record(
        record.topic,
        record.partition,
        record.offset,
        (record.key or b"").decode(errors="replace"),
        record.value or b"",
        tuple((name, value or b"") for name, value in record.headers),
        datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
    )
