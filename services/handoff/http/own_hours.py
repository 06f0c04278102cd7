"""Their own hours over HTTP: what the key's person sees and enters, whatever their role."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.fields.calendars import HoursShown, OwnHoursChanges, WeekShown
from services.handoff.handlers.calendars import change_hours
from services.handoff.handlers.weeks import hours_shown, week_of
from services.handoff.http.calendars import FirstDay
from services.handoff.store import calendars
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import Problem
from shared.web import Permit


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/hours``."""
    routes = APIRouter(prefix="/v1/hours", tags=["calendars"])
    db = parts.db
    Person = Annotated[Caller, Depends(Permit(keys, "hours:write"))]

    @routes.get("")
    async def show_own(caller: Person, response: Response) -> HoursShown:
        """Show the hours and the leave of the key's person."""
        person_id = person_of(caller)

        def work(conn: Connection) -> HoursShown:
            return hours_shown(conn, person_id, *calendars.hours_of(conn, person_id))

        hours = await db.read(work)
        response.headers["ETag"] = etag(hours.revision)
        return hours

    @routes.patch("")
    async def change_own(
        changes: OwnHoursChanges, caller: Person, response: Response, if_match: IfMatch = None
    ) -> HoursShown:
        """Enter hours and leave of the key's person. Their last day is for others to say."""
        expected, fields = expected_revision(if_match), changes.document()
        person_id = person_of(caller)

        def work(conn: Connection) -> HoursShown:
            uow = unit_of_work(parts, conn)
            return hours_shown(
                conn, person_id, *change_hours(uow, caller, person_id, expected, fields)
            )

        hours = await db.write(work)
        response.headers["ETag"] = etag(hours.revision)
        return hours

    @routes.get("/week")
    async def show_own_week(caller: Person, first: FirstDay = None) -> WeekShown:
        """Show seven days of the key's person as they will really be."""
        person_id = person_of(caller)
        return await db.read(
            lambda conn: week_of(calendars.person_time(conn, person_id), first, db.now(conn))
        )

    return routes


def person_of(caller: Caller) -> str:
    """Return whom the key acts for. Raises ``Problem`` (403)."""
    if caller.person_id is None:
        raise Problem(403, "not_a_person", "this key acts for nobody, so it has no hours")
    return caller.person_id
