"""One's own messages as pages, which change by themselves."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.notify import readmodels
from services.notify.console.tools import Tools
from services.notify.domain.messages import Message
from services.notify.handlers.read_inbox import inbox_page, mark_read
from services.notify.unit_of_work import UnitOfWork
from shared.console.pages import go, is_partial
from shared.console.visitor import Member
from shared.pages import PathId

PAGE = 20
MOST_COUNTED = 100
HEARTBEAT_S = 15
RETRY_MS = 2_000
LOOK_S = 2.0  # how soon what another process took in is seen
NONE_YET = "none"
SEEN = rf"^([0-9a-f-]{{36}}|{NONE_YET})$"
SAID = {"read": "said_read", "all": "said_all_read"}


def router(tools: Tools) -> APIRouter:
    """Return the routes of ``/inbox``."""
    routes = APIRouter(prefix="/inbox")
    Person = Annotated[Member, Depends(tools.console.signed_in("inbox:read"))]

    @routes.get("")
    async def show(member: Person, show: str = "", cursor: str = "", said: str = "") -> Response:
        """Show one's own messages, newest first."""
        return await _show(tools, member, show == "unread", cursor or None, SAID.get(said, ""))

    @routes.get("/live")
    async def live(
        member: Person,
        seen: Annotated[str | None, Query(pattern=SEEN)] = None,
        last_event_id: Annotated[str | None, Header(pattern=SEEN)] = None,
    ) -> EventSourceResponse:
        """Say ``day`` each time there is a newer message than the page has seen.

        Ends with the session. ``id`` is the newest message then; a browser that reconnects
        gives it back and hears at once of what it missed.
        """
        return EventSourceResponse(
            _events(tools, member, last_event_id or seen or NONE_YET),
            ping=HEARTBEAT_S,
            sep="\n",
            send_timeout=30,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @routes.post("/read")
    async def read_all(member: Person) -> Response:
        """Mark all messages as read."""
        await tools.parts.write(lambda uow: mark_read(uow, member.person_id, None))
        return await _after(tools, member, "all")

    @routes.post("/{message_id}/read")
    async def read_one(member: Person, message_id: PathId) -> Response:
        """Mark one message as read."""
        await tools.parts.write(lambda uow: mark_read(uow, member.person_id, message_id))
        return await _after(tools, member, "read")

    return routes


async def _after(tools: Tools, member: Member, said: str) -> Response:
    is_unread = member.form.get("show") == "unread"
    if is_partial(member):
        return await _show(tools, member, is_unread, None, SAID[said])
    return go("/inbox", said=said, **({"show": "unread"} if is_unread else {}))


async def _show(
    tools: Tools, member: Member, unread: bool, cursor: str | None, said: str
) -> Response:
    def work(uow: UnitOfWork) -> dict[str, Any]:
        rows, following = readmodels.list_notifications(
            uow.conn, member.person_id, cursor, PAGE, unread=unread
        )
        found: list[tuple[Any, Message | None]] = [
            # The hand-off's page has the answers; links are for those who are not here.
            (row, tools.compose(replace(notice, asked=None)) if notice else None)
            for row, notice in inbox_page(uow, rows)
        ]
        return {
            "messages": found,
            "next_cursor": following,
            "unread_count": readmodels.unread_count(uow.conn, member.person_id, MOST_COUNTED),
            "newest": readmodels.newest_notification(uow.conn, member.person_id) or NONE_YET,
        }

    found = await tools.parts.read(work)
    return tools.console.pages.show(
        member,
        "inbox_list.html" if is_partial(member) else "inbox.html",
        unread=unread,
        is_first=cursor is None,
        may_open=member.may("handoffs:read"),
        most_counted=MOST_COUNTED,
        said=said,
        **found,
    )


async def _events(tools: Tools, member: Member, seen: str) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(comment="connected", retry=RETRY_MS)
    while await tools.console.doorkeeper.session(member.request) is not None:
        growth = tools.grew.listen()
        newest = await tools.parts.db.read(
            lambda conn: readmodels.newest_notification(conn, member.person_id)
        )
        if newest and newest != seen:
            seen = newest
            yield ServerSentEvent(data="", event="day", id=seen)
        try:
            async with asyncio.timeout(LOOK_S):
                await growth.wait()
        except TimeoutError:
            continue
