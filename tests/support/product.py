"""The real product as real processes, in both its worlds.

``embedded`` is one ``relevo serve all`` on an empty data directory; ``production`` is
``relevo migrate``, then replicas of each service on PostgreSQL and Kafka. Settings go by
environment only, as operators give them. A process can be killed, frozen, terminated and
started again at its old port, any number of times.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from shared.access import new_key
from tests.support.api import Api
from tests.support.processes import Child, free_port

SERVICES = ("ingest", "handoff", "notify")
READY_WITHIN_S = 60.0
STOP_WITHIN_S = 30.0
LOOK_AGAIN_S = 0.05
RELEVO = (sys.executable, "-m", "services")


@dataclass(frozen=True)
class World:
    """Where a product keeps its data, and how many processes it has.

    ``replicas`` is how many processes each service has; 0 means one process for all three.
    """

    name: str
    database_url: str
    bus_url: str
    folder: Path
    replicas: int = 0

    @property
    def is_embedded(self) -> bool:
        return self.replicas == 0


class Replica:
    """One process of the product, over all its lives. Its port stays the same."""

    def __init__(self, service: str, number: int, world: World, environment: Mapping[str, str]):
        self.service = service
        self.name = f"{service}-{number}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.lives = 0
        self._environment = environment
        self._log = world.folder / f"{self.name}.log"
        self._child: Child | None = None

    @property
    def process(self) -> Child:
        """The process of the latest ``start``."""
        assert self._child is not None, f"{self.name} has not been started"
        return self._child

    def start(self) -> None:
        """Start the process, the first time or again."""
        self.lives += 1
        command = [*RELEVO, "serve", self.service, "--port", str(self.port)]
        self._child = Child(command, self._log, environment=self._environment)

    def kill(self) -> None:
        """End the process at once, frozen or not."""
        if self._child is not None:
            self._child.kill()

    async def terminate(self) -> int:
        """Ask the process to end; return its exit code."""
        return await asyncio.to_thread(self.process.terminate, timeout_s=STOP_WITHIN_S)

    async def until_ready(self, within_s: float = READY_WITHIN_S) -> None:
        """Return once ``/readyz`` says so. Raises ``ChildEnded`` or ``TimeoutError``."""
        async with asyncio.timeout(within_s), httpx.AsyncClient(trust_env=False) as http:
            while True:
                self.process.check()
                try:
                    answer = await http.get(f"{self.url}/readyz", timeout=5)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    return
                await asyncio.sleep(LOOK_AGAIN_S)

    def log(self) -> str:
        """Return all the process wrote, over all its lives."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""


@dataclass
class Product:
    """A product under test. ``api`` calls it with the admin's key."""

    world: World
    admin_key: str
    environment: Mapping[str, str]
    replicas: list[Replica]
    api: Api = field(init=False)

    def __post_init__(self) -> None:
        self.api = self.api_with(self.admin_key)

    def of(self, service: str) -> list[Replica]:
        """Return the replicas that answer for ``service``."""
        return [one for one in self.replicas if one.service in (service, "all")]

    def api_with(self, key: str, keep_alive: bool = True) -> Api:
        """Return a client that shows ``key``; close it in the end."""
        urls = {name: [one.url for one in self.of(name)] for name in SERVICES}
        return Api(urls, key, keep_alive)

    async def start(self) -> None:
        """Start every process and return once all are ready."""
        for replica in self.replicas:
            replica.start()
        await self.until_ready()

    async def until_ready(self) -> None:
        """Return once every process is ready."""
        await asyncio.gather(*(replica.until_ready() for replica in self.replicas))

    async def stop(self) -> list[int]:
        """Ask every process to end; return their exit codes."""
        return list(await asyncio.gather(*(one.terminate() for one in self.replicas)))

    def kill(self) -> None:
        """End every process at once."""
        for replica in self.replicas:
            replica.kill()

    def tell_logs(self) -> str:
        """Return the end of every process's log, for the report of a failure."""
        return "\n".join(
            f"--- {one.name}, {one.lives} lives ---\n{one.log()[-3000:]}" for one in self.replicas
        )


@asynccontextmanager
async def running_product(
    world: World, policy: str | None = None, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Product]:
    """Yield the product of ``world``, ready, with nothing in it; it ends with the block.

    ``policy`` is the text it begins with, the starter policy when None; ``settings`` are
    more of its variables. When the block fails, the logs are printed.
    """
    given = dict(settings or {})
    if policy is not None:
        file = world.folder / "policy.yaml"
        file.write_text(policy)
        given["RELEVO_POLICY_FILE"] = str(file)
    product = new_product(world, given)
    if not world.is_embedded:
        await asyncio.to_thread(migrate, product.environment)
    try:
        await product.start()
        yield product
    except BaseException:
        print(product.tell_logs())
        raise
    finally:
        product.kill()
        await product.api.close()


def new_product(world: World, settings: Mapping[str, str]) -> Product:
    """Return the product of ``world``, not started."""
    admin_key = new_key()
    environment = {
        "RELEVO_DATABASE_URL": world.database_url,
        "RELEVO_BUS_URL": world.bus_url,
        "RELEVO_ADMIN_KEY": admin_key,
        "RELEVO_EGRESS_ALLOW": "127.0.0.0/8",
        "RELEVO_LOG_LEVEL": "info",
        "RELEVO_LANGUAGE": "en",
        **settings,
    }
    if world.is_embedded:
        return Product(world, admin_key, environment, [Replica("all", 1, world, environment)])
    environment["RELEVO_MIGRATE_ON_START"] = "false"
    replicas = [
        Replica(service, number, world, environment)
        for service in SERVICES
        for number in range(1, world.replicas + 1)
    ]
    return Product(world, admin_key, environment, replicas)


def migrate(environment: Mapping[str, str]) -> str:
    """Run ``relevo migrate`` to its end; return what it printed."""
    done = subprocess.run(
        [*RELEVO, "migrate"],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=READY_WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"relevo migrate: {done.returncode}\n{done.stderr}"
    return done.stdout
