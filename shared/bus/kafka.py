"""The bus of the production world: Apache Kafka, through aiokafka.

Nothing is connected before it is needed and everything that fails is made anew, so a
service starts without Kafka and goes on by itself once Kafka is back. Topics are created
to be durable: three copies where there are three brokers, an answer from all but one.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from shared.bus.kafka_closing import close_consumer
from shared.bus.kafka_member import KafkaMember
from shared.bus.kafka_producer import Producer
from shared.bus.kafka_settings import KafkaServers, KafkaTimes
from shared.bus.outgoing import sort_out
from shared.bus.port import (
    MAX_MESSAGE_BYTES,
    BusUnavailable,
    Message,
    NotPublished,
    PublishError,
)

COPIES = 3
RETENTION = timedelta(days=7)
BATCH_OVERHEAD = 65_536  # a batch has a frame around its messages, which counts for the broker
LOOK_AGAIN_S = 0.1


class KafkaBus:
    """The bus on a Kafka cluster."""

    def __init__(self, servers: KafkaServers, times: KafkaTimes | None = None):
        self._servers = servers
        self._times = times or KafkaTimes()
        self._producer = Producer(servers, self._times)
        self._counts: dict[str, int] = {}
        self._looking: AIOKafkaConsumer | None = None
        self._connecting = asyncio.Lock()

    async def start(self) -> None:
        """Nothing: connections are made when they are needed."""

    async def stop(self) -> None:
        """Close the connections; what was not acknowledged after a while is given up."""
        await self._producer.stop()
        await self._stop_looking()

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        """Create the missing topics and wait until they have leaders.

        Raises ``BusUnavailable`` when Kafka cannot be reached or refuses.
        """
        async with self._admin() as admin:
            existing = await admin.list_topics()
            missing = {name: count for name, count in topics.items() if name not in existing}
            if missing:
                await _create(admin, missing)
            while not await self._learn(admin, topics):  # noqa: ASYNC110 - Kafka tells nobody
                await asyncio.sleep(LOOK_AGAIN_S)

    async def publish(self, messages: Sequence[Message]) -> list[PublishError | None]:
        """Publish, waiting for the acknowledgements of all copies in sync."""
        try:
            await self._know({message.topic for message in messages})
        except BusUnavailable as unavailable:
            return [NotPublished(str(unavailable)) for _ in messages]
        outgoing = sort_out(messages, self._counts)
        if outgoing.accepted:
            await self._producer.publish(messages, outgoing.accepted, outgoing.results)
        for message, error in zip(messages, outgoing.results, strict=True):
            if error is not None:
                self._counts.pop(message.topic, None)  # look again: it may have been replaced
        return outgoing.results

    def member(self, group: str, topics: Sequence[str]) -> KafkaMember:
        """Return a new member of ``group``, dynamic, so that replicas need no names."""
        return KafkaMember(self._servers, self._times, group, topics)

    async def ends(self, topic: str) -> dict[int, int]:
        """Return each partition's next offset; raises ``BusUnavailable``."""
        await self._know([topic])
        partitions = [KafkaPartition(topic, number) for number in range(self._counts.get(topic, 0))]
        try:
            async with asyncio.timeout(self._times.request):
                looking = await self._looked_with()
                ends = await looking.end_offsets(partitions)
        except (KafkaError, OSError, TimeoutError) as error:
            await self._stop_looking()
            raise BusUnavailable(f"Kafka does not answer: {error}") from error
        return {partition.partition: end for partition, end in ends.items()}

    async def _know(self, topics: Iterable[str]) -> None:
        """Learn the number of partitions of those topics that exist."""
        unknown = [topic for topic in topics if topic not in self._counts]
        if unknown:
            async with self._admin() as admin:
                existing = set(await admin.list_topics())
                await self._learn(admin, [topic for topic in unknown if topic in existing])

    async def _learn(self, admin: AIOKafkaAdminClient, topics: Iterable[str]) -> bool:
        """Learn what Kafka says of ``topics``; False while one of them has no leaders yet."""
        wanted = list(topics)
        described = await admin.describe_topics(wanted) if wanted else []
        ready = {
            topic["topic"]: len(topic["partitions"])
            for topic in described
            if topic["partitions"] and all(part["leader"] >= 0 for part in topic["partitions"])
        }
        self._counts |= ready
        return len(ready) == len(wanted)

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(
            **self._servers.arguments(), request_timeout_ms=round(self._times.request * 1000)
        )
        try:
            async with asyncio.timeout(self._times.publish):
                await admin.start()
                yield admin
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusUnavailable(f"Kafka cannot be reached: {error!r}") from error
        finally:
            await admin.close()

    async def _looked_with(self) -> AIOKafkaConsumer:
        async with self._connecting:
            if self._looking is None:
                self._looking = AIOKafkaConsumer(
                    **self._servers.arguments(),
                    isolation_level="read_committed",
                    request_timeout_ms=round(self._times.request * 1000),
                )
                await self._looking.start()
            return self._looking

    async def _stop_looking(self) -> None:
        looking, self._looking = self._looking, None
        if looking is not None:
            await close_consumer(looking)


async def _create(admin: AIOKafkaAdminClient, topics: Mapping[str, int]) -> None:
    copies = min(COPIES, len((await admin.describe_cluster())["brokers"]))
    settings = {
        "cleanup.policy": "delete",
        "max.message.bytes": str(MAX_MESSAGE_BYTES + BATCH_OVERHEAD),
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(max(1, copies - 1)),
        "retention.ms": str(round(RETENTION.total_seconds() * 1000)),
    }
    answer = await admin.create_topics(
        [NewTopic(name, count, copies, topic_configs=settings) for name, count in topics.items()]
    )
    for name, code, message in answer.topic_errors:
        error = for_code(code)
        if error not in (NoError, TopicAlreadyExistsError):  # another replica may be quicker
            raise BusUnavailable(f"Kafka did not create topic {name}: {message or error.__name__}")
