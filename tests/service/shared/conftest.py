"""What the kernel's tests share: a database of their own, opened as often as they like."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import MetaData, text

from shared.bus.sqlite import SqliteBus
from shared.clock import Clock
from shared.db import Database
from tests.service.shared.notes import TABLES
from tests.support.consuming import PARTITIONS, TOPIC

OpenDatabase = Callable[..., Awaitable[Database]]


@dataclass
class HandClock:
    """A clock that moves when the test says so."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 10, 15, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def open_database(database_url: str) -> AsyncIterator[OpenDatabase]:
    """Open the database ``tables`` live in; again for another process's view of it."""
    opened: list[Database] = []

    async def open_database(tables: MetaData, clock: Clock | None = None) -> Database:
        db = Database(database_url, "sample", tables, clock)
        await db.start()
        opened.append(db)
        await db.write(lambda conn: create(conn, db))
        return db

    yield open_database
    for db in opened:
        await db.stop()


def create(conn, db: Database) -> None:
    """Make the tables that are missing, without a history."""
    if db.schema is not None:
        conn.execute(text(f"CREATE SCHEMA IF NOT EXISTS {db.schema}"))
    db.tables.create_all(conn)


@pytest.fixture
async def db(open_database):
    """The database of the notes."""
    return await open_database(TABLES)


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[SqliteBus]:
    """The embedded bus with the topic of the notes."""
    bus = SqliteBus(tmp_path)
    await bus.start()
    await bus.ensure_topics({TOPIC: PARTITIONS})
    yield bus
    await bus.stop()


@pytest.fixture
async def postgres_db(postgres_url):
    db = Database(postgres_url, "sample", TABLES)
    await db.write(lambda conn: conn.execute(text("CREATE SCHEMA relevo_sample")))
    await db.write(TABLES.create_all)
    yield db
    await db.stop()


@pytest.fixture
async def administrator(postgres_url):
    connection = await asyncpg.connect(
        postgres_url, server_settings={"search_path": "relevo_sample"}
    )
    yield connection
    await connection.close()
