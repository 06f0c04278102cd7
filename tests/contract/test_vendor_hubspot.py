"""HubSpot: its own library as the signer, and what its events and workflows mean."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hubspot.utils.signature import Signature  # type: ignore[import-untyped] # published without types

from services.ingest.vendors.hubspot import HubSpot, HubSpotOptions
from services.ingest.vendors.port import BadCredentials, Credentials, Request
from tests.contract.vendors.case import NOON, as_json
from tests.contract.vendors.sending import identity_in, told, touch_in

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
EVENT = {
    "eventId": 1,
    "subscriptionId": 25,
    "portalId": 33,
    "occurredAt": 1772443800000,
    "subscriptionType": "contact.propertyChange",
    "attemptNumber": 0,
    "objectId": 7,
}
CONTACT = {
    "vid": 7,
    "canonical-vid": 7,
    "merged-vids": [5, 6],
    "properties": {
        "email": {"value": "ana@acme.com", "versions": []},
        "firstname": {"value": "Ana"},
        "jobtitle": {"value": "CTO"},
        "company": {"value": "Acme"},
        "hs_additional_emails": {"value": "ana@home.com;a.perez@acme.com"},
    },
    "identity-profiles": [{"vid": 7, "identities": [{"type": "EMAIL", "value": "ana@acme.com"}]}],
    "form-submissions": [
        {
            "conversion-id": "c-1",
            "timestamp": 1772443800000,
            "form-id": "f-1",
            "title": "Request a demo",
            "page-url": "https://acme.com/pricing",
        }
    ],
}


def change(name: str, value: Any) -> list[dict[str, Any]]:
    """One changed property of a contact."""
    return [EVENT | {"propertyName": name, "propertyValue": value}]


@pytest.mark.parametrize("version", ["v1", "v2", "v3"])
@pytest.mark.parametrize("body", ['[{"objectId":7}]', "Zoë", ""])
def test_what_hubspots_library_signs_is_believed(version: str, body: str):
    url = "https://relevo.acme.com/hooks/hubspot?event=Demo%20Requested"
    timestamp = str(int(NOON.timestamp() * 1000))
    signature = Signature.get_signature(SECRET, body, version, url, "POST", timestamp)
    headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": version}
    if version == "v3":
        headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    request = Request("POST", url, headers, body.encode())

    HubSpot().verify(request, Credentials(secrets=[SECRET]), HubSpotOptions(), NOON)


def test_encoded_characters_of_the_address_are_undone_before_it_is_signed():
    """Only some are, and not the question mark before the parameters."""
    url = "https://relevo.acme.com/hooks/hubspot?event=A%2CB%20C%3a%3F"
    undone = "https://relevo.acme.com/hooks/hubspot?event=A,B%20C:?"
    timestamp = str(int(NOON.timestamp() * 1000))
    signature = Signature.get_signature(SECRET, "{}", "v3", undone, "POST", timestamp)
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    request = Request("POST", url, headers, b"{}")

    HubSpot().verify(request, Credentials(secrets=[SECRET]), HubSpotOptions(), NOON)


def test_behind_a_proxy_the_address_hubspot_calls_is_an_option():
    called = "https://hooks.acme.com/hubspot"
    timestamp = str(int(NOON.timestamp() * 1000))
    signature = Signature.get_signature(SECRET, "{}", "v3", f"{called}?a=b", "POST", timestamp)
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    request = Request("POST", "http://10.0.0.7:8480/hooks/hubspot?a=b", headers, b"{}")
    credentials = Credentials(secrets=[SECRET])

    HubSpot().verify(request, credentials, HubSpotOptions(url=called), NOON)
    with pytest.raises(BadCredentials):
        HubSpot().verify(request, credentials, HubSpotOptions(), NOON)


def test_an_older_signature_does_not_help_a_wrong_new_one():
    body = "[]"
    signature = Signature.get_signature(SECRET, body, "v1")
    headers = {
        "x-hubspot-signature": signature,
        "x-hubspot-signature-version": "v1",
        "x-hubspot-signature-v3": "wrong",
        "x-hubspot-request-timestamp": str(int(NOON.timestamp() * 1000)),
    }
    request = Request("POST", "https://x/hooks/hubspot", headers, body.encode())

    with pytest.raises(BadCredentials):
        HubSpot().verify(request, Credentials(secrets=[SECRET]), HubSpotOptions(), NOON)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hs_email_last_open_date", "email.opened"),
        ("hs_email_last_click_date", "email.clicked"),
        ("hs_email_last_reply_date", "email.replied"),
        ("hs_sales_email_last_replied", "email.replied"),
        ("engagements_last_meeting_booked", "meeting.booked"),
    ],
)
def test_a_property_can_be_the_moment_of_a_touch(name, kind):
    touch = touch_in("hubspot", change(name, "1772440200000"))

    assert touch.touch == kind
    assert touch.occurred_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def test_a_moment_nobody_can_read_leaves_that_of_the_event():
    touch = touch_in("hubspot", change("hs_email_last_open_date", "yesterday"))

    assert touch.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("form", "kind"),
    [("Pricing: Newsletter box", "form.submitted"), ("Demo Request", "demo.requested")],
)
def test_a_conversion_is_a_form_whose_name_may_say_more(form, kind):
    touch = touch_in("hubspot", change("recent_conversion_event_name", form))

    assert (touch.touch, touch.name) == (kind, form)
    assert touch.properties["form"]["title"] == form


def test_any_other_property_is_a_fact():
    identity = identity_in("hubspot", change("jobtitle", "CTO"))

    assert identity.identifiers == ["user:web:7"]
    assert identity.lead == {"title": "CTO"}
    assert identity_in("hubspot", change("numemployees", "250")).account == {"employees": 250}
    assert identity_in("hubspot", change("jobtitle", "")).lead == {}


def test_an_address_joins_the_contact_with_who_is_known_by_it():
    identity = identity_in("hubspot", change("email", "Ana@Acme.com"))

    assert identity.identifiers == ["email:ana@acme.com", "user:web:7"]


def test_opting_out_refuses_email():
    touch = touch_in("hubspot", change("hs_email_optout", "true"))

    assert touch.touch == "email.unsubscribed"
    assert [(one.channel, one.status) for one in touch.consent] == [("email", "refused")]


def test_merged_contacts_are_one_lead():
    event = EVENT | {
        "subscriptionType": "contact.merge",
        "primaryObjectId": 7,
        "mergedObjectIds": [8, 9],
        "newObjectId": 10,
    }

    identity = identity_in("hubspot", [event])

    assert identity.identifiers == [f"user:web:{number}" for number in (10, 7, 8, 9)]


def test_a_privacy_deletion_refuses_every_channel_and_asks_for_erasure():
    [deletion, privacy] = told(
        "hubspot",
        [
            EVENT | {"subscriptionType": "contact.deletion", "eventId": 2},
            EVENT | {"subscriptionType": "contact.privacyDeletion", "eventId": 3},
        ],
    )

    assert (deletion.touch, deletion.consent) == ("lead.removed", [])
    assert privacy.touch == "erasure.requested"
    assert [(one.channel, one.status) for one in privacy.consent] == [("all", "refused")]


def test_the_generic_subscriptions_tell_the_same_of_contacts():
    event = change("jobtitle", "CTO")[0] | {
        "subscriptionType": "object.propertyChange",
        "objectTypeId": "0-1",
    }

    assert identity_in("hubspot", [event]).lead == {"title": "CTO"}
    assert told("hubspot", [event | {"objectTypeId": "0-2"}]) == []


@pytest.mark.parametrize(
    "kind", ["company.creation", "deal.propertyChange", "conversation.newMessage"]
)
def test_what_is_not_about_a_contact_tells_nothing(kind):
    """The id is that of another object: taking it for a contact's would mix people up."""
    assert told("hubspot", [EVENT | {"subscriptionType": kind}]) == []


