"""Cal.com: bookings and what becomes of them, and routing forms; one event per request.

(https://cal.com/docs/developing/guides/automation/webhooks; what is really sent stands in
calcom/cal.com, packages/features/webhooks/lib/sendPayload.ts.) The body can be replaced by a
template of the hook's owner; it is then read by the usual names of things.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.domain.moments import first_told
from services.ingest.domain.text import mapping, text_of
from services.ingest.vendors.bodies import (
    content_of,
    event_in,
    fingerprint,
    joined,
    not_an_object,
    objects_in,
)
from services.ingest.vendors.forms import (
    SUBMITTED,
    Answer,
    SigningFormOptions,
    plain_answer,
    read_answers,
)
from services.ingest.vendors.plain import plain_touch
from services.ingest.vendors.port import Options, Receipt, Request
from services.ingest.vendors.signatures import MaySign, hex_mac, is_same

NO_SHOWS = "BOOKING_NO_SHOW_UPDATED"
# trigger → touch kind; None: it only tells who a lead is
TOUCHES = {
    "BOOKING_CREATED": "meeting.booked",
    "BOOKING_RESCHEDULED": "meeting.booked",
    "BOOKING_CANCELLED": "meeting.cancelled",
    "BOOKING_REQUESTED": "contact.requested",  # a colleague has to confirm it first
    "BOOKING_REJECTED": None,  # a colleague's doing
    NO_SHOWS: "meeting.missed",
    "FORM_SUBMITTED": SUBMITTED,
    "FORM_SUBMITTED_NO_EVENT": None,  # the same form, when no booking followed
}
# The button "Ping test", and colleagues who are away.
ABOUT_NOBODY = frozenset({"PING", "OOO_CREATED"})
MOST_ATTENDEES = 100
# Questions every booking page has, which are told elsewhere or say nothing of the person.
NO_ANSWERS = frozenset({"name", "email", "location", "guests", "title", "rescheduleReason"})
PHONES = frozenset({"attendeePhoneNumber", "smsReminderNumber"})


class CalCom(MaySign):
    """Cal.com."""

    name: ClassVar[str] = "calcom"
    title: ClassVar[str] = "Cal.com"
    signed_in: ClassVar[tuple[str, ...]] = ("x-cal-signature-256",)
    options_model: ClassVar[type[Options]] = SigningFormOptions

    def is_signed(
        self, request: Request, secret: str, options: SigningFormOptions, now: datetime
    ) -> bool:
        # Without a secret the header says `no-secret-provided`. No time is signed.
        given = request.headers.get("x-cal-signature-256", "")
        return is_same(hex_mac(secret, request.body), given)

    def touches(
        self, receipt: Receipt, options: SigningFormOptions
    ) -> Iterable[IncomingTouch | Unreadable]:
        item = content_of(receipt)
        if not isinstance(item, dict):
            raise not_an_object()
        trigger, payload = text_of(item.get("triggerEvent")), item.get("payload")
        if trigger in ABOUT_NOBODY:
            return
        if trigger is None or not isinstance(payload, dict):
            name = trigger or event_in(receipt.url)
            touch = plain_touch(item)
            yield replace(touch, name=name or touch.name, kind=TOUCHES.get(name or ""))
        elif trigger == NO_SHOWS:
            yield from _no_shows(item, payload)
        else:
            yield _read(item, payload, trigger, options)


def _read(
    item: Mapping[str, Any], payload: Mapping[str, Any], trigger: str, options: SigningFormOptions
) -> IncomingTouch:
    booker = next(iter(objects_in(payload.get("attendees"), 1)), {})
    responses = mapping(payload.get("responses"))
    form_id, form_name = text_of(payload.get("formId")), text_of(payload.get("formName"))
    is_form = form_id is not None
    told = read_answers(_answers(responses, is_form=is_form), options.answers, form_id)
    kind = TOUCHES.get(trigger)
    return IncomingTouch(
        fingerprint=fingerprint(item),
        source_event_id=_key(payload, trigger),
        name=None if trigger in TOUCHES and kind is None else form_name or trigger,
        kind=None if is_form else kind,
        usual_kind=kind if is_form else None,
        email=text_of(booker.get("email"))
        or text_of(mapping(responses.get("email")).get("value"))
        or told.email,
        user_id=told.user_id,
        occurred_at=first_told([item.get("createdAt")]),
        properties={
            **_properties(payload),
            "form.id": form_id,
            "form.title": form_name,
            **told.properties,
        },
        lead={
            **told.lead,
            "name": booker.get("name"),
            "language": mapping(booker.get("language")).get("locale"),
        },
    )


def _key(payload: Mapping[str, Any], trigger: str) -> str | None:
    """Return what recognises the event; there is no id of it, only of the booking."""
    uid = text_of(payload.get("uid"))
    return joined(trigger, uid, payload.get("rescheduleUid")) if uid else None


def _no_shows(item: Mapping[str, Any], payload: Mapping[str, Any]) -> Iterator[IncomingTouch]:
    """Yield who missed a meeting; of those the mark was taken from, only who they are."""
    uid = text_of(payload.get("bookingUid"))
    moment = first_told([item.get("createdAt")])
    for index, one in enumerate(objects_in(payload.get("attendees"), MOST_ATTENDEES)):
        missed, email = one.get("noShow") is True, text_of(one.get("email"))
        yield IncomingTouch(
            fingerprint=fingerprint([payload, one]),
            source_event_id=joined(NO_SHOWS, uid, email, moment) if uid and email else None,
            name=NO_SHOWS if missed else None,
            kind=TOUCHES[NO_SHOWS] if missed else None,
            email=email,
            occurred_at=moment,
            properties={"event.id": uid},
            place=f"/payload/attendees/{index}",
        )


def _answers(responses: Mapping[str, Any], *, is_form: bool) -> Iterator[Answer]:
    """Yield the answers; a booking's own questions are called by codes, not by their labels."""
    for name, told in responses.items():
        response = mapping(told)
        value = plain_answer(response.get("value", None if response else told))
        if name in PHONES and not is_form:
            yield Answer("phone", value, (name,))
        elif is_form or name not in NO_ANSWERS:
            yield Answer(name, value, (text_of(response.get("label")),))


def _properties(payload: Mapping[str, Any]) -> dict[str, Any]:
    host = mapping(payload.get("organizer"))
    return {
        "event.title": text_of(payload.get("eventTitle")) or text_of(payload.get("title")),
        "event.id": payload.get("uid"),
        "event.starts_at": payload.get("startTime"),
        "event.ends_at": payload.get("endTime"),
        "event.host": text_of(host.get("email")),
        "event.rescheduled": True if payload.get("rescheduleUid") else None,
        "event.cancelled_by": text_of(payload.get("cancelledBy")),
        "reason": text_of(payload.get("cancellationReason")),
    }
