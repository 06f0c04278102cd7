"""Calendars: a week one can see, the days that differ, who follows them, and changing them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from services.handoff.console import calendar_form
from services.handoff.console.filling import Filled, refused
from services.handoff.console.hours_form import at_its_day
from services.handoff.console.people_routes import with_news
from services.handoff.console.person_form import zones
from services.handoff.console.tools import Tools
from services.handoff.console.week_view import specials_ahead, week_view
from services.handoff.domain.comparing import fold_text
from services.handoff.domain.working_time import WorkingTime
from services.handoff.fields.calendars import CalendarChanges, NewCalendar
from services.handoff.handlers.calendars import add_calendar, change_calendar
from services.handoff.handlers.weeks import due_of
from services.handoff.policy_document.scalars import length_of
from services.handoff.store import calendars
from services.handoff.store.calendars import Stored
from services.handoff.store.public_holidays import regions
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.days import day_of
from shared.console.formats import Formats
from shared.console.forms import revision_of
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem, not_found

SAID = ("added", "changed", "day_added", "day_removed")
LONGEST_NAME = 63
A_YEAR = timedelta(days=366)
Short = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Due:
    """When something would be due: what was asked, and the answer or why there is none."""

    within: str
    start: str
    due_at: datetime | None = None
    told: str = ""
    wrong: str = ""


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/calendars``."""
    routes = APIRouter(prefix="/calendars")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "people:write"))]

    @routes.get("")
    async def show_all(member: Reader) -> Response:
        """Show every calendar with its week."""

        def work(conn: Connection) -> list[Any]:
            return [
                (
                    one,
                    week_view(one.working, None, member.now, member.language),
                    specials_ahead(one.working, member.now, member.language)[:3],
                    calendars.used_by(conn, one),
                )
                for one in calendars.everyone(conn)
            ]

        found = await tools.read(work)
        may = member.may("people:write")
        return tools.pages.show(member, "calendars.html", calendars=found, may_change=may)

    @routes.get("/new")
    async def ask(member: Writer) -> Response:
        """Ask for a new calendar."""
        return _form(tools, member, None, Filled(calendar_form.empty_form(tools.parts.settings)))

    @routes.post("/new")
    async def add(member: Writer) -> Response:
        """Make a calendar."""
        form = calendar_form.typed(member.form)

        def work(uow: UnitOfWork) -> str:
            said = {**calendar_form.said(form), "name": form["name"].strip()}
            new = NewCalendar.model_validate(said).model_dump(mode="json")
            name, title = new.pop("name"), new.pop("title")
            add_calendar(uow, member.caller, name, title, new)
            return str(name)

        try:
            name = await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            words = tools.formats(member)
            filled = at_its_day(refused(fault, words, form, calendar_form.NAMED), fault, words)
            return _form(tools, member, None, filled)
        return go(f"/calendars/{name}", said="added") if name else go("/calendars")

    @routes.get("/{name}")
    async def show(
        member: Reader,
        name: str,
        week: Short = "",
        said: str = "",
        within: Short = "",
        start: Annotated[str, Query(alias="from", max_length=40)] = "",
    ) -> Response:
        """Show a calendar."""
        told = f"calendar_{said}" if said in SAID else ""
        return await _show(tools, member, name, week, told, within, start)

    @routes.get("/{name}/edit")
    async def edit(member: Writer, name: str) -> Response:
        """Show what can be changed about a calendar."""
        one = await tools.read(lambda conn: _existing(conn, name))
        return _form(tools, member, one, Filled(calendar_form.form_of(one)))

    @routes.post("/{name}/edit")
    async def change(member: Writer, name: str) -> Response:
        """Change a calendar; deadlines still ahead are counted again."""
        form = calendar_form.typed(member.form)

        def work(uow: UnitOfWork) -> None:
            said = CalendarChanges.model_validate(calendar_form.said(form))
            fields = said.model_dump(mode="json")
            _existing(uow.conn, name)
            change_calendar(uow, member.caller, name, revision_of(form), fields)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            words = tools.formats(member)
            filled = at_its_day(refused(fault, words, form, calendar_form.NAMED), fault, words)
            one = await tools.read(lambda conn: _existing(conn, name))
            return _form(tools, member, one, with_news(filled, calendar_form.form_of(one)))
        return go(f"/calendars/{name}", said="changed")

    async def change_days(
        member: Member, name: str, done: str, act: Callable[[Stored], dict[str, Any]]
    ) -> Response:
        form = dict.fromkeys(("day", "title", "hours"), "") | member.form

        def work(uow: UnitOfWork) -> None:
            days = act(_existing(uow.conn, name))
            said = CalendarChanges.model_validate({"days": days}).model_dump(mode="json")
            change_calendar(uow, member.caller, name, revision_of(form), said)

        try:
            await tools.take(member, work)
        except (Problem, ValidationError) as fault:
            filled = refused(fault, tools.formats(member), form, calendar_form.NAMED)
            return await _show(tools, member, name, filled=filled)
        return go(f"/calendars/{name}", said=done)

    @routes.post("/{name}/days")
    async def add_day(member: Writer, name: str) -> Response:
        """Add a holiday of one's own, or a day with other hours."""

        def act(one: Stored) -> dict[str, Any]:
            return calendar_form.day_said(member.form, one.document)

        return await change_days(member, name, "day_added", act)

    @routes.post("/{name}/days/remove")
    async def remove_day(member: Writer, name: str) -> Response:
        """Let a day be like its weekday again."""

        def act(one: Stored) -> dict[str, Any]:
            gone = member.form.get("day")
            return {day: each for day, each in one.document["days"].items() if day != gone}

        return await change_days(member, name, "day_removed", act)

    return routes


