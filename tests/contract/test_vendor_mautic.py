"""Mautic: what its types mean, as its code writes them and as its manual does."""

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in

WHEN = "2026-03-02T09:30:00+00:00"
CONTACT = {
    "id": 42,
    "fields": {
        "core": {
            "email": {"alias": "email", "value": "ana@acme.com"},
            "position": {"alias": "position", "value": "CTO"},
            "company": {"alias": "company", "value": "Acme"},
            "phone": {"alias": "phone", "value": None},
        },
        "social": [],
        "personal": [],
        "professional": [],
    },
}


def one(kind: str, **item: object) -> dict[str, object]:
    return {f"mautic.{kind}": [{"timestamp": WHEN, **item}]}


def test_a_contact_tells_who_it_is_whatever_its_empty_groups_are():
    identity = identity_in("mautic", one("lead_post_save_update", contact=CONTACT))

    assert identity.identifiers == ["email:ana@acme.com", "user:web:42"]
    assert identity.lead == {"title": "CTO", "email": "ana@acme.com"}
    assert identity.account == {"name": "Acme"}
    without = {"id": 42, "fields": []}
    assert identity_in("mautic", one("lead_post_save_new", contact=without)).lead == {}


@pytest.mark.parametrize(
    "item",
    [
        pytest.param({"stat": {"id": 1, "lead": CONTACT, "dateRead": WHEN}}, id="as the code does"),
        pytest.param({"email": {"id": 4}, "contact": CONTACT}, id="as the manual says"),
    ],
)
def test_an_open_is_read_either_way(item):
    touch = touch_in("mautic", one("email_on_open", **item))

    assert (touch.touch, touch.identity) == ("email.opened", "email:ana@acme.com")


def test_each_opening_of_a_mail_is_an_event():
    first, second = (
        touch_in("mautic", one("email_on_open", stat={"id": 1, "lead": CONTACT, "lastOpened": at}))
        for at in (WHEN, "2026-03-02T09:31:00+00:00")
    )

    assert first.source_event_id != second.source_event_id


def test_a_page_is_seen_or_reached_by_a_link_in_a_mail():
    hit = {"id": 1, "url": "https://acme.com/pricing", "lead": {"id": 9, "fields": []},
           "trackingId": "t-1", "source": None}  # fmt: skip

    seen = touch_in("mautic", one("page_on_hit", hit=hit))
    clicked = touch_in("mautic", one("page_on_hit", hit=hit | {"source": "email"}))

    assert (seen.touch, seen.properties["page"]["path"]) == ("page.viewed", "/pricing")
    assert seen.identifiers == ["user:web:9", "anon:web:t-1"]
    assert (clicked.touch, clicked.properties["email"]["url"]) == ("email.clicked", hit["url"])


@pytest.mark.parametrize(
    ("channel", "status", "kind", "consent"),
    [
        ("email", "unsubscribed", "email.unsubscribed", [("email", "refused")]),
        ("email", "bounced", "email.bounced", []),
        ("sms", "unsubscribed", "message.unsubscribed", [("sms", "refused")]),
    ],
)
def test_a_changed_subscription_is_a_touch(channel, status, kind, consent):
    body = one("lead_channel_subscription_changed", contact=CONTACT, channel=channel,
               old_status="contactable", new_status=status)  # fmt: skip

    touch = touch_in("mautic", body)

    assert touch.touch == kind
    assert [(one.channel, one.status) for one in touch.consent] == consent


@pytest.mark.parametrize(
    ("status", "consent"), [("manual", [("email", "refused")]), ("contactable", [])]
)
def test_what_a_colleague_sets_is_nothing_the_lead_did(status, consent):
    body = one("lead_channel_subscription_changed", contact=CONTACT, channel="email",
               new_status=status)  # fmt: skip

    identity = identity_in("mautic", body)

    assert [(one.channel, one.status) for one in identity.consent] == consent


def test_the_name_of_a_form_may_say_more():
    def submission(name: str) -> dict[str, object]:
        form = {"id": 10, "name": name}
        return one("form_on_submit", submission={"id": 1, "form": form, "lead": CONTACT})

    assert touch_in("mautic", submission("Newsletter box")).touch == "form.submitted"
    assert touch_in("mautic", submission("Demo request")).touch == "demo.requested"


def test_a_deleted_contact_is_known_by_its_id():
    touch = touch_in("mautic", one("lead_post_delete", id=42, contact={"id": None, "fields": []}))

    assert (touch.touch, touch.identifiers) == ("lead.removed", ["user:web:42"])


def test_companies_tell_nothing_of_a_lead():
    assert told("mautic", one("company_post_save", company={"id": 1})) == []


def test_of_a_queue_each_event_is_read_and_a_bad_one_alone_parked():
    body = {
        "mautic.email_on_open": [
            {"stat": {"id": 1, "lead": CONTACT}, "timestamp": WHEN},
            "nothing",
            {"stat": {"id": 2, "lead": CONTACT}, "timestamp": WHEN},
        ]
    }

    first, fault, second = told("mautic", body)

    assert (first.touch, second.touch) == ("email.opened", "email.opened")
    assert (fault.code, fault.place) == ("not_an_object", "/mautic.email_on_open/1")
