"""What one more touch of a lead costs that has 10,000 behind it, beside leads that have ten.

python -m tests.bench.history DATABASE_URL

Runs in a process of its own and prints JSON: the median time of a touch of either, taken in
turn so that whatever else the machine does hits both, and how much the long history
added to the most memory the process ever had.
"""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path

from services.handoff.handlers.record_touches import record_touches
from shared.contracts import Envelope
from tests.bench.handoff import starter, touches
from tests.service.handoff.world import World, open_world

FEW, MANY = 10, 10_000
OTHERS = 40  # leads with a short history; each is met ten times
ROUNDS = 400
BATCH = 10


async def take(world: World, batch: list[Envelope]) -> float:
    """Take some touches in; return how many seconds it took."""
    started = time.perf_counter()
    await world.write(lambda uow: record_touches(uow, batch))
    return time.perf_counter() - started


async def tell(world: World, name: str, count: int) -> None:
    """Let a lead do things, in small batches however many they are."""
    for start in range(0, count, BATCH):
        await take(world, list(touches(world, BATCH, 1, seed=start, name=name)))


async def measure(url: str) -> dict[str, float]:
    """Return milliseconds for one touch of either, and megabytes."""
    world = await open_world(url, starter())
    for number in range(OTHERS):
        await tell(world, f"short{number}-", FEW)
    await tell(world, "warming", 200)
    before = peak_mb()
    await tell(world, "long", MANY)
    few, many = [], []
    for number in range(ROUNDS):
        names = f"short{number % OTHERS}-", "long"
        short, long = (list(touches(world, 1, 1, seed=number, name=name)) for name in names)
        few.append(await take(world, short))
        many.append(await take(world, long))
    after = peak_mb()
    await world.db.stop()
    return {
        "few_ms": statistics.median(few) * 1000,
        "many_ms": statistics.median(many) * 1000,
        "more_mb": after - before,
    }


def peak_mb() -> float:
    """Return the most memory this process ever had; ``getrusage`` would count its parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))
