"""Publishing to Kafka: batches of ours, one at a time per partition.

aiokafka's idempotent producer repeats a batch until it is answered, for ever, and after a
refused batch the numbering of its partition has a gap the broker will not take. So every
call has a time limit, and a producer that left anything unanswered or was refused anything
is replaced by a new one.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)

from shared.bus.kafka_closing import close_producer
from shared.bus.kafka_settings import KafkaServers, KafkaTimes
from shared.bus.port import (
    BusUnavailable,
    Message,
    MessageTooLarge,
    NotPublished,
    OutcomeUnknown,
    PublishError,
    TopicPartition,
)

log = structlog.get_logger(__name__)

BATCH_BYTES = 262_144
TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)
REFUSED = (*TOO_LARGE, ClusterAuthorizationFailedError, TopicAuthorizationFailedError)


class Producer:
    """Publishes to known partitions; connects when first used."""

    def __init__(self, servers: KafkaServers, times: KafkaTimes):
        self._servers = servers
        self._times = times
        self._current: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._closing: set[asyncio.Task[None]] = set()

    async def publish(
        self,
        messages: Sequence[Message],
        accepted: Mapping[TopicPartition, Sequence[int]],
        results: list[PublishError | None],
    ) -> None:
        """Publish the accepted messages and write their results into ``results``."""
        sending = _Sending(messages, results)
        for places in accepted.values():
            sending.settle(places, NotPublished("there was no time left to send it"))
        try:
            async with asyncio.timeout(self._times.publish):
                producer = await self._connected()
                await asyncio.gather(
                    *(
                        sending.send(producer, partition, places)
                        for partition, places in accepted.items()
                    )
                )
        except TimeoutError:
            log.warning("bus_publish_timed_out", seconds=self._times.publish)
        except BusUnavailable as error:
            for places in accepted.values():
                sending.settle(places, NotPublished(str(error)))
        if any(results[place] for places in accepted.values() for place in places):
            self._retire()

    async def stop(self) -> None:
        """Close the connections; what is unanswered after a while is given up."""
        self._retire()
        if self._closing:
            await asyncio.wait(self._closing)

    async def _connected(self) -> AIOKafkaProducer:
        async with self._connecting:
            if self._current is None:
                self._current = await self._connect()
            return self._current

    async def _connect(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._servers.arguments(),
            acks="all",
            enable_idempotence=True,
            max_batch_size=BATCH_BYTES,
            request_timeout_ms=round(self._times.request * 1000),
        )
        try:
            await producer.start()
        except (KafkaError, OSError) as error:
            await close_producer(producer)
            raise BusUnavailable(f"Kafka cannot be reached: {error}") from error
        except BaseException:
            await close_producer(producer)
            raise
        return producer

    def _retire(self) -> None:
        if self._current is not None:
            task = asyncio.create_task(close_producer(self._current))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            self._current = None


class _Sending:
    """The messages of one call on their way."""

    def __init__(self, messages: Sequence[Message], results: list[PublishError | None]):
        self._messages = messages
        self._results = results

    def settle(self, places: Sequence[int], result: PublishError | None) -> None:
        for place in places:
            self._results[place] = result

    async def send(
        self, producer: AIOKafkaProducer, partition: TopicPartition, places: Sequence[int]
    ) -> None:
        """Send one partition's messages, each batch behind the answer to the one before."""
        while places:
            batch = producer.create_batch()
            taken = self._fill(batch, places)
            batch.close()
            places = places[len(taken) :]
            try:
                answer = await producer.send_batch(
                    batch, partition.topic, partition=partition.partition
                )
                self.settle(taken, OutcomeUnknown("no answer came in time"))
                await answer
            except KafkaError as error:
                log.warning("bus_publish_failed", topic=partition.topic, error=repr(error))
                self.settle(taken, self._meaning(error, taken))
                self.settle(places, NotPublished("the batch before it failed"))
                return
            self.settle(taken, None)

    def _fill(self, batch: Any, places: Sequence[int]) -> Sequence[int]:
        for count, place in enumerate(places):
            message = self._messages[place]
            added = batch.append(
                timestamp=None,
                key=message.key.encode(),
                value=message.value,
                headers=list(message.headers),
            )
            if added is None:
                return places[:count]
        return places

    def _meaning(self, error: KafkaError, taken: Sequence[int]) -> PublishError:
        result: PublishError
        was_sent = isinstance(self._results[taken[0]], OutcomeUnknown)
        if isinstance(error, TOO_LARGE) and len(taken) == 1:
            result = MessageTooLarge(self._messages[taken[0]].size())
        elif isinstance(error, REFUSED) or not was_sent:
            result = NotPublished(str(error))
        else:
            result = OutcomeUnknown(str(error))
        result.__cause__ = error
        return result
