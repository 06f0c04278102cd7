"""Event in → webhook out, over the real product: latency at a steady rate, and saturation.

The product runs as its own processes, the embedded one bound to one core. The load and
the receiver live here. Every event is a demo request of a new lead, so every one becomes
a hand-off with its frozen context; what is timed is from the first byte of the request to
the arrival of the signed ``handoff.sales_ready.v1``.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.bench.figures import Figure
from tests.support.kafka import running_kafka
from tests.support.postgres import running_postgres
from tests.support.processes import free_port

RELEVO = Path(".venv/bin/relevo").absolute()
ADMIN_KEY = "rlv_admin-key-of-the-benchmark"
RATE, STEADY_S, SATURATED = 50, 15, 6_000
READY_WITHIN_S = 30.0


@dataclass
class Receiver:
    """A local HTTP server that answers 200 and notes when a lead's hand-off arrived."""

    arrived: dict[str, float] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(length)
                self.note(body)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def note(self, body: bytes) -> None:
        now = time.perf_counter()
        start = body.index(b'"email":"', body.index(b'"lead":')) + 9
        self.arrived.setdefault(body[start : body.index(b'"', start)].decode(), now)
        self.changed.set()

    async def until(self, emails: set[str], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            while not emails <= self.arrived.keys():
                self.changed.clear()
                await self.changed.wait()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    async with server:
        yield receiver


class Connection:
    """One keep-alive connection to ingest, for whole requests over a raw socket."""

    def __init__(self, port: int, token: str):
        self._port, self._token = port, token
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, email: str) -> None:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        body = json.dumps({"id": email, "event": "demo.requested", "email": email}).encode()
        self._writer.write(
            b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            + f"authorization: Bearer {self._token}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        answer = await self._reader.readexactly(length)
        assert head.startswith(b"HTTP/1.1 2"), (head, answer)


@asynccontextmanager
async def product(
    services: tuple[str, ...], environment: dict[str, str], core: int | None
) -> AsyncIterator[dict[str, int]]:
    """Start a process for each service; yield their ports; end them."""
    ports = {name: free_port() for name in services}
    pin = ["taskset", "-c", str(core)] if core is not None else []
    started = [
        await asyncio.create_subprocess_exec(
            *pin,
            str(RELEVO),
            "serve",
            name,
            "--port",
            str(port),
            env=os.environ | environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        for name, port in ports.items()
    ]
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            for port in ports.values():
                await ready(client, port)
        yield ports | {"pid": started[0].pid}
    finally:
        for process in started:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in started))


async def ready(client: httpx.AsyncClient, port: int) -> None:
    async with asyncio.timeout(READY_WITHIN_S):
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.01)


async def set_up(ports: dict[str, int], receiver: Receiver) -> str:
    """Make a team, a source and a subscription; return the source's token."""

    def url(service: str, path: str) -> str:
        return f"http://127.0.0.1:{ports.get(service, ports.get('all'))}{path}"

    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    async with httpx.AsyncClient(headers=headers, timeout=10) as client:

        async def create(where: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await client.post(where, json=body)
            assert answer.status_code == 201, answer.text
            made: dict[str, Any] = answer.json()
            return made

        await create(
            url("notify", "/v1/subscriptions"),
            {
                "name": "bench",
                "url": f"http://127.0.0.1:{receiver.port}/",
                "event_types": ["handoff.sales_ready.v1"],
            },
        )
        source = await create(url("ingest", "/v1/sources"), {"name": "bench", "vendor": "relevo"})
    return str(source["credential"]["value"])


async def steady(connections: list[Connection], receiver: Receiver, run: str) -> list[float]:
    """Send at a steady rate; return the latencies in ms."""
    sent: dict[str, float] = {}
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for number in range(RATE * STEADY_S):
        await asyncio.sleep(max(0, begin + number / RATE - loop.time()))
        email = f"{run}{number}@company{number}.com"
        sent[email] = time.perf_counter()
        await connections[number % len(connections)].post(email)
    await receiver.until(set(sent), 60)
    warm = list(sent)[RATE:]
    return sorted((receiver.arrived[email] - sent[email]) * 1000 for email in warm)


async def saturated(connections: list[Connection], receiver: Receiver) -> float:
    """Send as fast as it is taken; return events accepted and notified per second."""
    emails = [f"full{number}@company{number}.com" for number in range(SATURATED)]
    queue = iter(emails)
    started = time.perf_counter()

    async def send(connection: Connection) -> None:
        for email in queue:
            await connection.post(email)

    await asyncio.gather(*(send(connection) for connection in connections))
    await receiver.until(set(emails), 300)
    return SATURATED / (time.perf_counter() - started)


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, round(share * (len(values) - 1)))]


def latency(world: str, values: list[float], p50: float, p99: float) -> list[Figure]:
    middle, late = statistics.median(values), percentile(values, 0.99)
    return [
        Figure(f"event → webhook at {RATE}/s, {world}, p50", middle, "ms", p50, middle <= p50),
        Figure(f"event → webhook at {RATE}/s, {world}, p99", late, "ms", p99, late <= p99),
    ]


def resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def environment(database: str, bus: str) -> dict[str, str]:
    return {
        "RELEVO_DATABASE_URL": database,
        "RELEVO_BUS_URL": bus,
        "RELEVO_ADMIN_KEY": ADMIN_KEY,
        "RELEVO_EGRESS_ALLOW": "127.0.0.0/8",
        "RELEVO_LOG_LEVEL": "warning",
    }


async def embedded() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}"
        started = time.perf_counter()
        async with receiving() as receiver, product(("all",), environment(url, url), 0) as ports:
            ready_s = time.perf_counter() - started
            await asyncio.sleep(2)
            idle_mb = resident_mb(ports.pop("pid"))
            token = await set_up(ports, receiver)
            some = [Connection(ports["all"], token) for _ in range(8)]
            values = await steady(some, receiver, "steady")
            many = [Connection(ports["all"], token) for _ in range(64)]
            rate = await saturated(many, receiver)
    return [
        Figure("standalone ready after start, empty data", ready_s, "s", 3, ready_s <= 3),
        Figure("standalone resident when idle", idle_mb, "MB", 180, idle_mb <= 180),
        *latency("embedded", values, 12, 40),
        Figure("accepted and notified, one core", rate, "events/s", 2_000, rate >= 2_000),
    ]


async def production() -> list[Figure]:
    services = ("ingest", "handoff", "notify")
    async with (
        running_postgres() as server,
        server.database() as database,
        running_kafka(brokers=1) as kafka,
        receiving() as receiver,
        product(services, environment(database, kafka.url), None) as ports,
    ):
        ports.pop("pid")
        token = await set_up(ports, receiver)
        some = [Connection(ports["ingest"], token) for _ in range(8)]
        values = await steady(some, receiver, "steady")
    return latency("production world", values, 60, 250)


async def run() -> list[Figure]:
    return [*await embedded(), *await production()]


if __name__ == "__main__":
    for figure in asyncio.run(run()):
        print(figure)
