"""The live feed over a real socket: replay from where the client stood, then as it happens."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from services.notify.service import build
from services.notify.settings import NotifySettings
from shared.bus import open_bus
from shared.bus.port import Bus
from shared.contracts import TOPICS
from shared.web import build_app
from tests.builders import Lead, publish
from tests.service.notify.api import ADMIN


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config):
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@dataclass
class Live:
    """A served notify, its bus, and a client."""

    server: uvicorn.Server
    serving: asyncio.Task[None]
    bus: Bus
    http: httpx.AsyncClient

    async def publish(self, *envelopes):
        await publish(self.bus, *envelopes)


@pytest.fixture
async def live(tmp_path) -> AsyncIterator[Live]:
    url = f"sqlite:///{tmp_path}"
    bus = open_bus(url)
    await bus.start()
    await bus.ensure_topics(TOPICS)
    service = build(NotifySettings(database_url=url, bus_url=url, admin_key=SecretStr(ADMIN)), bus)
    app = build_app([service], "0.0.0")
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    server = Server(config)
    async with app.app.router.lifespan_context(app.app):
        serving = asyncio.create_task(server.serve())
        await server.ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        headers = {"Authorization": f"Bearer {ADMIN}"}
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=10
        ) as http:
            yield Live(server, serving, bus, http)
        server.should_exit = True
        await serving
    await bus.stop()


@asynccontextmanager
async def streaming(live, headers=None, **params):
    """Yield a function that waits for the next event of the stream: (id, type, data)."""
    async with live.http.stream(
        "GET", "/v1/feed/stream", params=params, headers=headers or {}
    ) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.aiter_lines()
        assert (await anext(lines)).startswith(":")

        async def event():
            fields: dict[str, str] = {}
            async for line in lines:
                name, _, value = line.partition(": ")
                if not line and "data" in fields:
                    return fields["id"], fields["event"], fields["data"]
                if line and name:
                    fields[name] = value
            raise AssertionError("the stream has ended")

        yield event


async def test_events_come_as_they_happen_with_their_cursor(live):
    async with streaming(live) as event:
        lead = Lead()
        first, second = lead.sales_ready(), lead.assigned()
        await live.publish(first)
        assert await event() == ("1", first.type, first.to_bytes().decode())
        await live.publish(second)
        assert await event() == ("2", second.type, second.to_bytes().decode())


async def test_a_client_that_comes_back_misses_nothing(live):
    lead = Lead()
    async with streaming(live) as event:
        await live.publish(lead.sales_ready())
        cursor, *_ = await event()
    missed = [lead.assigned(), lead.accepted()]
    await live.publish(*missed)

    async with streaming(live, {"Last-Event-ID": cursor}) as event:
        assert [(await event())[2] for _ in missed] == [one.to_bytes().decode() for one in missed]


async def test_several_clients_each_get_everything_they_want(live):
    async with (
        streaming(live) as everything,
        streaming(live, types="handoff.accepted.v1") as accepted,
    ):
        lead = Lead()
        await live.publish(lead.sales_ready(), lead.accepted())

        assert [(await everything())[0], (await everything())[0]] == ["1", "2"]
        assert (await accepted())[:2] == ("2", "handoff.accepted.v1")


async def test_a_stop_ends_the_streams_at_once(live):
    async with streaming(live):
        live.server.should_exit = True
        async with asyncio.timeout(30):
            await live.serving


async def test_a_stream_needs_a_key(live):
    answer = await live.http.get("/v1/feed/stream", headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401
