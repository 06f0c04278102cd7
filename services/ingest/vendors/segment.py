"""Segment's HTTP tracking API and its webhook destination; RudderStack speaks the same.

Calls: track, identify, page, screen, group, alias, and batches of them
(https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/).
Only 200 is success: RudderStack's clients send again after any other code.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

import orjson
from pydantic import Field

from services.ingest.domain.incoming import IncomingTouch, Told, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import fingerprint, json_of
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign, hex_mac, is_same

CALLS = ("track", "identify", "page", "screen", "group", "alias")
MOST_ITEMS = 5000
# Calls that leave no doubt. `delete` is how the webhook destination passes on an erasure.
KINDS = {"page": "page.viewed", "screen": "page.viewed", "delete": "erasure.requested"}
# What differs between two sendings of one event.
ATTEMPT = ("sentAt", "receivedAt", "writeKey")


class SegmentOptions(Options):
    """Options of a Segment source."""

    signed: bool = Field(
        default=False,
        description="The webhook destination signs with a shared secret; else a token is shown.",
    )


class Segment(MaySign):
    """Segment."""

    name: ClassVar[str] = "segment"
    title: ClassVar[str] = "Segment and its libraries"
    signed_in: ClassVar[tuple[str, ...]] = ("x-segment-signature", "x-signature")
    options_model: ClassVar[type[Options]] = SegmentOptions

    def is_signed(
        self, request: Request, secret: str, options: SegmentOptions, now: datetime
    ) -> bool:
        given = request.headers.get("x-segment-signature")
        if given is None:
            # The older header signs the first event of a batch only: the rest could be anybody's.
            if request.body.lstrip()[:1] == b"[":
                return False
            given = request.headers.get("x-signature", "")
        return is_same(hex_mac(secret, request.body, "sha1"), given)

    def touches(
        self, receipt: Receipt, options: SegmentOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        return read_calls(receipt)


def read_calls(receipt: Receipt) -> Iterator[IncomingTouch | Unreadable]:
    """Return what a call, a batch of them, or a list passed on tells, in order."""
    body = _body(receipt.body)
    call = receipt.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    if isinstance(body, list):
        return _each(body, {}, None, "")
    if not isinstance(body, Mapping):
        raise Unreadable("not_an_object", "the body must be a JSON object or a list of them")
    if isinstance(batch := body.get("batch"), list):
        return _each(batch, mapping(body.get("context")), body.get("sentAt"), "/batch")
    if call in ("batch", "import"):
        raise Unreadable("no_events", "there is no list `batch`", "/batch")
    return iter([_read(body, call if call in CALLS else None, {}, None, "")])


def _body(raw: bytes) -> Any:
    """Return the JSON; of a batch with one bad event the others are still read."""
    try:
        return json_of(raw)
    except Unreadable:
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise Unreadable("invalid_json", "the body is not acceptable JSON") from None
        if not isinstance(body, dict) or not isinstance(body.get("batch"), list):
            raise
        return body | {"batch": [_strictly(item) for item in body["batch"]]}


def _strictly(item: Any) -> Any:
    try:
        return json_of(orjson.dumps(item))
    except (Unreadable, orjson.JSONEncodeError) as fault:
        return fault


def _each(
    items: list[Any], context: Mapping[str, Any], sent_at: Any, place: str
) -> Iterator[IncomingTouch | Unreadable]:
    if len(items) > MOST_ITEMS:
        raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one batch", place)
    for index, item in enumerate(items):
        here = f"{place}/{index}"
        if isinstance(item, Mapping):
            yield _read(item, None, context, sent_at, here)
        elif isinstance(item, Exception):
            yield Unreadable("invalid_json", str(item), here)
        else:
            yield Unreadable("not_an_object", "an event must be a JSON object", here)


def _read(
    item: Mapping[str, Any],
    call: str | None,
    shared_context: Mapping[str, Any],
    batch_sent_at: Any,
    place: str,
) -> IncomingTouch | Unreadable:
    kind = call or text_of(item.get("type"))
    if kind is None:
        return Unreadable(
            "no_type", "the event says neither `type` nor is sent to a call's URL", place
        )
    context = {**shared_context, **mapping(item.get("context"))}
    traits, properties = mapping(item.get("traits")), mapping(item.get("properties"))
    person = {**mapping(context.get("traits")), **(traits if kind != "group" else {})}
    user_id = text_of(item.get("userId"))
    name = _name(kind, item)
    if isinstance(name, Unreadable):
        name.place = f"{place}{name.place}"
        return name
    return IncomingTouch(
        fingerprint=fingerprint(item, without=ATTEMPT),
        source_event_id=text_of(item.get("messageId")),
        name=name,
        kind=KINDS.get(kind),
        email=first_text(person, "email", "Email")
        or first_text(properties, "email")
        or _as_email(user_id),
        user_id=user_id,
        anonymous_id=text_of(item.get("anonymousId")),
        earlier_ids=_earlier(kind, item),
        occurred_at=first_told([item.get("originalTimestamp"), item.get("timestamp")]),
        sent_at=_sent_at(item, batch_sent_at),
        properties=_properties(kind, item, properties),
        campaign=mapping(context.get("campaign")),
        page=mapping(context.get("page")),
        lead=person,
        account=_account(item, traits) if kind == "group" else {},
        user_agent=text_of(context.get("userAgent")),
        place=place,
    )


def _name(kind: str, item: Mapping[str, Any]) -> str | Unreadable | None:
    """Return the event's name; None for calls that only tell who somebody is."""
    if kind in ("identify", "group", "alias"):
        return None
    if kind in ("page", "screen"):
        return text_of(item.get("name")) or kind
    if kind == "track":
        name = text_of(item.get("event"))
        return name or Unreadable("no_event_name", "a track call needs `event`", "/event")
    return kind  # a call added since: kept under its own name


def _earlier(kind: str, item: Mapping[str, Any]) -> tuple[str, ...]:
    previous = text_of(item.get("previousId")) if kind == "alias" else None
    return (previous,) if previous else ()


def _properties(
    kind: str, item: Mapping[str, Any], properties: Mapping[str, Any]
) -> Mapping[str, Any]:
    if kind not in ("page", "screen"):
        return properties
    named = {"title": item.get("name"), "category": item.get("category")}
    return {**{key: value for key, value in named.items() if value}, **properties}


def _account(item: Mapping[str, Any], traits: Mapping[str, Any]) -> Mapping[str, Any]:
    group = text_of(item.get("groupId"))
    return {**traits, **({"group_id": group} if group else {})}


def _sent_at(item: Mapping[str, Any], batch_sent_at: Any) -> Told:
    """Return the sender's clock; nothing for events Segment passes on: it corrected those."""
    if "receivedAt" in item:
        return None
    return first_told([item.get("sentAt"), batch_sent_at])


def _as_email(user_id: str | None) -> str | None:
    """Many use the e-mail address as the user's id."""
    return user_id if user_id and "@" in user_id else None
