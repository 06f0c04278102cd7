"""Promises of a hand-off over HTTP."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from services.handoff.handlers.promises import keep_promise, make_promise
from services.handoff.http.handoffs import only_of, shown, speaker
from services.handoff.store import people, promises
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, created, done, once
from shared.pages import PathId
from shared.problem import invalid, not_found
from shared.web import Permit

Person = Annotated[
    str | None,
    Field(
        default=None,
        description="E-mail or id of who says it. Only for keys that act for nobody.",
    ),
]


class PromiseShown(BaseModel):
    """What somebody of sales said they would do for a lead."""

    promise_id: str
    handoff_id: str
    person_id: str
    text: str
    due_at: datetime
    made_at: datetime
    kept_at: datetime | None


class NewPromise(BaseModel):
    """What is promised, and by when."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=500)
    due_at: Moment
    person: Person


class Kept(BaseModel):
    """Who kept the promise."""

    model_config = ConfigDict(extra="forbid")

    person: Person


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/handoffs/{handoff_id}/promises``."""
    routes = APIRouter(prefix="/v1/handoffs/{handoff_id}/promises", tags=["handoffs"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "handoffs:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "handoffs:write"))]

    @routes.get("")
    async def list_promises(handoff_id: PathId, caller: Reader) -> list[PromiseShown]:
        """List what was promised to the lead, in the order it is due."""

        def work(conn: Connection) -> list[PromiseShown]:
            shown(unit_of_work(parts, conn), handoff_id, only_of(caller))
            return [PromiseShown(**row._mapping) for row in promises.of_handoff(conn, handoff_id)]

        return await db.read(work)

    @routes.post("", status_code=201, response_model=PromiseShown)
    async def promise(
        handoff_id: PathId, said: NewPromise, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Remember what was promised to the lead, and by when."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                shown(uow, handoff_id, only_of(caller))
                by = _person_id(conn, caller, said.person)
                made = make_promise(uow, handoff_id, by, said.text, said.due_at)
                where = f"/v1/handoffs/{handoff_id}/promises/{made}"
                return created(_shown(conn, handoff_id, made), where)

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.post("/{promise_id}/kept", response_model=PromiseShown)
    async def kept(
        handoff_id: PathId, promise_id: PathId, said: Kept, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Say that a promise was kept."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                shown(uow, handoff_id, only_of(caller))
                keep_promise(uow, handoff_id, promise_id, _person_id(conn, caller, said.person))
                return done(_shown(conn, handoff_id, promise_id))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    return routes


def _shown(conn: Connection, handoff_id: str, promise_id: str) -> PromiseShown:
    row = promises.find(conn, handoff_id, promise_id)
    if row is None:
        raise not_found("promise")
    return PromiseShown(**row._mapping)


def _person_id(conn: Connection, caller: Caller, named: str | None) -> str:
    row = people.find_person(conn, speaker(caller, named))
    if row is None:
        raise invalid("/person", "nobody here has that id or e-mail address", "unknown_person")
    return str(row.person_id)
