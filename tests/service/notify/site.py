"""Notify's pages at a real address, beside handoff, which serves what all pages look like."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.service import build as build_handoff
from services.handoff.settings import HandoffSettings
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.tables import LEASE, OUTBOX, TIMER
from services.handoff.unit_of_work import Parts
from services.notify.service import build
from services.notify.settings import NotifySettings
from services.notify.store.tables import console_session
from shared.bus import open_bus
from shared.console.session_copies import find_in
from shared.contracts import TOPICS
from shared.outbox import Outbox
from shared.server import bind, url_of
from shared.timers import Timers
from shared.web import build_app
from tests.service.notify.api import ADMIN, Api
from tests.support.visiting import session_of


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signals to the tests."""


@dataclass(frozen=True)
class Site:
    """Notify's API and the address where it answers by real HTTP."""

    api: Api
    url: str
    parts: Parts  # handoff's, where people sign in

    async def sign_in(self, email: str, **fields: Any) -> dict[str, Any]:
        """Let somebody be signed in, here as there; ``session`` is what their browser shows."""
        body = {"name": "Lucía Gómez", "email": email, "roles": ["admin"], "zone": "Europe/Madrid"}
        answer = await self.api.post("/v1/people", body | fields)
        assert answer.status_code == 201, answer.text
        person = dict(answer.json())
        session = await session_of(self.parts, person["person_id"])
        db, find = self.api.service.db, find_in(console_session)
        async with asyncio.timeout(10):
            while not await db.read(lambda conn: find(conn, session, db.now(conn))):
                pass
        return person | {"session": session}


@asynccontextmanager
async def open_site(directory: Path, **settings: Any) -> AsyncIterator[Site]:
    """Serve both services with all their loops."""
    url = f"sqlite:///{directory}"
    bus = open_bus(url)
    await bus.start()
    await bus.ensure_topics(TOPICS)
    common: dict[str, Any] = {"database_url": url, "bus_url": url, "admin_key": ADMIN}
    given: dict[str, Any] = {"egress_allow": "127.0.0.0/8"} | common | settings
    notify = build(NotifySettings(**given), bus)
    known = HandoffSettings(**common)
    handoff = build_handoff(known, bus)
    outbox, timers = Outbox(handoff.db, bus, OUTBOX, LEASE), Timers(handoff.db, TIMER)
    parts = Parts(handoff.db, known, outbox, timers, PolicyShelf(compile_for_shelf))
    door = build_app([handoff, notify], "test")
    listener = bind("127.0.0.1", 0)
    config = uvicorn.Config(door, lifespan="off", log_config=None, access_log=False)
    server = _Server(config)
    try:
        async with (
            door.app.router.lifespan_context(door.app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=door),
                base_url="http://relevo",
                headers={"Authorization": f"Bearer {ADMIN}"},
            ) as http,
        ):
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            yield Site(Api(notify, bus, http), url_of(listener), parts)
            server.should_exit = True
            await serving
    finally:
        await bus.stop()
