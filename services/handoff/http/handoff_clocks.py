"""Pausing the clocks of a hand-off over HTTP, and letting them run on."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import Field
from sqlalchemy import Connection, Row

from services.handoff.domain.pauses import PauseReason
from services.handoff.handlers.pause_clocks import NewPause, pause_clocks, resume_clocks
from services.handoff.http.handoffs import HandoffShown, Said, find_speaker, only_of, shown
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared import idempotency
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import OnlyOnce
from shared.pages import PathId
from shared.web import Permit

Act = Callable[[UnitOfWork, Row[Any]], None]


class PauseAsked(Said):
    """Why the clocks stand still, and until when. There is no pause without an end."""

    reason: PauseReason = Field(
        description="`call_at_a_date`: the lead asked to be called at a date; `right_person`: "
        "waiting for the right person; `data_fix`: waiting for wrong data to be mended; "
        "`lead_away`: the lead is away."
    )
    until: Moment = Field(description="When they run on, at most 60 days ahead.")


class Resume(Said):
    """The pause is over before its time."""


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/handoffs/{handoff_id}`` that are about clocks."""
    routes = APIRouter(prefix="/v1/handoffs", tags=["handoffs"])
    Writer = Annotated[Caller, Depends(Permit(keys, "handoffs:write"))]

    @routes.post("/{handoff_id}/pause", response_model=HandoffShown)
    async def pause(
        handoff_id: PathId, asked: PauseAsked, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Pause its clocks until a moment; what was left then is left. Not once it is late."""
        new = NewPause(asked.reason, asked.until, asked.text)
        return await change(
            handoff_id,
            caller,
            asked,
            request,
            lambda uow, person: pause_clocks(uow, handoff_id, person, new),
        )

    @routes.post("/{handoff_id}/resume", response_model=HandoffShown)
    async def resume(
        handoff_id: PathId, said: Resume, caller: Writer, request: OnlyOnce
    ) -> Response:
        """End its pause now; the clocks run on with what was left."""
        return await change(
            handoff_id,
            caller,
            said,
            request,
            lambda uow, person: resume_clocks(uow, handoff_id, person),
        )

    async def change(
        handoff_id: str, caller: Caller, said: Said, request: OnlyOnce, act: Act
    ) -> Response:
        def work(conn: Connection) -> idempotency.Answer:
            uow = unit_of_work(parts, conn)

            def once() -> idempotency.Answer:
                shown(uow, handoff_id, only_of(caller))
                act(uow, find_speaker(uow, caller, said.person))
                return idempotency.done(shown(uow, handoff_id, None))

            return idempotency.once(conn, IDEMPOTENCY, request, uow.now, once)

        return (await parts.db.write(work)).response()

    return routes
