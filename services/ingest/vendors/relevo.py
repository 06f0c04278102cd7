"""Relevo's own event JSON: what ``/v1/events`` takes.

Here we are the ones who say what is right, so everything is checked before the answer and
unknown fields are refused.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from services.ingest.domain.incoming import Consent, IncomingTouch, Mark, Unreadable
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.port import (
    Answer,
    CredentialKind,
    Credentials,
    Options,
    Receipt,
    Request,
)
from services.ingest.vendors.tokens import check_token

MOST_ITEMS = 2500

Id = Annotated[str, Field(min_length=1, max_length=200)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class GivenConsent(_Strict):
    """A channel the lead allowed or refused."""

    channel: Literal["email", "phone", "sms", "post", "all"]
    status: Literal["granted", "refused"]
    at: AwareDatetime | None = Field(
        default=None, strict=False, description="When; absent: when the event was."
    )


class GivenEvent(_Strict):
    """One thing a lead did, or (without ``event``) who a lead is."""

    id: Id | None = Field(
        default=None,
        description="Your own id of the event: sent twice, it counts once. Recommended.",
    )
    event: Id | None = Field(
        default=None,
        description="A touch kind (`demo.requested`) or a free name (`Guide Downloaded`).",
    )
    email: Annotated[str, Field(min_length=3, max_length=320)] | None = None
    user_id: Id | None = Field(default=None, description="Your own id of the person.")
    anonymous_id: Id | None = Field(default=None, description="The id of a browser or device.")
    occurred_at: AwareDatetime | None = Field(
        default=None, strict=False, description="When it happened, with a zone; absent: now."
    )
    properties: dict[str, Any] = Field(
        default_factory=dict, description="What it was about: `content.topic`, `campaign.name`…"
    )
    lead: dict[str, Any] = Field(
        default_factory=dict, description="Facts about the person: `title`, `country`…"
    )
    account: dict[str, Any] = Field(
        default_factory=dict, description="Facts about the company: `domain`, `employees`…"
    )
    consent: list[GivenConsent] = Field(default_factory=list, max_length=10)
    made_by: Literal["human", "machine", "unsure"] | None = Field(
        default=None, description="Who acted, where you know it."
    )
    user_agent: Annotated[str, Field(max_length=1000)] | None = Field(
        default=None, description="The browser of the person."
    )

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not (self.email or self.user_id or self.anonymous_id):
            raise ValueError("email, user_id or anonymous_id must say who it was")
        return self


class Relevo:
    """Programs that speak Relevo's own JSON."""

    name: ClassVar[str] = "relevo"
    title: ClassVar[str] = "Own programs, by Relevo's own JSON"
    options_model: ClassVar[type[Options]] = Options
    accepted: ClassVar[Answer] = Answer()

    def credential(self, options: Options) -> CredentialKind:
        return "token"

    def check_secret(self, secret: str) -> None:
        raise ValueError("a source of this kind shows a token; it does not sign")

    def verify(
        self, request: Request, credentials: Credentials, options: Options, now: datetime
    ) -> None:
        check_token(request.headers, credentials)

    def greet(self, request: Request) -> Answer | None:
        return Answer() if request.method in ("GET", "HEAD") else None

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        content = json_of(receipt.body)
        events = content if isinstance(content, list) else [content]
        for index, item in enumerate(events):
            place = f"/{index}" if isinstance(content, list) else ""
            try:
                event = GivenEvent.model_validate(item)
            except ValueError as error:
                yield Unreadable("invalid_event", str(error).splitlines()[0], place)
                continue
            yield _touch(event, item, place)


EVENTS = TypeAdapter(Annotated[list[GivenEvent], Field(min_length=1, max_length=MOST_ITEMS)])


def _touch(event: GivenEvent, item: Mapping[str, Any], place: str) -> IncomingTouch:
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=event.id,
        name=event.event,
        email=event.email,
        user_id=event.user_id,
        anonymous_id=event.anonymous_id,
        occurred_at=event.occurred_at.isoformat() if event.occurred_at else None,
        properties=event.properties,
        lead=event.lead,
        account=event.account,
        consent=tuple(
            Consent(one.channel, one.status == "granted", one.at.isoformat() if one.at else None)
            for one in event.consent
        ),
        user_agent=event.user_agent,
        mark=Mark(event.made_by, "stated_by_the_source") if event.made_by else None,
        place=place,
    )
