"""Handoff's API on one database for all tests of a file, once per world."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.service.handoff.api import Api, open_api
from tests.support.ground import Ground


@asynccontextmanager
async def open_house(ground: Ground, directory: Path, **settings: Any) -> AsyncIterator[Api]:
    """Yield the API on a fresh database; its bus keeps its files in ``directory``."""
    async with ground.database(directory) as url, open_api(url, directory, **settings) as api:
        yield api
