"""Calendly: meetings booked, called off and missed, and routing forms; one event per request.

(https://developer.calendly.com/api-docs/overview/webhooks/.) A subscription made without a
signing key is unsigned.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import first_text, mapping, text_of
from services.ingest.vendors.bodies import (
    fingerprint,
    joined,
    json_of,
    not_an_object,
    objects_in,
)
from services.ingest.vendors.forms import (
    MOST_ANSWERS,
    Answer,
    SigningFormOptions,
    plain_answer,
    read_answers,
)
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import (
    MaySign,
    hex_mac,
    is_recent,
    is_same,
    parts_of,
    seconds_since_1970,
)

WINDOW = timedelta(minutes=3)
CREATED, CANCELED = "invitee.created", "invitee.canceled"
# event → touch kind; None: it only tells who a lead is
TOUCHES = {
    CREATED: "meeting.booked",
    CANCELED: "meeting.cancelled",
    "invitee_no_show.created": "meeting.missed",
    "invitee_no_show.deleted": None,  # a colleague took the mark back
    "routing_form_submission.created": "form.submitted",
}
ABOUT_NOBODY = "event_type."  # how our own booking pages are set up
TRACKING = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term")


class Calendly(MaySign):
    """Calendly."""

    name: ClassVar[str] = "calendly"
    title: ClassVar[str] = "Calendly"
    signed_in: ClassVar[tuple[str, ...]] = ("calendly-webhook-signature",)
    options_model: ClassVar[type[Options]] = SigningFormOptions

    def is_signed(
        self, request: Request, secret: str, options: SigningFormOptions, now: datetime
    ) -> bool:
        parts = parts_of(request.headers.get("calendly-webhook-signature", ""))
        timestamp = parts.get("t", [""])[0]
        if not is_recent(seconds_since_1970(timestamp), now, WINDOW):
            return False
        expected = hex_mac(secret, timestamp.encode() + b"." + request.body)
        return any(is_same(expected, given) for given in parts.get("v1", ()))

    def touches(
        self, receipt: Receipt, options: SigningFormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        item = json_of(receipt.body)
        if not isinstance(item, dict):
            raise not_an_object()
        event = text_of(item.get("event"))
        if event is None:
            raise Unreadable("no_event", "the body does not say which `event` it tells")
        if not event.startswith(ABOUT_NOBODY):
            yield _read(item, event, options)


def _read(item: Mapping[str, Any], event: str, options: SigningFormOptions) -> IncomingTouch:
    payload = mapping(item.get("payload"))
    form = text_of(payload.get("routing_form"))
    # Both `name` and its parts can be there; the salesperson stands in `event_memberships`.
    told = read_answers(_answers(payload), options.answers, form)
    facts = {
        "first_name": payload.get("first_name"),
        "last_name": payload.get("last_name"),
        "name": payload.get("name"),
        "phone": payload.get("text_reminder_number"),
    }
    # There is no id of the event: what it is about makes one, and each is told once.
    about = first_text(mapping(payload.get("no_show")), "uri") if "no_show" in event else None
    about = about or text_of(payload.get("uri"))
    moved = event == CANCELED and payload.get("rescheduled") is True
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=joined(event, about) if about else None,
        # A meeting put off is called off and booked anew, in any order: none was lost.
        name=None if moved or (event in TOUCHES and TOUCHES[event] is None) else event,
        kind=None if moved else TOUCHES.get(event),
        email=text_of(payload.get("email")) or told.email,
        user_id=told.user_id,
        occurred_at=first_told([item.get("created_at"), payload.get("created_at")]),
        properties={**_properties(event, payload), "form.id": form, **told.properties},
        lead={**told.lead, **{name: one for name, one in facts.items() if one is not None}},
    )


def _answers(payload: Mapping[str, Any]) -> Iterator[Answer]:
    for one in objects_in(payload.get("questions_and_answers"), MOST_ANSWERS):
        question, id_ = text_of(one.get("question")), text_of(one.get("question_uuid"))
        yield Answer(question or id_ or "question", plain_answer(one.get("answer")), (id_,))


def _properties(event: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    meeting = mapping(payload.get("scheduled_event"))
    hosts = objects_in(meeting.get("event_memberships"), MOST_ANSWERS)
    cancellation = mapping(payload.get("cancellation"))
    tracking = mapping(payload.get("tracking"))
    return {
        "event.title": meeting.get("name"),
        "event.id": meeting.get("uri"),
        "event.starts_at": meeting.get("start_time"),
        "event.ends_at": meeting.get("end_time"),
        "event.host": next((text_of(one.get("user_email")) for one in hosts), None),
        "event.rescheduled": True if event == CREATED and payload.get("old_invitee") else None,
        "event.cancelled_by": text_of(cancellation.get("canceler_type")),
        "reason": text_of(cancellation.get("reason")),
        **{name: text_of(tracking.get(name)) for name in TRACKING},
    }