def test_an_enrolled_contact_is_told_with_all_its_identifiers():
    identity = identity_in("hubspot", CONTACT)

    assert identity.identifiers == [
        *("email:ana@acme.com", "email:ana@home.com", "email:a.perez@acme.com"),
        *("user:web:7", "user:web:5", "user:web:6"),
    ]
    assert identity.lead["title"] == "CTO"
    assert identity.account == {"name": "Acme"}
    assert identity.time_note == "missing"


def test_the_address_of_a_workflow_says_what_its_enrolment_means():
    touch = touch_in("hubspot", CONTACT, query="?event=Demo%20Requested")
    again = touch_in("hubspot", CONTACT, query="?event=Guide+Downloaded")

    assert (touch.touch, touch.name) == ("demo.requested", "Demo Requested")
    assert again.touch == "content.downloaded"
    assert touch.source_event_id != again.source_event_id


def test_the_forms_a_workflow_sends_along_are_read_when_asked_for():
    _, form = told("hubspot", CONTACT, {"form_submissions": True})

    assert (form.touch, form.name, form.source_event_id) == (
        "form.submitted",
        "Request a demo",
        "c-1",
    )
    assert form.properties["form"] == {"id": "f-1", "title": "Request a demo"}
    assert form.properties["page"]["path"] == "/pricing"
    assert form.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_body_of_a_workflows_author_is_read_by_the_usual_names():
    body = {"hs_object_id": 7, "email": "ana@acme.com", "topic": "prices"}

    touch = touch_in("hubspot", body, query="?event=Demo%20Requested")

    assert touch.identifiers == ["email:ana@acme.com", "user:web:7"]
    assert touch.touch == "demo.requested"


def test_a_second_enrolment_with_other_facts_is_another_event():
    first = touch_in("hubspot", CONTACT, query="?event=x")
    changed = CONTACT | {"properties": {"email": {"value": "ana@acme.com"}}}
    later = touch_in("hubspot", changed, query="?event=x", received_at=NOON + timedelta(days=2))

    assert as_json(CONTACT) != as_json(changed)
    assert first.source_event_id != later.source_event_id
