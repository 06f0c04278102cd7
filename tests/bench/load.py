"""A load generator in a process of its own: keep-alive connections over raw sockets.

Each connection sends a request, waits for the answer, and sends the next. Every event has
an id of its own. Prints one line of JSON: requests, seconds, latencies, other answers.

    python -m tests.bench.load PORT KIND CONNECTIONS SECONDS TOKEN
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import cast
from uuid import uuid4

import uvloop

EVENT_BYTES = 600
BATCH = 500
WARM_UP_SHARE = 0.2


def event(number: str) -> dict[str, object]:
    """One event of Relevo's own JSON; ``number`` makes it unlike any other."""
    return {
        "id": number,
        "event": "Guide Downloaded",
        "email": f"lead{number[-4:]}@company{number[-2:]}.com",
        "occurred_at": "2026-03-02T10:15:00Z",
        "properties": {
            "content_id": "pricing-guide",
            "title": "Pricing guide",
            "topic": "pricing",
            "url": "https://www.example.com/guides/pricing.pdf?utm_source=newsletter&utm_medium=email",
        },
        "lead": {"title": "Head of operations", "country": "ES"},
        "account": {"name": "Company", "domain": "company.com", "employees": 120},
    }


def segment_event(number: str) -> dict[str, object]:
    return {
        "type": "track",
        "messageId": number,
        "event": "Guide Downloaded",
        "userId": f"user-{number[-4:]}",
        "timestamp": "2026-03-02T10:15:00Z",
        "properties": {
            "content_id": "pricing-guide",
            "title": "Pricing guide",
            "topic": "pricing",
            "url": "https://www.example.com/guides/pricing.pdf?utm_source=newsletter&utm_medium=email",
        },
        "context": {
            "traits": {"email": f"lead{number[-4:]}@company{number[-2:]}.com", "title": "CTO"},
            "campaign": {"name": "spring", "source": "newsletter"},
            "library": {"name": "analytics-python", "version": "2.4.0"},
        },
    }


def padded(content: dict[str, object], size: int) -> dict[str, object]:
    """Fill ``content`` up to ``size`` bytes of JSON."""
    properties = content["properties"]
    assert isinstance(properties, dict)
    properties["note"] = ""
    properties["note"] = "x" * max(0, size - len(json.dumps(content)))
    return content


def templates(kind: str) -> tuple[str, Callable[[str], bytes]]:
    """Return the path and what makes the body of the request with a number."""
    mark = "0" * 32
    if kind in ("single", "bare"):
        body = json.dumps(padded(event(mark), EVENT_BYTES)).encode()
        path = "/v1/events"
    elif kind == "hook":
        body = json.dumps(padded(event(mark), EVENT_BYTES)).encode()
        path = "/hooks/bench"
    elif kind == "track":
        body = json.dumps(padded(segment_event(mark), EVENT_BYTES)).encode()
        path = "/v1/track"
    else:
        one = padded(segment_event(mark), EVENT_BYTES)
        items = [{**one, "messageId": f"{mark}-{index}"} for index in range(BATCH)]
        body = json.dumps({"batch": items, "sentAt": "2026-03-02T10:15:00Z"}).encode()
        path = "/v1/batch"
    before = mark.encode()
    return path, lambda number: body.replace(before, number.encode())


class Connection(asyncio.Protocol):
    """One connection that always has one request under way."""

    def __init__(self, load: "Load"):
        self._load = load
        self._waiting_for = 0
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._load.next_request())

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        lower = head.lower()
        start = lower.index(b"content-length:") + 15
        length = int(lower[start:].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        self._received = b""
        self._load.answered(head[9:12].decode(), self._sent_at)
        if self._load.running:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._load.closed()


class Load:
    """The load and what it measured."""

    def __init__(self, port: int, kind: str, connections: int, token: str):
        path, self._body = templates(kind)
        size = len(self._body("0" * 32))
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nUser-Agent: bench\r\nContent-Length: {size}\r\n\r\n"
        ).encode()
        self._run = uuid4().hex[:16]
        self._port = port
        self._connections = connections
        self._open = connections
        self._count = 0
        self._done = asyncio.Event()
        self.running = True
        self.measuring = False
        self.latencies: list[float] = []
        self.answers: Counter[str] = Counter()

    def next_request(self) -> bytes:
        self._count += 1
        return self._head + self._body(f"{self._run}{self._count:016d}")

    def answered(self, status: str, sent_at: float) -> None:
        if self.measuring:
            self.answers[status] += 1
            self.latencies.append(time.perf_counter() - sent_at)

    def closed(self) -> None:
        self._open -= 1
        if self._open == 0:
            self._done.set()

    async def run(self, seconds: float) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        for _ in range(self._connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", self._port)
        await asyncio.sleep(seconds * WARM_UP_SHARE)
        self.measuring = True
        started = time.perf_counter()
        await asyncio.sleep(seconds)
        self.measuring = False
        took = time.perf_counter() - started
        self.running = False
        await asyncio.wait_for(self._done.wait(), 30)
        ordered = sorted(self.latencies)
        return {
            "sent": self._count,
            "requests": len(ordered),
            "seconds": took,
            "per_s": len(ordered) / took,
            "p50_ms": ordered[len(ordered) // 2] * 1000,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1000,
            "max_ms": ordered[-1] * 1000,
            "answers": dict(self.answers),
        }


def main() -> None:
    port, kind, connections, seconds, token = sys.argv[1:6]
    uvloop.install()
    load_of = lambda: Load(int(port), kind, int(connections), token)  # noqa: E731

    async def run() -> None:
        print(json.dumps(await load_of().run(float(seconds))))

    asyncio.run(run())


if __name__ == "__main__":
    main()
