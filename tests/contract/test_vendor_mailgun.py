"""Mailgun: what its events and marks mean, the hooks of old included."""

import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.ingest.vendors.mailgun import Mailgun
from services.ingest.vendors.port import BadCredentials, Credentials, Options, Request
from tests.contract.vendors.case import FORM, NOON, as_json
from tests.contract.vendors.sending import told, touch_in
from tests.service.ingest.world import World, open_world

SECRET = "a-secret-of-thirty-two-characters"
EVENT = {"event": "opened", "id": "e-1", "timestamp": 1772443800.5, "recipient": "ana@acme.com"}


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


def opened(**changes: object) -> dict[str, object]:
    return {"event-data": EVENT | changes}


@pytest.mark.parametrize(
    ("bot", "made_by"),
    [
        ("", ("human", "vendor_flag")),
        ("apple", ("machine", "vendor_flag")),
        ("generic", ("machine", "vendor_flag")),
        ("gmail", ("unsure", "vendor_flag")),
    ],
)
@pytest.mark.parametrize("event", ["opened", "clicked"])
def test_the_vendors_mark_comes_first(event, bot, made_by):
    touch = touch_in("mailgun", opened(event=event, **{"client-info": {"bot": bot}}))

    assert (touch.made_by, touch.made_by_reason) == made_by


@pytest.mark.parametrize(
    ("changes", "kind", "permanent"),
    [
        ({"event": "failed", "severity": "permanent"}, "email.bounced", True),
        ({"event": "failed", "severity": "temporary"}, "email.deferred", False),
        ({"event": "accepted"}, "email.sent", None),
        ({"event": "complained"}, "email.complained", None),
    ],
    ids=str,
)
def test_an_event_is_a_kind(changes, kind, permanent):
    touch = touch_in("mailgun", opened(**changes))

    assert (touch.touch, touch.properties.get("permanent")) == (kind, permanent)


def test_the_id_alone_is_no_key():
    """It is unique within a day only."""
    first = touch_in("mailgun", opened())
    second = touch_in("mailgun", opened(timestamp=1772530200.5))

    assert first.source_event_id != second.source_event_id


def test_what_is_rejected_before_it_has_a_recipient_is_parked():
    [fault] = told("mailgun", opened(event="rejected", recipient=None))

    assert fault.code == "no_identity"


def test_hooks_of_old_post_a_form():
    touch = touch_in(
        "mailgun",
        [
            ("event", "clicked"),
            ("recipient", "ana@acme.com"),
            ("url", "https://acme.com/pricing"),
            ("timestamp", "1772443800"),
            ("token", "t" * 50),
            ("signature", "0" * 64),
        ],
    )

    assert (touch.touch, touch.identity) == ("email.clicked", "email:ana@acme.com")
    assert touch.properties["email"]["url"] == "https://acme.com/pricing"


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_the_signature_is_in_the_body_whatever_it_is(kind):
    timestamp, token = str(int(NOON.timestamp())), "t" * 50
    mac = hmac.new(SECRET.encode(), f"{timestamp}{token}".encode(), "sha256").hexdigest()
    signature = {"timestamp": timestamp, "token": token, "signature": mac}
    body = as_json({"signature": signature, "event-data": EVENT})
    if kind == FORM:
        body = "&".join(f"{name}={value}" for name, value in signature.items()).encode()
    credentials = Credentials(secrets=["another-secret-of-thirty-letters", SECRET])

    def verify(sent: bytes) -> None:
        request = Request("POST", "https://x/hooks/x", {"content-type": kind}, sent)
        Mailgun().verify(request, credentials, Options(), NOON)

    verify(body)
    with pytest.raises(BadCredentials):
        verify(body.replace(b"t" * 50, b"u" * 50))


@pytest.mark.parametrize("at_once", [True, False])
async def test_who_has_seen_one_request_can_write_no_other_with_its_signature(
    world: World, at_once: bool
):
    """The signature leaves the event out; the token in it is good for one event."""
    await world.source("mail", "mailgun", secret=SECRET)
    timestamp = str(int(world.clock.now().timestamp()))
    mac = hmac.new(SECRET.encode(), f"{timestamp}{'t' * 50}".encode(), "sha256").hexdigest()
    signature = {"timestamp": timestamp, "token": "t" * 50, "signature": mac}

    for event in (EVENT, EVENT, EVENT | {"id": "e-2", "recipient": "eva@acme.com"}):
        await world.send("/hooks/mail", {"signature": signature, "event-data": event})
        if not at_once:
            await world.read()
            world.clock.advance(timedelta(hours=4))
    await world.read()

    line = await world.ledger("mail")
    assert (line["published"], line["duplicates"], line["parked"]) == (1, 1, 1)
    [parked] = await world.receipts(state="parked")
    assert (parked["reason"], parked["faults"][0]["place"]) == ("token_reused", "/event-data")
    assert [one.identity for one in await world.touches()] == ["email:ana@acme.com"]
