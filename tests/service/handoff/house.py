"""Handoff's API on one database for all tests of a file, once per world."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.service.handoff.api import Api, open_api
from tests.support.postgres import Postgres

WORLDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass(frozen=True)
class Ground:
    """What a file's database stands on: a directory, or a server and whose tables to copy."""

    server: Postgres | None = None
    template: str | None = None


@asynccontextmanager
async def open_house(ground: Ground, directory: Path, **settings: Any) -> AsyncIterator[Api]:
    """Yield the API on a fresh database; its bus keeps its files in ``directory``."""
    async with AsyncExitStack() as stack:
        url = f"sqlite:///{directory}"
        if ground.server is not None and ground.template is not None:
            url = await stack.enter_async_context(ground.server.database(template=ground.template))
        yield await stack.enter_async_context(open_api(url, directory, **settings))
