"""HubSpot: CRM events of an app, and the "Send a webhook" action of workflows.

(https://developers.hubspot.com/docs/api/webhooks,
https://developers.hubspot.com/docs/api/webhooks/validating-requests.) There is no webhook
for opens and clicks: they are seen as changes of a contact's properties.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told, read_moment
from services.ingest.domain.text import first_text, text_of
from services.ingest.vendors.bodies import (
    event_in,
    fingerprint,
    items_of,
    joined,
    json_of,
    not_an_object,
    objects_in,
    texts_in,
)
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import (
    Signs,
    base64_mac,
    is_recent,
    is_same,
    milliseconds_since_1970,
)

WINDOW = timedelta(minutes=5)
# The only sequences HubSpot undoes in the address before it signs it.
ENCODED = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)

ATTEMPT = ("attemptNumber",)  # differs between two sendings of one event
CONTACT = "0-1"
MOST_FORMS = 100
MOST_EMAILS = 20
# Property whose new value is the moment of a touch → its kind.
MOMENTS = {
    "hs_email_last_send_date": "email.sent",
    "hs_email_last_open_date": "email.opened",
    "hs_email_last_click_date": "email.clicked",
    "hs_email_last_reply_date": "email.replied",
    "hs_sales_email_last_opened": "email.opened",
    "hs_sales_email_last_clicked": "email.clicked",
    "hs_sales_email_last_replied": "email.replied",
    "engagements_last_meeting_booked": "meeting.booked",
}
# The property that names the form or page of the latest conversion.
CONVERSION = "recent_conversion_event_name"
# HubSpot's name of a fact → ours, where `facts` does not know it.
FACTS = {
    "hs_language": "language",
    "numemployees": "employees",
    "annualrevenue": "revenue",
}
IDS = ("vid", "hs_object_id", "objectId", "id")


class HubSpotOptions(Options):
    """Options of a HubSpot source."""

    url: str | None = Field(
        default=None,
        pattern=r"^https://[^?#\s]{1,500}$",
        description="The address HubSpot calls, where that is not ours: it signs the address too.",
    )
    form_submissions: bool = Field(
        default=False,
        description="Read each form in the list that a workflow sends with its contact.",
    )


class HubSpot(Signs):
    """HubSpot."""

    name: ClassVar[str] = "hubspot"
    title: ClassVar[str] = "HubSpot"
    makes_secret: ClassVar[bool] = True
    options_model: ClassVar[type[Options]] = HubSpotOptions

    def is_signed(
        self, request: Request, secret: str, options: HubSpotOptions, now: datetime
    ) -> bool:
        # The newest signature that is shown decides; the older ones say nothing of when, and
        # what is sent once more with them is recognised.
        newest = request.headers.get("x-hubspot-signature-v3")
        if newest is not None:
            timestamp = request.headers.get("x-hubspot-request-timestamp", "")
            return is_recent(milliseconds_since_1970(timestamp), now, WINDOW) and any(
                is_same(base64_mac(secret, _text_v3(request, url, timestamp)), newest)
                for url in _urls(request, options)
            )
        given = request.headers.get("x-hubspot-signature", "")
        match request.headers.get("x-hubspot-signature-version"):
            case "v1":
                return is_same(_sha256(secret.encode() + request.body), given)
            case "v2":
                before = f"{secret}{request.method}{_url(request, options)}".encode()
                return is_same(_sha256(before + request.body), given)
        return False

    def touches(
        self, receipt: Receipt, options: HubSpotOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        for place, item in items_of(json_of(receipt.body)):
            if not isinstance(item, dict):
                yield not_an_object(place)
            elif "subscriptionType" in item or "eventType" in item or place:
                yield from read_event(item, place)
            else:
                yield from read_enrolment(item, receipt.url, forms=options.form_submissions)


def _sha256(text: bytes) -> str:
    """Return the plain digest the first two versions show: their secret is in the text."""
    return hashlib.sha256(text).hexdigest()


def _text_v3(request: Request, url: str, timestamp: str) -> bytes:
    return f"{request.method}{url}".encode() + request.body + timestamp.encode()


def _url(request: Request, options: HubSpotOptions) -> str:
    """Return the address as HubSpot knows it; parameters are those of the request."""
    if options.url is None:
        return request.url
    _, mark, query = request.url.partition("?")
    return f"{options.url}{mark}{query}"


def _urls(request: Request, options: HubSpotOptions) -> Iterator[str]:
    """Yield the addresses that may be signed: as documented, and as HubSpot's libraries do it."""
    url = _url(request, options)
    decoded = ENCODED.sub(lambda match: chr(int(match[0][1:], 16)), url)
    yield decoded
    if decoded != url:
        yield url


