"""What sales asked of marketing with a verdict, over HTTP: seen and settled."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Connection, Row

from services.handoff.handlers.requests import WANTED
from services.handoff.handlers.right_person import introduce
from services.handoff.handlers.settle_requests import mend
from services.handoff.readmodels import lead_names
from services.handoff.store import overrides
from services.handoff.unit_of_work import Parts, unit_of_work
from shared import pages
from shared.access import Caller, KeyRing
from shared.pages import Cursor, Limit, Page, PathId
from shared.web import Permit, permit

CAUSES = {wanted: cause for cause, wanted in WANTED.items()}


class RequestShown(BaseModel):
    """Something sales needs before a lead goes on. Nobody is to blame."""

    request_id: str
    wanted: Literal["fix", "right_person"]
    lead_id: str
    lead_name: str
    policy: str | None
    handoff_id: str | None = Field(description="The hand-off that was sent back.")
    text: str = Field(description="What is wrong, in the rep's words.")
    asked_by: str
    asked_at: datetime


class Settlement(BaseModel):
    """That the data are mended, or who the right person is."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[
        str | None, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)
    ] = Field(default=None, description="With `fix`: what was mended.")
    email: str | None = Field(
        default=None, max_length=320, description="With `right_person`: their address."
    )
    name: str | None = Field(default=None, max_length=200)

    @model_validator(mode="after")
    def _says_one(self) -> Self:
        if (self.text is None) is (self.email is None):
            raise ValueError("say either `text` (what was mended) or `email` (of the right person)")
        return self


class Settled(BaseModel):
    """What came of it."""

    lead_id: str = Field(description="The mended lead, or the right person.")
    handoff_id: str | None = Field(description="The hand-off that came of it, if one did.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/requests``."""
    routes = APIRouter(prefix="/v1/requests", tags=["leads"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "leads:write"))]

    @routes.get("", dependencies=[permit(keys, "leads:read")])
    async def list_requests(
        wanted: Literal["fix", "right_person"] | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[RequestShown]:
        """List what sales asked of marketing and does not have yet, the latest first."""

        def work(conn: Connection) -> Page[RequestShown]:
            cause = None if wanted is None else CAUSES[wanted]
            rows = list(overrides.open_requests(conn, cause, cursor, limit))
            found, following = pages.cut(rows, limit, "made_at", "override_id")
            names = lead_names(conn, [row.lead_id for row in found])
            items = [shown(row, names[row.lead_id]) for row in found]
            return Page(items=items, next_cursor=following)

        return await db.read(work)

    @routes.post("/{request_id}/settle")
    async def settle(request_id: PathId, given: Settlement, caller: Writer) -> Settled:
        """Say that the data are mended, or who the right person is. Once."""

        def work(conn: Connection) -> Settled:
            uow = unit_of_work(parts, conn)
            if given.email is None:
                lead_id, handoff_id = mend(uow, request_id, caller.name, given.text or "")
                return Settled(lead_id=lead_id, handoff_id=handoff_id)
            who = (caller.name, caller.person_id)
            right = introduce(uow, request_id, given.email, given.name, *who)
            return Settled(lead_id=right.lead_id, handoff_id=right.handoff_id)

        return await db.write(work)

    return routes


def shown(row: Row[Any], name: str) -> RequestShown:
    """Return a request as callers see one."""
    return RequestShown(
        request_id=row.override_id,
        wanted=WANTED[row.cause],
        lead_id=row.lead_id,
        lead_name=name,
        policy=row.policy,
        handoff_id=row.handoff_id,
        text=row.reason,
        asked_by=row.made_by,
        asked_at=row.made_at,
    )
