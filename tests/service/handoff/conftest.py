"""Fixtures of handoff's handler tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.handoff.answering import Answering, open_answering
from tests.service.handoff.api import Api, open_api
from tests.service.handoff.house import open_house
from tests.service.handoff.signing import Teams, two_teams
from tests.service.handoff.world import World, open_world
from tests.support.ground import Ground, NewData


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Handoff's core on an empty database, once per kind of database."""
    world = await open_world(database_url)
    yield world
    await world.db.stop()


@pytest.fixture
async def answering(world: World) -> AsyncIterator[Answering]:
    """That core, and the pages on which leads are answered by a link."""
    async with open_answering(world) as answering:
        yield answering


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """Handoff's API, just installed: one admin, the starter policy."""
    async with open_api(database_url, tmp_path) as api:
        yield api


@pytest.fixture
async def teams(api: Api) -> Teams:
    """Two teams that agree on policies over that API."""
    return await two_teams(api)


@pytest.fixture(scope="module")
async def standing_api(new_data: NewData) -> AsyncIterator[Api]:
    """One API for all tests of a file that ask for what is refused, and so change nothing."""
    directory = new_data("handoff")
    async with open_api(f"sqlite:///{directory}", directory) as api:
        yield api


@pytest.fixture(scope="module")
async def house(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One API for all tests of a file, once per world; each test brings its own people."""
    async with open_house(ground, tmp_path_factory.mktemp("house")) as api:
        yield api
