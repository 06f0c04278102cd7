"""Handoff alone on one core: touches on the bus → resolved, folded, judged, stored.

The bus is filled first; what is timed is one consumer taking everything, position, inbox
and all. The policy is the English starter. Leads exist before, as they do on most days.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from services.handoff.consumers import build_consumers
from services.handoff.domain.policy import PolicyVersion
from services.handoff.policy_document import compile_policy
from services.handoff.store.tables import CONSUMER
from shared.bus import open_bus
from shared.bus.port import Bus
from shared.contracts import TOPICS, Envelope
from shared.outbox import to_message
from tests.bench.figures import Figure
from tests.service.handoff.world import World, open_world
from tests.support.postgres import running_postgres

STARTER = Path("deploy/policies/starter.en.yaml")
TOUCHES, LEADS = 40_000, 4_000
KINDS = {
    "email.opened": 40,
    "page.viewed": 25,
    "email.clicked": 12,
    "content.downloaded": 8,
    "pricing.viewed": 6,
    "webinar.attended": 4,
    "form.submitted": 3,
    "careers.viewed": 2,
}


def starter() -> PolicyVersion:
    compiled = compile_policy(STARTER.read_text(), str(STARTER)).version
    assert compiled is not None
    return compiled


def touches(world: World, count: int, leads: int, seed: int = 1) -> Iterator[Envelope]:
    chance = random.Random(seed)
    kinds, weights = list(KINDS), list(KINDS.values())
    for _ in range(count):
        lead = chance.randrange(leads)
        content = {"id": f"c{chance.randrange(40)}", "topic": "onboarding", "title": "A guide"}
        yield world.touch(
            f"lead{lead}@company{lead % 700}.com",
            chance.choices(kinds, weights)[0],
            properties={"content": content, "page": {"path": "/blog/why", "title": "Why"}},
        )


async def fill(bus: Bus, envelopes: list[Envelope]) -> None:
    for start in range(0, len(envelopes), 1000):
        await bus.publish(
            [
                to_message(one.topic, one.key, one.id, one.type, one.to_bytes())
                for one in envelopes[start : start + 1000]
            ]
        )


async def positions(world: World) -> int:
    position = CONSUMER.position
    offsets = await world.read(
        lambda conn: conn.execute(select(position.c.next_offset)).scalars().all()
    )
    return sum(offsets)


@contextmanager
def cpu_timer(into: dict[str, float]) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into["wall"] = time.perf_counter() - wall
    into["cpu"] = time.process_time() - cpu


async def consume(world: World, bus: Bus, until: int) -> dict[str, float]:
    """Run the touches consumer until its positions add up to ``until``."""
    consumer = build_consumers(world.parts, bus)[0]
    spent: dict[str, float] = {}
    with cpu_timer(spent):
        running = asyncio.create_task(consumer.run())
        while await positions(world) < until:  # noqa: ASYNC110 - a database has no event to await
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return spent


async def measure(name: str, url: str) -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        world = await open_world(url, starter())
        bus = open_bus(f"sqlite:///{directory}")
        await bus.start()
        await bus.ensure_topics(TOPICS)
        first = [world.touch(f"lead{n}@company{n % 700}.com", "page.viewed") for n in range(LEADS)]
        await fill(bus, first)
        await consume(world, bus, LEADS)
        await fill(bus, list(touches(world, TOUCHES, LEADS)))
        spent = await consume(world, bus, LEADS + TOUCHES)
        await bus.stop()
        await world.db.stop()
    rate = TOUCHES / spent["wall"]
    return [
        Figure(f"fold + evaluate + store, {name}", rate, "touches/s", 8_000, rate >= 8_000),
        Figure(f"the same per second of our CPU, {name}", TOUCHES / spent["cpu"], "touches/s"),
    ]


async def history_cost(url: str) -> list[Figure]:
    """One new touch of a lead with 10 and with 10,000 touches behind it."""
    world = await open_world(url, replace(starter()))
    spent: dict[int, float] = {}
    for size in (10, 10_000):
        history = list(touches(world, size, 1, seed=size))
        for start in range(0, size, 500):
            await world.take(*history[start : start + 500])
        rounds = [list(touches(world, 1, 1, seed=n)) for n in range(400)]
        started = time.process_time()
        for one in rounds:
            await world.take(*one)
        spent[size] = time.process_time() - started
    await world.db.stop()
    ratio = spent[10_000] / spent[10]
    return [
        Figure("a touch of a lead with 10,000 touches / with 10", ratio, "×", 1.1, ratio <= 1.1)
    ]


async def run() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as directory:
        figures += await measure("SQLite", f"sqlite:///{directory}")
    with tempfile.TemporaryDirectory() as directory:
        figures += await history_cost(f"sqlite:///{directory}")
    async with running_postgres() as server, server.database() as url:
        figures += await measure("PostgreSQL", url)
    return figures


if __name__ == "__main__":
    for figure in asyncio.run(run()):
        print(figure)
