"""Letting somebody in, signing them out, and letting them go with what becomes of their leads."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.handoff.console.filling import Filled, refused
from services.handoff.console.people_routes import show_person
from services.handoff.console.people_view import Leaving, leaving_of, person_shown
from services.handoff.console.tools import Tools
from services.handoff.domain.leaving import today
from services.handoff.fields.people import PersonChanges
from services.handoff.handlers.people import change_person
from services.handoff.handlers.sign_in import make_link, sign_out_person
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem

NO_LINK = ("has_left", "exceeds_your_scopes")


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/people/{person_id}``."""
    routes = APIRouter(prefix="/people/{person_id}")
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.post("/invite")
    async def invite(member: Writer, person_id: PathId) -> Response:
        """Make a link that lets somebody set a password, and show it this once."""
        try:
            token, ends_at = await tools.write(lambda uow: make_link(uow, member.caller, person_id))
        except Problem as fault:
            if fault.code not in NO_LINK:
                raise
            told = f"no_link_{fault.code}"
            return await show_person(tools, member, person_id, fault.status, refused=told)
        link = f"{tools.parts.settings.public_url.rstrip('/')}/welcome/{token}"
        return await show_person(tools, member, person_id, link=link, ends_at=ends_at)

    @routes.post("/sign-out")
    async def sign_out(member: Writer, person_id: PathId) -> Response:
        """End every session of somebody."""
        await tools.write(lambda uow: sign_out_person(uow, member.caller, person_id))
        return go(f"/people/{person_id}", said="signed_out")

    @routes.get("/leave")
    async def ask(member: Writer, person_id: PathId) -> Response:
        """Say what happens when somebody leaves, and ask when."""
        return await _ask(tools, member, person_id)

    @routes.post("/leave")
    async def leave(member: Writer, person_id: PathId) -> Response:
        """Let somebody leave now, or when a day is over; or let them stay."""
        form = {"last_day": "", "active": "", **member.form}
        changes, done = _changes(form)

        def work(uow: UnitOfWork) -> None:
            said = PersonChanges.model_validate(changes).model_dump()
            change_person(uow, member.caller, person_id, revision_of(form), said)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            return await _ask(tools, member, person_id, refused(fault, tools.formats(member), form))
        return go(f"/people/{person_id}", said=done)

    return routes


def _changes(form: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Return what a form says of somebody's leaving, and what is told when it is done."""
    match form.get("when"):
        case "now":
            return {"active": False}, "left"
        case "back":
            return {"active": True}, "back"
        case "stays":
            return {"last_day": None}, "stays"
        case _:
            return {"last_day": form["last_day"]}, "leaves"


async def _ask(
    tools: Tools, member: Member, person_id: str, filled: Filled | None = None
) -> Response:
    def work(conn: Connection) -> tuple[Any, Leaving, date]:
        found = person_shown(conn, person_id, member.now)
        leaving = leaving_of(unit_of_work(tools.parts, conn), person_id)
        return found, leaving, today(member.now, found.one.zone)

    found, leaving, earliest = await tools.read(work)
    day = found.one.last_day
    values = {"last_day": "" if day is None else day.isoformat(), "active": ""}
    form = filled or Filled(values)
    revision = {"revision": str(found.one.revision)}
    form = Filled({**form.values, **revision}, form.faults, form.top, {}, form.status)
    return tools.pages.show(
        member,
        "person_leave.html",
        form.status,
        shown=found,
        leaving=leaving,
        form=form,
        earliest=earliest.isoformat(),
    )
