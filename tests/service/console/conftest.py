"""The consoles of all services on one database for all tests here, once per world."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.service.handoff.house import WORLDS, Ground
from tests.support.consoles import Consoles, open_consoles


@pytest.fixture(scope="session", params=WORLDS)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What the database of all these tests stands on, once per world."""
    if request.param == "sqlite":
        return Ground()
    get = request.getfixturevalue
    return Ground(get("postgres"), get("postgres_with_tables"))


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
    async with AsyncExitStack() as stack:
        url = f"sqlite:///{directory}"
        if ground.server is not None and ground.template is not None:
            url = await stack.enter_async_context(ground.server.database(template=ground.template))
        yield await stack.enter_async_context(open_consoles(url, directory, **options))
