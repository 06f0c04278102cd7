"""What HubSpot's requests tell: changes of contacts, and contacts that workflows enrol."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from services.ingest.domain.incoming import Consent, IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told, read_moment
from services.ingest.domain.text import first_text, text_of
from services.ingest.vendors.bodies import event_in, fingerprint, joined, objects_in, texts_in
from services.ingest.vendors.plain import plain_touch

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
