"""Sending a workload as tools do: in parallel, and again until the product has answered 2xx.

What counts is what the sender was told. A request that got a 2xx must be found in the end;
one without an answer may or may not have been stored, and after it was sent again with the
same ids it must be there once.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.support.api import Api
from tests.support.doors import Call

TRY_AGAIN_S = 0.05
BUSY = (429, 503)


@dataclass
class Sent:
    """What senders were told. ``answers`` counts by status, ``0`` where no answer came."""

    answers: Counter[int] = field(default_factory=Counter)
    unexpected: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Requests that failed otherwise than by a refused connection: cut off on their way."""

    @property
    def again(self) -> int:
        """Requests that had to be sent again."""
        return sum(self.answers[status] for status in (0, *BUSY))


class Sender:
    """Sends calls with some workers. Ends when every call has been answered with a 2xx."""

    def __init__(self, api: Api, seed: int, workers: int = 8, pause_s: float = 0.0):
        """Build a sender; ``pause_s`` is how long each worker rests after a call, at most."""
        self.sent = Sent()
        self._api = api
        self._random = random.Random(seed)
        self._workers = workers
        self._pause_s = pause_s

    async def send(self, calls: Sequence[Call]) -> Sent:
        """Send ``calls``, all of them until they are answered; return what was told."""
        waiting = iter(calls)

        async def work() -> None:
            for call in waiting:
                await self._insist(call)
                if self._pause_s:
                    await asyncio.sleep(self._random.uniform(0, self._pause_s))

        async with asyncio.TaskGroup() as group:
            for _ in range(self._workers):
                group.create_task(work())
        return self.sent

    async def _insist(self, call: Call) -> None:
        while True:
            if await self._try(call):
                return
            await asyncio.sleep(TRY_AGAIN_S)

    async def _try(self, call: Call) -> bool:
        """Send once; return whether it was answered for good."""
        try:
            answer = await self._api.send("POST", call.path, call.body, call.signed_headers())
        except httpx.TransportError as error:
            self.sent.answers[0] += 1
            if not isinstance(error, httpx.ConnectError):
                self.sent.broken.append(f"{call.path}: {error!r}")
            return False
        self.sent.answers[answer.status_code] += 1
        if answer.status_code in BUSY:
            return False
        if not answer.is_success:
            self.sent.unexpected.append(f"{call.path}: {answer.status_code} {answer.text[:300]}")
        return True
