"""Calendly: what its events mean; a meeting put off is none lost."""

import hmac
from typing import Any

import pytest

from services.ingest.vendors.calendly import Calendly
from services.ingest.vendors.forms import SigningFormOptions
from services.ingest.vendors.port import BadCredentials, Credentials, Request
from tests.contract.vendors.case import NOON
from tests.contract.vendors.sending import identity_in, told, touch_in

SECRET = "a-secret-of-thirty-two-characters"
INVITEE: dict[str, Any] = {
    "uri": "https://api.calendly.com/scheduled_events/A/invitees/B",
    "email": "ana@acme.com",
    "first_name": None,
    "last_name": None,
    "name": "Ana Gil",
    "text_reminder_number": "+34 600 000 000",
    "scheduled_event": {
        "uri": "https://api.calendly.com/scheduled_events/A",
        "name": "Demo",
        "start_time": "2026-03-09T09:30:00.000000Z",
        "event_memberships": [{"user_email": "rep@us.com"}],
    },
}


def event(name: str, **changes: object) -> dict[str, Any]:
    created = "2026-03-02T09:30:00.000000Z"
    return {"event": name, "created_at": created, "payload": INVITEE | changes}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("invitee.created", "meeting.booked"),
        ("invitee.canceled", "meeting.cancelled"),
        ("invitee_no_show.created", "meeting.missed"),
        ("routing_form_submission.created", "form.submitted"),
    ],
)
def test_an_event_is_a_kind(name, kind):
    touch = touch_in("calendly", event(name))

    assert (touch.touch, touch.identifiers) == (kind, ["email:ana@acme.com"])


def test_a_meeting_tells_when_with_whom_and_what_was_asked():
    tracking = {"utm_source": "news", "utm_campaign": None, "salesforce_uuid": "x"}
    asked = [
        {"question": "Company", "answer": "Acme"},
        {"question": "What for?", "answer": "Prices", "position": 1},
    ]

    touch = touch_in(
        "calendly", event("invitee.created", questions_and_answers=asked, tracking=tracking)
    )

    assert touch.lead == {"email": "ana@acme.com", "name": "Ana Gil", "phone": "+34 600 000 000"}
    assert touch.account == {"name": "Acme"}
    assert touch.properties["form"] == {"what_for?": "Prices"}
    assert touch.properties["campaign"] == {"source": "news"}
    assert touch.properties["event"] == {
        "title": "Demo",
        "id": "https://api.calendly.com/scheduled_events/A",
        "starts_at": "2026-03-09T09:30:00.000000Z",
        "host": "rep@us.com",
    }


def test_a_meeting_put_off_is_not_called_off():
    """Both events come, in any order: the first tells only who it is, the second a booking."""
    moved = event("invitee.canceled", rescheduled=True, new_invitee="https://…/invitees/C")
    again = event("invitee.created", old_invitee=INVITEE["uri"], uri="https://…/invitees/C")

    assert identity_in("calendly", moved).identifiers == ["email:ana@acme.com"]
    touch = touch_in("calendly", again)
    assert (touch.touch, touch.properties["event"]["rescheduled"]) == ("meeting.booked", True)


def test_who_called_it_off_and_why_is_told():
    cancellation = {"canceler_type": "host", "reason": "Ill"}

    touch = touch_in("calendly", event("invitee.canceled", cancellation=cancellation))

    assert touch.properties["event"]["cancelled_by"] == "host"
    assert touch.properties["reason"] == "Ill"


def test_two_marks_of_the_same_person_are_two_events():
    one, other = (
        touch_in("calendly", event("invitee_no_show.created", no_show={"uri": uri}))
        for uri in ("n-1", "n-2")
    )

    assert one.source_event_id == "invitee_no_show.created n-1"
    assert other.source_event_id == "invitee_no_show.created n-2"


def test_a_mark_taken_back_tells_who_it_is():
    assert identity_in("calendly", event("invitee_no_show.deleted")).lead["name"] == "Ana Gil"


def test_how_a_booking_page_is_set_up_tells_nothing():
    assert told("calendly", {"event": "event_type.created", "payload": {"uri": "x"}}) == []


def test_a_body_that_names_no_event_is_parked():
    [fault] = told("calendly", {"payload": INVITEE})

    assert fault.code == "no_event"


def test_while_the_key_changes_each_of_the_signatures_may_be_right():
    timestamp = str(int(NOON.timestamp()))
    mac = hmac.new(SECRET.encode(), f"{timestamp}.x".encode(), "sha256").hexdigest()
    options, credentials = SigningFormOptions(), Credentials(secrets=[SECRET])

    def request(header: str) -> Request:
        return Request("POST", "https://x/hooks/x", {"calendly-webhook-signature": header}, b"x")

    for header in (f"t={timestamp},v1=0,v1={mac}", f"v1={mac}, t={timestamp}"):
        Calendly().verify(request(header), credentials, options, NOON)
    with pytest.raises(BadCredentials):
        Calendly().verify(request(f"t={timestamp},v0={mac}"), credentials, options, NOON)
