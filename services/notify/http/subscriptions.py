"""Subscriptions over HTTP: connect a CRM, or a team's channel in Slack or Teams."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Row

from services.notify import readmodels
from services.notify.domain.deliveries import Delivery
from services.notify.domain.event_types import EVERYTHING, is_pattern
from services.notify.handlers.manage_subscriptions import (
    change_subscription,
    create_subscription,
    disable_subscription,
    enable_subscription,
    pause_subscription,
    remove_subscription,
    rotate_secret,
    start_replay,
    test_delivery,
)
from services.notify.http.parts import Parts
from services.notify.store.tables import idempotent_answer
from services.notify.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.contracts import EVENTS
from shared.contracts.handoffs import TOPIC
from shared.egress import Forbidden, check_headers
from shared.fields import Email, Name, Zone
from shared.idempotency import Answer, OnlyOnce, Repeatable, answered, done, once
from shared.ids import new_id, stable_id
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import Problem, not_found
from shared.web import Permit

KNOWN_TYPES = tuple(sorted(event.type for event in EVENTS if event.topic == TOPIC))


def _event_type(text: str) -> str:
    if not is_pattern(text, KNOWN_TYPES):
        known = ", ".join(KNOWN_TYPES)
        raise PydanticCustomError(
            "event_type",
            "matches no event; known are {known}, and patterns like handoff.*",
            {"known": known},
        )
    return text


def _headers(headers: dict[str, str]) -> dict[str, str]:
    try:
        check_headers(headers)
    except ValueError as error:
        raise PydanticCustomError("headers", "{reason}", {"reason": str(error)}) from None
    return headers


EventTypes = Annotated[
    list[Annotated[str, Field(max_length=100), AfterValidator(_event_type)]],
    Field(
        min_length=1,
        max_length=50,
        description="Types, or patterns that end in `*`: `handoff.sales_ready.v1`, `handoff.*`.",
    ),
]
Policies = Annotated[
    list[Annotated[str, Field(max_length=200)]] | None,
    Field(min_length=1, max_length=50, description="Only these policies' events; null: all."),
]
ExtraHeaders = Annotated[
    dict[str, str],
    Field(max_length=20, description="Sent with every request."),
    AfterValidator(_headers),
]
Url = Annotated[str, Field(min_length=1, max_length=2000)]


class NewSubscription(BaseModel):
    """A system, or a team's channel, that wants events."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    url: Url = Field(description="Where events are posted.")
    channel: Literal["webhook", "slack", "teams"] = Field(
        default="webhook",
        description="`webhook` gets the signed event, `slack` and `teams` a message about it.",
    )
    event_types: EventTypes = Field(default_factory=lambda: list(EVERYTHING))
    policies: Policies = None
    headers: ExtraHeaders = Field(default_factory=dict)
    contact_email: Email | None = Field(
        default=None, description="Who is warned before the subscription is disabled."
    )
    language: Literal["en", "es"] = "en"
    zone: Zone = "UTC"


class SubscriptionChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    url: Url | None = None
    event_types: EventTypes | None = None
    policies: Policies = None
    headers: ExtraHeaders | None = None
    contact_email: Email | None = None
    language: Literal["es", "en"] | None = None
    zone: Zone | None = None


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
    failing_since: datetime | None
    disabled_at: datetime | None
    replaying: bool


class SubscriptionMade(SubscriptionShown):
    """A subscription with its secret, which is shown this once."""

    secret: str


class Rotation(BaseModel):
    """How a secret is replaced."""

    model_config = ConfigDict(extra="forbid")

    revoke_old: bool = Field(
        default=False, description="End the old secret at once, because it leaked."
    )


class Replay(BaseModel):
    """Which past events are sent again: from a moment, or behind a cursor of the feed."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime | None = None
    after: int | None = Field(default=None, ge=0)
    until: int | None = Field(
        default=None, ge=1, description="The last position; now where left out."
    )


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
        if name not in ("subscription_id", "secrets", "replaying")
    }
    return values | {
        "subscription_id": row.id,
        "secrets": [one["secret"][-4:] for one in row.secrets],
        "replaying": row.replay_next is not None,
    }


def router(parts: Parts) -> APIRouter:
    """Return the routes below ``/v1/subscriptions``."""
    routes = APIRouter(prefix="/v1/subscriptions", tags=["subscriptions"])
    Reader = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:read"))]
    Writer = Annotated[Caller, Depends(Permit(parts.keys, "subscriptions:write"))]

    def check_url(url: str) -> None:
        try:
            parts.egress.check_url(url)
        except Forbidden as error:
            message = str(error)
            raise Problem(
                422, "invalid", f"/url: {message}", [{"pointer": "/url", "message": message}]
            ) from None

    async def only_once(request: OnlyOnce, act: Callable[[UnitOfWork], Answer]) -> Answer:
        return await parts.write(
            lambda uow: once(uow.conn, idempotent_answer, request, uow.now, lambda: act(uow))
        )

    @routes.post("", status_code=201, response_model=SubscriptionMade)
    async def create(new: NewSubscription, request: OnlyOnce, caller: Writer) -> Response:
        """Connect a system. The answer holds its secret, this once."""
        check_url(new.url)

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
            check_url(values["url"])
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

    return routes


def event_id(request: Repeatable | None) -> str:
    """Return the id of a test event: a repeated request sends none, or the same one again."""
    if request is None:
        return new_id()
    return stable_id("subscription.tested", request.caller, request.route, request.key)
