"""RudderStack: its own libraries as the clients, which take everything but 200 for a failure."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import rudderstack.analytics.client  # type: ignore[import-untyped] # published without types

from shared.web import build_app
from tests.contract.serving import serving, stores_and_then_fails
from tests.service.ingest.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


def new_client(token: str, url: str, errors: list[Any]) -> Any:
    """The library's client, with its own settings: gzip is on."""
    return rudderstack.analytics.client.Client(
        token, host=url, upload_interval=0.01, on_error=lambda error, _: errors.append(error)
    )


def tell(client: Any) -> None:
    client.identify("u-1", {"email": "ana@acme.com", "company": "Acme"})
    client.track("u-1", "Guide Downloaded", {"topic": "pricing"})
    client.alias("a-1", "u-1")


async def test_rudderstacks_library_delivers_everything_once_though_it_is_told_503(world: World):
    token = await world.source("site", "rudderstack")
    errors: list[Any] = []
    async with serving(stores_and_then_fails(build_app([world.service], "test"))) as url:
        client = new_client(token, url, errors)
        tell(client)
        await asyncio.to_thread(client.flush)
        await asyncio.to_thread(client.join)
    await world.read()

    assert errors == []
    assert (await world.ledger("site"))["duplicates"] > 0
    await assert_told(world)


async def test_rudderstacks_library_for_node_calls_its_gzip_a_form_and_is_read_once(
    world: World, node
):
    token = await world.source("site", "rudderstack")
    async with serving(stores_and_then_fails(build_app([world.service], "test"))) as url:
        told = await node("rudderstack", {"url": url, "key": token})
    await world.read()

    assert told == {"error": None}
    assert (await world.ledger("site"))["duplicates"] > 0
    await assert_told(world)


async def assert_told(world: World) -> None:
    """What ``tell`` says was read, once."""
    line = await world.ledger("site")
    assert (line["published"], line["parked"], line["gap"]) == (3, 0, 0)
    [touch] = await world.touches()
    assert (touch.touch, touch.vendor) == ("content.downloaded", "rudderstack")
    first, alias = sorted(await world.identities(), key=lambda one: len(one.identifiers))
    assert first.identifiers == ["email:ana@acme.com", "user:site:u-1"]
    assert alias.identifiers == ["user:site:u-1", "user:site:a-1", "anon:site:a-1"]


async def test_rudderstacks_library_is_told_of_a_wrong_key_and_gives_up(world: World):
    await world.source("site", "rudderstack")
    errors: list[Any] = []
    async with serving(build_app([world.service], "test")) as url:
        client = new_client("src_wrong", url, errors)
        client.track("u-1", "Guide Downloaded")
        await asyncio.to_thread(client.flush)
        await asyncio.to_thread(client.join)

    assert [error.status for error in errors] == [401]
