"""HTTP receivers: the CRM, Slack or Teams at the other end of a delivery.

One server (pytest-httpserver, in threads of its own) serves all receivers of a run; each
has its own address. A receiver answers 200 unless told otherwise and keeps each request.
"""

import asyncio
import itertools
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

HELD_AT_MOST_S = 60
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What a receiver answers, once. ``held`` keeps the sender waiting until ``release``."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    held: bool = False


@dataclass(frozen=True)
class Received:
    """One request as it came; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> object:
        return orjson.loads(self.body)


class Receiver:
    """One address that keeps what it is sent.

    ::

        receiver.answer_next(Answer(503, {"Retry-After": "1"}), Answer(410))
        request = await receiver.next_request()
    """

    def __init__(self, server: HTTPServer, path: str):
        self.url = server.url_for(path)
        self.requests: list[Received] = []
        self.always = Answer()
        self._answers: list[Answer] = []
        self._refuse: Callable[[str], bool] = lambda event_id: False
        self._refused: set[str] = set()
        self._released = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._unread: asyncio.Queue[Received] = asyncio.Queue()

    def answer_next(self, *answers: Answer) -> None:
        """Answer the next requests so, in this order; after them ``always`` holds again."""
        self._answers.extend(answers)

    def refuse_once(self, share: float, seed: int) -> None:
        """Answer 503 to a share of the events, each the first time it comes."""
        self._refuse = lambda event_id: random.Random(f"{seed} {event_id}").random() < share

    def release(self) -> None:
        """Let every held answer go, those to come included."""
        self._released.set()

    async def next_request(self, timeout_s: float = 10) -> Received:
        """Return the next request not yet returned, waiting for it; raises ``TimeoutError``."""
        async with asyncio.timeout(timeout_s):
            return await self._unread.get()

    async def next_requests(self, count: int, timeout_s: float = 10) -> list[Received]:
        """Return the next ``count`` requests, in the order they came."""
        async with asyncio.timeout(timeout_s):
            return [await self._unread.get() for _ in range(count)]

    def handle(self, request: Request) -> Response:
        """Keep a request and answer it; runs on a thread of the server."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        received = Received(request.method, request.path, headers, request.get_data())
        answer = self._answer(headers.get("webhook-id", ""))
        self.requests.append(received)
        self._loop.call_soon_threadsafe(self._unread.put_nowait, received)
        if answer.held:
            self._released.wait(HELD_AT_MOST_S)
        return Response(answer.body, answer.status, answer.headers)

    def _answer(self, event_id: str) -> Answer:
        if self._answers:
            return self._answers.pop(0)
        if event_id in self._refused or not self._refuse(event_id):
            return self.always
        self._refused.add(event_id)
        return Answer(503)


@contextmanager
def running_receiver(server: HTTPServer) -> Iterator[Receiver]:
    """Yield a new receiver at an address of its own; it ends with the block."""
    path = f"/receiver-{next(_numbers)}"
    receiver = Receiver(server, path)
    server.expect_request(path).respond_with_handler(receiver.handle)
    try:
        yield receiver
    finally:
        receiver.release()
