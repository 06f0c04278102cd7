"""Fixtures of handoff's handler tests."""

from collections.abc import AsyncIterator

import pytest

from tests.service.handoff.world import World, open_world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """Handoff's core on an empty database, once per kind of database."""
    world = await open_world(database_url)
    yield world
    await world.db.stop()
