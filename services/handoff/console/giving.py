"""Forms that give a hand-off to somebody else, and let its clocks stand still and run on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.handoff.console.answering import moment_of, one_of, take, text_of
from services.handoff.console.own_row import own_row
from services.handoff.console.tools import Tools
from services.handoff.domain.pauses import PauseReason
from services.handoff.handlers.answer_handoffs import Answer, answer
from services.handoff.handlers.pause_clocks import NewPause, pause_clocks, resume_clocks
from services.handoff.store import people
from services.handoff.unit_of_work import UnitOfWork
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/handoffs/{handoff_id}``."""
    routes = APIRouter(prefix="/handoffs/{handoff_id}")
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "handoffs:write"))]

    @routes.post("/assign")
    async def assign(member: Writer, handoff_id: PathId) -> Response:
        """Give it to another owner. The lead's own clock goes on."""
        form = member.form

        def act(uow: UnitOfWork) -> None:
            to = people.find_person(uow.conn, form.get("to", ""))
            if to is None or not to.active:
                message = "nobody who works here"
                wrong = [{"pointer": "/to", "message": message}]
                raise Problem(422, "unknown_person", message, wrong)
            who = own_row(uow.conn, member)
            answer(uow, Answer(handoff_id, "reassign", who, to=to.person_id, text=text_of(form)))

        return await take(tools, member, handoff_id, act, "assigned")

    @routes.post("/pause")
    async def pause(member: Writer, handoff_id: PathId) -> Response:
        """Let its clocks stand still for a reason until a moment."""
        form = member.form

        def act(uow: UnitOfWork) -> None:
            reason = one_of(form.get("reason"), PauseReason, "/reason")
            asked = NewPause(reason, moment_of(member, "until"), text_of(form))
            pause_clocks(uow, handoff_id, own_row(uow.conn, member), asked)

        return await take(tools, member, handoff_id, act, "paused")

    @routes.post("/resume")
    async def resume(member: Writer, handoff_id: PathId) -> Response:
        """Let its clocks run on before the pause is over."""

        def act(uow: UnitOfWork) -> None:
            resume_clocks(uow, handoff_id, own_row(uow.conn, member))

        return await take(tools, member, handoff_id, act, "resumed")

    return routes
