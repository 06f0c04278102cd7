"""People over HTTP: who works with leads, how to reach them, what they may do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.fields.people import NewPerson, PersonChanges, PersonShown, shown
from services.handoff.handlers.people import add_person, change_person
from services.handoff.store import people
from services.handoff.store.people import Employee
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/people``."""
    routes = APIRouter(prefix="/v1/people", tags=["people"])
    db, settings = parts.db, parts.settings
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]
    reading = [Depends(Permit(keys, "people:read"))]

    @routes.get("", dependencies=reading)
    async def list_people(
        active: bool | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[PersonShown]:
        """List people in order of name; ``active=true`` leaves out who has left."""
        entries, following = await db.read(
            lambda conn: people.page_of_people(conn, active, cursor, limit)
        )
        return Page(items=[shown(one) for one in entries], next_cursor=following)

    @routes.post("", status_code=201, response_model=PersonShown)
    async def add(person: NewPerson, caller: Writer, request: OnlyOnce) -> Response:
        """Add a person."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                one = add_person(uow, caller, person.entry(settings))
                return created(shown(one), f"/v1/people/{one.person_id}", etag(one.revision))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/{person_id}", dependencies=reading)
    async def show(person_id: PathId, response: Response) -> PersonShown:
        """Show a person."""
        row = await db.read(lambda conn: people.find_person(conn, person_id))
        if row is None:
            raise not_found("person")
        return tagged(people.as_entry(row), response)

    @routes.patch("/{person_id}")
    async def change(
        person_id: PathId,
        changes: PersonChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> PersonShown:
        """Change a person. Keys that act for them never allow more than their roles do."""
        expected, fields = expected_revision(if_match), changes.model_dump()
        stored = await db.write(
            lambda conn: change_person(
                unit_of_work(parts, conn), caller, person_id, expected, fields
            )
        )
        await keys.refresh()
        return tagged(stored, response)

    return routes


def tagged(entry: Employee, response: Response) -> PersonShown:
    """Return a person, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(entry.revision)
    return shown(entry)
