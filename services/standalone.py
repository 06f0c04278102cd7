"""Any of the three services in one process, behind one port.

All three together with SQLite are the embedded product; one at a time, with PostgreSQL and
Kafka, is a container of the production world. The services meet on the bus in both.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib.metadata import version

import structlog

from services import parts
from services.configuration import Configuration
from shared.bus import open_bus
from shared.bus.port import Bus, BusUnavailable
from shared.contracts import TOPICS
from shared.web import Door, build_app

log = structlog.get_logger(__name__)

TOPICS_WAIT_S = 5.0
TOPICS_RETRY_S = 5.0


def build_door(configuration: Configuration) -> Door:
    """Wire the configured services to one bus and return the app that serves them."""
    bus = open_bus(configuration.common.bus_url)
    services = [
        parts.build(name, settings, bus) for name, settings in configuration.services.items()
    ]
    start, stop = _bus_lifecycle(bus)
    return build_app(services, version("relevo"), start, stop)


def _bus_lifecycle(bus: Bus) -> tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]:
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        await bus.start()
        try:
            async with asyncio.timeout(TOPICS_WAIT_S):
                await bus.ensure_topics(TOPICS)
        except (BusUnavailable, TimeoutError):
            # Events are accepted and kept without a bus, so the start goes on without it.
            tasks.append(asyncio.create_task(_ensure_topics(bus), name="ensure_topics"))

    async def stop() -> None:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await bus.stop()

    return start, stop


async def _ensure_topics(bus: Bus) -> None:
    while True:
        log.warning("bus_unavailable", retry_s=TOPICS_RETRY_S)
        await asyncio.sleep(TOPICS_RETRY_S)
        with suppress(BusUnavailable):
            await bus.ensure_topics(TOPICS)
            log.info("topics_ready")
            return
