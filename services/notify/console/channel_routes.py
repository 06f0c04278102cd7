"""How people are told: one's own channels, a message to try them, and what is set up here."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.notify import readmodels
from services.notify.console.reasons import in_words
from services.notify.console.tools import Tools
from services.notify.domain.attempts import Reply
from services.notify.handlers.own_channels import Way, own_channels, test_message
from services.notify.unit_of_work import UnitOfWork
from shared.console.visitor import Member
from shared.problem import Problem

REFUSED = ("not_usable", "too_many_tests")
CHANNELS = ("email", "slack", "teams", "webhook", "inbox")


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/inbox/channels``."""
    routes = APIRouter(prefix="/inbox/channels")
    Person = Annotated[Member, Depends(tools.console.signed_in("inbox:read"))]

    @routes.get("")
    async def show(member: Person) -> Response:
        """Show how one is told."""
        return await _show(tools, member)

    @routes.post("/test")
    async def test(member: Person) -> Response:
        """Send oneself a message by one channel, and show how that went."""
        channel, here = member.form.get("channel", ""), tools.installation
        if channel not in CHANNELS:
            return await _show(tools, member, refused="not_not_usable", status=422)
        try:
            route, message = await tools.parts.write(
                lambda uow: test_message(
                    uow, member.caller.name, member.person_id, channel, here.language, here.zone
                )
            )
        except Problem as fault:
            if fault.code not in REFUSED:
                raise
            return await _show(tools, member, refused=f"not_{fault.code}", status=fault.status)
        reply = await tools.parts.say(route, message)
        return await _show(tools, member, channel=channel, tested=reply)

    return routes


async def _show(
    tools: Tools,
    member: Member,
    channel: str = "",
    tested: Reply | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    words = tools.console.formats(member)

    def work(uow: UnitOfWork) -> tuple[list[Way], dict[str, int]]:
        known = uow.people.find([member.person_id])
        ways = own_channels(uow, member.person_id) if known else []
        counted = readmodels.channel_counts(uow.conn) if member.may("people:read") else {}
        return ways, dict(counted)

    ways, counted = await tools.parts.read(work)
    return tools.console.pages.show(
        member,
        "channels.html",
        status,
        own=ways,
        counted=counted,
        installation=tools.installation,
        channel=channel,
        tested=tested,
        why=in_words(words, tested.reason) if tested else "",
        refused=refused,
        is_running_it=member.may("operations:read"),
    )
