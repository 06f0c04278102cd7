"""Ingest as a process runs it, on a real database and a real bus; the test turns the reader.

Only the loop that commits runs by itself. ``read`` reads what waits, at the moment the test
chooses, so nothing has to be waited for.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import orjson
from pydantic import SecretStr
from sqlalchemy import Connection, delete

from services.ingest.http.ring import SourceRing
from services.ingest.service import build
from services.ingest.settings import IngestSettings
from services.ingest.store.sources import Credential, add_credential, find_source
from services.ingest.store.tables import CREDENTIAL
from services.ingest.vendors.tokens import hash_token
from services.ingest.workers.reader import Reader
from services.ingest.workers.upkeep import Upkeep
from shared.bus import open_bus
from shared.bus.port import Bus
from shared.contracts import EVENTS, TOPICS, Catalogue, Envelope
from shared.contracts.touches import LeadIdentified, TouchRecorded
from shared.ids import new_id
from shared.service import Service
from shared.web import build_app
from tests.builders import SetClock

ADMIN_KEY = "rlv_admin-key-of-the-tests"
TOUCHES = "relevo.touches.v1"
T = TypeVar("T")
CATALOGUE = Catalogue.of(*EVENTS)


@dataclass
class World:
    """Ingest, and those who call it."""

    service: Service
    bus: Bus
    http: httpx.AsyncClient
    clock: SetClock

    @property
    def reader(self) -> Reader:
        return _owner(self.service.loops["reader"], Reader)

    @property
    def upkeep(self) -> Upkeep:
        return _owner(self.service.loops["upkeep"], Upkeep)

    async def api(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call the API as the administrator."""
        headers = {"authorization": f"Bearer {ADMIN_KEY}", **_dashed(headers)}
        return await self.http.request(method, path, json=body, headers=headers)

    async def source(
        self,
        name: str = "web",
        vendor: str = "generic",
        *,
        options: Mapping[str, Any] | None = None,
        touch_kinds: Mapping[str, str] | None = None,
        secret: str | None = None,
    ) -> str:
        """Make a source and return its credential."""
        new: dict[str, Any] = {
            "name": name,
            "vendor": vendor,
            "settings": {"options": options or {}, "touch_kinds": touch_kinds or {}},
        }
        made = await self.api("POST", "/v1/sources", new | ({"secret": secret} if secret else {}))
        assert made.status_code == 201, made.text
        value: str = made.json()["credential"]["value"]
        return value

    async def accept_token(self, name: str, token: str) -> None:
        """Let ``token`` open this source's door and no other, as if it were one of ours."""

        def write(conn: Connection) -> None:
            source = find_source(conn, name)
            assert source is not None
            digest = hash_token(token)
            conn.execute(delete(CREDENTIAL).where(CREDENTIAL.c.hash == digest))
            now = self.clock.now()
            add_credential(
                conn,
                Credential(new_id(), source.id, "token", digest, None, token[-4:], now, None),
            )

        await self.service.db.write(write)
        await _owner(self.service.loops["sources"], SourceRing).refresh()

    async def change(self, name: str, **change: Any) -> httpx.Response:
        """Change a source, whatever its revision."""
        return await self.api("PATCH", f"/v1/sources/{name}", change, if_match="*")

    async def send(
        self, path: str, body: Any, token: str | None = None, **headers: str
    ) -> httpx.Response:
        """Post ``body`` (bytes as they are, else as JSON) to a door."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {"content-type": "application/json"} | _dashed(headers)
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        return await self.http.post(path, content=content, headers=sent)

    async def read(self) -> None:
        """Let the reading loop read everything that waits."""
        assert await self.reader.catch_up()

    async def published(self) -> list[Envelope]:
        """Return every event on the bus, repeats too, the oldest first in each partition."""
        ends = await self.bus.ends(TOUCHES)
        left = sum(ends.values())
        member = self.bus.member(f"look-{id(ends)}", [TOUCHES])
        await member.start()
        found: list[Envelope] = []
        while len(found) < left:
            polled = await member.poll(1000, 5)
            for partition in polled.assigned:
                await member.seek(partition, 0)
            for records in polled.records.values():
                for record in records:
                    envelope = CATALOGUE.read(record.value)
                    assert envelope is not None
                    found.append(envelope)
        await member.stop()
        return found

    async def touches(self) -> list[TouchRecorded]:
        """Return the touches on the bus."""
        data = [envelope.data for envelope in await self.published()]
        return [one for one in data if isinstance(one, TouchRecorded)]

    async def identities(self) -> list[LeadIdentified]:
        """Return who leads were said to be."""
        data = [envelope.data for envelope in await self.published()]
        return [one for one in data if isinstance(one, LeadIdentified)]

    async def ledger(self, source: str = "web") -> dict[str, Any]:
        """Return a source's line of the ledger."""
        lines = (await self.api("GET", "/v1/ledger")).json()["sources"]
        line: dict[str, Any] = next(one for one in lines if one["source"] == source)
        return line

    async def receipts(self, **query: str) -> list[dict[str, Any]]:
        """Return receipts, the newest first, each with everything that is known of it."""
        listed = await self.http.get(
            "/v1/receipts", params=query, headers={"authorization": f"Bearer {ADMIN_KEY}"}
        )
        return [
            (await self.api("GET", f"/v1/receipts/{one['id']}")).json()
            for one in listed.json()["items"]
        ]


@asynccontextmanager
async def open_world(
    database_url: str,
    bus_url: str,
    clock: SetClock | None = None,
    loops: tuple[str, ...] = ("intake",),
    **settings: Any,
) -> AsyncIterator[World]:
    """Start ingest with these of its loops; opened again on the same URLs it is a restart."""
    clock = clock or SetClock()
    bus = open_bus(bus_url)
    service = build(
        IngestSettings(
            database_url=database_url, bus_url=bus_url, admin_key=SecretStr(ADMIN_KEY), **settings
        ),
        bus,
        clock,
    )
    every = service.loops
    service.loops = {name: every[name] for name in loops}
    door = build_app([service], "test")
    await bus.start()
    await bus.ensure_topics(TOPICS)
    await service.start()
    service.loops = every
    transport = httpx.ASGITransport(app=door, raise_app_exceptions=False)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as http:
            yield World(service, bus, http, clock)
    finally:
        await service.stop()
        await bus.stop()


def _owner(loop: Any, kind: type[T]) -> T:
    """Return the worker whose loop this is."""
    assert isinstance(loop.__self__, kind)
    return loop.__self__


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
