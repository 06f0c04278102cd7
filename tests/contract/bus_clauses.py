"""What the tests of the bus's clauses do again and again: publish, read, wait for a poll."""

import asyncio
from uuid import uuid4

from shared.bus.port import (
    Message,
)
from tests.contract.bus_reader import from_the_start, reading

WITHIN_S = 30


async def new_topic(bus, partitions: int) -> str:
    name = f"topic-{uuid4()}"
    await bus.ensure_topics({name: partitions})
    return name


def numbered(topic: str, count: int, keys: int = 20) -> list[Message]:
    return [
        Message(topic, f"lead-{number % keys}", str(number).encode()) for number in range(count)
    ]


async def publish(bus, messages) -> None:
    assert await bus.publish(messages) == [None] * len(messages)


async def read_all(bus, topic: str, count: int):
    async with reading(bus.member(f"all-{uuid4()}", [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) >= count)
    return reader.records


async def next_poll(member, **kind):
    """Return the next poll that tells anything."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            polled = await member.poll(500, 1)
            if polled.records or polled.assigned or polled.revoked:
                return polled


async def until_assigned(member):
    await member.start()
    polled = await next_poll(member)
    assert polled.assigned
    assert not polled.records
    return polled.assigned
