"""A service: routes, hot routes, background loops and checks, in one process or several.

Recovery is the only start path: nothing depends on a clean stop. A loop that fails is
started again with a growing pause; one that cannot work any more (``Unrecoverable``) ends
the process, and the supervisor starts a new one.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from starlette.types import ASGIApp

from shared.bus.port import Bus, BusStuck
from shared.db import Database
from shared.metrics import LOOP_FAILURES
from shared.migrations import is_current, migrate
from shared.problem import Problem

log = structlog.get_logger(__name__)

RESTART_WAITS_S = (0.1, 0.5, 2.0, 5.0)
HEALTHY_S = 60.0

Loop = Callable[[], Awaitable[None]]


class Unrecoverable(Exception):
    """The process must end so that its supervisor starts a fresh one."""


@dataclass
class Service:
    """One of the three services, wired and ready to start.

    ``hot`` maps (method, path) to plain ASGI endpoints dispatched before the router; a path
    that ends in ``/`` stands for everything below it. ``prepare`` runs after the tables are
    up to date and before the loops. ``measure`` sets the gauges of ``/metrics``. ``refusal``
    says a problem to a person at a browser; it returns None where a program asked. ``largest``
    are paths that take larger bodies than usual, in bytes.
    """

    name: str
    db: Database
    bus: Bus
    router: APIRouter
    loops: Mapping[str, Loop]
    prepare: Callable[[], Awaitable[None]]
    measure: Callable[[], Awaitable[None]]
    hot: Mapping[tuple[str, str], ASGIApp] = field(default_factory=dict)
    close: Callable[[], Awaitable[None]] | None = None
    migrate_on_start: bool = True
    refusal: Callable[[Request, Problem], Response | None] | None = None
    largest: Mapping[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    """What whoever started the process should read; ``prepare`` writes it."""
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        """Connect, bring the tables up to date, prepare, and start the loops."""
        await self.db.start()
        if self.migrate_on_start:
            await migrate(self.db)
        await self.prepare()
        self._tasks = [
            asyncio.create_task(self._keep_running(name, loop), name=f"{self.name}.{name}")
            for name, loop in {**self.loops, "disk": self._watch_disk}.items()
        ]

    async def stop(self) -> None:
        """End the loops and close the database. The bus belongs to whoever started it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.close is not None:
            await self.close()
        await self.db.stop()

    async def check(self) -> dict[str, str]:
        """Return what readiness depends on, each ``ok`` or what is wrong."""

        def tables(conn: Connection) -> str:
            return "ok" if is_current(conn, self.name) else "tables are not up to date"

        checks: dict[str, str] = {}
        try:
            async with asyncio.timeout(2):
                checks[f"{self.name}.database"] = await self.db.read(tables)
        except Exception as error:
            checks[f"{self.name}.database"] = f"not reachable: {type(error).__name__}"
        ended = [task.get_name() for task in self._tasks if task.done()]
        checks[f"{self.name}.loops"] = f"ended: {', '.join(ended)}" if ended else "ok"
        return checks

    async def _watch_disk(self) -> None:
        await self.db.until_failed()
        raise Unrecoverable("the disk refused a write")

    async def _keep_running(self, name: str, loop: Loop) -> None:
        clock, failures = asyncio.get_running_loop(), 0
        while True:
            started = clock.time()
            try:
                await loop()
            except (Unrecoverable, BusStuck):
                log.critical("process_ends", service=self.name, loop=name, exc_info=True)
                os.kill(os.getpid(), signal.SIGTERM)
                return
            except Exception:
                LOOP_FAILURES.labels(self.name, name).inc()
                log.exception("loop_failed", service=self.name, loop=name)
                if _is_being_cancelled():
                    return  # it failed while it cleaned up; the service is stopping
            failures = 1 if clock.time() - started > HEALTHY_S else failures + 1
            await asyncio.sleep(RESTART_WAITS_S[min(failures, len(RESTART_WAITS_S)) - 1])


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
