"""Deliveries over HTTP: what went out, what did not, and why."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from services.notify import readmodels
from services.notify.handlers.replay_events import redeliver
from services.notify.store.tables import idempotent_answer
from services.notify.unit_of_work import Parts, UnitOfWork
from shared.access import Caller
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, done, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import not_found
from shared.web import Permit

State = Literal["pending", "waiting", "delivered", "parked", "not_needed"]
Since = Annotated[Moment | None, Query(description="Begun at this moment or later.")]
Until = Annotated[Moment | None, Query(description="Begun before this moment.")]


class DeliverySummary(BaseModel):
    """A delivery as lists show it."""

    delivery_id: str
    subscription_id: str | None = Field(description="The system told; null for people.")
    person_id: str | None = Field(description="The person told; null for systems.")
    channel: str
    event_id: str = Field(description="The `webhook-id`, the same on every attempt.")
    event_type: str
    position: int | None = Field(description="The event's place in the feed.")
    lead_id: str | None
    handoff_id: str | None
    state: State = Field(
        description="`waiting`: behind an earlier event of the same lead. `parked`: given up, and "
        "can be redelivered. `not_needed`: overtaken by what happened meanwhile."
    )
    reason: str | None
    failures: int
    next_attempt_at: datetime | None
    created_at: datetime
    settled_at: datetime | None


class AttemptShown(BaseModel):
    """One try."""

    at: datetime
    outcome: Literal["sent", "not_sent", "unknown"] = Field(
        description="`sent`: the receiver answered. `not_sent`: it was not reached. `unknown`: "
        "the request was written and no answer came."
    )
    ok: bool
    duration_ms: int
    status: int | None
    reason: str = ""
    snippet: str = Field(default="", description="The beginning of the answer.")


class DeliveryShown(DeliverySummary):
    """A delivery with its attempts, the latest 50."""

    attempts: list[AttemptShown]


def summary(row: Row[Any]) -> dict[str, Any]:
    """Return a delivery as its answers hold it."""
    values = {
        name: getattr(row, name)
        for name in DeliverySummary.model_fields
        if name not in ("delivery_id", "next_attempt_at")
    }
    next_attempt_at = row.next_attempt_at if row.settled_at is None else None
    return values | {"delivery_id": row.id, "next_attempt_at": next_attempt_at}


def router(parts: Parts) -> APIRouter:
    """Return the routes below ``/v1/deliveries``."""
    routes = APIRouter(prefix="/v1/deliveries", tags=["deliveries"])
    Reader = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:read"))]
    Writer = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:write"))]

    @routes.get("")
    async def list_all(
        caller: Reader,
        subscription: PathId | None = None,
        person: PathId | None = None,
        lead: PathId | None = None,
        handoff: PathId | None = None,
        state: State | None = None,
        since: Since = None,
        until: Until = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[DeliverySummary]:
        """List deliveries to systems and people, newest first."""
        wanted = readmodels.Wanted(subscription, person, lead, handoff, state, since, until)
        rows, following = await parts.db.read(
            lambda conn: readmodels.list_deliveries(conn, cursor, limit, wanted)
        )
        return Page(items=[DeliverySummary(**summary(row)) for row in rows], next_cursor=following)

    @routes.get("/{delivery_id}")
    async def show(delivery_id: PathId, caller: Reader) -> DeliveryShown:
        """Show a delivery with its attempts."""
        return await parts.db.read(lambda conn: shown(conn, delivery_id))

    @routes.post("/{delivery_id}/redeliver", status_code=202, response_model=DeliveryShown)
    async def again(delivery_id: PathId, caller: Writer, request: OnlyOnce) -> Response:
        """Send a settled delivery again, with the same id and the same bytes."""

        def work(uow: UnitOfWork) -> Answer:
            def act() -> Answer:
                redeliver(uow, caller.name, delivery_id)
                return done(shown(uow.conn, delivery_id), 202)

            return once(uow.conn, idempotent_answer, request, uow.now, act)

        answer = await parts.write(work)
        parts.wake_sender()
        return answer.response()

    return routes


def shown(conn: Connection, delivery_id: str) -> DeliveryShown:
    """Return a delivery with its attempts. Raises ``Problem`` (404)."""
    row = readmodels.show_delivery(conn, delivery_id)
    if row is None:
        raise not_found("delivery")
    attempts = [AttemptShown(**one) for one in row.attempts]
    return DeliveryShown(**summary(row), attempts=attempts)
