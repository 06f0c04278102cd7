"""Killing and freezing the product's processes at random moments, and starting them again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from tests.support.product import Product, Replica

STARTING_S = 3.0
ALIVE_S = 1.5
DIES_WHILE_STARTING = 0.25


@dataclass
class Chaos:
    """``kills`` ends of a random process; ``frozen_s`` is how long one of them stands still.

    A process that was killed is started again at once. Most are killed some time after they
    got ready, some while they start: recovering from a crash can be interrupted too.
    """

    product: Product
    seed: int
    kills: int
    frozen_s: float = 0.0
    done: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Do all of it; every process runs again, and is ready, when it returns."""
        chance = random.Random(self.seed)
        frozen = chance.choice(self.product.replicas) if self.frozen_s else None
        thawing = asyncio.create_task(self._freeze(frozen)) if frozen else None
        others = [one for one in self.product.replicas if one is not frozen]
        for _ in range(self.kills):
            victim = chance.choice(others)
            await self._kill(chance, victim)
        if thawing is not None:
            await thawing
        for replica in self.product.replicas:
            if not replica.process.is_running:
                replica.start()
        await self.product.until_ready()

    async def _kill(self, chance: random.Random, victim: Replica) -> None:
        if chance.random() < DIES_WHILE_STARTING:
            await asyncio.sleep(chance.uniform(0, STARTING_S))
        else:
            await victim.until_ready()
            await asyncio.sleep(chance.uniform(0, ALIVE_S))
        victim.kill()
        self.done.append(victim.name)
        victim.start()

    async def _freeze(self, victim: Replica) -> None:
        """Let a process stand still for longer than its leases, then go on as if nothing was."""
        await victim.until_ready()
        victim.process.freeze()
        self.done.append(f"{victim.name} frozen for {self.frozen_s} s")
        await asyncio.sleep(self.frozen_s)
        victim.process.thaw()


@dataclass
class Rollout:
    """Every process is told to end, one after the other, and a new one takes its place."""

    product: Product
    codes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    async def run(self) -> None:
        """Replace them all. A process that does not end in time raises ``TimeoutExpired``."""
        for replica in self.product.replicas:
            await replica.until_ready()
            await asyncio.sleep(ALIVE_S)  # under load for a while
            asked_at = monotonic()
            self.codes.append(await replica.terminate())
            self.seconds.append(round(monotonic() - asked_at, 1))
            replica.start()
        await self.product.until_ready()


@dataclass
class Outage:
    """A server the product stands on goes away for a while, some times."""

    product: Product
    stop: Callable[[], None]
    start: Callable[[], Awaitable[None]]
    times: int
    away_s: float

    async def run(self) -> None:
        """Let it go and come back."""
        for _ in range(self.times):
            await asyncio.sleep(ALIVE_S)
            self.stop()
            await asyncio.sleep(self.away_s)
            await self.start()
            await self.product.until_ready()
