"""SQLite behind ``shared.db``: one writer thread, a few readers, WAL, every commit fsynced."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

import orjson
import structlog
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from shared.db_errors import DiskFailed, NotDurable, is_disk_failure

log = structlog.get_logger(__name__)

T = TypeVar("T")

READERS = 4
BUSY_TIMEOUT_S = 5.0  # how long a transaction waits for another process, such as the CLI
CHECKPOINT_EVERY_S = 1.0
# The background checkpoint keeps the log short; this is the backstop, in pages of 4 KiB.
WAL_BACKSTOP_PAGES = 20_000
FULL = 2  # PRAGMA synchronous: fsync at every commit


class SqliteBackend:
    """One database file."""

    def __init__(self, file: Path):
        self._writing = _engine(file, begin="BEGIN IMMEDIATE", pragmas=())
        self._reading = _engine(file, begin="BEGIN", pragmas=("query_only=ON",))
        self._writer = ThreadPoolExecutor(1, thread_name_prefix=f"write-{file.stem}")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{file.stem}")
        self._connection: Connection | None = None
        self._checkpoints: asyncio.Task[None] | None = None
        self._failure: DiskFailed | None = None
        self.failed = asyncio.Event()

    async def start(self) -> None:
        """Open the file; raises ``NotDurable``."""
        self._loop = asyncio.get_running_loop()
        await asyncio.get_running_loop().run_in_executor(self._writer, self._connect)
        self._checkpoints = asyncio.create_task(self._checkpoint_regularly())

    def _connect(self) -> None:
        self._connection = self._writing.connect()
        synchronous = self._connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        self._connection.rollback()
        if synchronous < FULL:
            raise NotDurable("SQLite runs with PRAGMA synchronous below FULL")

    async def stop(self) -> None:
        """Finish what has begun and close the file."""
        if self._checkpoints is not None:
            self._checkpoints.cancel()
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._connection.close)
        self._writer.shutdown()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in the writer's thread, in a transaction of its own."""
        loop, context = asyncio.get_running_loop(), copy_context()  # the trace goes along
        return await loop.run_in_executor(self._writer, context.run, self._write, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a reader's thread, on one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    def _write(self, work: Callable[[Connection], T]) -> T:
        assert self._connection is not None, "the database is not started"
        if self._failure is not None:
            raise self._failure
        try:
            with self._connection.begin():
                return work(self._connection)
        except OperationalError as error:
            if not is_disk_failure(error):
                raise
            self._failure = DiskFailed(str(error.orig))
            self._loop.call_soon_threadsafe(self.failed.set)
            raise self._failure from error

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._reading.connect() as conn:
            return work(conn)

    async def _checkpoint_regularly(self) -> None:
        # SQLite would otherwise checkpoint inside the commit that crosses the limit, and
        # the requests that wait for this commit would wait for the checkpoint too.
        while True:
            await asyncio.sleep(CHECKPOINT_EVERY_S)
            try:
                await asyncio.get_running_loop().run_in_executor(self._readers, self._checkpoint)
            except Exception:
                log.exception("checkpoint_failed")

    def _checkpoint(self) -> None:
        raw = self._reading.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            raw.close()


def _engine(file: Path, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(file)),
        json_serializer=to_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error's text must not carry personal data
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_S,
        },
        pool_size=READERS + 1,
    )

    @event.listens_for(engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"wal_autocheckpoint={WAL_BACKSTOP_PAGES}",
            *pragmas,
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


def to_json(value: Any) -> str:
    """Return ``value`` as the text of a JSON column."""
    return orjson.dumps(value).decode()
