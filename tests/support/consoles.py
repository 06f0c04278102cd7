"""The pages of all services behind one address, as people meet them.

``loops`` says what runs beside the pages: everything, as in a process, or nothing, so that what
a test put there stays as it is.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Connection, insert, select

from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.settings import HandoffSettings
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.tables import LEASE, OUTBOX, TIMER
from services.handoff.unit_of_work import Parts
from services.parts import NAMES, build, settings_class
from shared.access import new_key
from shared.audit import Entry, write_down
from shared.bus import open_bus
from shared.contracts import TOPICS
from shared.ids import new_id
from shared.migrations import migrate
from shared.outbox import Outbox
from shared.server import bind, url_of
from shared.service import Service
from shared.timers import Timers
from shared.web import Door, build_app
from tests.support.visiting import Visit, copied_session, session_of, visitor

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signals to the tests."""


@dataclass(frozen=True)
class Consoles:
    """All services in one process; ``url`` is empty where they only speak to ``http``."""

    services: dict[str, Service]
    parts: Parts
    http: httpx.AsyncClient
    url: str = ""

    async def add_person(self, name: str, **fields: Any) -> dict[str, Any]:
        """Add somebody; their address is nobody else's."""
        body = {"name": name, "email": f"{new_id()}@acme.com", "roles": ["admin"]} | fields
        answer = await self.http.post("/v1/people", json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def enter(self, name: str = "Ana Pérez", **fields: Any) -> Visit:
        """Let somebody new in, at handoff alone: the others hear of it by the bus."""
        given = {"language": "es", "zone": "Europe/Madrid"} | fields
        person = await self.add_person(name, **given)
        return visitor(self.http, await session_of(self.parts, person["person_id"]))

    async def copied(self, service: str, **fields: Any) -> Visit:
        """Let somebody new in, at one service that copies sessions."""
        db = self.services[service].db
        table = db.tables.tables["console_session"]
        return visitor(self.http, await copied_session(db, table, **fields))

    async def visit(self, service: str, **fields: Any) -> Visit:
        """Let somebody new in where this service looks."""
        return await (
            self.enter(**fields) if service == "handoff" else self.copied(service, **fields)
        )

    async def park(self, service: str, *keys: str, reason: str = "unknown") -> list[int]:
        """Park an event of each key; return their ids. Later ones of a key wait behind it."""
        rows = [
            {
                "consumer": f"{service}.touches",
                "topic": "relevo.touches.v1",
                "partition": 3,
                "offset": place,
                "key": key,
                "event_id": new_id(),
                "type": "touch.recorded.v1",
                "payload": b"{}",
                "reason": reason,
                "failures": 0 if key in keys[:place] else 6,
                "parked_at": NOON + timedelta(minutes=place),
                "retry_at": None,
            }
            for place, key in enumerate(keys)
        ]
        db = self.services[service].db
        parked = db.tables.tables["parked_event"]

        def work(conn: Connection) -> list[int]:
            conn.execute(insert(parked), rows)
            wanted = parked.c.key.in_(keys)
            return list(
                conn.execute(select(parked.c.id).where(wanted).order_by(parked.c.id)).scalars()
            )

        return await db.write(work)

    async def note(self, service: str, at: datetime, *entries: Entry) -> None:
        """Write changes into a service's audit as of ``at``."""
        db = self.services[service].db
        audit = db.tables.tables["audit"]
        await db.write(lambda conn: write_down(conn, audit, at, *entries))


@asynccontextmanager
async def open_consoles(
    database_url: str, directory: Path, *, loops: bool = False, serve: bool = False
) -> AsyncIterator[Consoles]:
    """Yield the consoles of all services; ``directory`` is for their bus."""
    key, bus = new_key(), open_bus(f"sqlite:///{directory}")
    services = {
        name: build(
            name, settings_class(name)(database_url=database_url, admin_key=SecretStr(key)), bus
        )
        for name in NAMES
    }
    door = build_app(list(services.values()), "test")
    async with AsyncExitStack() as stack:
        await bus.start()
        stack.push_async_callback(bus.stop)
        await bus.ensure_topics(TOPICS)
        if loops:
            await stack.enter_async_context(door.app.router.lifespan_context(door.app))
        else:
            for service in services.values():
                await service.db.start()
                stack.push_async_callback(service.db.stop)
                await migrate(service.db)
                await service.prepare()
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=door),
            base_url="http://relevo",
            headers={"Authorization": f"Bearer {key}"},
        )
        await stack.enter_async_context(http)
        url = await stack.enter_async_context(_served(door)) if serve else ""
        yield Consoles(services, _parts(services["handoff"], database_url), http, url)


def _parts(handoff: Service, database_url: str) -> Parts:
    """Return what handlers of handoff need that no route calls."""
    known = HandoffSettings(database_url=database_url)
    outbox, timers = Outbox(handoff.db, handoff.bus, OUTBOX, LEASE), Timers(handoff.db, TIMER)
    return Parts(handoff.db, known, outbox, timers, PolicyShelf(compile_for_shelf))


@asynccontextmanager
async def _served(door: Door) -> AsyncIterator[str]:
    listener = bind("127.0.0.1", 0)
    server = _Server(uvicorn.Config(door, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield url_of(listener)
    finally:
        server.should_exit = True
        await serving
