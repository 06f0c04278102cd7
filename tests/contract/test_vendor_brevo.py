"""Brevo: its two kinds of webhooks, its several clocks, and its one answer when we are busy."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contract.vendors.sending import identity_in, told, touch_in
from tests.service.ingest.world import World, open_world

MAIL = {"email": "ana@acme.com", "message-id": "<1@relay>", "id": 9}
CAMPAIGN = {"email": "ana@acme.com", "camp_id": 960, "campaign name": "Spring", "id": 9}
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
async def full_world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Ingest on a disk that is as good as full."""
    loops = ("intake", "free_space")
    async with open_world(
        sqlite_url, f"sqlite:///{tmp_path}", loops=loops, free_disk_mib=1 << 40
    ) as world:
        yield world


@pytest.mark.parametrize(
    ("event", "kind", "permanent"),
    [
        ("request", "email.sent", None),
        ("hard_bounce", "email.bounced", True),
        ("hardBounce", "email.bounced", True),
        ("soft_bounce", "email.bounced", False),
        ("invalid_email", "email.bounced", True),
        ("blocked", "email.dropped", None),
        ("spam", "email.complained", None),
        ("complaint", "email.complained", None),
        ("unsubscribe", "email.unsubscribed", None),
        ("unsubscribed", "email.unsubscribed", None),
    ],
)
def test_an_event_is_a_kind(event, kind, permanent):
    touch = touch_in("brevo", MAIL | {"event": event, "ts_epoch": 1772443800000})

    assert (touch.touch, touch.properties.get("permanent")) == (kind, permanent)


@pytest.mark.parametrize("event", ["proxy_open", "unique_proxy_open", "uniqueProxyOpen"])
def test_an_open_by_a_proxy_is_a_machines(event):
    touch = touch_in("brevo", MAIL | {"event": event})

    assert (touch.touch, touch.made_by) == ("email.opened", "machine")


@pytest.mark.parametrize(
    "clocks",
    [
        pytest.param({"ts_epoch": 1772443800000, "ts": 1, "ts_event": 2}, id="milliseconds"),
        pytest.param({"ts_epoch": 1772443800, "ts": 1, "ts_event": 2}, id="seconds"),
        pytest.param({"s_epoch": 1772443800, "ts": 1, "ts_event": 2}, id="the older name"),
    ],
)
def test_of_transactional_mail_only_one_clock_counts(clocks):
    assert touch_in("brevo", MAIL | clocks | {"event": "opened"}).occurred_at == MOMENT


def test_of_campaigns_another_clock_counts():
    clocks = {"ts_event": 1772443800, "ts_sent": 1, "ts": 2, "date_event": "2020-01-01 00:00:00"}

    touch = touch_in("brevo", CAMPAIGN | clocks | {"event": "click", "URL": "https://acme.com"})

    assert touch.occurred_at == MOMENT
    assert touch.properties["campaign"] == {"id": 960, "name": "Spring"}
    assert touch.properties["email"]["url"] == "https://acme.com"


def test_an_addition_to_a_list_grants_nothing():
    touch = touch_in("brevo", {"event": "list_addition", "email": "ana@acme.com", "list_id": [8]})

    assert (touch.touch, touch.consent, touch.properties) == ("list.joined", [], {"list": 8})


def test_changed_facts_are_nothing_somebody_did():
    body = {"event": "contact_updated", "email": "ana@acme.com", "content": [{"FIRSTNAME": "Ana"}]}

    assert identity_in("brevo", body).lead == {"first_name": "Ana", "email": "ana@acme.com"}


def test_contacts_deleted_at_once_are_told_one_by_one():
    found = told(
        "brevo",
        {"event": "contact_deleted", "email": ["a@acme.com", "b@acme.com"], "ts": 1772443800},
    )

    assert [(one.touch, one.identity) for one in found] == [
        ("lead.removed", "email:a@acme.com"),
        ("lead.removed", "email:b@acme.com"),
    ]


async def test_brevo_is_told_429_when_we_are_busy(full_world: World):
    """What it does after a 503 its documentation leaves open."""
    answers = {}
    for vendor in ("brevo", "activecampaign"):
        token = await full_world.source(vendor, vendor)
        answer = await full_world.send(f"/hooks/{vendor}", {"event": "opened"}, token)
        answers[vendor] = (answer.status_code, answer.headers.get("retry-after"))

    assert answers == {"brevo": (429, "1"), "activecampaign": (503, "1")}
