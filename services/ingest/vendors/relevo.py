"""Relevo's own event JSON: what ``/v1/events`` takes.

Here we are the ones who say what is right, so everything is checked before the answer and
unknown fields are refused.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from typing_extensions import TypedDict

from services.ingest.domain.incoming import Consent, IncomingTouch, Mark, Unreadable
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

MOST_ITEMS = 2500

Id = Annotated[str, Field(min_length=1, max_length=200)]


Moment = Annotated[AwareDatetime, Field(strict=False)]


class GivenConsent(BaseModel):
    """A channel the lead allowed or refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    channel: Literal["email", "phone", "sms", "post", "all"]
    status: Literal["granted", "refused"]
    at: Moment | None = Field(default=None, description="When; absent: when the event was.")


class GivenEvent(TypedDict, total=False):
    """One thing a lead did, or (without ``event``) who a lead is.

    A dictionary and no model, because it is checked before every answer: in half the time.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    id: Annotated[
        Id | None,
        Field(description="Your own id of the event: sent twice, it counts once. Recommended."),
    ]
    event: Annotated[
        Id | None,
        Field(description="A touch kind (`demo.requested`) or a free name (`Guide Downloaded`)."),
    ]
    email: Annotated[str, Field(min_length=3, max_length=320)] | None
    user_id: Annotated[Id | None, Field(description="Your own id of the person.")]
    anonymous_id: Annotated[Id | None, Field(description="The id of a browser or device.")]
    occurred_at: Annotated[
        Moment | None, Field(description="When it happened, with a zone; absent: now.")
    ]
    properties: Annotated[
        dict[str, Any], Field(description="What it was about: `content.topic`, `campaign.name`…")
    ]
    lead: Annotated[
        dict[str, Any], Field(description="Facts about the person: `title`, `country`…")
    ]
    account: Annotated[
        dict[str, Any], Field(description="Facts about the company: `domain`, `employees`…")
    ]
    consent: Annotated[list[GivenConsent], Field(max_length=10)]
    made_by: Annotated[
        Literal["human", "machine", "unsure"] | None,
        Field(description="Who acted, where you know it."),
    ]
    user_agent: Annotated[
        Annotated[str, Field(max_length=1000)] | None,
        Field(description="The browser of the person."),
    ]


EVENT = TypeAdapter(GivenEvent)
EVENTS = TypeAdapter(Annotated[list[GivenEvent], Field(min_length=1, max_length=MOST_ITEMS)])


def names_somebody(event: GivenEvent) -> bool:
    """Return whether the event says who it was."""
    return bool(event.get("email") or event.get("user_id") or event.get("anonymous_id"))


class Relevo(ShowsToken):
    """Programs that speak Relevo's own JSON."""

    name: ClassVar[str] = "relevo"
    title: ClassVar[str] = "Own programs, by Relevo's own JSON"

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        content = json_of(receipt.body)
        events = content if isinstance(content, list) else [content]
        if len(events) > MOST_ITEMS:
            raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one body")
        for index, item in enumerate(events):
            place = f"/{index}" if isinstance(content, list) else ""
            try:
                event = EVENT.validate_python(item)
            except ValueError as error:
                yield Unreadable("invalid_event", str(error).splitlines()[0], place)
                continue
            yield _touch(event, item, place)


def _touch(event: GivenEvent, item: Mapping[str, Any], place: str) -> IncomingTouch:
    occurred_at, made_by = event.get("occurred_at"), event.get("made_by")
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=event.get("id"),
        name=event.get("event"),
        email=event.get("email"),
        user_id=event.get("user_id"),
        anonymous_id=event.get("anonymous_id"),
        occurred_at=occurred_at.isoformat() if occurred_at else None,
        properties=event.get("properties", {}),
        lead=event.get("lead", {}),
        account=event.get("account", {}),
        consent=tuple(
            Consent(one.channel, one.status == "granted", one.at.isoformat() if one.at else None)
            for one in event.get("consent", ())
        ),
        user_agent=event.get("user_agent"),
        mark=Mark(made_by, "stated_by_the_source") if made_by else None,
        place=place,
    )
