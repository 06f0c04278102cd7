"""Brevo (Sendinblue): transactional and marketing webhooks, single or batched.

(https://developers.brevo.com/docs/transactional-webhooks,
https://developers.brevo.com/docs/marketing-webhooks.) Nothing is signed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from services.ingest.domain.incoming import MACHINE, IncomingTouch, Told, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import mapping, snake, text_of
from services.ingest.vendors.bodies import (
    fingerprint,
    first_of,
    items_of,
    joined,
    json_of,
    not_an_object,
)
from services.ingest.vendors.port import Options, Receipt
from services.ingest.vendors.tokens import ShowsToken

# event → touch kind; the API calls some in camel case
TOUCHES = {
    "request": "email.sent",
    "sent": "email.sent",
    "delivered": "email.delivered",
    "deferred": "email.deferred",
    "opened": "email.opened",
    "unique_opened": "email.opened",
    "proxy_open": "email.opened",
    "unique_proxy_open": "email.opened",
    "click": "email.clicked",
    "hard_bounce": "email.bounced",
    "soft_bounce": "email.bounced",
    "invalid_email": "email.bounced",
    "blocked": "email.dropped",
    "error": "email.dropped",
    "spam": "email.complained",
    "complaint": "email.complained",
    "unsubscribe": "email.unsubscribed",
    "unsubscribed": "email.unsubscribed",
    "list_addition": "list.joined",
    "contact_deleted": "lead.removed",
}
PROXIES = frozenset({"proxy_open", "unique_proxy_open"})
MOST_EMAILS = 500
PERMANENT = {"hard_bounce": True, "invalid_email": True, "soft_bounce": False}


class Brevo(ShowsToken):
    """Brevo."""

    name: ClassVar[str] = "brevo"
    title: ClassVar[str] = "Brevo (Sendinblue)"
    # Brevo comes again after 429; what it says about 5xx is ambiguous.
    busy_status: ClassVar[int] = 429

    def touches(self, receipt: Receipt, options: Options) -> Iterable[IncomingTouch | Unreadable]:
        for place, item in items_of(json_of(receipt.body)):
            if isinstance(item, dict):
                yield from _read(item, place)
            else:
                yield not_an_object(place)


def _read(item: Mapping[str, Any], place: str) -> Iterator[IncomingTouch | Unreadable]:
    called = text_of(item.get("event"))
    event = snake(called) if called else "unknown"
    told = item.get("email")  # one, or a list where many contacts were deleted at once
    emails = told if isinstance(told, list) else [told]
    if len(emails) > MOST_EMAILS:
        yield Unreadable("too_many_events", f"more than {MOST_EMAILS} addresses", f"{place}/email")
        return
    for email in emails:
        yield IncomingTouch(
            fingerprint=fingerprint({**item, "email": email}),
            source_event_id=_key(item, event, email),
            # Changed facts are nothing somebody did.
            name=None if event == "contact_updated" else event,
            kind=TOUCHES.get(event),
            email=text_of(email),
            occurred_at=_moment(item),
            properties=_properties(item, event),
            campaign={"id": item.get("camp_id"), "name": item.get("campaign name")},
            lead=mapping(first_of(item.get("content"))),
            mark=MACHINE if event in PROXIES else None,
            place=place,
        )


def _key(item: Mapping[str, Any], event: str, email: Any) -> str | None:
    """Return what recognises the event; its `id` is that of the hook, not of the event."""
    about = next(
        (
            text
            for name in ("message-id", "camp_id", "list_id")
            if (text := text_of(first_of(item.get(name)))) is not None
        ),
        None,
    )
    moment = _moment(item)
    if about is None or moment is None:
        return None
    return joined(event, about, email, moment, item.get("link") or item.get("URL"))


def _moment(item: Mapping[str, Any]) -> Told:
    """Return when: of transactional mail only `ts_epoch` is UTC, of campaigns `ts_event`."""
    if "message-id" in item:
        return first_told([item.get("ts_epoch"), item.get("s_epoch"), item.get("ts_event")])
    return first_told([item.get("ts_event"), item.get("ts_epoch"), item.get("ts")])


def _properties(item: Mapping[str, Any], event: str) -> dict[str, Any]:
    return {
        "email.id": item.get("message-id"),
        "email.subject": item.get("subject"),
        "email.template": item.get("template_id"),
        "email.tags": item.get("tags") or item.get("tag"),
        "email.url": item.get("link") or item.get("URL"),
        "list": first_of(item.get("list_id")),
        "reason": text_of(item.get("reason")),
        "permanent": PERMANENT.get(event),
    }
