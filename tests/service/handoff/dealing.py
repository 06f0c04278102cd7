"""Hands leads over in a process of its own, beside others: ``python -m … URL FIRST LAST``.

It says ``ready`` once it is connected and begins when its standard input is closed, so that
several begin together.
"""

import asyncio
import sys

from tests.service.handoff.world import World, join_world

AT_ONCE = 25


async def deal(world: World, first: int, last: int) -> None:
    """Let leads ``first`` to before ``last`` ask for a demo, some in each transaction."""
    numbers = range(first, last)
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        await world.take(
            *(
                world.touch(f"lead{number}@gmail.com", "demo.requested", number=number)
                for number in some
            )
        )


async def _main(url: str, first: int, last: int) -> None:
    world = await join_world(url)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await deal(world, first, last)
    await world.db.stop()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
