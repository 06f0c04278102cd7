"""Intercom: what its topics mean, and whom its items are about."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

CONTACT = {
    "type": "contact",
    "id": "c-1",
    "external_id": "7",
    "role": "user",
    "email": "ana@acme.com",
    "name": "Ana Ruiz",
    "custom_attributes": {"jobTitle": "CTO"},
    "location": {"country": "Spain", "city": "Vigo"},
}
BOT = {"author": {"type": "bot", "id": "b-1", "email": "bot@us.com"}}
ADMIN = {"author": {"type": "admin", "id": "a-1", "email": "rep@us.com"}}
LEAD = {"author": {"type": "lead", "id": "c-2", "email": "luis@acme.com"}}


def notification(topic: str, item: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "type": "notification_event",
        "id": "notif_1",
        "topic": topic,
        "created_at": 1772443800,
        "data": {"type": "notification_event_data", "item": item},
    } | changes


def conversation(*parts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "type": "conversation",
        "id": "k-1",
        "source": {"type": "conversation", **LEAD},
        "contacts": {"contacts": [CONTACT, {"type": "contact", "id": "c-2", "external_id": "8"}]},
        "conversation_parts": {"conversation_parts": list(parts)},
    } | changes


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("contact.email.updated", "email.changed"),
        ("contact.unsubscribed", "email.unsubscribed"),
        ("contact.lead.signed_up", "account.created"),
        ("contact.deleted", "lead.removed"),
    ],
)
@pytest.mark.parametrize("item", [CONTACT, {"type": "x", "contact": CONTACT}], ids=["it", "in it"])
def test_a_topic_is_a_kind(topic, kind, item):
    touch = touch_in("intercom", notification(topic, item))

    assert (touch.touch, touch.name) == (kind, topic)
    assert touch.identifiers == ["email:ana@acme.com", "user:web:c-1", "user:web:7"]
    assert touch.occurred_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("topic", ["contact.user.updated", "contact.lead.created"])
def test_a_changed_contact_tells_who_it_is(topic):
    who = identity_in("intercom", notification(topic, CONTACT))

    assert who.lead == {
        "email": "ana@acme.com",
        "name": "Ana Ruiz",
        "title": "CTO",
        "country": "Spain",
        "city": "Vigo",
    }
    assert who.consent == []


@pytest.mark.parametrize("flag", ["unsubscribed_from_emails", "marked_email_as_spam"])
def test_a_contact_carries_its_refusal(flag):
    who = identity_in("intercom", notification("contact.user.updated", CONTACT | {flag: True}))

    assert [(one.channel, one.status) for one in who.consent] == [("email", "refused")]


def test_a_merged_contact_is_the_one_that_lives_on():
    item = CONTACT | {"merged_from": {"type": "contact", "id": "c-0"}}

    who = identity_in("intercom", notification("contact.merged", item))

    assert set(who.identifiers) >= {"user:web:c-1", "user:web:c-0"}


@pytest.mark.parametrize(
    ("topic", "parts", "source", "kind", "identity"),
    [
        pytest.param(
            "conversation.user.created", (), LEAD, "chat.started", "luis@acme.com", id="began"
        ),
        pytest.param(
            "conversation.user.replied",
            (LEAD, BOT),
            ADMIN,
            "message.replied",
            "luis@acme.com",
            id="the last lead who wrote",
        ),
        pytest.param(
            "conversation.user.replied",
            (LEAD,),
            ADMIN | {"type": "email"},
            "email.replied",
            "luis@acme.com",
            id="by mail",
        ),
        pytest.param(
            "conversation.read", (), ADMIN, "message.opened", "ana@acme.com", id="only a contact"
        ),
    ],
)
def test_a_conversation_is_the_leads_who_wrote(topic, parts, source, kind, identity):
    touch = touch_in("intercom", notification(topic, conversation(*parts, source=source)))

    assert (touch.touch, touch.identity) == (kind, f"email:{identity}")
    assert "user:web:8" in touch.identifiers or identity == "ana@acme.com"
    assert touch.properties["conversation"] == "k-1"


@pytest.mark.parametrize(
    "topic",
    [
        *("ping", "admin.logged_in", "company.created", "conversation.admin.replied"),
        *("conversation.operator.replied", "ticket.admin.assigned", "article.published"),
    ],
)
def test_what_no_lead_did_tells_nothing(topic):
    assert told("intercom", notification(topic, conversation())) == []


def test_an_event_of_the_site_has_its_own_name_time_and_facts():
    item = {
        "type": "event",
        "id": "e-1",
        "event_name": "Guide Downloaded",
        "created_at": 1772443700,
        "user_id": "7",
        "intercom_user_id": "c-1",
        "email": "ana@acme.com",
        "metadata": {"topic": "pricing"},
    }

    touch = touch_in("intercom", notification("event.created", item))

    assert (touch.touch, touch.name) == ("content.downloaded", "Guide Downloaded")
    assert touch.identifiers == ["email:ana@acme.com", "user:web:c-1", "user:web:7"]
    assert touch.occurred_at == datetime(2026, 3, 2, 9, 28, 20, tzinfo=UTC)
    assert touch.properties["content"] == {"topic": "pricing"}


def test_a_call_names_its_contact_by_id():
    touch = touch_in("intercom", notification("call.ended", {"type": "call", "contact_id": "c-1"}))

    assert (touch.touch, touch.identity) == ("call.answered", "user:web:c-1")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (notification("contact.sauna", {}), "no_identity"),
        ({"type": "notification_event"}, "no_type"),
        ([], "not_an_object"),
    ],
)
def test_what_cannot_be_read_is_parked(body, code):
    [fault] = told("intercom", body)

    assert fault.code == code
