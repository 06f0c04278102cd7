"""Ingest's doors against a server that does nothing: durable answers per second.

The server runs on core 0, the load on core 1. Each figure is the median of three runs;
before each the bare server is measured, and the ratio is taken pair by pair.
"""

import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.bench.figures import Figure
from tests.bench.load import BATCH
from tests.support.postgres import running_postgres
from tests.support.processes import free_port

ADMIN_KEY = "rlv_admin-key-of-the-benchmark"
CONNECTIONS, SECONDS, PAIRS = 64, 4, 3
BATCH_CONNECTIONS = 4
VENDORS = {"single": "relevo", "batch": "segment"}


@asynccontextmanager
async def server(database: str, bus: str) -> AsyncIterator[int]:
    port = free_port()
    module = ("-m", "tests.bench.ingest_server", database, bus, str(port), ADMIN_KEY)
    process = await asyncio.create_subprocess_exec("taskset", "-c", "0", sys.executable, *module)
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):  # noqa: ASYNC110 - a port has no event to await
                await asyncio.sleep(0.05)
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def new_source(port: int, name: str, vendor: str) -> str:
    headers = {"authorization": f"Bearer {ADMIN_KEY}"}
    async with httpx.AsyncClient(headers=headers, timeout=10) as client:
        url = f"http://127.0.0.1:{port}/v1/sources"
        answer = await client.post(url, json={"name": name, "vendor": vendor})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["credential"]["value"])


async def load(port: int, kind: str, connections: int, token: str) -> dict[str, Any]:
    """Load the server from the other core; return what was measured."""
    process = await asyncio.create_subprocess_exec(
        "taskset", "-c", "1", sys.executable, "-m", "tests.bench.load", str(port), kind,
        str(connections), str(SECONDS), token,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    assert set(found["answers"]) == {"200"}, found["answers"]
    return found


async def pairs(database: str, bus: str, kind: str) -> tuple[list[float], list[dict[str, Any]]]:
    """Measure the bare server and ours in turn; return the ratios and our measurements."""
    ratios, ours = [], []
    connections = CONNECTIONS if kind == "single" else BATCH_CONNECTIONS
    for number in range(PAIRS):
        async with server("bare", "-") as port:
            bare = await load(port, "bare", CONNECTIONS, "-")
        async with server(database, bus) as port:
            token = await new_source(port, f"bench-{kind}-{number}", VENDORS[kind])
            ours.append(await load(port, kind, connections, token))
        ratios.append(ours[-1]["per_s"] / bare["per_s"])
    return ratios, ours


async def world(name: str, database: str, bus: str, aim: float) -> list[Figure]:
    ratios, singles = await pairs(database, bus, "single")
    ratio, p99 = statistics.median(ratios), statistics.median(one["p99_ms"] for one in singles)
    _, batches = await pairs(database, bus, "batch")
    events = statistics.median(one["per_s"] for one in batches) * BATCH
    rate = statistics.median(one["per_s"] for one in singles)
    return [
        Figure(f"single durable events / bare server, {name}", ratio, "×", aim, ratio >= aim),
        Figure(f"single durable events, {name}", rate, "events/s"),
        Figure(f"p99 of the answer at {CONNECTIONS} connections, {name}", p99, "ms", 25, p99 <= 25),
        Figure(f"batches of {BATCH}, {name}", events, "events/s", 30_000, events >= 30_000),
    ]


async def run() -> list[Figure]:
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}"
        figures = await world("SQLite", url, url, 0.5)
    with tempfile.TemporaryDirectory() as directory:
        async with running_postgres() as postgres, postgres.database() as url:
            figures += await world("PostgreSQL", url, f"sqlite:///{directory}", 0.6)
    return figures


if __name__ == "__main__":
    for figure in asyncio.run(run()):
        print(figure)