def read_event(item: Mapping[str, Any], place: str) -> Iterator[IncomingTouch | Unreadable]:
    """Yield what one notification of an app tells about a contact.

    Those about companies, deals or conversations name no contact, so they tell nothing.
    """
    # The documentation says `eventType`, live requests say `subscriptionType`.
    event = text_of(item.get("subscriptionType")) or text_of(item.get("eventType"))
    if event is None:
        yield Unreadable("no_type", "the event does not say its type", place)
        return
    about, _, change = event.partition(".")
    if about != "contact" and not (about == "object" and item.get("objectTypeId") == CONTACT):
        return
    touch = IncomingTouch(
        fingerprint=fingerprint(item, without=ATTEMPT),
        # `eventId` alone is not unique.
        source_event_id=joined(
            *(item.get(name) for name in ("portalId", "subscriptionId", "eventId", "objectId")),
            event,
            item.get("occurredAt"),
        ),
        user_id=text_of(item.get("objectId")),
        occurred_at=first_told([item.get("occurredAt")]),
        place=place,
    )
    match change:
        case "creation" | "restore" | "associationChange":
            yield touch
        case "propertyChange":
            yield _changed(touch, text_of(item.get("propertyName")), item.get("propertyValue"))
        case "merge":
            yield _merged(touch, item)
        case "deletion":
            yield replace(touch, name=event, kind="lead.removed")
        case "privacyDeletion":
            yield replace(touch, name=event, kind="erasure.requested")
        case _:
            yield replace(touch, name=event)


def _changed(touch: IncomingTouch, name: str | None, value: Any) -> IncomingTouch:
    """Return what a changed property tells: some of them are things a lead did."""
    text = text_of(value)
    if name is None or text is None:
        return touch
    if (kind := MOMENTS.get(name)) is not None:
        happened_at = text if read_moment(text) is not None else touch.occurred_at
        return replace(touch, name=name, kind=kind, occurred_at=happened_at)
    if name == CONVERSION:
        # "Page: form", and a site's own table may say what that form means.
        return replace(
            touch, name=text, usual_kind="form.submitted", properties={"form.title": text}
        )
    if name == "hs_email_optout" and text == "true":
        return replace(touch, name=name, kind="email.unsubscribed")
    if name == "email":
        return replace(touch, email=text)
    return replace(touch, **_known({name: text}))


def _merged(touch: IncomingTouch, item: Mapping[str, Any]) -> IncomingTouch:
    """Return that some contacts are one: `newObjectId` lives on, or else the primary one."""
    primary, new = text_of(item.get("primaryObjectId")), text_of(item.get("newObjectId"))
    others = (primary, *texts_in(item.get("mergedObjectIds")), touch.user_id)
    return replace(
        touch,
        user_id=new or primary or touch.user_id,
        other_ids=tuple(one for one in others if one),
    )


def read_enrolment(item: Mapping[str, Any], url: str, *, forms: bool) -> Iterator[IncomingTouch]:
    """Yield what a workflow tells by sending a contact, or a body of its author's own.

    The event's name stands behind the address, ``?event=Demo Requested``; without one the
    request only tells who the contact is.
    """
    event = event_in(url)
    digest = fingerprint(item).hex()
    # No id: workflows try again for three days, so the content stands for one.
    key = f"{event or 'enrolled'} {digest}"
    properties = item.get("properties")
    if not isinstance(properties, dict):
        touch = plain_touch(item)
        user_id = touch.user_id or first_text(item, *IDS)
        yield replace(touch, source_event_id=key, name=event or touch.name, user_id=user_id)
        return
    values = {name: _value(one) for name, one in properties.items()}
    contact = _contact(item, values)
    yield replace(contact, source_event_id=key, name=event, **_known(values))
    if forms:
        for index, form in enumerate(objects_in(item.get("form-submissions"), MOST_FORMS)):
            yield _form(contact, form, f"/form-submissions/{index}")


def _contact(item: Mapping[str, Any], values: Mapping[str, Any]) -> IncomingTouch:
    """Return who a contact is: by the legacy API's fields (`vid`) or by the newer ones."""
    identities = [
        identity
        for profile in objects_in(item.get("identity-profiles"), MOST_FORMS)
        for identity in objects_in(profile.get("identities"), MOST_FORMS)
        if identity.get("type") == "EMAIL"
    ]
    additional = text_of(values.get("hs_additional_emails")) or ""
    return IncomingTouch(
        fingerprint=fingerprint(item),
        email=text_of(values.get("email")),
        user_id=first_text(item, *IDS),
        other_ids=texts_in(item.get("merged-vids")),
        other_emails=(
            *texts_in([one.get("value") for one in identities]),
            *texts_in(additional.split(";", MOST_EMAILS)),
        )[:MOST_EMAILS],
    )


def _form(contact: IncomingTouch, form: Mapping[str, Any], place: str) -> IncomingTouch:
    """Return one form the contact has sent; each is told again with every enrolment."""
    title = text_of(form.get("title"))
    return replace(
        contact,
        fingerprint=fingerprint(form),
        source_event_id=text_of(form.get("conversion-id")),
        name=title or "form",
        usual_kind="form.submitted",
        occurred_at=first_told([form.get("timestamp")]),
        properties={"form.id": form.get("form-id"), "form.title": title},
        page={"url": form.get("page-url")},
        place=place,
    )


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts among a contact's properties, and what they say about consent."""
    known: dict[str, Any] = {
        "lead": {FACTS.get(name, name): value for name, value in values.items()}
    }
    if text_of(values.get("hs_email_optout")) == "true":
        known["consent"] = (Consent("email", False),)
    return known


def _value(one: Any) -> Any:
    """Return a property's value: in an object with its history, or as it is."""
    return one.get("value") if isinstance(one, dict) else one
