"""Klaviyo: what its topics mean, and what authors of flows write."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.vendors.klaviyo import Klaviyo
from services.ingest.vendors.port import BadCredentials, Credentials
from tests.contract.vendors.case import CASES, NOON, Call
from tests.contract.vendors.cases.klaviyo import EVENT, META, signed
from tests.contract.vendors.sending import identity_in, told, touch_in

SECRET = "a-secret-of-thirty-two-characters"


def delivery(topic: str, **properties: Any) -> dict[str, Any]:
    attributes = {"timestamp": 1772443800, "event_properties": properties}
    profile = {"profile": {"data": {"id": "01K"}}}
    payload = {"data": {"attributes": attributes, "relationships": profile}}
    return {"data": [{"external_id": "k-1", "topic": topic, "payload": payload}], "meta": META}


def klaviyo(metric: str, **properties: Any) -> dict[str, Any]:
    return delivery(f"event:klaviyo.{metric}", **properties)


@pytest.mark.parametrize(
    ("metric", "kind"),
    [
        ("opened_email", "email.opened"),
        ("bounced_email", "email.bounced"),
        ("marked_email_as_spam", "email.complained"),
        ("received_sms", "message.delivered"),
        ("submitted_review", "survey.answered"),
        # Two pages of the vendor's contradict each other on who wrote to whom.
        ("sent_sms", "unknown"),
    ],
)
def test_a_topic_is_a_kind(metric, kind):
    touch = touch_in("klaviyo", klaviyo(metric))

    assert (touch.touch, touch.name) == (kind, f"event:klaviyo.{metric}")
    assert touch.identifiers == ["user:web:01K"]
    assert touch.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_metric_of_another_tool_is_not_taken_for_one_of_klaviyos():
    """Any metric of an account can be a topic, whoever brought it there."""
    touch = touch_in("klaviyo", delivery("event:shopify.opened_email"))

    assert (touch.touch, touch.name) == ("unknown", "event:shopify.opened_email")


@pytest.mark.parametrize(
    ("metric", "consent"),
    [
        ("subscribed_to_sms_marketing", [("sms", "granted")]),
        ("manually_suppressed_from_email_marketing", [("email", "refused")]),
        ("manually_unsuppressed_from_email_marketing", []),
        ("updated_email_preferences", []),
    ],
)
def test_what_is_nothing_a_lead_did_tells_who_it_is(metric, consent):
    told_who = identity_in("klaviyo", klaviyo(metric))

    assert told_who.identifiers == ["user:web:01K"]
    assert [(one.channel, one.status) for one in told_who.consent] == consent


@pytest.mark.parametrize(
    ("flag", "made_by"),
    [
        (True, ("unsure", "vendor_flag")),
        ("True", ("unsure", "vendor_flag")),
        # Other machines than Apple's are not marked, so that it was none says little.
        (False, ("human", "no_sign_of_a_machine")),
        ("False", ("human", "no_sign_of_a_machine")),
    ],
)
def test_an_open_by_apples_proxy_may_be_anybodys(flag, made_by):
    touch = touch_in("klaviyo", klaviyo("opened_email", **{"Apple Privacy Open": flag}))

    assert (touch.made_by, touch.made_by_reason) == made_by


def test_the_vendors_names_become_ours():
    touch = touch_in(
        "klaviyo",
        klaviyo(
            "clicked_email",
            **{
                "Subject": "Prices",
                "URL": "https://acme.com/pricing?utm_source=news",
                "$message": "m-1",
                "Campaign Name": "Spring",
                "email_address": "ana@acme.com",
            },
        ),
    )

    assert touch.identifiers == ["email:ana@acme.com", "user:web:01K"]
    assert touch.properties["email"] == {
        "subject": "Prices",
        "url": "https://acme.com/pricing?utm_source=news",
        "id": "m-1",
    }
    assert touch.properties["campaign"] == {"name": "Spring", "source": "news"}


def test_of_many_events_a_bad_one_is_parked_alone():
    found = told("klaviyo", {"data": [EVENT, 7, EVENT | {"payload": None}], "meta": META})

    assert found[0].touch == "email.clicked"
    assert [(one.code, one.place) for one in found[1:]] == [
        ("not_an_object", "/data/1"),
        ("no_identity", "/data/2"),
    ]


@pytest.mark.parametrize(
    ("body", "query", "kind", "key"),
    [
        ({"event": "Requested Demo"}, "", "demo.requested", None),
        ({"event": "x"}, "?event=Demo%20Requested", "demo.requested", None),
        ({"event": "Requested Demo", "event_id": "e-1"}, "", "demo.requested", "e-1"),
    ],
)
def test_a_flow_tells_what_its_author_wrote(body, query, kind, key):
    touch = touch_in("klaviyo", {"email": "ana@acme.com", "id": "01K"} | body, query=query)

    assert touch.touch == kind
    assert touch.identifiers == ["email:ana@acme.com", "user:web:01K"]
    # `id` is the profile's: taken for the event's, a second demo would be a repetition.
    assert touch.source_event_id == key or touch.source_event_id.startswith("content:")


@pytest.mark.parametrize(
    "timestamp",
    [
        "",
        "now",
        "1772452800",
        "02 Mar 2026 12:00:00 GMT",
        "Mon, 02 Mar 2026 12:00:00 +0000",
        "Mon, 02 Mar 2026 25:00:00 GMT",
        " Mon, 02 Mar 2026 12:00:00 GMT",
        "2026-03-02",
    ],
)
def test_only_a_whole_time_is_believed(timestamp):
    """What is signed is body and time without anything between."""
    case = CASES["klaviyo"]
    call: Call = signed(case.call("web"), SECRET, timestamp)

    with pytest.raises(BadCredentials):
        Klaviyo().verify(
            call.request, Credentials(secrets=[SECRET]), case.options(case.proofs[0]), NOON
        )
