"""Following the product's events as subscribers do: by webhook, by feed, by SSE."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson

from shared.signing import verify
from tests.support.api import Api
from tests.support.receivers import Received

Event = dict[str, Any]
RECONNECT_S = 0.1


def signed(request: Received, secret: str) -> Event:
    """Return the event in a webhook; raises ``BadSignature`` unless it is signed."""
    verify(secret, request.headers, request.body, datetime.now(UTC))
    event: Event = orjson.loads(request.body)
    assert request.headers["webhook-id"] == event["id"], "the id of the message is the event's"
    return event


def about(events: Sequence[Event], lead_id: str) -> list[Event]:
    """Return the events of one lead, in the order they came."""
    return [event for event in events if event["partitionkey"] == lead_id]


def types(events: Sequence[Event]) -> list[str]:
    """Return the types of ``events``."""
    return [event["type"] for event in events]


async def read_feed(api: Api, **params: Any) -> list[Event]:
    """Return every event of the feed, page by page."""
    events: list[Event] = []
    turned: dict[str, str] = {}
    while True:
        page = await api.get("/v1/feed", limit=200, **{**params, **turned})
        events += page["items"]
        if not page["has_more"]:
            return events
        turned = {"after": page["next_cursor"]}


@dataclass(frozen=True)
class Streamed:
    """One server-sent event; ``cursor`` is its id."""

    cursor: str
    event: Event


async def stream(api: Api, after: str = "0") -> AsyncIterator[Streamed]:
    """Yield the feed as it grows, over one connection, from behind a cursor."""
    async with api.stream("/v1/feed/stream", {"last-event-id": after}) as response:
        if response.status_code != 200:
            await response.aread()
            response.raise_for_status()
        fields: dict[str, str] = {}
        async for line in response.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "data" in fields:
                yield Streamed(fields["id"], orjson.loads(fields["data"]))
                fields = {}


class Follower:
    """A subscriber that stays connected by SSE and reconnects, whatever happens."""

    def __init__(self, api: Api):
        self.events: list[Event] = []
        self.connections = 0
        self._api = api
        self._cursor = "0"

    async def run(self) -> None:
        """Follow for ever. Ends by cancellation."""
        while True:
            self.connections += 1
            try:
                async for one in stream(self._api, self._cursor):
                    self._cursor = one.cursor
                    self.events.append(one.event)
            except httpx.HTTPError:
                pass
            await asyncio.sleep(RECONNECT_S)
