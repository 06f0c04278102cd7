"""Segment: what is particular about its batches, and its own libraries as the clients."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segment.analytics  # type: ignore[import-untyped] # published without types

from shared.web import build_app
from tests.contract.serving import serving, stores_and_then_fails
from tests.service.ingest.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


async def test_a_batch_is_believed_only_when_all_of_it_is_signed(world: World):
    """The older header signs the first event alone, so the others could be anybody's."""
    secret = "a-secret-of-sixteen"
    await world.source("segment", "segment", options={"signed": True}, secret=secret)
    first = b'{"type":"track","event":"x","userId":"u"}'
    body = b"[" + first + b"," + first + b"]"

    def signature(text: bytes) -> str:
        return hmac.new(secret.encode(), text, "sha1").hexdigest()

    answers = [
        (await world.http.post("/hooks/segment", content=body, headers=headers)).status_code
        for headers in (
            {"x-signature": signature(first)},
            {"x-signature": signature(body)},
            {"x-segment-signature": signature(first), "x-signature": signature(first)},
            {"x-segment-signature": signature(body)},
        )
    ]

    assert answers == [401, 401, 401, 200]


async def test_a_wrong_clock_of_the_sender_is_corrected(world: World):
    token = await world.source("site", "segment")
    item = {"type": "track", "messageId": "m", "userId": "u", "event": "x"}
    # The sender's clock is a year behind; it sent ten seconds after the event.
    body = {
        "batch": [item | {"timestamp": "2025-03-02T11:59:50Z"}],
        "sentAt": "2025-03-02T12:00:00Z",
    }

    await world.send("/v1/batch", body, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.occurred_at == world.clock.now() - timedelta(seconds=10)


async def test_context_of_the_batch_belongs_to_each_event(world: World):
    token = await world.source("site", "segment")
    context = {
        "campaign": {"name": "spring", "source": "news"},
        "traits": {"email": "ana@acme.com"},
    }
    item = {"type": "track", "messageId": "m", "event": "Guide Downloaded"}

    await world.send("/v1/batch", {"batch": [item], "context": context}, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.identity == "email:ana@acme.com"
    assert touch.properties["campaign"] == {"name": "spring", "source": "news"}


async def test_an_erasure_segment_passes_on_refuses_every_channel(world: World):
    token = await world.source("segment", "segment")
    body = {"type": "delete", "userId": "u-1", "messageId": "m"}

    await world.send("/hooks/segment", body, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.touch == "erasure.requested"
    assert [(one.channel, one.status) for one in touch.consent] == [("all", "refused")]


async def test_the_visitors_browser_is_judged_and_not_the_library(world: World):
    token = await world.source("site", "segment")
    bot = {"userAgent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    item = {"type": "track", "messageId": "m", "userId": "u", "event": "x", "context": bot}

    await world.send("/v1/track", item, token, user_agent="analytics-python/2.4.0")
    await world.read()

    [touch] = await world.touches()
    assert (touch.made_by, touch.made_by_reason) == ("machine", "known_crawler")


@pytest.mark.parametrize("zipped", [False, True])
async def test_segments_library_delivers_everything_once(world: World, zipped: bool):
    token = await world.source("site", "segment")
    async with serving(build_app([world.service], "test")) as url:
        client = new_client(token, url, zipped)
        tell(client)
        await asyncio.to_thread(client.flush)
        await asyncio.to_thread(client.join)
    await world.read()

    assert client.errors == []
    await assert_told(world)


async def test_segments_library_comes_again_after_a_503(world: World):
    """The first answer is lost after the store: the second sending must not count again."""
    token = await world.source("site", "segment")
    async with serving(stores_and_then_fails(build_app([world.service], "test"))) as url:
        client = new_client(token, url, zipped=False)
        tell(client)
        await asyncio.to_thread(client.flush)
        await asyncio.to_thread(client.join)
    await world.read()

    assert client.errors == []
    assert (await world.ledger("site"))["duplicates"] > 0
    await assert_told(world)


async def test_segments_library_is_told_of_a_wrong_key(world: World):
    await world.source("site", "segment")
    async with serving(build_app([world.service], "test")) as url:
        client = new_client("src_wrong", url, zipped=False)
        client.track("u-1", "Guide Downloaded")
        await asyncio.to_thread(client.flush)
        await asyncio.to_thread(client.join)

    assert [error.status for error in client.errors] == [401]


async def test_segments_library_for_node_comes_again_after_a_503(world: World, node):
    token = await world.source("site", "segment")
    async with serving(stores_and_then_fails(build_app([world.service], "test"))) as url:
        told = await node("segment", {"url": url, "key": token})
    await world.read()

    assert told == {"errors": []}
    assert (await world.ledger("site"))["duplicates"] > 0
    await assert_told(world)


async def test_segments_library_for_node_is_told_of_a_wrong_key(world: World, node):
    await world.source("site", "segment")
    async with serving(build_app([world.service], "test")) as url:
        told = await node("segment", {"url": url, "key": "src_wrong"})

    assert told["errors"]
    assert await world.receipts() == []


class Client(segment.analytics.Client):  # type: ignore[misc]
    """Segment's client that keeps what it could not deliver."""

    errors: list[Any]


def new_client(token: str, url: str, zipped: bool) -> Client:
    errors: list[Any] = []

    def keep(error: Any, _batch: Any) -> None:
        errors.append(error)

    client = Client(token, host=url, gzip=zipped, upload_interval=0.01, on_error=keep)
    client.errors = errors
    return client


def tell(client: Client) -> None:
    client.identify("u-1", {"email": "ana@acme.com", "company": "Acme"})
    client.track("u-1", "Guide Downloaded", {"topic": "pricing"})
    client.page("u-1", "Docs", "Pricing", {"url": "https://acme.com/pricing?utm_source=news"})


async def assert_told(world: World) -> None:
    """What ``tell`` says was read, once."""
    line = await world.ledger("site")
    assert (line["published"], line["parked"], line["gap"]) == (3, 0, 0)
    [told] = await world.identities()
    assert told.identifiers == ["email:ana@acme.com", "user:site:u-1"]
    touches = {touch.touch: touch for touch in await world.touches()}
    assert set(touches) == {"content.downloaded", "page.viewed"}
    page = touches["page.viewed"].properties
    assert page["page"]["path"] == "/pricing"
    assert page["campaign"] == {"source": "news"}
