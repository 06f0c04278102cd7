"""Empty databases of both kinds, as many as a test asks for."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import MetaData

from shared.db import Database
from tests.support.postgres import Postgres

NewUrl = Callable[[], Awaitable[str]]
OpenDatabase = Callable[[str, str, MetaData], Awaitable[Database]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest) -> Postgres | None:
    """The server of the databases; none for SQLite."""
    return request.getfixturevalue("postgres") if request.param == "postgres" else None


@pytest.fixture
async def new_url(
    server: Postgres | None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[NewUrl]:
    """Return the URL of another empty database."""
    async with AsyncExitStack() as stack:

        async def new_url() -> str:
            if server is None:
                return f"sqlite:///{tmp_path_factory.mktemp('data')}"
            return await stack.enter_async_context(server.database())

        yield new_url


@pytest.fixture
async def open_database() -> AsyncIterator[OpenDatabase]:
    """Open a service's database; again for what another process sees of it."""
    opened: list[Database] = []

    async def open_database(url: str, service: str, tables: MetaData) -> Database:
        db = Database(url, service, tables)
        await db.start()
        opened.append(db)
        return db

    yield open_database
    for db in opened:
        await db.stop()
