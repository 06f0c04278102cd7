"""Mailchimp: what its types mean, and its ways of looking whether anybody is there."""

import hmac
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.ingest.vendors.mailchimp import Mailchimp, MailchimpOptions
from services.ingest.vendors.port import BadCredentials, Credentials, Request
from tests.contract.vendors.case import NOON
from tests.contract.vendors.sending import identity_in, told, touch_in
from tests.service.ingest.world import World, open_world

FIRED = ("fired_at", "2026-03-02 09:30:00")
MEMBER = [
    FIRED,
    ("data[id]", "8a25"),
    ("data[list_id]", "l-1"),
    ("data[email]", "ana@acme.com"),
    ("data[merges][FNAME]", "Ana"),
    ("data[merges][JOBTITLE]", "CTO"),
    ("data[merges][INTERESTS]", "Prices, News"),
    ("data[merges][GROUPINGS][0][name]", "Topics"),
]
SECRET = "a-secret-of-thirty-two-characters"


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


@pytest.mark.parametrize(
    ("told_by", "kind"),
    [
        ([("type", "subscribe")], "email.subscribed"),
        ([("type", "unsubscribe"), ("data[action]", "unsub")], "email.unsubscribed"),
        ([("type", "unsubscribe"), ("data[action]", "delete")], "lead.removed"),
        ([("type", "unsubscribe"), ("data[reason]", "abuse")], "email.complained"),
        ([("type", "cleaned"), ("data[reason]", "hard")], "email.bounced"),
        ([("type", "cleaned"), ("data[reason]", "abuse")], "email.complained"),
    ],
    ids=str,
)
def test_a_type_and_its_reason_are_a_kind(told_by, kind):
    assert touch_in("mailchimp", [*told_by, *MEMBER]).touch == kind


def test_a_profile_tells_who_somebody_is():
    identity = identity_in("mailchimp", [("type", "profile"), *MEMBER])

    assert identity.identifiers == ["email:ana@acme.com", "user:web:8a25"]
    assert identity.lead == {"first_name": "Ana", "title": "CTO", "email": "ana@acme.com"}


def test_a_changed_address_keeps_the_lead():
    """Both addresses in one event: the leads known by either become one."""
    touch = touch_in(
        "mailchimp",
        [
            ("type", "upemail"),
            FIRED,
            ("data[new_id]", "51da"),
            ("data[new_email]", "new@acme.com"),
            ("data[old_email]", "old@acme.com"),
        ],
    )

    assert touch.touch == "email.changed"
    assert touch.identifiers == ["email:new@acme.com", "email:old@acme.com", "user:web:51da"]
    assert touch.properties["previous_email"] == "old@acme.com"
    assert touch.lead["email"] == "new@acme.com"


def test_of_a_field_that_comes_twice_the_first_counts():
    reasons = [("data[reason]", "manual"), ("data[reason]", "hard")]

    touch = touch_in("mailchimp", [("type", "unsubscribe"), *reasons, *MEMBER])

    assert touch.properties["reason"] == "manual"


def test_a_campaign_is_about_nobody():
    assert told("mailchimp", [("type", "campaign"), FIRED, ("data[status]", "sent")]) == []


async def test_a_ping_is_answered_and_tells_nothing(world: World):
    token = await world.source("news", "mailchimp")
    address = f"/hooks/news?secret={token}"

    get = await world.http.get(address, headers={"user-agent": "MailChimp.com WebHook Validator"})
    post = await world.http.post(address, content=b"")
    await world.read()

    assert (get.status_code, post.status_code) == (200, 200)
    line = await world.ledger("news")
    assert (line["published"], line["parked"], line["gap"]) == (0, 0, 0)


def test_while_the_secret_changes_each_of_the_signatures_may_be_right():
    timestamp = str(int(NOON.timestamp()))
    mac = hmac.new(SECRET.encode(), f"{timestamp}.x".encode(), "sha256").hexdigest()
    options, credentials = MailchimpOptions(signed=True), Credentials(secrets=[SECRET])

    def request(header: str) -> Request:
        return Request("POST", "https://x/hooks/x", {"x-mailchimp-signature": header}, b"x")

    for header in (f"t={timestamp},v1=0,v1={mac}", f"v1={mac}, t={timestamp}"):
        Mailchimp().verify(request(header), credentials, options, NOON)
    with pytest.raises(BadCredentials):
        Mailchimp().verify(request(f"t={timestamp},v2={mac}"), credentials, options, NOON)
