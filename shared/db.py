"""One service's database: a SQLite file or a PostgreSQL schema, behind the same two calls.

A transaction is a plain function of a connection. ``write`` runs it in one transaction,
``read`` in a snapshot that writes nothing. The function cannot await anything, so nobody
holds a transaction open across the network, and a deadlock can simply run it again.

SQLite has one writer: a thread with one connection, ``BEGIN IMMEDIATE``. (A deferred
transaction that reads before it writes fails at once behind another commit, whatever the
busy timeout.) PostgreSQL runs the same function on a pool of asyncpg connections.
"""

import asyncio
import random
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import orjson
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.clock import Clock, SystemClock

T = TypeVar("T")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
RETRYABLE = frozenset({"40001", "40P01"})  # serialisation failure, deadlock
RETRIES = 5
READERS = 4
CHECKPOINT_EVERY_S = 1.0
# The background checkpoint keeps the log short; this is the backstop, in pages of 4 KiB.
WAL_BACKSTOP_PAGES = 20_000


class RunAgain(Exception):
    """The transaction met another one and must run from its start: {0}."""


class NotDurable(Exception):
    """The database is set up so that a committed transaction can be lost in a crash."""


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
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def metadata() -> MetaData:
    """Return the empty catalogue of one service's tables, with named constraints."""
    return MetaData(naming_convention=NAMING)


def id_column(name: str = "id", **options: Any) -> Column[str]:
    """Return a column of ids: native uuid in PostgreSQL, text in Python."""
    return Column(name, Uuid(as_uuid=False), **options)


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


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


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
        self._backend: _Sqlite | _Postgres
        if self.is_sqlite:
            self._backend = _Sqlite(sqlite_directory(url) / f"{service}.db")
        elif urlsplit(url).scheme.startswith("postgres"):
            self._backend = _Postgres(url, f"relevo_{service}")
        else:
            raise ValueError(f"database URL must start with sqlite:/// or postgresql://: {url!r}")

    async def start(self) -> None:
        """Connect, and refuse a database that would not keep what it says it keeps.

        Raises ``NotDurable``.
        """
        await self._backend.start()

    async def stop(self) -> None:
        await self._backend.stop()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction and return its result after the commit (fsynced).

        Runs it again, up to five times, when PostgreSQL reports a deadlock or a
        serialisation failure, or when it raises ``RunAgain``: ``work`` must not keep state
        outside the connection.
        """

        def tracked(conn: Connection) -> tuple[T, Collection[Callable[[], None]]]:
            callbacks = conn.info["after_commit"] = dict[Callable[[], None], None]()
            return work(conn), callbacks.keys()

        result, callbacks = await self._with_retries(tracked)
        for callback in callbacks:
            callback()
        return result

    async def _with_retries(self, work: Callable[[Connection], T]) -> T:
        failures = 0
        while True:
            try:
                return await self._backend.write(work)
            except (DBAPIError, RunAgain) as error:
                failures += 1
                if failures > RETRIES or not _may_run_again(error):
                    raise
            await asyncio.sleep(random.uniform(0.01, 0.05) * 2**failures)  # noqa: S311 - jitter

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on one snapshot; it must write nothing."""
        return await self._backend.read(work)

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


def _may_run_again(error: DBAPIError | RunAgain) -> bool:
    return isinstance(error, RunAgain) or sqlstate(error) in RETRYABLE


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's error code; None for SQLite's errors."""
    return getattr(error.orig, "sqlstate", None)


def after_commit(conn: Connection, callback: Callable[[], None]) -> None:
    """Call ``callback`` on the event loop once the transaction of ``conn`` is committed.

    The same callback given twice is called once. For waking loops; nothing that matters may
    depend on it, because a killed process never calls it.
    """
    conn.info["after_commit"][callback] = None


class _Sqlite:
    def __init__(self, file: Path):
        self._writing = _sqlite_engine(file, "BEGIN IMMEDIATE")
        self._reading = _sqlite_engine(file, "BEGIN")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix=f"write-{file.stem}")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{file.stem}")
        self._connection: Connection | None = None
        self._checkpoints: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writer, self._connect)
        self._checkpoints = asyncio.create_task(self._checkpoint_regularly())

    def _connect(self) -> None:
        self._connection = self._writing.connect()
        synchronous = self._connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        self._connection.rollback()
        if synchronous < 2:
            raise NotDurable("SQLite runs with PRAGMA synchronous below FULL")

    async def stop(self) -> None:
        if self._checkpoints is not None:
            self._checkpoints.cancel()
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._connection.close)
        self._writer.shutdown()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._write, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        assert self._connection is not None, "the database is not started"
        with self._connection.begin():
            return work(self._connection)

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._reading.connect() as conn:
            return work(conn)

    async def _checkpoint_regularly(self) -> None:
        # SQLite would otherwise checkpoint inside the commit that crosses the limit, and
        # the requests that wait for this commit would wait for the checkpoint too.
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY_S)
            await asyncio.get_running_loop().run_in_executor(self._readers, self._checkpoint)

    def _checkpoint(self) -> None:
        raw = self._reading.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            raw.close()


def _sqlite_engine(file: Path, begin: str) -> Engine:
    engine = create_engine(
        f"sqlite+pysqlite:///{file}",
        json_serializer=_to_json,
        json_deserializer=orjson.loads,
        connect_args={"isolation_level": None, "check_same_thread": False, "timeout": 5},
        pool_size=READERS + 1,
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA wal_autocheckpoint={WAL_BACKSTOP_PAGES}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


class _Postgres:
    def __init__(self, url: str, schema: str):
        parts = urlsplit(url)
        self._schema = schema
        self._engine: AsyncEngine = create_async_engine(
            parts._replace(scheme="postgresql+asyncpg").geturl(),
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            pool_size=10,
            max_overflow=10,
            pool_pre_ping=False,
            connect_args={
                "server_settings": {
                    "search_path": schema,
                    "application_name": schema,
                    "idle_in_transaction_session_timeout": "10s",
                    "jit": "off",
                }
            },
        )

    async def start(self) -> None:
        async with self._engine.connect() as conn:
            for setting in ("fsync", "synchronous_commit"):
                value = (await conn.exec_driver_sql(f"SHOW {setting}")).scalar_one()
                if value == "off":
                    raise NotDurable(f"PostgreSQL runs with {setting} = off")

    async def stop(self) -> None:
        await self._engine.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as conn:
            return await conn.run_sync(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        async with self._engine.connect() as conn:
            return await conn.run_sync(work)
