"""Transactions on both databases: what ``write`` and ``read`` promise."""

import asyncio
import threading

import asyncpg
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared import db_sqlite
from shared.db import (
    Database,
    RunAgain,
    after_commit,
)
from tests.service.shared.notes import NOTES, TABLES, note, notes, started


async def test_what_write_returned_after_is_there_for_the_next_reader(db, open_database):
    await db.write(note(1))
    other_process = await open_database(TABLES)

    assert await other_process.read(notes) == [1]


async def test_a_transaction_that_raises_leaves_nothing(db):
    def fails(conn):
        note(1)(conn)
        raise LookupError

    with pytest.raises(LookupError):
        await db.write(fails)

    assert await db.read(notes) == []


async def test_a_transaction_that_breaks_a_constraint_leaves_nothing_and_harms_no_later_one(db):
    def fails(conn):
        note(1)(conn)
        note(1)(conn)

    with pytest.raises(IntegrityError):
        await db.write(fails)
    await db.write(note(2))

    assert await db.read(notes) == [2]


async def test_a_read_can_write_nothing(db):
    with pytest.raises(DBAPIError):
        await db.read(note(1))
    await db.write(note(2))

    assert await db.read(notes) == [2]


async def test_a_read_sees_one_snapshot(db):
    loop = asyncio.get_running_loop()
    looked_once, written = asyncio.Event(), threading.Event()

    def look_twice(conn):
        first = notes(conn)
        loop.call_soon_threadsafe(looked_once.set)
        if db.is_sqlite:  # in a thread; PostgreSQL's greenlet shares ours and must not block it
            written.wait(10)
        else:
            conn.execute(text("SELECT pg_advisory_xact_lock(1)"))
        return first, notes(conn)

    async with held_advisory_lock(db):
        reading = asyncio.create_task(db.read(look_twice))
        await looked_once.wait()
        await db.write(note(1))
        written.set()

    assert await reading == ([], [])
    assert await db.read(notes) == [1]


class held_advisory_lock:  # noqa: N801 - reads as a function
    """Hold the advisory lock 1 on PostgreSQL, to stop a transaction in its middle."""

    def __init__(self, db):
        self._db = db

    async def __aenter__(self):
        if not self._db.is_sqlite:
            self._connection = await asyncpg.connect(self._db._url)
            await self._connection.execute("SELECT pg_advisory_lock(1)")

    async def __aexit__(self, *_):
        if not self._db.is_sqlite:
            await self._connection.close()


async def test_many_writers_at_once_lose_no_update(db):
    await db.write(note(1, "0"))

    def add_one(conn):
        row = conn.execute(select(NOTES.c.text).where(NOTES.c.id == 1).with_for_update()).one()
        conn.execute(update(NOTES).values(text=str(int(row.text) + 1)))

    await asyncio.gather(*(db.write(add_one) for _ in range(200)))
    total = await db.read(lambda conn: conn.execute(select(NOTES.c.text)).scalar_one())

    assert total == "200"


async def test_callbacks_run_once_and_only_after_the_commit(db):
    seen = []

    def callback():
        seen.append("called")

    def work(conn):
        note(1)(conn)
        after_commit(conn, callback)
        after_commit(conn, callback)
        seen.append("working")

    await db.write(work)

    assert seen == ["working", "called"]


async def test_callbacks_of_a_failed_transaction_are_never_called(db):
    seen = []

    def fails(conn):
        after_commit(conn, lambda: seen.append("called"))
        raise LookupError

    with pytest.raises(LookupError):
        await db.write(fails)
    await db.write(note(1))

    assert seen == []


async def test_a_transaction_that_asks_for_it_runs_again_and_calls_back_once(db):
    runs, called = [], []

    def twice(conn):
        runs.append(conn)
        after_commit(conn, lambda: called.append(len(runs)))
        note(len(runs))(conn)
        if len(runs) == 1:
            raise RunAgain("once more")

    await db.write(twice)

    assert await db.read(notes) == [2]
    assert called == [2]


async def test_a_transaction_that_never_succeeds_ends_with_its_error(db):
    runs = []

    def never(conn):
        runs.append(conn)
        raise RunAgain("for ever")

    with pytest.raises(RunAgain):
        await db.write(never)

    assert len(runs) == 6


async def test_cancelling_a_running_write_leaks_nothing(db):
    began = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(conn):
        note(1)(conn)
        loop.call_soon_threadsafe(began.set)
        if db.is_sqlite:
            released.wait(10)
        else:
            conn.execute(text("SELECT pg_sleep(60)"))

    released = threading.Event()
    for _ in range(3):
        began.clear()
        running = asyncio.create_task(db.write(slow))
        await began.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert running.cancelled()
        released.set()
        if db.is_sqlite:  # begun, so it goes on and commits: the module says so
            assert await db.write(notes) == [1]
            await db.write(lambda conn: conn.execute(NOTES.delete()))
        else:
            assert await db.read(notes) == []
            assert db._backend._engine.pool.checkedout() == 0

    await asyncio.gather(*(db.write(note(number)) for number in range(40)))
    assert len(await db.read(notes)) == 40


async def test_a_sqlite_write_cancelled_while_it_waits_never_begins(sqlite_url):
    db = await started(sqlite_url)
    released = threading.Event()
    first = asyncio.create_task(db.write(lambda conn: released.wait(10)))
    queued = asyncio.create_task(db.write(note(1)))
    await asyncio.sleep(0)
    queued.cancel()
    await asyncio.gather(queued, return_exceptions=True)
    released.set()
    await first

    assert await db.write(notes) == []
    await db.stop()


async def test_two_processes_can_open_a_new_sqlite_file_at_once(sqlite_url):
    databases = [Database(sqlite_url, "sample", TABLES) for _ in range(8)]
    await asyncio.gather(*(db.start() for db in databases))
    await databases[0].write(TABLES.create_all)
    await asyncio.gather(*(db.write(note(number)) for number, db in enumerate(databases)))

    assert await databases[0].read(notes) == list(range(8))
    for db in databases:
        await db.stop()


async def test_the_write_ahead_log_is_taken_into_the_file_in_the_background(
    sqlite_url, tmp_path, monkeypatch
):
    monkeypatch.setattr(db_sqlite, "CHECKPOINT_EVERY_S", 0.01)
    db = await started(sqlite_url)
    await db.write(note(1, "x" * 1_000_000))
    async with asyncio.timeout(10):
        while (tmp_path / "sample.db").stat().st_size < 1_000_000:
            await db.read(notes)

    assert (
        await db.read(lambda conn: conn.execute(select(func.count()).select_from(NOTES)).scalar())
        == 1
    )
    await db.stop()
