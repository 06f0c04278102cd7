"""The page of a hand-off over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.console.giving_view import Giving, giving_of
from services.handoff.console.handoff_view import HandoffView, view_of
from services.handoff.console.live import seen_by
from services.handoff.console.refused import Refused
from services.handoff.console.today import tomorrow_at_ten
from services.handoff.console.tools import Tools
from services.handoff.domain.pauses import REASON_TITLES
from services.handoff.unit_of_work import unit_of_work
from shared.console.pages import is_partial
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId

CHANNELS = ("call", "email", "meeting", "message")
OUTCOMES = ("sql", "opportunity", "won", "lost")
CURRENCIES = ("EUR", "USD", "GBP", "MXN", "COP", "ARS", "CLP", "PEN", "BRL", "CHF")


def router(tools: Tools) -> APIRouter:
    """Return the route of the page."""
    routes = APIRouter(prefix="/handoffs")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "handoffs:read"))]

    @routes.get("/{handoff_id}")
    async def show(member: Reader, handoff_id: PathId, said: str = "") -> Response:
        """Show a hand-off."""
        return await show_handoff(tools, member, handoff_id, f"said_{said}" if said else "")

    return routes


async def show_handoff(
    tools: Tools,
    member: Member,
    handoff_id: str,
    said: str = "",
    refused: str = "",
    status: int = 200,
    again: Refused | None = None,
) -> Response:
    """Return the page of a hand-off, or its body alone where a script asks for it.

    ``said`` and ``refused`` are keys of what is told at its top; ``again`` is a form to show
    as it was sent.
    """
    words = tools.formats(member)
    owner_id = None if member.may("leads:read") else member.person_id

    def work(conn: Connection) -> tuple[HandoffView, Giving, str]:
        uow = unit_of_work(tools.parts, conn)
        one = view_of(uow, handoff_id, owner_id, words)
        giving = giving_of(uow, handoff_id, one.owner)
        return one, giving, seen_by(conn, member.person_id)

    found, giving, seen = await tools.read(work)
    return tools.pages.show(
        member,
        "handoff_body.html" if is_partial(member) else "handoff.html",
        status,
        view=found,
        giving=giving,
        seen=seen,
        one=found.one,
        frozen=found.frozen,
        said=said,
        refused=refused,
        again=again,
        channels=CHANNELS,
        outcomes=[each for each in OUTCOMES if each in found.allowed],
        currencies=CURRENCIES,
        pause_reasons=REASON_TITLES,
        may_answer=member.may("handoffs:write"),
        tomorrow=tomorrow_at_ten(words),
    )
