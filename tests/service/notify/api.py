"""The whole of notify: over HTTP, with or without its loops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from services.notify.service import build
from services.notify.settings import NotifySettings
from services.notify.store import tables
from services.notify.store.people import PeopleStore
from shared.access import hash_key, new_key, save_key
from shared.bus import open_bus
from shared.bus.port import Bus
from shared.clock import Clock
from shared.contracts import TOPICS, Envelope
from shared.contracts.directory import KeyChanged
from shared.contracts.handoffs import Person
from shared.ids import new_id
from shared.service import Service
from shared.web import build_app
from tests.builders import publish

ADMIN = new_key()


@dataclass
class Api:
    """A running notify, and a client with the bootstrap admin's key."""

    service: Service
    bus: Bus
    http: httpx.AsyncClient

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(path, params=params)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=headers)

    async def patch(self, path: str, body: Any, match: str | None = "*") -> httpx.Response:
        headers = {} if match is None else {"If-Match": match}
        return await self.http.patch(path, json=body, headers=headers)

    async def subscribe(self, url: str, *event_types: str, **fields: Any) -> dict[str, Any]:
        """Connect a system; the answer holds the secret."""
        body = {"name": "crm", "url": url, "event_types": list(event_types or ["*"])} | fields
        answer = await self.post("/v1/subscriptions", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def publish(self, *envelopes: Envelope) -> None:
        """Put events on the bus."""
        await publish(self.bus, *envelopes)

    async def until_known(self, person: Person) -> None:
        """Wait until a person is copied from the directory."""
        async with asyncio.timeout(10):
            while not await self.service.db.read(
                lambda conn: PeopleStore(conn).find([person.person_id])
            ):
                pass

    async def with_key(self, *scopes: str, person_id: str | None = None) -> "Api":
        """Return a client whose key has these scopes, and acts for somebody perhaps."""
        key = new_key()
        changed = KeyChanged(
            key_id=new_id(),
            revision=1,
            hash=hash_key(key),
            name="a key",
            scopes=list(scopes),
            person_id=person_id,
            revoked_at=None,
        )
        await self.service.db.write(lambda conn: save_key(conn, tables.api_key, changed))
        await self.service.prepare()  # reads the keys anew
        client = httpx.AsyncClient(
            transport=self.http._transport,
            base_url="http://relevo",
            headers={"Authorization": f"Bearer {key}"},
        )
        return Api(self.service, self.bus, client)


@asynccontextmanager
async def open_api(
    database_url: str, bus_url: str, clock: Clock | None = None, **settings: Any
) -> AsyncIterator[Api]:
    """Start notify with all its loops, as a process does."""
    bus = open_bus(bus_url)
    await bus.start()
    await bus.ensure_topics(TOPICS)
    values = {"egress_allow": "127.0.0.0/8", "admin_key": ADMIN} | settings
    service = build(
        NotifySettings(database_url=database_url, bus_url=bus_url, **values), bus, clock
    )
    door = build_app([service], "0.0.0")
    async with (
        door.app.router.lifespan_context(door.app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=door),
            base_url="http://relevo",
            headers={"Authorization": f"Bearer {ADMIN}"},
        ) as http,
    ):
        yield Api(service, bus, http)
    await bus.stop()
