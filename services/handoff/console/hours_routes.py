"""Hours and leave of a person: one's own under the account, anybody's for who may change people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.handoff.console.filling import Filled, refused
from services.handoff.console.hours_form import (
    DAYS,
    at_its_day,
    leave_of,
    leave_said,
    week_fields,
    week_said,
)
from services.handoff.console.people_view import leave_ahead, person_shown
from services.handoff.console.tools import Tools
from services.handoff.console.week_view import specials_ahead, week_view
from services.handoff.fields.calendars import OwnHoursChanges
from services.handoff.handlers.calendars import change_hours
from services.handoff.store import calendars
from services.handoff.store.calendars import Document
from services.handoff.unit_of_work import UnitOfWork
from shared.console.days import day_of
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem, invalid

Week = Annotated[str, Query(max_length=10)]
SAID = ("leave_added", "leave_removed", "hours_changed")
NAMED = {"leave": "leave_from", "week": "day_mon"}


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose hours a page is about, and where it lives."""

    person_id: str
    path: str
    is_own: bool
    may_change: bool = True


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/account/hours`` and ``/people/{person_id}/hours``."""
    routes = APIRouter()
    Oneself = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "hours:write"))]
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.get("/account/hours")
    async def show_own(member: Oneself, week: Week = "", said: str = "") -> Response:
        """Show one's own week, leave and hours."""
        return await _show(tools, member, own(member), week, said)

    @routes.post("/account/hours/leave")
    async def add_own_leave(member: Oneself) -> Response:
        """Enter leave of one's own."""
        return await _change(tools, member, own(member), _with_leave, "leave_added")

    @routes.post("/account/hours/leave/remove")
    async def remove_own_leave(member: Oneself) -> Response:
        """Take leave of one's own back."""
        return await _change(tools, member, own(member), _without_leave, "leave_removed")

    @routes.post("/account/hours/week")
    async def change_own_week(member: Oneself) -> Response:
        """Change one's own hours."""
        return await _change(tools, member, own(member), _with_week, "hours_changed")

    @routes.get("/people/{person_id}/hours")
    async def show(member: Reader, person_id: PathId, week: Week = "", said: str = "") -> Response:
        """Show somebody's week, leave and hours."""
        return await _show(tools, member, of(member, person_id), week, said)

    @routes.post("/people/{person_id}/hours/leave")
    async def add_leave(member: Writer, person_id: PathId) -> Response:
        """Enter leave of somebody."""
        return await _change(tools, member, of(member, person_id), _with_leave, "leave_added")

    @routes.post("/people/{person_id}/hours/leave/remove")
    async def remove_leave(member: Writer, person_id: PathId) -> Response:
        """Take leave of somebody back."""
        whose = of(member, person_id)
        return await _change(tools, member, whose, _without_leave, "leave_removed")

    @routes.post("/people/{person_id}/hours/week")
    async def change_week(member: Writer, person_id: PathId) -> Response:
        """Change somebody's hours."""
        return await _change(tools, member, of(member, person_id), _with_week, "hours_changed")

    return routes


def own(member: Member) -> Whose:
    """Return one's own hours."""
    return Whose(member.person_id, "/account/hours", is_own=True)


def of(member: Member, person_id: str) -> Whose:
    """Return somebody's hours."""
    path = f"/people/{person_id}/hours"
    return Whose(person_id, path, is_own=False, may_change=member.may("people:write"))


def _with_leave(form: Mapping[str, str], before: Document) -> dict[str, Any]:
    if not form.get("leave_from", "").strip():
        raise invalid("/leave_from", "say from which day")
    return {"leave": [*leave_of(before), leave_said(form)]}


def _without_leave(form: Mapping[str, str], before: Document) -> dict[str, Any]:
    gone = {"from": form.get("from", ""), "until": form.get("until", "")}
    return {"leave": [one for one in leave_of(before) if one != gone]}


def _with_week(form: Mapping[str, str], _before: Document) -> dict[str, Any]:
    calendar = form.get("calendar", "").strip()
    return {"week": week_said(form), "calendar": calendar or None}


async def _change(
    tools: Tools,
    member: Member,
    whose: Whose,
    said: Callable[[Mapping[str, str], Document], dict[str, Any]],
    done: str,
) -> Response:
    form = dict.fromkeys(("leave_from", "leave_until", "calendar", *DAYS), "") | member.form

    def work(uow: UnitOfWork) -> None:
        _, before = calendars.hours_of(uow.conn, whose.person_id)
        changes = OwnHoursChanges.model_validate(said(form, before)).document()
        change_hours(uow, member.caller, whose.person_id, revision_of(form), changes)

    try:
        await tools.take(member, work)
    except (Problem, ValidationError) as fault:
        words = tools.formats(member)
        filled = at_its_day(refused(fault, words, form, NAMED), fault, words)
        return await _show(tools, member, whose, "", "", filled)
    return go(whose.path, said=done)


async def _show(
    tools: Tools,
    member: Member,
    whose: Whose,
    week: str,
    said: str,
    filled: Filled | None = None,
) -> Response:
    def work(conn: Connection) -> dict[str, Any]:
        found = person_shown(conn, whose.person_id, member.now)
        revision, document = calendars.hours_of(conn, whose.person_id)
        working, language = found.around.working, member.language
        follows = calendars.followed(conn, whose.person_id, document)
        values = week_fields(document) | {
            "calendar": document.get("calendar") or "",
            "leave_from": "",
            "leave_until": "",
        }
        form = filled or Filled(values)
        # What is hidden is of now; what was typed into one form does not empty the other.
        shown = values | dict(form.values) | {"revision": str(revision)}
        return {
            "shown": found,
            "week": week_view(working, day_of(week), member.now, language),
            "specials": specials_ahead(working, member.now, language),
            "ahead": leave_ahead(working, member.now),
            "stored": leave_of(document),
            "follows": follows,
            "has_own": "week" in document,
            "calendars": [(name, name) for name in calendars.names(conn)],
            "form": Filled(shown, form.faults, form.top, form.now, form.status),
        }

    found = await tools.read(work)
    return tools.pages.show(
        member,
        "hours.html",
        found["form"].status,
        whose=whose,
        said=said if said in SAID else "",
        **found,
    )
