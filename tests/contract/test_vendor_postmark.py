"""Postmark: what its records mean, and the mail leads send back."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.vendors.sending import told, touch_in

MAIL = {
    "MessageID": "p-1",
    "Recipient": "ana@acme.com",
    "ReceivedAt": "2026-03-02T09:30:00.1234567Z",
    "Metadata": {},
}
BOUNCE = {"RecordType": "Bounce", "ID": 42, "Email": "ana@acme.com", "MessageID": "p-1"}
CHANGE = {
    "RecordType": "SubscriptionChange",
    "MessageID": None,
    "Recipient": "ana@acme.com",
    "ChangedAt": "2026-03-02T09:30:00Z",
    "SuppressSending": True,
}
INBOUND: dict[str, Any] = {
    "FromFull": {"Email": "Ana@acme.com", "Name": "Ana Ruiz", "MailboxHash": ""},
    "From": "Ana@acme.com",
    "MessageStream": "inbound",
    "Subject": "Re: Prices",
    "MessageID": "i-1",
    "MailboxHash": "",
    "Date": "Mon, 2 Mar 2026 05:30:00 -04:00",
    "StrippedTextReply": "Please call me",
    "TextBody": "Please call me\n> Prices",
    "Headers": [{"Name": "In-Reply-To", "Value": "<1@relay>"}],
}


def headers(**values: str) -> list[dict[str, str]]:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return [{"Name": name, "Value": value} for name, value in named.items()]


@pytest.mark.parametrize(
    ("type_", "kind", "permanent"),
    [
        ("HardBounce", "email.bounced", True),
        ("BadEmailAddress", "email.bounced", True),
        ("SoftBounce", "email.bounced", False),
        ("SpamNotification", "email.bounced", False),
        ("Transient", "email.deferred", None),
        ("ManuallyDeactivated", "email.dropped", None),
        ("SpamComplaint", "email.complained", None),
        ("Unsubscribe", "email.unsubscribed", None),
        ("Sauna", "unknown", None),
    ],
)
def test_the_type_of_a_bounce_is_a_kind(type_, kind, permanent):
    touch = touch_in("postmark", BOUNCE | {"Type": type_})

    assert (touch.touch, touch.name) == (kind, f"Bounce/{type_}")
    assert touch.properties.get("permanent") == permanent
    assert touch.source_event_id == "Bounce 42"


@pytest.mark.parametrize("type_", ["AutoResponder", "AddressChange", "ChallengeVerification"])
def test_an_absence_told_as_a_bounce_is_a_machines_and_no_bounce(type_):
    touch = touch_in("postmark", BOUNCE | {"Type": type_})

    assert (touch.touch, touch.made_by) == ("unknown", "machine")


@pytest.mark.parametrize(
    ("change", "kind", "consent"),
    [
        ({"SuppressionReason": "ManualSuppression"}, "email.unsubscribed", "refused"),
        ({"SuppressionReason": None}, "email.unsubscribed", "refused"),
        ({"SuppressionReason": "SpamComplaint"}, "email.complained", "refused"),
        ({"SuppressionReason": "HardBounce"}, "email.bounced", None),
        ({"SuppressSending": False}, "email.subscribed", "granted"),
    ],
    ids=str,
)
def test_a_bounced_address_is_no_wish_of_the_lead(change, kind, consent):
    touch = touch_in("postmark", CHANGE | change)

    assert touch.touch == kind
    assert [one.status for one in touch.consent] == ([consent] if consent else [])


def test_two_clicks_in_one_mail_are_two_and_an_open_is_a_third():
    links = [{"RecordType": "Click", "OriginalLink": f"https://acme.com/{n}"} for n in (1, 2)]

    keys = {
        touch_in("postmark", MAIL | one).source_event_id for one in (*links, {"RecordType": "Open"})
    }

    assert len(keys) == 3


def test_without_a_time_only_the_content_tells_a_repetition():
    touch = touch_in("postmark", MAIL | {"RecordType": "Open", "ReceivedAt": None})

    assert touch.source_event_id.startswith("content:")


def test_a_bounce_that_names_nobody_is_parked():
    [fault] = told("postmark", {"RecordType": "Bounce", "Type": "Unsubscribe", "ID": 5})

    assert fault.code == "no_identity"


def test_a_record_without_a_type_is_parked():
    [fault] = told("postmark", MAIL)

    assert (fault.code, fault.place) == ("no_type", "/RecordType")


def test_an_answer_of_a_lead_is_a_reply():
    touch = touch_in("postmark", INBOUND)

    assert (touch.touch, touch.made_by) == ("email.replied", "human")
    assert touch.identifiers == ["email:ana@acme.com"]
    assert touch.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert touch.source_event_id == "Inbound i-1"
    assert touch.lead == {"name": "Ana Ruiz", "email": "ana@acme.com"}
    assert touch.properties["email"] == {
        "id": "i-1",
        "subject": "Re: Prices",
        "stream": "inbound",
        "text": "Please call me",
    }


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        pytest.param({"Headers": []}, "unknown", id="a new mail"),
        pytest.param({"Headers": headers(References="<1@relay>")}, "email.replied", id="a thread"),
        pytest.param({"Headers": [], "MailboxHash": "l-7"}, "email.replied", id="our address"),
    ],
)
def test_a_mail_that_answers_nothing_is_no_reply(change, kind):
    assert touch_in("postmark", INBOUND | change).touch == kind


@pytest.mark.parametrize(
    ("more", "made_by"),
    [
        (headers(Auto_Submitted="auto-replied; owner-email=x"), "machine"),
        (headers(Auto_Submitted="no"), "human"),
        (headers(Precedence="Bulk"), "machine"),
        (headers(X_Autoreply="yes"), "machine"),
        (headers(X_Spam_Status="Yes, score=9"), "unsure"),
        (headers(X_Spam_Status="No"), "human"),
    ],
    ids=str,
)
def test_an_absence_is_a_machines_and_spam_may_be_anybodys(more, made_by):
    touch = touch_in("postmark", INBOUND | {"Headers": [*INBOUND["Headers"], *more]})

    assert (touch.touch, touch.made_by) == ("email.replied", made_by)


def test_a_mail_may_say_that_it_is_one():
    assert touch_in("postmark", INBOUND | {"RecordType": "Inbound"}).touch == "email.replied"


def test_the_sender_is_read_where_only_the_plain_address_is_given():
    body = {name: value for name, value in INBOUND.items() if name != "FromFull"}

    assert touch_in("postmark", body).identity == "email:ana@acme.com"
