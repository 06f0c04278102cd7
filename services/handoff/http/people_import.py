"""People, teams and territories over HTTP in one go. A dry run does it all and takes it back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.handlers import import_people
from services.handoff.handlers.import_people import Everything, ImportReport, OnlyTried
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, done, once
from shared.web import Permit


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the route ``/v1/people/import``."""
    routes = APIRouter(prefix="/v1/people", tags=["people"])
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]

    @routes.post("/import", response_model=ImportReport)
    async def import_everything(
        everything: Everything,
        caller: Writer,
        request: OnlyOnce,
        dry_run: Annotated[
            bool, Query(description="Tell what would change, and change nothing.")
        ] = False,
    ) -> Response:
        """Make and change people, teams and territories: all of it or nothing."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                report = import_people.import_everything(uow, caller, everything, dry_run=dry_run)
                return done(report)

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        try:
            answer = await parts.db.write(work)
        except OnlyTried as tried:
            return done(tried.report).response()
        await keys.refresh()
        return answer.response()

    return routes
