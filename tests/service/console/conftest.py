"""The consoles of all services on one database for all tests here, once per world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.support.consoles import Consoles, open_consoles
from tests.support.ground import WORLDS, Ground, ground_of


@pytest.fixture(scope="session", params=WORLDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What the databases of all these tests are copied from, once per world."""
    return ground_of(request)


@pytest.fixture(scope="session")
async def consoles(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Consoles]:
    """The services with none of their loops: what a test put there stays as it is."""
    async with opened(ground, tmp_path_factory.mktemp("consoles")) as consoles:
        yield consoles


@pytest.fixture(scope="module")
async def running(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Consoles]:
    """The services with all their loops, as one process runs them."""
    async with opened(ground, tmp_path_factory.mktemp("running"), loops=True) as consoles:
        yield consoles


@asynccontextmanager
async def opened(ground: Ground, directory: Path, **options: bool) -> AsyncIterator[Consoles]:
    async with (
        ground.database(directory) as url,
        open_consoles(url, directory, **options) as consoles,
    ):
        yield consoles