async def _show(
    tools: Tools,
    member: Member,
    name: str,
    week: str = "",
    said: str = "",
    within: str = "",
    start: str = "",
    filled: Filled | None = None,
) -> Response:
    words = tools.formats(member)

    def work(conn: Connection) -> dict[str, Any]:
        one = _existing(conn, name)
        uow = unit_of_work(tools.parts, conn)
        return {
            "one": one,
            "week": week_view(one.working, day_of(week), member.now, member.language),
            "specials": specials_ahead(one.working, member.now, member.language),
            "own_days": calendar_form.own_days(one, words),
            "used_by": calendars.used_by(conn, one),
            "policies": _policies_on(uow, one.name),
            "now": _now(one.working, member.now),
            "due": _due(one, within, start, member.now, words) if within else None,
        }

    found = await tools.read(work)
    form = filled or Filled({"day": "", "title": "", "hours": ""})
    return tools.pages.show(
        member,
        "calendar.html",
        form.status,
        said=said,
        form=form,
        may_change=member.may("people:write"),
        **found,
    )


def _now(working: WorkingTime, now: datetime) -> tuple[bool, datetime] | None:
    """Return whether somebody works now, and when that changes; None: never."""
    since, until = next(working.spans(now, now + A_YEAR), (None, None))
    if since is None or until is None:
        return None
    return (True, until) if since <= now else (False, since)


def _policies_on(uow: UnitOfWork, name: str) -> list[str]:
    in_force = uow.parts.shelf.in_force(uow.conn)
    return sorted(
        {
            one.policy
            for one in in_force
            if any(each.calendar == name for each in one.version.response.values())
        }
    )


def _due(one: Stored, within: str, start: str, now: datetime, words: Formats) -> Due:
    length = length_of(within.strip().replace(" ", ""))
    if length is None:
        return Due(within, start, wrong=words.say("wrong_within"))
    try:
        begins = datetime.fromisoformat(start) if start.strip() else now
        begins = begins if begins.tzinfo else begins.replace(tzinfo=ZoneInfo(one.document["zone"]))
        found = due_of(one, begins, length)
    except (ValueError, OverflowError):
        return Due(within, start, wrong=words.say("wrong_start"))
    except Problem:
        return Due(within, start, wrong=words.say("no_working_time"))
    told = found.explanation[words.language]
    return Due(within, start, found.due_at.astimezone(one.working.zone), told)


def _form(tools: Tools, member: Member, one: Stored | None, filled: Filled) -> Response:
    words = tools.formats(member)
    named = [(words.territory(code), code) for code in calendar_form.countries()]
    named.sort(key=lambda one: fold_text(one[0]))
    return tools.pages.show(
        member,
        "calendar_form.html",
        filled.status,
        one=one,
        form=filled,
        zones=zones(),
        countries=[(code, name) for name, code in named],
        regions=list(regions(filled.value("country"))),
    )


def _existing(conn: Connection, name: str) -> Stored:
    found = calendars.find(conn, name) if len(name) <= LONGEST_NAME else None
    if found is None:
        raise not_found("calendar")
    return found
