"""Pages that change by themselves: a stream that says when somebody's day has.

What a page has seen is a digest of the day and, after a dash, how many leads wait for an
answer: that number stands in the navigation and before the title, also while nobody looks.
"""

import hashlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from sqlalchemy import Connection
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.handoff.console.tools import Tools
from services.handoff.store import agenda, sessions
from shared.console.visitor import Member, SignedIn

HEARTBEAT_S = 15
RETRY_MS = 2_000
SHAPE = r"^[0-9a-f]{32}-[0-9]{1,3}$"


def seen_by(conn: Connection, person_id: str) -> str:
    """Return what a page that shows somebody's day now has seen."""
    day, waiting = agenda.fingerprint(conn, person_id)
    return f"{hashlib.blake2b(day.encode(), digest_size=16).hexdigest()}-{waiting}"


def waiting_of(seen: str) -> str:
    """Return how many leads wait for an answer, of what a page has seen."""
    return seen.rpartition("-")[2]


def router(tools: Tools) -> APIRouter:
    """Return the route of the stream."""
    routes = APIRouter()
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "handoffs:read"))]

    @routes.get("/live")
    async def live(
        member: Reader,
        seen: Annotated[str | None, Query(pattern=SHAPE)] = None,
        last_event_id: Annotated[str | None, Header(pattern=SHAPE)] = None,
    ) -> EventSourceResponse:
        """Say ``day`` each time the reader's day is another than they have seen, and who waits.

        Ends with the session. ``id`` is what they have seen then; a browser that reconnects
        gives it back and hears at once of what it missed.
        """
        return EventSourceResponse(
            _events(tools, member, last_event_id or seen),
            ping=HEARTBEAT_S,
            sep="\n",
            send_timeout=30,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return routes


async def _events(tools: Tools, member: Member, seen: str | None) -> AsyncIterator[ServerSentEvent]:
    def look(conn: Connection) -> str | None:
        now = tools.parts.db.now(conn)
        if sessions.find_session(conn, member.token, now) is None:
            return None
        return seen_by(conn, member.person_id)

    yield ServerSentEvent(comment="connected", retry=RETRY_MS)
    async for found in tools.changes.follow(look, seen):
        if found is not None:
            yield ServerSentEvent(data=waiting_of(found), event="day", id=found)
