"""A process that is one member of a group on Kafka and polls until it is killed."""

import asyncio
import sys

from shared.bus.kafka import KafkaBus
from shared.bus.kafka_settings import read_url
from tests.contract.bus_reader import from_the_start, reading
from tests.contract.bus_worlds import QUICK


async def main(url: str, group: str, topic: str) -> None:
    async with reading(KafkaBus(read_url(url), QUICK).member(group, [topic]), from_the_start):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
