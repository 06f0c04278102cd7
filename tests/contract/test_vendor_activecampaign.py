"""ActiveCampaign: what its types mean, who began it, and what automations post."""

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

CONTACT = [
    ("date_time", "2026-03-02T03:30:00-06:00"),
    ("contact[id]", "42"),
    ("contact[email]", "ana@acme.com"),
    ("contact[first_name]", "Ana"),
    ("contact[orgname]", "Acme"),
    ("contact[fields][title]", "CTO"),
]


def event(kind: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("type", kind), *CONTACT, *more]


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("reply", "email.replied"),
        ("forward", "email.forwarded"),
        ("bounce", "email.bounced"),
        ("contact_tag_added", "tag.added"),
        ("sms_reply", "message.replied"),
    ],
)
def test_a_type_is_a_kind(kind, ours):
    assert touch_in("activecampaign", event(kind)).touch == ours


@pytest.mark.parametrize(
    ("began", "kind", "consent"),
    [
        ("public", "email.subscribed", ["granted"]),
        ("admin", "list.joined", []),
        ("api", "list.joined", []),
    ],
)
def test_only_the_lead_itself_can_ask_for_email(began, kind, consent):
    touch = touch_in("activecampaign", event("subscribe", ("initiated_from", began)))

    assert (touch.touch, [one.status for one in touch.consent]) == (kind, consent)


def test_a_changed_contact_tells_who_it_is():
    identity = identity_in("activecampaign", event("update"))

    assert identity.lead["title"] == "CTO"
    assert identity.account == {"name": "Acme"}


def test_a_tag_is_named_and_two_tags_of_one_second_are_two_events():
    one, other = (
        touch_in("activecampaign", event("contact_tag_added", ("tag", tag)))
        for tag in ("pricing", "webinar")
    )

    assert (one.properties["tag"], other.properties["tag"]) == ("pricing", "webinar")
    assert one.source_event_id != other.source_event_id


def test_no_more_sms_says_nothing_of_email():
    touch = touch_in("activecampaign", event("sms_unsub"))

    assert [(one.channel, one.status) for one in touch.consent] == [("sms", "refused")]


@pytest.mark.parametrize("kind", ["deal_add", "deal_note_add", "subscriber_note", "account_add"])
def test_what_sales_does_in_the_tool_tells_nothing_of_the_lead(kind):
    assert told("activecampaign", event(kind)) == []


def test_the_address_of_an_automation_says_what_it_means():
    touch = touch_in("activecampaign", CONTACT, query="?event=Demo+Requested")

    assert (touch.touch, touch.identity) == ("demo.requested", "email:ana@acme.com")
    assert identity_in("activecampaign", CONTACT).identity == "email:ana@acme.com"
