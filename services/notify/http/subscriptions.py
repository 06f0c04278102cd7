"""Subscriptions over HTTP: connect a CRM, or a team's channel in Slack or Teams."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row

from services.notify import readmodels
from services.notify.domain.deliveries import Delivery
from services.notify.domain.performance import Performance, total
from services.notify.handlers.manage_subscriptions import (
    change_subscription,
    create_subscription,
    disable_subscription,
    enable_subscription,
    pause_subscription,
    remove_subscription,
    rotate_secret,
    start_redelivery,
    start_replay,
    test_delivery,
)
from services.notify.handlers.subscription_requests import (
    NewSubscription,
    Replay,
    Rotation,
    SubscriptionChange,
    check_url,
)
from services.notify.store.tables import idempotent_answer
from services.notify.unit_of_work import Parts, UnitOfWork
from shared.access import Caller
from shared.idempotency import Answer, OnlyOnce, Repeatable, answered, done, once
from shared.ids import new_id, stable_id
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import Problem, not_found
from shared.web import Permit


class Progress(BaseModel):
    """How far something long is."""

    done: int
    total: int


class SubscriptionShown(BaseModel):
    """A subscription as it is."""

    subscription_id: str
    name: str
    channel: str
    url: str
    event_types: list[str]
    policies: list[str] | None
    headers: dict[str, str]
    contact_email: str | None
    language: str
    zone: str
    state: Literal["active", "paused", "disabled"]
    reason: str | None = Field(description="Why it is paused or disabled.")
    secrets: list[str] = Field(description="The last four characters of each live secret.")
    revision: int
    created_at: datetime
    updated_at: datetime
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None = Field(description="Why the last failed attempt did: `http 503`.")
    failing_since: datetime | None
    disabled_at: datetime | None
    replaying: bool
    replay: Progress | None = Field(description="How far a replay is, in events.")
    redelivery: Progress | None = Field(description="How far sending again what was parked is.")


class SubscriptionMade(SubscriptionShown):
    """A subscription with its secret, which is shown this once."""

    secret: str


class Performed(BaseModel):
    """How attempts went."""

    attempts: int
    succeeded: int
    average_ms: int | None = Field(description="Null where nothing was tried.")
    slowest_ms: int


class DayShown(Performed):
    """How the attempts of one day went."""

    day: date


class PerformanceShown(Performed):
    """How the attempts of seven days went, and of each, the oldest first."""

    days: list[DayShown]


class Tested(BaseModel):
    """How the test event was taken."""

    ok: bool
    outcome: Literal["sent", "not_sent", "unknown"]
    status: int | None
    reason: str
    snippet: str


def shown(row: Row[Any]) -> dict[str, Any]:
    """Return a subscription as its answers hold it."""
    values = {
        name: getattr(row, name)
        for name in SubscriptionShown.model_fields
        if name not in ("subscription_id", "secrets", "replaying", "replay", "redelivery")
    }
    return values | {
        "subscription_id": row.id,
        "secrets": [one["secret"][-4:] for one in row.secrets],
        "replaying": row.replay_next is not None,
        "replay": progress(readmodels.replay_progress(row)),
        "redelivery": progress(readmodels.redelivery_progress(row)),
    }


def progress(found: tuple[int, int] | None) -> Progress | None:
    """Return how far something is, where it is under way."""
    return None if found is None else Progress(done=found[0], total=found[1])


def router(parts: Parts) -> APIRouter:
    """Return the routes below ``/v1/subscriptions``."""
    routes = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])
    Reader = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:read"))]
    Writer = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:write"))]

    async def only_once(request: OnlyOnce, act: Callable[[UnitOfWork], Answer]) -> Answer:
        return await parts.write(
            lambda uow: once(uow.conn, idempotent_answer, request, uow.now, lambda: act(uow))
        )

    @routes.post("", status_code=201, response_model=SubscriptionMade)
    async def create(new: NewSubscription, request: OnlyOnce, caller: Writer) -> Response:
        """Connect a system. The answer holds its secret, this once."""
        check_url(parts.egress, new.url)

        def act(uow: UnitOfWork) -> Answer:
            row, secret = create_subscription(uow, caller.name, new.model_dump())
            made = SubscriptionMade(**shown(row), secret=secret)
            return Answer(
                made.model_dump_json().encode(),
                headers={"etag": etag(row.revision)},
                repeated=made.model_copy(update={"secret": ""}).model_dump_json().encode(),
            )

        return (await only_once(request, act)).response()

    @routes.get("")
    async def list_all(
        caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[SubscriptionShown]:
        """List subscriptions, newest first."""
        rows, following = await parts.db.read(
            lambda conn: readmodels.list_subscriptions(conn, cursor, limit)
        )
        return Page(items=[SubscriptionShown(**shown(row)) for row in rows], next_cursor=following)

    @routes.get("/{subscription_id}")
    async def show(
        subscription_id: PathId, caller: Reader, response: Response
    ) -> SubscriptionShown:
        """Show one subscription."""
        row = await parts.db.read(lambda conn: readmodels.show_subscription(conn, subscription_id))
        if row is None:
            raise not_found("subscription")
        response.headers["etag"] = etag(row.revision)
        return SubscriptionShown(**shown(row))

    @routes.patch("/{subscription_id}")
    async def change(
        subscription_id: PathId,
        said: SubscriptionChange,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> SubscriptionShown:
        """Change a subscription. Deliveries on their way use what it was."""
        revision = expected_revision(if_match)
        values = said.model_dump(exclude_unset=True)
        for name in ("name", "url", "event_types", "headers", "language", "zone"):
            if values.get(name, ...) is None:
                del values[name]
        if "url" in values:
            check_url(parts.egress, values["url"])
        row = await parts.write(
            lambda uow: change_subscription(uow, caller.name, subscription_id, values, revision)
        )
        response.headers["etag"] = etag(row.revision)
        return SubscriptionShown(**shown(row))

    @routes.delete("/{subscription_id}", status_code=204)
    async def remove(subscription_id: PathId, caller: Writer) -> None:
        """Delete a subscription and its deliveries."""
        await parts.write(lambda uow: remove_subscription(uow, caller.name, subscription_id))

    @routes.post("/{subscription_id}/rotate", response_model=SubscriptionMade)
    async def rotate(
        subscription_id: PathId, caller: Writer, request: OnlyOnce, how: Rotation | None = None
    ) -> Response:
        """Give a new secret. For 24 hours requests carry a signature of the old one too."""
        revoke_old = how is not None and how.revoke_old

        def act(uow: UnitOfWork) -> Answer:
            row, secret = rotate_secret(uow, caller.name, subscription_id, revoke_old)
            made = SubscriptionMade(**shown(row), secret=secret)
            return done(made, repeated=made.model_copy(update={"secret": ""}))

        return (await only_once(request, act)).response()

    @routes.post("/{subscription_id}/pause")
    async def pause(subscription_id: PathId, caller: Writer) -> SubscriptionShown:
        """Stop sending for a while; events queue up."""
        row = await parts.write(lambda uow: pause_subscription(uow, caller.name, subscription_id))
        return SubscriptionShown(**shown(row))

    @routes.post("/{subscription_id}/enable")
    async def enable(subscription_id: PathId, caller: Writer) -> SubscriptionShown:
        """Send again: after a pause from where it stood, after disabling from now on."""
        row = await parts.write(lambda uow: enable_subscription(uow, caller.name, subscription_id))
        parts.wake_sender()
        parts.wake_replay()  # a pause stopped it too
        return SubscriptionShown(**shown(row))

    @routes.post("/{subscription_id}/disable")
    async def disable(subscription_id: PathId, caller: Writer) -> SubscriptionShown:
        """End the subscription; what it has not got is parked."""
        row = await parts.write(lambda uow: disable_subscription(uow, caller.name, subscription_id))
        return SubscriptionShown(**shown(row))

    @routes.post("/{subscription_id}/test", response_model=Tested)
    async def test(subscription_id: PathId, caller: Writer, request: OnlyOnce) -> Response:
        """Send a `subscription.tested.v1` event now, and say how it was taken."""

        def prepare(uow: UnitOfWork) -> Answer | Delivery:
            before = answered(uow.conn, idempotent_answer, request, uow.now)
            return before or test_delivery(uow, subscription_id, event_id(request))

        prepared = await parts.write(prepare)
        if isinstance(prepared, Answer):
            return prepared.response()
        reply = await parts.send(prepared)
        tested = Tested(
            ok=reply.ok,
            outcome=reply.outcome,
            status=reply.status,
            reason=reply.reason,
            snippet=reply.snippet,
        )
        return (await only_once(request, lambda _: done(tested))).response()

    @routes.post("/{subscription_id}/replay", status_code=202, response_model=SubscriptionShown)
    async def replay(
        subscription_id: PathId, what: Replay, caller: Writer, request: OnlyOnce
    ) -> Response:
        """Send past events again, in order and with their ids, beside the new ones."""
        since, after = what.since, what.after
        if (since is None) == (after is None):
            raise Problem(422, "invalid", "give either since or after")

        def act(uow: UnitOfWork) -> Answer:
            first = after if since is None else uow.feed.position_before(since)
            row = start_replay(uow, caller.name, subscription_id, first or 0, what.until)
            return done(SubscriptionShown(**shown(row)), 202)

        answer = await only_once(request, act)
        parts.wake_replay()
        return answer.response()

    @routes.post("/{subscription_id}/redeliver", status_code=202, response_model=SubscriptionShown)
    async def redeliver(subscription_id: PathId, caller: Writer, request: OnlyOnce) -> Response:
        """Send everything again that is parked for it, in order and with its ids."""

        def act(uow: UnitOfWork) -> Answer:
            row = start_redelivery(uow, caller.name, subscription_id)
            return done(SubscriptionShown(**shown(row)), 202)

        answer = await only_once(request, act)
        parts.wake_replay()
        return answer.response()

    @routes.get("/{subscription_id}/performance")
    async def performance(subscription_id: PathId, caller: Reader) -> PerformanceShown:
        """Say how the attempts of the last seven days went, and of each day (UTC)."""

        def work(uow: UnitOfWork) -> PerformanceShown:
            if readmodels.show_subscription(uow.conn, subscription_id) is None:
                raise not_found("subscription")
            week = readmodels.week_of(uow.conn, [subscription_id], uow.now, UTC)[subscription_id]
            return PerformanceShown(
                **performed(total(one for _, one in week)),
                days=[DayShown(day=day, **performed(one)) for day, one in week],
            )

        return await parts.read(work)

    return routes


def performed(one: Performance) -> dict[str, Any]:
    """Return how attempts went as answers hold it."""
    return {name: getattr(one, name) for name in Performed.model_fields}


def event_id(request: Repeatable | None) -> str:
    """Return the id of a test event: a repeated request sends none, or the same one again."""
    if request is None:
        return new_id()
    return stable_id("subscription.tested", request.caller, request.route, request.key)
