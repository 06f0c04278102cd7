"""The feed over HTTP: catch up by cursor, or stay connected by server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.notify.broadcast import Broadcast
from services.notify.store.feed import FeedStore
from services.notify.unit_of_work import Parts
from shared.access import Caller
from shared.fields import Moment
from shared.pages import Limit
from shared.problem import Problem
from shared.web import Permit

MOST_BYTES = 8 * 1024 * 1024  # one page ends here, however many events were asked for
STREAM_BATCH = 100
LOOK_S = 1.0  # how soon another process's events are seen
HEARTBEAT_S = 15
RETRY_MS = 2_000
MOST_TYPES = 50
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `id` is the cursor, `data` a CloudEvent.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}

After = Annotated[
    str | None,
    Query(
        pattern=r"^([0-9]{1,18}|latest)$",
        description="`next_cursor` of the page before; `latest` starts with what comes next.",
    ),
]
Types = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="Comma-separated types or patterns: `handoff.*,lead.recycled.v1`.",
    ),
]
Since = Annotated[
    Moment | None, Query(description="Start with what was stored from this moment on.")
]


class FeedPage(BaseModel):
    """Events in the order they became visible, each exactly as it was published."""

    items: list[dict[str, Any]] = Field(description="CloudEvents 1.0.")
    next_cursor: str = Field(description="Give it back as `after`; it never goes out of date.")
    has_more: bool = Field(description="False: you have caught up.")


def router(parts: Parts, grew: Broadcast) -> APIRouter:
    """Return the routes below ``/v1/feed``; ``grew`` tells that the feed has."""
    routes = APIRouter(prefix="/v1/feed", tags=["feed"])
    Reader = Annotated[Caller, Depends(Permit(parts.keys, "feed:read"))]

    @routes.get("", response_model=FeedPage)
    async def read_feed(
        caller: Reader,
        after: After = None,
        since: Since = None,
        types: Types = None,
        limit: Limit = 100,
    ) -> Response:
        """Read the events behind a cursor. Without one: from the oldest kept."""

        def work(conn: Connection) -> tuple[int, list[Row[Any]], bool]:
            feed = FeedStore(conn)
            start = _start(feed, after, since)
            rows, has_more = _page(feed, start, limit, _patterns(types))
            # Caught up: what the types left out need not be looked at again.
            return (rows[-1].position if has_more else feed.end()), rows, has_more

        cursor, rows, has_more = await parts.db.read(work)
        return Response(_body(cursor, rows, has_more), media_type="application/json")

    @routes.get("/stream", response_class=EventSourceResponse, responses=STREAM)
    async def stream(
        caller: Reader,
        after: After = None,
        since: Since = None,
        types: Types = None,
        last_event_id: Annotated[str | None, Header(pattern=r"^[0-9]{1,18}$")] = None,
    ) -> EventSourceResponse:
        """Stay connected and get each event as it comes; `id` is the cursor behind it.

        A client that reconnects with `Last-Event-ID` goes on where it was.
        """
        wanted = _patterns(types)
        start = await parts.db.read(
            lambda conn: _start(FeedStore(conn), last_event_id or after or "latest", since)
        )
        return EventSourceResponse(
            _events(parts, grew, start, wanted), ping=HEARTBEAT_S, sep="\n", send_timeout=30
        )

    return routes


async def _events(
    parts: Parts, grew: Broadcast, position: int, types: tuple[str, ...]
) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="connected", retry=RETRY_MS)
    while True:
        growth = grew.listen()
        rows, end = await parts.db.read(partial(_look, position=position, types=types))
        for row in rows:
            position = row.position
            yield ServerSentEvent(data=row.payload.decode(), event=row.type, id=str(position))
        if len(rows) < STREAM_BATCH:
            position = end
            try:
                async with asyncio.timeout(LOOK_S):
                    await growth.wait()
            except TimeoutError:
                continue


def _look(conn: Connection, position: int, types: tuple[str, ...]) -> tuple[list[Row[Any]], int]:
    feed = FeedStore(conn)
    end = feed.end()  # before the rows: without a snapshot, what comes between is read again
    return feed.after(position, STREAM_BATCH, types), end


def _patterns(types: str | None) -> tuple[str, ...]:
    patterns = tuple(part.strip() for part in (types or "").split(",") if part.strip())
    if len(patterns) > MOST_TYPES:
        raise Problem(422, "invalid", f"query.types: at most {MOST_TYPES} types")
    return patterns


def _start(feed: FeedStore, after: str | None, since: Any) -> int:
    """Return the position to read behind; raises ``Problem`` where events behind it are gone."""
    if since is not None:
        if after is not None and after != "latest":
            raise Problem(422, "invalid", "give either since or after")
        return feed.position_before(since)
    oldest, end = feed.oldest(), feed.end()
    first = end if oldest is None else oldest - 1
    if after is None:
        return first
    if after == "latest":
        return end
    position = int(after)
    if position < first and position > 0:
        raise Problem(
            410,
            "cursor_too_old",
            f"events behind this cursor are not kept any more: the oldest kept follow {first}",
        )
    return max(position, first)


def _page(
    feed: FeedStore, start: int, limit: int, types: tuple[str, ...]
) -> tuple[list[Row[Any]], bool]:
    rows = feed.after(start, limit + 1, types)
    size = 0
    for place, row in enumerate(rows[:limit]):
        size += len(row.payload)
        if size > MOST_BYTES and place > 0:
            return rows[:place], True
    return rows[:limit], len(rows) > limit


def _body(cursor: int, rows: list[Row[Any]], has_more: bool) -> bytes:
    """Return the page without decoding an event: subscribers get the bytes that were published."""
    return b'{"items":[%s],"next_cursor":"%d","has_more":%s}' % (
        b",".join(row.payload for row in rows),
        cursor,
        b"true" if has_more else b"false",
    )
