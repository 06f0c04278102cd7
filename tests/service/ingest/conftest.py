"""Fixtures of ingest's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service.ingest.world import World, open_world


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Ingest on an empty database, once per kind of database."""
    async with open_world(database_url, f"sqlite:///{tmp_path}") as world:
        yield world
