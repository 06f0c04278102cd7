"""Handoff's whole API on a real database, spoken to by HTTP; its loops do not run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from sqlalchemy import select

from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.service import build
from services.handoff.settings import HandoffSettings
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.tables import LEASE, OUTBOX, TIMER
from services.handoff.unit_of_work import Parts
from shared.access import new_key
from shared.bus import open_bus
from shared.migrations import migrate
from shared.outbox import Outbox
from shared.service import Service
from shared.timers import Timers
from shared.web import build_app


@dataclass
class Api:
    """A client with the bootstrap admin's key, and a look behind."""

    service: Service
    http: httpx.AsyncClient
    parts: Parts  # for handlers that no route calls

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.http.get(path, **options)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, match: str | None = "*") -> httpx.Response:
        headers = {} if match is None else {"If-Match": match}
        return await self.http.patch(path, json=body, headers=headers)

    async def add_person(self, name: str = "Ana Pérez", **fields: Any) -> dict[str, Any]:
        """Add somebody; the e-mail address is made of the name."""
        email = f"{name.split()[0].lower()}@acme.com"
        body = {"name": name, "email": email, "roles": ["rep"]} | fields
        answer = await self.post("/v1/people", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def add_team(self, name: str, fallback_id: str, **fields: Any) -> dict[str, Any]:
        body = {"name": name, "fallback_id": fallback_id} | fields
        answer = await self.post("/v1/teams", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def with_key(self, **fields: Any) -> "Api":
        """Return a client whose key was made with these fields."""
        answer = await self.post("/v1/keys", {"name": "some key"} | fields)
        assert answer.status_code == 201, answer.text
        return Api(self.service, self._client(answer.json()["key"]), self.parts)

    async def staged(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a type that were staged, oldest first."""
        rows = await self.service.db.read(
            lambda conn: conn.execute(
                select(OUTBOX.c.payload).where(OUTBOX.c.type == kind).order_by(OUTBOX.c.id)
            ).scalars()
        )
        return [orjson.loads(row) for row in rows]

    async def audit(self, what: str) -> list[dict[str, Any]]:
        """Return the audit of one kind of change, newest first."""
        answer = await self.get("/v1/operations/audit", params={"what": what})
        return list(answer.json()["items"])

    def _client(self, key: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self.http._transport,
            base_url="http://relevo",
            headers={"Authorization": f"Bearer {key}"},
        )


@asynccontextmanager
async def open_api(database_url: str, directory: Path, **settings: Any) -> AsyncIterator[Api]:
    """Start handoff as its process does, but for the loops; ``directory`` is for its bus."""
    key = new_key()
    given = {"database_url": database_url, "admin_key": key} | settings
    known, bus = HandoffSettings(**given), open_bus(f"sqlite:///{directory}")
    service = build(known, bus)
    outbox, timers = Outbox(service.db, bus, OUTBOX, LEASE), Timers(service.db, TIMER)
    parts = Parts(service.db, known, outbox, timers, PolicyShelf(compile_for_shelf))
    await service.db.start()
    try:
        await migrate(service.db)
        await service.prepare()
        door = httpx.ASGITransport(app=build_app([service], "test"))
        async with httpx.AsyncClient(
            transport=door, base_url="http://relevo", headers={"Authorization": f"Bearer {key}"}
        ) as http:
            yield Api(service, http, parts)
    finally:
        if service.close is not None:
            await service.close()
        await service.db.stop()
