"""A change of version: how fast old leads are folded, and what the traffic notices of it.

The leads and what they did are there before, under the English starter; the other version
keeps one touch more of a signal, so every state has to be made anew.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from functools import partial

from sqlalchemy import delete, select

from services.handoff.handlers import refold
from services.handoff.handlers.refold import ask_for_fold
from services.handoff.store.tables import FOLD, LEAD_SIGNALS
from services.handoff.unit_of_work import unit_of_work
from services.handoff.workers.changing import Changing
from shared.contracts import Envelope
from tests.bench.figures import Figure
from tests.bench.handoff import STARTER, cpu_timer, touches
from tests.service.handoff.versions import draft, execute, open_versions
from tests.service.handoff.world import World
from tests.support.postgres import running_postgres

POLICY = "b2b-starter"
LEADS, TOUCHES = 5_000, 50_000
AT_ONCE = 500
PAGE = 200
STEADY, EVERY_S = 300, 0.02
SATURATED = 10_000
SETTLES_S = 2.0
OTHER = STARTER.read_text().replace("at_most: 2", "at_most: 3", 1)


async def run() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as directory:
        figures += await measure("SQLite", f"sqlite:///{directory}")
    async with running_postgres() as server, server.database() as url:
        figures += await measure("PostgreSQL", url)
    return figures


async def measure(name: str, url: str) -> list[Figure]:
    world = await open_versions(url, STARTER.read_text())
    await take(world, TOUCHES, seed=1)
    number = await draft(world, OTHER)
    shape, spent = await refold_at_once(world, number)
    figures = [
        Figure(f"refold without a rest, {name}", LEADS / spent["wall"], "leads/s"),
        Figure(f"the same, {name}", TOUCHES / spent["wall"], "touches/s"),
        Figure(f"the same per second of our CPU, {name}", TOUCHES / spent["cpu"], "touches/s"),
    ]
    await steady(world)  # warm
    alone = await steady(world)
    async with Refolding(world, number, shape) as beside:
        waits = await steady(world)
    for share, place in (("p50", 50), ("p99", 99)):
        both = [statistics.quantiles(each, n=100)[place - 1] for each in (alone, waits)]
        figures.append(Figure(f"a touch is taken, {share}, {name}", both[0], "ms"))
        figures.append(Figure(f"the same beside a refold, {share}, {name}", both[1], "ms"))
    figures.append(Figure(f"the refold beside it, {name}", beside.rate, "leads/s"))
    rate = await take(world, SATURATED, seed=2)
    async with Refolding(world, number, shape) as beside:
        slower = await take(world, SATURATED, seed=3)
    ratio = slower / rate
    figures.append(
        Figure(f"touches/s beside a refold / without, {name}", ratio, "×", 0.8, ratio >= 0.8)
    )
    figures.append(Figure(f"the refold beside it, {name}", beside.rate, "leads/s"))
    await world.db.stop()
    return figures


async def take(world: World, count: int, seed: int) -> float:
    """Take touches as fast as can be; return how many a second."""
    events = list(touches(world, count, LEADS, seed))
    started = time.perf_counter()
    for start in range(0, count, AT_ONCE):
        await world.take(*events[start : start + AT_ONCE])
    return count / (time.perf_counter() - started)


async def steady(world: World) -> list[float]:
    """Take one touch at a time, at a steady rate; return how long each took, in ms."""
    events: Iterator[Envelope] = touches(world, STEADY, LEADS, seed=4)
    begin, waits = time.perf_counter(), []
    for number, event in enumerate(events):
        due = begin + number * EVERY_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await world.take(event)
        waits.append((time.perf_counter() - due) * 1000)
    return waits


async def refold_at_once(world: World, number: int) -> tuple[bytes, dict[str, float]]:
    """Fold everybody without a rest; return the shape, and what it took."""
    version = await world.write(lambda uow: ask_for_fold(uow, "bench", POLICY, number))
    spent: dict[str, float] = {}
    cursor: str | None = None
    with cpu_timer(spent):
        while True:
            page = await world.db.read(
                lambda conn: refold.read_page(
                    unit_of_work(world.parts, conn),
                    version,
                    cursor,  # noqa: B023 - read before the next is known
                    PAGE,
                )
            )
            await world.write(lambda uow: refold.store_page(uow, page, None))  # noqa: B023
            if not page.lead_ids:
                return version.fold_shape, spent
            cursor = page.lead_ids[-1]


class Refolding:
    """The background worker, folding everybody for another version while the block runs."""

    def __init__(self, world: World, number: int, shape: bytes):
        self._world = world
        self._number = number
        self._shape = shape
        self.rate = 0.0

    async def __aenter__(self) -> "Refolding":
        await self._begin()
        await asyncio.sleep(SETTLES_S)  # what deleting so much costs is no part of a refold
        self._started = time.perf_counter()
        self._running = asyncio.create_task(Changing(self._world.parts).run())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        self.rate = await self._so_far() / (time.perf_counter() - self._started)

    async def _begin(self) -> None:
        """Take away what the first refold left; the version in force keeps its states."""
        for table in (LEAD_SIGNALS, FOLD):
            rows = delete(table).where(table.c.shape == self._shape)
            await self._world.write(partial(execute, statement=rows))
        await self._world.write(lambda uow: ask_for_fold(uow, "bench", POLICY, self._number))

    async def _so_far(self) -> int:
        query = select(FOLD.c.done).where(FOLD.c.shape == self._shape)
        return int(await self._world.read(lambda conn: conn.execute(query).scalar_one()))


if __name__ == "__main__":
    for figure in asyncio.run(run()):
        print(figure)
