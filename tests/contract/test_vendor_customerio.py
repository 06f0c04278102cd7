"""Customer.io: what its metrics and marks mean."""

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

PERSON = {"id": "7", "email": "ana@acme.com", "cio_id": "d9c1"}


def event(about: str, metric: str, **data: object) -> dict[str, object]:
    return {
        "event_id": "01E4",
        "object_type": about,
        "metric": metric,
        "timestamp": 1772443800,
        "data": {"identifiers": PERSON, "recipient": "ana@acme.com"} | data,
    }


@pytest.mark.parametrize(
    ("about", "metric", "kind"),
    [
        ("email", "clicked", "email.clicked"),
        ("email", "undeliverable", "email.dropped"),
        ("email", "spammed", "email.complained"),
        ("sms", "clicked", "message.clicked"),
        ("whatsapp", "replied", "message.replied"),
        ("push", "bounced", "message.failed"),
        ("customer", "unsubscribed", "email.unsubscribed"),
    ],
)
def test_a_metric_is_a_kind(about, metric, kind):
    touch = touch_in("customerio", event(about, metric))

    assert (touch.touch, touch.name) == (kind, f"{about}.{metric}")


@pytest.mark.parametrize(
    ("metric", "data", "made_by"),
    [
        ("opened", {"prefetched": True, "proxied": True}, ("machine", "vendor_flag")),
        ("opened", {"prefetched": False, "proxied": True}, ("human", "vendor_flag")),
        ("opened", {"proxied": True}, ("unsure", "vendor_flag")),
        ("opened", {"synthetic": True}, ("human", "no_sign_of_a_machine")),
        ("clicked", {"machine": True}, ("machine", "vendor_flag")),
        ("clicked", {"machine": False}, ("human", "vendor_flag")),
        ("clicked", {"prefetched": True}, ("human", "no_sign_of_a_machine")),
    ],
    ids=str,
)
def test_the_vendors_mark_comes_first(metric, data, made_by):
    touch = touch_in("customerio", event("email", metric, **data))

    assert (touch.made_by, touch.made_by_reason) == made_by


@pytest.mark.parametrize(
    ("about", "metric"), [("slack", "sent"), ("webhook", "sent"), ("email", "drafted")]
)
def test_what_no_lead_sees_tells_nothing(about, metric):
    assert told("customerio", event(about, metric)) == []


def test_changed_preferences_tell_who_somebody_is():
    body = event("customer", "cio_subscription_preferences_changed")

    assert identity_in("customerio", body).identifiers == [
        *("email:ana@acme.com", "user:web:7", "user:web:d9c1"),
    ]


def test_the_recipient_of_an_sms_is_no_address_of_mail():
    body = event("sms", "delivered", identifiers={"id": "7"}, recipient="+34600000000")

    touch = touch_in("customerio", body)

    assert (touch.identifiers, touch.identity_note) == (["user:web:7"], None)


def test_an_event_of_a_person_deleted_since_is_parked():
    [fault] = told("customerio", event("email", "opened", identifiers={}, recipient=""))

    assert fault.code == "no_identity"
