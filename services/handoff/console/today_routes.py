"""The rep's day over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.console.live import seen_by
from services.handoff.console.refused import Refused
from services.handoff.console.start_routes import RUNS_IT
from services.handoff.console.today import Day, day_of, tomorrow_at_ten
from services.handoff.console.tools import Tools
from services.handoff.handlers.first_run import progress
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn

HOURS = ((6, 14, "morning"), (14, 21, "afternoon"))


def router(tools: Tools) -> APIRouter:
    """Return the routes of the day."""
    routes = APIRouter()
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "handoffs:read"))]

    @routes.get("/")
    async def today(member: Reader, said: str = "") -> Response:
        """Show the day; who answers no hand-offs sees the leads instead."""
        if not member.may("handoffs:write"):
            return go("/leads")
        return await show_day(tools, member, said)

    return routes


async def show_day(
    tools: Tools,
    member: Member,
    said: str = "",
    refused: str = "",
    status: int = 200,
    again: Refused | None = None,
) -> Response:
    """Return the page of the day, or its list alone where a script asks for it.

    ``said`` and ``refused`` are keys of what is told above the list; ``again`` is a form to
    show as it was sent.
    """
    words = tools.formats(member)

    def work(conn: Connection) -> tuple[Day, str, tuple[str, ...]]:
        day = day_of(conn, tools.parts.shelf, member.person_id, words)
        left = start_left(tools, member, conn)
        return day, seen_by(conn, member.person_id), left

    day, seen, left = await tools.read(work)
    hour = words.local(member.now).hour
    greeting = next((key for start, end, key in HOURS if start <= hour < end), "evening")
    template = "today_list.html" if is_partial(member) else "today.html"
    return tools.pages.show(
        member,
        template,
        status,
        day=day,
        seen=seen,
        greeting=greeting,
        said=said,
        refused=refused,
        again=again,
        start_left=left,
        tomorrow=tomorrow_at_ten(words),
    )


def start_left(tools: Tools, member: Member, conn: Connection) -> tuple[str, ...]:
    """Return what is left of the first run, for those who see to it."""
    if not member.may(RUNS_IT):
        return ()
    return progress(conn, tools.parts.settings, tools.parts.shelf).left
