"""Cal.com: what its triggers mean, who did not come, and bodies its users write."""

from typing import Any

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

BOOKING: dict[str, Any] = {
    "uid": "b-1",
    "eventTitle": "Demo",
    "title": "Demo between Rep and Ana Gil",
    "startTime": "2026-03-09T09:30:00Z",
    "organizer": {"name": "Rep", "email": "rep@us.com"},
    "attendees": [
        {"email": "ana@acme.com", "name": "Ana Gil", "language": {"locale": "es"}},
        {"email": "bob@acme.com", "name": "Bob"},
    ],
}


def event(trigger: str, payload: Any = BOOKING, **more: Any) -> dict[str, Any]:
    return {
        "triggerEvent": trigger,
        "createdAt": "2026-03-02T09:30:00.538Z",
        "payload": payload | more,
    }


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [
        ("BOOKING_CREATED", "meeting.booked"),
        ("BOOKING_RESCHEDULED", "meeting.booked"),
        ("BOOKING_CANCELLED", "meeting.cancelled"),
        ("BOOKING_REQUESTED", "contact.requested"),
        ("MEETING_ENDED", "unknown"),  # by the clock: whether anybody came it does not say
    ],
)
def test_a_trigger_is_a_kind_about_who_booked(trigger, kind):
    touch = touch_in("calcom", event(trigger))

    assert (touch.touch, touch.identifiers) == (kind, ["email:ana@acme.com"])


def test_a_booking_tells_when_with_whom_and_what_was_asked():
    responses = {
        "name": {"label": "your_name", "value": "Ana Gil"},
        "email": {"label": "email_address", "value": "ana@acme.com"},
        "location": {"label": "location", "value": {"optionValue": "", "value": "inPerson"}},
        "notes": {"label": "additional_notes", "value": "Prices, please"},
        "guests": {"label": "additional_guests", "value": ["bob@acme.com"]},
        "attendeePhoneNumber": {"label": "phone_number", "value": "+34600000000"},
        "company": {"label": "Where do you work?", "value": "Acme"},
        "rescheduleReason": {"label": "reschedule_reason"},
    }

    touch = touch_in("calcom", event("BOOKING_CREATED", responses=responses))

    assert touch.lead == {
        "email": "ana@acme.com",
        "name": "Ana Gil",
        "language": "es",
        "phone": "+34600000000",
    }
    assert touch.account == {"name": "Acme"}
    assert touch.properties["form"] == {"notes": "Prices, please"}
    assert touch.properties["event"] == {
        "title": "Demo",
        "id": "b-1",
        "starts_at": "2026-03-09T09:30:00Z",
        "host": "rep@us.com",
    }


def test_each_move_of_a_meeting_is_an_event_of_its_own():
    touch = touch_in("calcom", event("BOOKING_RESCHEDULED", uid="b-2", rescheduleUid="b-1"))

    assert touch.source_event_id == "BOOKING_RESCHEDULED b-2 b-1"
    assert touch.properties["event"]["rescheduled"] is True


def test_each_who_did_not_come_missed_the_meeting():
    attendees = [
        {"email": "ana@acme.com", "noShow": True},
        {"email": "bob@acme.com", "noShow": False},
    ]
    payload = {"message": "no_show_updated", "bookingUid": "b-1", "attendees": attendees}

    missed, came = told("calcom", event("BOOKING_NO_SHOW_UPDATED", payload))

    assert (missed.touch, missed.identifiers) == ("meeting.missed", ["email:ana@acme.com"])
    assert not hasattr(came, "touch")
    assert came.identifiers == ["email:bob@acme.com"]


def test_a_routing_form_is_called_by_its_name():
    payload = {
        "formId": "f-1",
        "formName": "Demo request",
        "responses": {
            "Email": {"value": "ana@acme.com"},
            "Sector": {"value": ["Retail"], "response": "Retail"},
            "seats": "40",
        },
    }

    touch = touch_in("calcom", event("FORM_SUBMITTED", payload))

    assert (touch.touch, touch.name) == ("demo.requested", "Demo request")
    assert touch.account == {"industry": "Retail"}
    assert touch.properties["form"] == {"id": "f-1", "title": "Demo request", "seats": "40"}
    # Told again when no booking followed: still one form.
    again = identity_in("calcom", event("FORM_SUBMITTED_NO_EVENT", payload))
    assert again.identifiers == ["email:ana@acme.com"]


@pytest.mark.parametrize("trigger", ["PING", "OOO_CREATED"])
def test_a_ping_tells_nothing(trigger):
    assert told("calcom", event(trigger)) == []


def test_a_body_of_the_owners_own_is_read_by_the_usual_names():
    template = {"triggerEvent": "BOOKING_CREATED", "email": "ana@acme.com", "topic": "prices"}
    bare = {"email": "ana@acme.com", "type": "60min"}

    touch = touch_in("calcom", template)

    assert (touch.touch, touch.properties["content"]) == ("meeting.booked", {"topic": "prices"})
    assert touch_in("calcom", bare, query="?event=BOOKING_CANCELLED").touch == "meeting.cancelled"
    assert touch_in("calcom", list(bare.items())).name == "60min"
