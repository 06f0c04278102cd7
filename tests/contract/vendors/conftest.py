"""One running ingest for all vendors: each test uses sources of its own."""

from collections.abc import AsyncIterator

import pytest

from services.ingest.http import intake
from tests.contract.vendors.case import NOON, PUBLIC_URL
from tests.service.ingest.world import World, open_world


@pytest.fixture(scope="module")
async def shared_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    directory = tmp_path_factory.mktemp("ingest")
    url = f"sqlite:///{directory}"
    async with open_world(url, url, public_url=PUBLIC_URL) as world:
        yield world


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is refused because the machine of the tests is busy."""
    monkeypatch.setattr(intake, "PATIENCE_S", 60.0)


@pytest.fixture
def world(shared_world: World) -> World:
    """The running ingest, at noon."""
    shared_world.clock.moment = NOON
    return shared_world
