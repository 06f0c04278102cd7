"""Fixtures of handoff's handler tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.handoff.api import Api, open_api
from tests.service.handoff.house import WORLDS, Ground, open_house
from tests.service.handoff.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Handoff's core on an empty database, once per kind of database."""
    world = await open_world(database_url)
    yield world
    await world.db.stop()


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    """Handoff's API, just installed: one admin, the starter policy."""
    async with open_api(database_url, tmp_path) as api:
        yield api


@pytest.fixture(scope="module")
async def standing_api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One API for all tests of a file that ask for what is refused, and so change nothing."""
    directory = tmp_path_factory.mktemp("handoff")
    async with open_api(f"sqlite:///{directory}", directory) as api:
        yield api


@pytest.fixture(scope="module", params=WORLDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What the database of a whole file stands on, once per world."""
    if request.param == "sqlite":
        return Ground()
    get = request.getfixturevalue
    return Ground(get("postgres"), get("postgres_with_tables"))


@pytest.fixture(scope="module")
async def house(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """One API for all tests of a file, once per world; each test brings its own people."""
    async with open_house(ground, tmp_path_factory.mktemp("house")) as api:
        yield api
