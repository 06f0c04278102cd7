"""Fixtures of ingest's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from services.ingest.http import intake
from services.ingest.store.tables import LEASE, TABLES
from tests.builders import NOON
from tests.service.ingest.world import World, open_world


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is refused because the machine of the tests is busy; those of refusals say when."""
    monkeypatch.setattr(intake, "PATIENCE_S", 60.0)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Ingest on an empty database, once per kind of database."""
    async with open_world(database_url, f"sqlite:///{tmp_path}") as world:
        yield world


@pytest.fixture(scope="module")
async def kept_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """Ingest on one SQLite file for all tests of a module."""
    folder = tmp_path_factory.mktemp("kept")
    async with open_world(f"sqlite:///{folder}", f"sqlite:///{folder}") as world:
        yield world


@pytest.fixture
async def emptied_world(kept_world: World) -> World:
    """The same, with nothing in it but what the loops hold; the bus keeps what it has."""

    def empty(conn: Connection) -> None:
        for table in TABLES.sorted_tables:
            if table is not LEASE:
                conn.execute(delete(table))

    await kept_world.service.db.write(empty)
    kept_world.clock.moment = NOON
    return kept_world
