"""Reps who answer their leads while everything around them dies: by the API, insisting.

They hear of a hand-off by the CRM's webhook, decide at random, and send each answer again
until the product has taken or refused it.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from tests.support.api import Api
from tests.support.receivers import Receiver
from tests.support.sending import BUSY, TRY_AGAIN_S

LOOK_S = 0.05
READY = "handoff.sales_ready.v1"
# What a rep does with a new lead, one of these.
PLANS: tuple[tuple[str, ...], ...] = (
    (),
    (),
    ("accept",),
    ("accept", "attempts", "won"),
    ("accept", "opportunity", "lost"),
    ("reject",),
)
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "accept": ("verdict", {"verdict": "accept"}),
    "reject": ("verdict", {"verdict": "reject", "reason": "not_now"}),
    "attempts": ("attempts", {"channel": "call", "reached": True}),
    "opportunity": ("outcome", {"outcome": "opportunity", "amount": 100.0, "currency": "EUR"}),
    "won": ("outcome", {"outcome": "won"}),
    "lost": ("outcome", {"outcome": "lost", "reason": "price"}),
}


@dataclass
class Given:
    """One answer: what came back, and how often it was sent without anything coming back."""

    handoff_id: str
    what: str
    status: int = 0
    unanswered: int = 0

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Reps:
    """All reps together. ``given`` is what they said, in the order they began to say it."""

    api: Api
    receiver: Receiver
    seed: int
    given: list[Given] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _read: int = 0

    async def run(self, is_over: asyncio.Event) -> None:
        """Answer until ``is_over`` and everything that was begun is said."""
        chance = random.Random(self.seed)
        async with asyncio.TaskGroup() as group:
            while not is_over.is_set():
                for handoff in self._new_handoffs():
                    plan = chance.choice(PLANS)
                    if plan:
                        group.create_task(self._follow(handoff, plan))
                    else:
                        self.ignored.add(handoff["handoff_id"])
                await asyncio.sleep(LOOK_S)

    def _new_handoffs(self) -> list[dict[str, Any]]:
        requests = self.receiver.requests[self._read :]
        self._read += len(requests)
        found = []
        for request in requests:
            event = orjson.loads(request.body)
            if event["type"] == READY and event["id"] not in self._seen:
                self._seen.add(event["id"])
                found.append(event["data"]["handoff"])
        return found

    async def _follow(self, handoff: dict[str, Any], plan: tuple[str, ...]) -> None:
        for what in plan:
            given = Given(handoff["handoff_id"], what)
            self.given.append(given)
            route, body = BODIES[what]
            path = f"/v1/handoffs/{given.handoff_id}/{route}"
            said = {"person": handoff["owner"]["email"], **body}
            await self._insist(path, said, given)
            if not given.is_taken:
                return  # superseded meanwhile

    async def _insist(self, path: str, said: dict[str, Any], given: Given) -> None:
        while True:
            if await self._try(path, said, given):
                return
            await asyncio.sleep(TRY_AGAIN_S)

    async def _try(self, path: str, said: dict[str, Any], given: Given) -> bool:
        try:
            answer = await self.api.send("POST", path, json=said)
        except httpx.TransportError as error:
            given.unanswered += not isinstance(error, httpx.ConnectError)
            return False
        if answer.status_code in BUSY:
            return False
        given.status = int(answer.status_code)
        return True
