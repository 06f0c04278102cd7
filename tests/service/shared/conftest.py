"""What the kernel's tests share: a database of their own, opened as often as they like."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import MetaData, text

from shared.clock import Clock
from shared.db import Database

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
