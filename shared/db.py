"""One service's database: a SQLite file or a PostgreSQL schema, behind the same two calls.

A transaction is a plain function of a connection. ``write`` runs it in one transaction,
``read`` in a snapshot that writes nothing. The function cannot await anything, so nobody
holds a transaction open across the network, and a deadlock can simply run it again.

SQLite has one writer: a thread with one connection, ``BEGIN IMMEDIATE``. (A deferred
transaction that reads before it writes fails at once behind another commit, whatever the
busy timeout.) PostgreSQL runs the same function on a pool of asyncpg connections.

Cancelling who waits for a transaction leaks nothing. On PostgreSQL the transaction is
rolled back, unless its commit was already on the way. On SQLite a transaction that waits
in the queue never begins; one that has begun goes on in its thread and commits. So after
a cancellation, as after a lost connection, nobody knows: look, or write so that repeating
does no harm. Callbacks of ``after_commit`` are not called then.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from shared.clock import Clock, SystemClock
from shared.db_errors import NotDurable, RunAgain, is_transient, must_run_again, sqlstate
from shared.db_postgres import PostgresBackend
from shared.db_sqlite import SqliteBackend

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
RETRIES = 5


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Aware in Python, always UTC; SQLite itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is UTC:  # as PostgreSQL's driver gives it, often and many at once
            return value
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def metadata() -> MetaData:
    """Return the empty catalogue of one service's tables, with named constraints."""
    return MetaData(naming_convention=NAMING)


def id_column(name: str = "id", **options: Any) -> Column[str]:
    """Return a column of ids: native uuid in PostgreSQL, text in SQLite and in Python."""
    return Column(name, Uuid(as_uuid=False).with_variant(Text(), "sqlite"), **options)


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


def insert(conn: Connection, table: Table) -> Any:
    """Return the dialect's INSERT, which knows ``on_conflict_do_nothing`` and ``_do_update``."""
    if conn.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def chunks(items: Sequence[T], size: int = 500) -> Iterable[Sequence[T]]:
    """Yield ``items`` in slices of at most ``size``: statements have a limit on parameters."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


class Database:
    """A service's own database. Nobody else reads or writes it.

    ``url`` is ``sqlite:///DIR`` (the file is ``DIR/<service>.db``) or ``postgresql://…``
    (the schema is ``relevo_<service>``). ``clock`` replaces the database's clock in tests.
    """

    def __init__(self, url: str, service: str, tables: MetaData, clock: Clock | None = None):
        self.service = service
        self.tables = tables
        self.schema = None if url.startswith("sqlite") else f"relevo_{service}"
        self.is_sqlite = url.startswith("sqlite")
        self._url = url
        self._clock = clock
        self._backend: SqliteBackend | PostgresBackend
        if self.is_sqlite:
            self._backend = SqliteBackend(sqlite_directory(url) / f"{service}.db")
        elif urlsplit(url).scheme.startswith("postgres"):
            self._backend = PostgresBackend(url, f"relevo_{service}")
        else:
            raise ValueError("a database URL starts with sqlite:/// or postgresql://")

    async def start(self) -> None:
        """Connect, and refuse a database that would not keep what it says it keeps.

        Raises ``NotDurable``.
        """
        await self._backend.start()

    async def stop(self) -> None:
        await self._backend.stop()

    def again(self) -> "Database":
        """Return the same database, not started, for a thread that has a loop of its own.

        Only to read: SQLite has one writer.
        """
        return Database(self._url, self.service, self.tables, self._clock)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction and return its result after the commit (fsynced).

        Runs it again, up to five times, when PostgreSQL reports a deadlock or a
        serialisation failure, when it raises ``RunAgain``, and when the connection was lost
        before the commit: ``work`` must not keep state outside the connection.
        """
        failures = 0
        while True:
            attempt = _Attempt(work)
            try:
                result = await self._backend.write(attempt)
            except (DBAPIError, RunAgain) as error:
                failures += 1
                if failures > RETRIES or not attempt.can_run_again(error):
                    raise
            else:
                for callback in attempt.callbacks:
                    callback()
                return result
            await asyncio.sleep(random.uniform(0.01, 0.05) * 2**failures)  # noqa: S311 - jitter

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot; it must write nothing."""
        return await self._backend.read(work)

    async def until_failed(self) -> None:
        """Return when the disk refused a write. From then on every ``write`` is refused too."""
        await self._backend.failed.wait()

    def now(self, conn: Connection) -> datetime:
        """Return the database's time, the one clock all replicas share."""
        if self._clock is not None:
            return self._clock.now()
        if conn.dialect.name == "postgresql":
            moment: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
            return moment.astimezone(UTC)
        return SystemClock().now()


def sqlite_directory(url: str) -> Path:
    """Return the data directory of ``sqlite:///DIR``; made when it is missing."""
    directory = Path(url.removeprefix("sqlite:///") or ".")
    directory.mkdir(parents=True, exist_ok=True)
    return directory


class _Attempt(Generic[T]):
    """One run of a transaction's function, and what has to be known of it afterwards."""

    def __init__(self, work: Callable[[Connection], T]):
        self.callbacks: dict[Callable[[], None], None] = {}
        self._work = work
        self._commits = False

    def __call__(self, conn: Connection) -> T:
        conn.info["after_commit"] = self.callbacks
        result = self._work(conn)
        self._commits = True
        return result

    def can_run_again(self, error: DBAPIError | RunAgain) -> bool:
        """Return whether nothing was committed, and another run can go better."""
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return not self._commits  # else the commit may have been carried out
        return must_run_again(error)


def after_commit(conn: Connection, callback: Callable[[], None]) -> None:
    """Call ``callback`` on the event loop once the transaction of ``conn`` is committed.

    The same callback given twice is called once. For waking loops; nothing that matters may
    depend on it, because a killed process never calls it.
    """
    conn.info["after_commit"][callback] = None


__all__ = [
    "Database",
    "Json",
    "NotDurable",
    "RunAgain",
    "UtcDateTime",
    "after_commit",
    "chunks",
    "id_column",
    "insert",
    "is_transient",
    "metadata",
    "sqlite_directory",
    "sqlstate",
]
