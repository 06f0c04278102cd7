"""Calendars over HTTP: when teams and people work, and when something would be due."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator
from sqlalchemy import Connection

from services.handoff.fields.calendars import (
    CALENDAR_NAME,
    CalendarChanges,
    CalendarShown,
    Day,
    DueShown,
    HoursChanges,
    HoursShown,
    NewCalendar,
    RevisionShown,
    WeekShown,
)
from services.handoff.handlers.calendars import add_calendar, change_calendar, change_hours
from services.handoff.handlers.weeks import due_of, hours_shown, week_of
from services.handoff.policy_document.scalars import length_of
from services.handoff.store import calendars, people
from services.handoff.store.calendars import Stored
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import Problem, not_found
from shared.web import Permit

FirstDay = Annotated[
    Day | None, Query(alias="from", description="The first day; this week's Monday.")
]


def _known_name(name: str) -> str:
    """Return a name in a path; what cannot be a name is as unknown as any other."""
    if not re.fullmatch(CALENDAR_NAME, name):
        raise not_found("calendar")
    return name


PathName = Annotated[str, AfterValidator(_known_name)]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/calendars`` and ``/v1/people/{person_id}/hours``."""
    routes = APIRouter(tags=["calendars"])
    db, settings = parts.db, parts.settings
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]
    reading = [Depends(Permit(keys, "people:read"))]

    @routes.get("/v1/calendars", dependencies=reading)
    async def list_calendars(cursor: Cursor = None, limit: Limit = 50) -> Page[CalendarShown]:
        """List calendars in order of name."""
        found, following = await db.read(lambda conn: calendars.page(conn, cursor, limit))
        return Page(items=[shown(one) for one in found], next_cursor=following)

    @routes.post("/v1/calendars", status_code=201, response_model=CalendarShown)
    async def add(calendar: NewCalendar, caller: Writer, request: OnlyOnce) -> Response:
        """Make a calendar. Policies name it from then on, and it is never deleted."""
        fields = calendar.model_dump(mode="json")
        name = fields.pop("name")
        title = fields.pop("title", None) or name.replace("-", " ").replace("_", " ").capitalize()
        document = {"zone": settings.zone, **fields}

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                one = add_calendar(uow, caller, name, title, document)
                return created(shown(one), f"/v1/calendars/{name}", etag(one.revision))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/v1/calendars/{name}", dependencies=reading)
    async def show(name: PathName, response: Response) -> CalendarShown:
        """Show a calendar."""
        return tagged(await db.read(lambda conn: existing(conn, name)), response)

    @routes.patch("/v1/calendars/{name}")
    async def change(
        name: PathName,
        changes: CalendarChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> CalendarShown:
        """Change a calendar. Deadlines still ahead are counted again; what has passed stays."""
        expected, fields = expected_revision(if_match), changes.model_dump(mode="json")
        stored = await db.write(
            lambda conn: change_calendar(unit_of_work(parts, conn), caller, name, expected, fields)
        )
        return tagged(stored, response)

    @routes.get("/v1/calendars/{name}/revisions", dependencies=reading)
    async def list_revisions(
        name: PathName, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[RevisionShown]:
        """List how a calendar was each time it changed, newest first."""

        def work(conn: Connection) -> Page[RevisionShown]:
            one = existing(conn, name)
            rows, following = calendars.page_of_revisions(conn, one.calendar_id, cursor, limit)
            items = [
                RevisionShown(
                    calendar_id=one.calendar_id,
                    name=name,
                    revision=row.revision,
                    title=row.title,
                    changed_at=row.changed_at,
                    changed_by=row.changed_by,
                    **row.document,
                )
                for row in rows
            ]
            return Page(items=items, next_cursor=following)

        return await db.read(work)

    @routes.get("/v1/calendars/{name}/week", dependencies=reading)
    async def show_week(name: PathName, first: FirstDay = None) -> WeekShown:
        """Show seven days as they will really be."""

        def work(conn: Connection) -> WeekShown:
            return week_of(existing(conn, name).working, first, db.now(conn))

        return await db.read(work)

    @routes.get("/v1/calendars/{name}/due", dependencies=reading)
    async def show_due(
        name: PathName,
        within: Annotated[str, Query(description="Working time, as policies write it: `4h`.")],
        start: Annotated[
            Moment | None, Query(alias="from", description="When it begins; now.")
        ] = None,
    ) -> DueShown:
        """Tell when something would be due that begins at a moment, and why then."""
        length = length_of(within)
        if length is None:
            where = {"pointer": "query.within", "message": "a duration like 4h, 15m or 90s"}
            raise Problem(422, "invalid", f"query.within: {where['message']}", [where])

        def work(conn: Connection) -> DueShown:
            return due_of(existing(conn, name), start or db.now(conn), length)

        return await db.read(work)

    @routes.get("/v1/people/{person_id}/hours", dependencies=reading)
    async def show_hours(person_id: PathId, response: Response) -> HoursShown:
        """Show a person's own hours, leave and last day."""

        def work(conn: Connection) -> HoursShown:
            check_person(conn, person_id)
            return hours_shown(conn, person_id, *calendars.hours_of(conn, person_id))

        hours = await db.read(work)
        response.headers["ETag"] = etag(hours.revision)
        return hours

    @routes.patch("/v1/people/{person_id}/hours")
    async def change_own(
        person_id: PathId,
        changes: HoursChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> HoursShown:
        """Change a person's own hours, leave or last day."""
        expected, fields = expected_revision(if_match), changes.document()

        def work(conn: Connection) -> HoursShown:
            uow = unit_of_work(parts, conn)
            stored = change_hours(uow, caller, person_id, expected, fields)
            return hours_shown(conn, person_id, *stored)

        hours = await db.write(work)
        response.headers["ETag"] = etag(hours.revision)
        return hours

    @routes.get("/v1/people/{person_id}/hours/week", dependencies=reading)
    async def show_person_week(person_id: PathId, first: FirstDay = None) -> WeekShown:
        """Show seven days of a person as they will really be: leave is taken out too."""

        def work(conn: Connection) -> WeekShown:
            check_person(conn, person_id)
            return week_of(calendars.person_time(conn, person_id), first, db.now(conn))

        return await db.read(work)

    return routes


def existing(conn: Connection, name: str) -> Stored:
    """Return the calendar of this name. Raises ``Problem`` (404)."""
    found = calendars.find(conn, name)
    if found is None:
        raise not_found("calendar")
    return found


def check_person(conn: Connection, person_id: str) -> None:
    """Raise ``Problem`` (404) unless there is such a person."""
    if people.person(conn, person_id) is None:
        raise not_found("person")


def tagged(one: Stored, response: Response) -> CalendarShown:
    """Return a calendar, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(one.revision)
    return shown(one)


def shown(one: Stored) -> CalendarShown:
    """Return a calendar as callers see one."""
    return CalendarShown(
        calendar_id=one.calendar_id,
        name=one.name,
        revision=one.revision,
        title=one.title,
        **one.document,
    )
