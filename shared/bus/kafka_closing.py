"""Closing aiokafka's clients for sure.

Their ``stop`` waits for brokers that may be gone, and a consumer's can end in the middle
with the ``CancelledError`` of a task of its own, which would look like ours. So ``stop``
runs apart and has a time limit, and what it leaves open is closed by hand. aiokafka has no
public way to give up; this is the only module that reaches into its clients.
"""

import asyncio
from collections.abc import Coroutine
from itertools import chain
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import ProducerClosed

log = structlog.get_logger(__name__)

CLOSE_S = 5.0


async def close_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group, if the brokers are there to hear it, and close all connections."""
    if not await _ends_well(consumer.stop()):
        log.warning("bus_consumer_given_up")
        await _ends_well(consumer._client.close())


async def close_producer(producer: AIOKafkaProducer) -> None:
    """Send what is on its way, if the brokers take it, and close all connections."""
    if await _ends_well(producer.stop()):
        return
    log.warning("bus_producer_given_up")
    if producer._sender.sender_task is not None:
        producer._sender.sender_task.cancel()
        await asyncio.wait([producer._sender.sender_task], timeout=CLOSE_S)
    unanswered = producer._message_accumulator
    for batch in [*unanswered._pending_batches, *chain(*unanswered._batches.values())]:
        batch.failure(ProducerClosed())
        for future in (batch.future, batch._drain_waiter):
            future.exception()  # else asyncio complains that nobody looked at it
    await _ends_well(producer.client.close())


async def _ends_well(closing: Coroutine[Any, Any, None]) -> bool:
    """Run ``closing`` as a task of its own, at most ``CLOSE_S``; True when it came to its end."""
    task = asyncio.create_task(closing)
    try:
        await asyncio.wait([task], timeout=CLOSE_S)
    finally:
        task.cancel()
    return task.done() and not task.cancelled() and task.exception() is None
