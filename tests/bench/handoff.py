"""Handoff alone on one core: touches on the bus → resolved, folded, judged, stored.

The bus is filled first; what is timed is one consumer taking everything, position, inbox
and all. The policy is the English starter. Leads exist before, as they do on most days.
The process has core 0 for itself and its threads; PostgreSQL has all of them.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
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

Databases = Callable[[], AbstractAsyncContextManager[str]]

CORE = 0
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


def touches(
    world: World, count: int, leads: int, seed: int = 1, name: str = "lead"
) -> Iterator[Envelope]:
    chance = random.Random(seed)
    kinds, weights = list(KINDS), list(KINDS.values())
    for _ in range(count):
        lead = chance.randrange(leads)
        content = {"id": f"c{chance.randrange(40)}", "topic": "onboarding", "title": "A guide"}
        yield world.touch(
            f"{name}{lead}@company{lead % 700}.com",
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


async def history_cost(name: str, url: str) -> list[Figure]:
    """One new touch of a lead with 10,000 touches behind it, beside leads with ten."""
    process = await asyncio.create_subprocess_exec(
        "taskset", "-c", str(CORE), sys.executable, "-m", "tests.bench.history", url,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, float] = json.loads(out)
    ratio, more_mb = found["many_ms"] / found["few_ms"], found["more_mb"]
    return [
        Figure(f"a touch behind 10,000 / behind 10, {name}", ratio, "×", 1.1, ratio <= 1.1),
        Figure(f"a touch behind 10,000, {name}", found["many_ms"], "ms"),
        Figure(f"peak memory the 10,000 added, {name}", more_mb, "MB", 5, more_mb <= 5),
    ]


@contextmanager
def one_core() -> Iterator[None]:
    """Let this thread, and those it starts, run on one core only; servers have the others."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORE})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@asynccontextmanager
async def directory() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory() as path:
        yield f"sqlite:///{path}"


async def run() -> list[Figure]:
    async with running_postgres() as server:
        worlds: tuple[tuple[str, Databases], ...] = (
            ("SQLite", directory),
            ("PostgreSQL", server.database),
        )
        figures = []
        for name, databases in worlds:
            async with databases() as url:
                with one_core():
                    figures += await measure(name, url)
            async with databases() as url:
                figures += await history_cost(name, url)
    return figures


if __name__ == "__main__":
    for figure in asyncio.run(run()):
        print(figure)
