"""Who touches the embedded bus's file: one process, one writing thread, some reading ones.

Work is a plain function of a connection. Writes share transactions: while one is being
committed, what arrives gathers for the next, so many publishers pay for one fsync.
"""

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TextIO, TypeVar

from shared.bus import sqlite_log
from shared.bus.file_system import refuse_network
from shared.bus.port import BusInUse

T = TypeVar("T")

READERS = 4
CHECKPOINT_BYTES = 4 * 1_048_576


class CommitFailed(Exception):
    """The commit itself failed: the work may be on disk or not."""


class DiskFailed(Exception):
    """The disk refused an earlier write, so nothing more is trusted until a restart."""


class LogFile:
    """``bus.db`` in a directory, opened by this process alone."""

    def __init__(self, directory: Path):
        self._directory = directory
        self._file = directory / "bus.db"
        self._lock: TextIO | None = None
        self._writer = ThreadPoolExecutor(1, "bus-writer")
        self._readers = ThreadPoolExecutor(READERS, "bus-reader", self._connect_reader)
        self._writing: sqlite3.Connection | None = None
        self._reading: list[sqlite3.Connection] = []
        self._of_thread = threading.local()
        self._queue: list[tuple[Callable[[sqlite3.Connection], Any], _Done]] = []
        self._draining: asyncio.Task[None] | None = None
        self._checkpointing: asyncio.Future[None] | None = None
        self._to_checkpoint = 0
        self.failure: DiskFailed | None = None

    async def open(self) -> None:
        """Lock the directory and open the file.

        Raises ``BusInUse`` when another process has it, and ``BusNotDurable``.
        """
        refuse_network(self._directory)
        self._lock = lock(self._directory / "bus.lock")
        await asyncio.get_running_loop().run_in_executor(self._writer, self._connect_writer)

    async def close(self) -> None:
        """Finish what was queued, then let go of the file."""
        running = [task for task in (self._draining, self._checkpointing) if task is not None]
        await asyncio.gather(*running, return_exceptions=True)
        self._writer.shutdown()
        self._readers.shutdown()
        for conn in (*self._reading, self._writing):
            if conn is not None:
                conn.close()
        if self._lock is not None:
            self._lock.close()

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` on what is committed, beside the writer."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: work(self._of_thread.conn))

    async def write(
        self,
        work: Callable[[sqlite3.Connection], T],
        committed: Callable[[T], None] | None = None,
        size: int = 0,
    ) -> T:
        """Run ``work`` in a transaction shared with others; return when it is on disk.

        ``committed`` is called right after the commit, in the order of the commits, also when
        nobody waits for the result any more. ``size`` is about how many bytes are written.

        Raises ``CommitFailed``, ``DiskFailed`` or, when nothing was stored, ``sqlite3.Error``.
        """
        if self.failure is not None:
            raise self.failure
        done = _Done(asyncio.get_running_loop().create_future(), committed)
        self._queue.append((work, done))
        self._to_checkpoint += size
        if self._draining is None or self._draining.done():
            self._draining = asyncio.create_task(self._drain())
        result: T = await done.future
        return result

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            queue, self._queue = self._queue, []
            works = [work for work, _ in queue]
            try:
                results = await loop.run_in_executor(self._writer, self._transact, works)
            except Exception as error:
                self._note_failure(error)
                for _, done in queue:
                    done.fail(error)
            else:
                for (_, done), result in zip(queue, results, strict=True):
                    done.succeed(result)
            self._checkpoint_sometimes()

    def _transact(self, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
        conn = self._writing
        assert conn is not None, "the bus is not started"
        try:
            conn.execute("BEGIN IMMEDIATE")
            results = [work(conn) for work in works]
        except BaseException:
            conn.rollback()
            raise
        try:
            conn.execute("COMMIT")
        except sqlite3.Error as error:
            conn.rollback()
            raise CommitFailed(str(error)) from error
        return results

    def _note_failure(self, error: Exception) -> None:
        """After an I/O error nobody knows what the disk holds: only a restart tells."""
        cause = error.__cause__ if isinstance(error, CommitFailed) else error
        if (
            isinstance(cause, sqlite3.Error)
            and cause.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR
        ):
            self.failure = DiskFailed(f"{self._file}: {cause}; restart after the disk is well")

    def _checkpoint_sometimes(self) -> None:
        # SQLite would do it inside the commit that crosses the limit, and its publishers wait.
        busy = self._checkpointing is not None and not self._checkpointing.done()
        if self._to_checkpoint < CHECKPOINT_BYTES or busy:
            return
        self._to_checkpoint = 0
        self._checkpointing = asyncio.ensure_future(self.read(_checkpoint))

    def _connect_writer(self) -> None:
        self._writing = sqlite_log.connect(self._file)
        self._writing.executescript(sqlite_log.SCHEMA)

    def _connect_reader(self) -> None:
        self._of_thread.conn = sqlite_log.connect(self._file)
        self._reading.append(self._of_thread.conn)


class _Done:
    """Where the result of a write goes; nobody may be waiting any more."""

    def __init__(self, future: asyncio.Future[Any], committed: Callable[[Any], None] | None):
        self.future = future
        self._committed = committed

    def succeed(self, result: object) -> None:
        if self._committed is not None:
            self._committed(result)
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


def _checkpoint(conn: sqlite3.Connection) -> None:
    conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def lock(file: Path) -> TextIO:
    """Return the file, locked until it is closed or the process ends."""
    opened = file.open("a+")
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        opened.seek(0)
        holder = opened.read().strip() or "unknown"
        opened.close()
        raise BusInUse(
            f"{file.parent} is in use by process {holder}: an embedded bus belongs to one process"
        ) from None
    opened.truncate(0)
    opened.write(f"{os.getpid()}\n")
    opened.flush()
    return opened
