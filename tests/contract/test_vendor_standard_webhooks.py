"""Standard Webhooks: the published library as the sender, and forgeries."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from services.ingest.vendors.port import BadCredentials, Credentials, Options, Request
from services.ingest.vendors.standard_webhooks import StandardWebhooks
from shared.web import build_app
from tests.contract.serving import serving, stores_and_then_fails
from tests.service.ingest.world import World, open_world

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
HOOK = "/hooks/standard-webhooks"


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


@pytest.mark.parametrize(
    ("later", "status"),
    [
        pytest.param(timedelta(minutes=5), 200, id="within the window"),
        pytest.param(timedelta(minutes=-5), 200, id="a sender ahead of us"),
        pytest.param(timedelta(minutes=5, seconds=1), 401, id="past the window"),
        pytest.param(timedelta(minutes=-5, seconds=-1), 401, id="from the future"),
    ],
)
async def test_a_signature_is_believed_for_five_minutes(world: World, later, status):
    await world.source("standard-webhooks", "standard-webhooks", secret=SECRET)
    request = signed(b'{"type":"opened"}', world.clock.now())

    world.clock.advance(later)
    answer = await world.http.post(HOOK, **request)

    assert answer.status_code == status


async def test_while_secrets_change_both_are_believed(world: World):
    await world.source("standard-webhooks", "standard-webhooks", secret=SECRET)
    await world.api("POST", "/v1/sources/standard-webhooks/rotate", {"secret": OTHER})

    answers = [
        await world.http.post(HOOK, **signed(b"{}", world.clock.now(), secret))
        for secret in (SECRET, OTHER)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


async def test_a_secret_we_make_works_in_the_published_library(world: World):
    secret = await world.source("standard-webhooks", "standard-webhooks")

    answer = await world.http.post(HOOK, **signed(b"{}", world.clock.now(), secret))

    assert answer.status_code == 200


async def test_a_repeat_of_the_message_counts_once(world: World):
    await world.source("standard-webhooks", "standard-webhooks", secret=SECRET)
    body = orjson.dumps({"type": "demo.requested", "data": {"email": "ana@acme.com"}})

    for _ in range(2):
        await world.http.post(HOOK, **signed(body, world.clock.now()))
        world.clock.advance(timedelta(days=1))
    await world.read()

    line = await world.ledger("standard-webhooks")
    assert (line["published"], line["duplicates"], line["variants"]) == (1, 1, 0)


@pytest.mark.parametrize("library", [Webhook, svix.webhooks.Webhook], ids=["standard", "svix"])
async def test_what_a_library_signs_arrives_once_though_its_sender_is_told_503(
    world: World, library: type[Webhook] | type[svix.webhooks.Webhook]
):
    """Each try has the same id, and a time and a signature of its own."""
    await world.source("standard-webhooks", "standard-webhooks", secret=SECRET)
    body = '{"type": "demo.requested", "data": {"email": "zoë@acme.com"}}'
    door = stores_and_then_fails(build_app([world.service], "test"))
    answers = []
    async with serving(door) as url, httpx.AsyncClient(timeout=30) as client:
        for _ in range(2):
            now = world.clock.now()
            headers = {
                "webhook-id": "msg_1",
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": library(SECRET).sign("msg_1", now, body),
            }
            sent = await client.post(f"{url}{HOOK}", content=body.encode(), headers=headers)
            answers.append(sent.status_code)
            world.clock.advance(timedelta(minutes=10))
    await world.read()

    assert answers == [503, 200]
    line = await world.ledger("standard-webhooks")
    assert (line["published"], line["duplicates"], line["gap"]) == (1, 1, 0)


SIGNATURE = st.text(alphabet="v1a, =+/", max_size=40) | st.text(max_size=20)


@given(
    body=st.binary(max_size=40),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "webhook-id": st.text(max_size=10),
            "webhook-timestamp": st.text(max_size=25) | st.just("1772452800"),
            "webhook-signature": SIGNATURE,
            "svix-signature": SIGNATURE,
        },
    ),
)
def test_garbage_is_never_believed(body: bytes, headers: dict[str, str]):
    request = Request("POST", "http://x/hooks/x", headers, body)

    with pytest.raises(BadCredentials):
        StandardWebhooks().verify(
            request,
            Credentials(secrets=[SECRET]),
            Options(),
            datetime(2026, 3, 2, 12, tzinfo=UTC),
        )


def test_what_svixs_library_signs_is_believed():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    headers = {
        "svix-id": "msg_1",
        "svix-timestamp": str(int(now.timestamp())),
        "svix-signature": svix.webhooks.Webhook(SECRET).sign("msg_1", now, "{}"),
    }
    request = Request("POST", "http://x/hooks/x", headers, b"{}")

    StandardWebhooks().verify(request, Credentials(secrets=[SECRET]), Options(), now)


@given(body=st.text(max_size=100), message_id=st.text(alphabet="abc_-019", min_size=1, max_size=30))
def test_what_the_published_library_signs_is_believed(body: str, message_id: str):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1a,x {Webhook(SECRET).sign(message_id, now, body)}",
    }
    request = Request("POST", "http://x/hooks/x", headers, body.encode())

    StandardWebhooks().verify(request, Credentials(secrets=[OTHER, SECRET]), Options(), now)


def signed(body: bytes, now: datetime, secret: str = SECRET) -> dict[str, Any]:
    """A request the published library signed."""
    signature = Webhook(secret).sign("msg_1", now, body.decode())
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return {"content": body, "headers": headers}
