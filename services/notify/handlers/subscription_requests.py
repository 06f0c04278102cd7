"""What may be asked of a subscription: the fields, checked, for the API and the pages alike."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.notify.domain.event_types import EVERYTHING, is_pattern
from shared.contracts import EVENTS
from shared.contracts.handoffs import TOPIC
from shared.egress import Egress, Forbidden, check_headers
from shared.fields import Email, Moment, Name, Zone
from shared.problem import Problem

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


class Rotation(BaseModel):
    """How a secret is replaced."""

    model_config = ConfigDict(extra="forbid")

    revoke_old: bool = Field(
        default=False, description="End the old secret at once, because it leaked."
    )


class Replay(BaseModel):
    """Which past events are sent again: from a moment, or behind a cursor of the feed."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = None
    after: int | None = Field(default=None, ge=0)
    until: int | None = Field(
        default=None, ge=1, description="The last position; now where left out."
    )


def check_url(egress: Egress, url: str) -> None:
    """Raise ``Problem`` (422) for an address we do not call, as far as can be said beforehand."""
    try:
        egress.check_url(url)
    except Forbidden as error:
        message = str(error)
        where = {"pointer": "/url", "message": message, "kind": error.code}
        raise Problem(422, "invalid", f"/url: {message}", [where]) from None
