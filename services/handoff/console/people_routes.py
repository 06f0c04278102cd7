"""The people who work with leads: the list, one of them, adding and changing."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.handoff.console import person_form
from services.handoff.console.filling import Filled, refused
from services.handoff.console.people_view import leave_ahead, person_shown, shown
from services.handoff.console.tools import Tools
from services.handoff.fields.people import NewPerson, PersonChanges
from services.handoff.handlers.people import add_person, change_person
from services.handoff.store import staff
from services.handoff.unit_of_work import UnitOfWork
from shared.console.forms import revision_of
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem

PAGE = 50
SAID = ("added", "changed", "signed_out", "stays", "leaves", "left", "back")
Text = Annotated[str, Query(max_length=200)]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/people`` that show and change people."""
    routes = APIRouter(prefix="/people")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.get("")
    async def show_all(member: Reader, q: Text = "", who: Text = "", cursor: Text = "") -> Response:
        """List people."""
        text, has_left = q.strip().replace("\x00", ""), who == "left"

        def work(conn: Connection) -> dict[str, Any]:
            found, following = staff.page_of_staff(conn, text, not has_left, cursor or None, PAGE)
            working, gone = staff.count_staff(conn)
            return {
                "people": shown(conn, found, member.now),
                "next_cursor": following,
                "working": working,
                "gone": gone,
            }

        template = "people_list.html" if is_partial(member) else "people.html"
        return tools.pages.show(
            member,
            template,
            asked={"q": text, "who": "left" if has_left else ""},
            is_first=not cursor,
            may_change=member.may("people:write"),
            **await tools.read(work),
        )

    @routes.get("/new")
    async def ask(member: Writer) -> Response:
        """Ask who joins."""
        return _form(tools, member, None, Filled(person_form.empty_form(tools.parts.settings)))

    @routes.post("/new")
    async def add(member: Writer) -> Response:
        """Let somebody join."""
        form = person_form.typed(member.form)

        def work(uow: UnitOfWork) -> str:
            new = NewPerson.model_validate(person_form.said(form))
            one = add_person(uow, member.caller, new.entry(uow.parts.settings))
            return one.person_id

        try:
            person_id = await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            return _form(tools, member, None, refused(fault, tools.formats(member), form))
        return go(f"/people/{person_id}", said="added") if person_id else go("/people")

    @routes.get("/{person_id}")
    async def show(member: Reader, person_id: PathId, said: str = "") -> Response:
        """Show somebody."""
        return await show_person(
            tools, member, person_id, said=f"person_{said}" if said in SAID else ""
        )

    @routes.get("/{person_id}/edit")
    async def edit(member: Writer, person_id: PathId) -> Response:
        """Show what can be changed about somebody."""
        found = await tools.read(lambda conn: person_shown(conn, person_id, member.now))
        return _form(tools, member, found, Filled(person_form.form_of(found.one)))

    @routes.post("/{person_id}/edit")
    async def change(member: Writer, person_id: PathId) -> Response:
        """Change somebody."""
        form = person_form.typed(member.form)

        def work(uow: UnitOfWork) -> None:
            said = PersonChanges.model_validate(person_form.said(form))
            change_person(uow, member.caller, person_id, revision_of(form), said.model_dump())

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form)
            found = await tools.read(lambda conn: person_shown(conn, person_id, member.now))
            return _form(tools, member, found, with_news(filled, person_form.form_of(found.one)))
        return go(f"/people/{person_id}", said="changed")

    return routes


def with_news(filled: Filled, stored: dict[str, str]) -> Filled:
    """Return a form that is based on what is stored by now, where somebody changed it."""
    if filled.status != 412:
        return filled
    values = {**filled.values, "revision": stored["revision"]}
    return Filled(values, {}, filled.top, stored, filled.status)


async def show_person(
    tools: Tools, member: Member, person_id: str, status: int = 200, **told: Any
) -> Response:
    """Return the page of somebody; ``told`` is what a form about them has to say."""

    def work(conn: Connection) -> dict[str, Any]:
        found = person_shown(conn, person_id, member.now)
        return {"shown": found, "ahead": leave_ahead(found.around.working, member.now)[:12]}

    found = await tools.read(work)
    may_change = member.may("people:write")
    told = {"said": "", "refused": "", "link": "", "ends_at": None} | told
    return tools.pages.show(member, "person.html", status, may_change=may_change, **told, **found)


def _form(tools: Tools, member: Member, found: Any, filled: Filled) -> Response:
    return tools.pages.show(
        member,
        "person_form.html",
        filled.status,
        shown=found,
        form=filled,
        roles=person_form.ROLES,
        zones=person_form.zones(),
    )
