"""Transactions on both databases: what ``write`` and ``read`` promise, faults included."""

import asyncio
import resource
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, Table, Text, event, func, insert, select, text, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.util import await_only

from shared import db_sqlite
from shared.db import (
    Database,
    Json,
    NotDurable,
    RunAgain,
    UtcDateTime,
    after_commit,
    is_transient,
    metadata,
)
from shared.db_errors import DiskFailed

TABLES = metadata()
NOTES = Table(
    "note",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime),
    Column("facts", Json),
)


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


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


def note(number, words="hello"):
    return lambda conn: conn.execute(insert(NOTES).values(id=number, text=words))


def notes(conn):
    return list(conn.execute(select(NOTES.c.id).order_by(NOTES.c.id)).scalars())


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


@pytest.mark.postgres
async def test_a_real_deadlock_is_resolved_by_running_again(postgres_db):
    await postgres_db.write(note(1, "0"))
    await postgres_db.write(note(2, "0"))
    holds_first, holds_second = asyncio.Event(), asyncio.Event()
    runs = []

    def lock_in_order(first, second, mine, theirs):
        def work(conn):
            runs.append(first)
            add_one(conn, first)
            mine.set()
            if len(runs) <= 2:
                conn.execute(text("SELECT 1"))
                await_only(theirs.wait())
            add_one(conn, second)

        return work

    def add_one(conn, number):
        value = int(
            conn.execute(
                select(NOTES.c.text).where(NOTES.c.id == number).with_for_update()
            ).scalar_one()
        )
        conn.execute(update(NOTES).where(NOTES.c.id == number).values(text=str(value + 1)))

    await asyncio.gather(
        postgres_db.write(lock_in_order(1, 2, holds_first, holds_second)),
        postgres_db.write(lock_in_order(2, 1, holds_second, holds_first)),
    )
    values = await postgres_db.read(lambda conn: conn.execute(select(NOTES.c.text)).scalars().all())

    assert values == ["2", "2"]
    assert len(runs) == 3, "one of the two was the victim and ran again"


@pytest.mark.postgres
async def test_a_real_serialisation_failure_runs_again(postgres_db, administrator):
    await postgres_db.write(note(1, "0"))
    runs: list[int] = []

    def raise_by_one(conn):
        conn.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        value = int(conn.execute(select(NOTES.c.text)).scalar_one())
        runs.append(value)
        if len(runs) == 1:
            await_only(administrator.execute("UPDATE note SET text = '10'"))
        conn.execute(update(NOTES).values(text=str(value + 1)))

    await postgres_db.write(raise_by_one)

    assert runs == [0, 10]
    assert await administrator.fetchval("SELECT text FROM note") == "11"


@pytest.mark.postgres
async def test_connections_that_died_in_the_pool_are_replaced_unnoticed(postgres_db, administrator):
    await asyncio.gather(*(postgres_db.write(note(number)) for number in range(5)))
    await administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'relevo_sample'"
    )
    await asyncio.gather(*(postgres_db.write(note(number)) for number in range(5, 10)))

    assert await postgres_db.read(notes) == list(range(10))


@pytest.mark.postgres
async def test_a_backend_killed_in_the_middle_of_a_transaction_lets_it_run_again(
    postgres_db, administrator
):
    runs: list[int] = []

    def killed_once(conn):
        note(len(runs))(conn)
        pid = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        runs.append(pid)
        if len(runs) == 1:
            conn.execute(text(f"SELECT pg_terminate_backend({pid})"))

    await postgres_db.write(killed_once)

    assert await postgres_db.read(notes) == [1]


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("statements", "transient"),
    [
        pytest.param(
            ["SET LOCAL lock_timeout = '20ms'", "UPDATE note SET text = ''"],
            True,
            id="a lock that did not come",
        ),
        pytest.param(
            ["SELECT pg_terminate_backend(pg_backend_pid())"], True, id="a killed backend"
        ),
        pytest.param(["SELECT 1 / 0"], False, id="a fault of the statement"),
        pytest.param(["SELECT 'a\x00b'"], False, id="a text no message can carry"),
        pytest.param(["SELECT * FROM nowhere"], False, id="a table that is not there"),
        pytest.param(["INSERT INTO note VALUES (1, 'x')"] * 2, False, id="a constraint"),
    ],
)
async def test_postgres_errors_are_told_apart(postgres_db, administrator, statements, transient):
    await postgres_db.write(note(7))

    def work(conn):
        for statement in statements:
            conn.exec_driver_sql(statement)

    async with administrator.transaction():
        await administrator.execute("SELECT * FROM note WHERE id = 7 FOR UPDATE")
        with pytest.raises(DBAPIError) as caught:
            await postgres_db._backend.write(work)

    assert is_transient(caught.value) is transient


@pytest.mark.postgres
async def test_a_server_that_is_not_there_is_a_transient_error():
    db = Database("postgresql://nobody@127.0.0.1:1/nothing", "sample", TABLES)
    with pytest.raises(ConnectionRefusedError) as caught:
        await db.write(notes)

    assert is_transient(caught.value)


@pytest.mark.postgres
async def test_a_column_changed_by_a_migration_does_not_fail_the_replicas_that_run(
    postgres_db, administrator
):
    await postgres_db.write(note(1, "5"))
    read_text = select(NOTES.c.text)
    await postgres_db.write(lambda conn: conn.execute(read_text).scalars().all())
    await administrator.execute("ALTER TABLE note ALTER COLUMN text TYPE varchar(9)")

    assert await postgres_db.write(lambda conn: conn.execute(read_text).scalars().all()) == ["5"]


async def test_a_full_sqlite_file_is_a_transient_error_and_harms_no_later_write(sqlite_url):
    db = await started(sqlite_url)
    pages = await db.write(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    await db.write(lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").all())
    with pytest.raises(DBAPIError) as caught:
        await db.write(note(1, "x" * 100_000))
    await db.write(lambda conn: conn.exec_driver_sql("PRAGMA max_page_count = 100000").all())
    await db.write(note(2))

    assert is_transient(caught.value)
    assert await db.read(notes) == [2]
    await db.stop()


async def test_after_a_disk_error_nothing_more_is_written(sqlite_url, tmp_path):
    db = await started(sqlite_url)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    log_size = (tmp_path / "sample.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_size, before[1]))
    try:
        with pytest.raises(DiskFailed):
            await db.write(note(1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with pytest.raises(DiskFailed):
        await db.write(note(2))
    async with asyncio.timeout(10):
        await db.until_failed()

    assert await db.read(notes) == []
    await db.stop()


async def test_a_sqlite_file_another_process_holds_is_a_transient_error(
    sqlite_url, tmp_path, monkeypatch
):
    monkeypatch.setattr(db_sqlite, "BUSY_TIMEOUT_S", 0.01)
    db = await started(sqlite_url)
    other_process = sqlite3.connect(tmp_path / "sample.db", isolation_level=None)
    other_process.execute("BEGIN IMMEDIATE")
    with pytest.raises(DBAPIError) as caught:
        await db.write(note(1))
    other_process.execute("ROLLBACK")
    other_process.close()
    await db.write(note(2))

    assert is_transient(caught.value)
    assert await db.read(notes) == [2]
    await db.stop()


async def test_a_missing_sqlite_table_is_no_transient_error(sqlite_url):
    db = await started(sqlite_url)
    with pytest.raises(DBAPIError) as caught:
        await db.read(lambda conn: conn.exec_driver_sql("SELECT * FROM nowhere"))

    assert not is_transient(caught.value)
    await db.stop()


async def test_sqlite_without_fsync_is_refused(sqlite_url):
    db = Database(sqlite_url, "sample", TABLES)
    assert isinstance(db._backend, db_sqlite.SqliteBackend)

    @event.listens_for(db._backend._writing, "connect")
    def switch_off(connection, _record):
        connection.execute("PRAGMA synchronous = NORMAL")

    with pytest.raises(NotDurable, match="synchronous"):
        await db.start()
    await db.stop()


@pytest.mark.postgres
async def test_postgres_without_synchronous_commit_is_refused(postgres_url):
    admin = await asyncpg.connect(postgres_url)
    name = await admin.fetchval("SELECT current_database()")
    await admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    await admin.close()
    db = Database(postgres_url, "sample", TABLES)

    with pytest.raises(NotDurable, match="synchronous_commit"):
        await db.start()
    await db.stop()


@pytest.mark.postgres
@pytest.mark.parametrize("setting", ["sslmode=prefer", "sslmode=disable", "application_name=x"])
async def test_a_postgres_url_may_say_what_libpq_understands(postgres_url, setting):
    db = Database(f"{postgres_url}?{setting}", "sample", TABLES)
    await db.start()

    assert await db.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one()) == 1
    await db.stop()


def test_a_url_of_another_kind_is_refused_without_repeating_its_password():
    with pytest.raises(ValueError, match="sqlite:///") as caught:
        Database("mysql://root:hunter2@db/relevo", "sample", TABLES)

    assert "hunter2" not in str(caught.value)


@given(st.datetimes(timezones=st.timezones()).filter(lambda moment: 2 < moment.year < 9999))
def test_a_moment_is_kept_in_utc_whatever_its_zone(moment):
    kept = UtcDateTime().process_bind_param(moment, sqlite.dialect())

    assert kept is not None
    assert kept.timestamp() == moment.timestamp()
    assert kept.tzinfo is UTC


async def test_a_moment_comes_back_as_it_was_in_utc(db):
    written = datetime(2026, 10, 25, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    await db.write(lambda conn: conn.execute(insert(NOTES).values(id=1, text="", at=written)))
    read = await db.read(lambda conn: conn.execute(select(NOTES.c.at)).scalar_one())

    assert read == written
    assert read.tzinfo is UTC


async def test_moments_compare_in_time_whatever_their_zone(db):
    early = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=9)))
    late = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    for number, moment in enumerate([late, early]):
        values = {"id": number, "text": "", "at": moment}
        await db.write(lambda conn, values=values: conn.execute(insert(NOTES).values(**values)))
    ordered = await db.read(
        lambda conn: conn.execute(select(NOTES.c.id).order_by(NOTES.c.at)).scalars().all()
    )

    assert ordered == [1, 0]


async def test_a_moment_without_a_zone_is_refused(db):
    naive = datetime(2026, 3, 2, 10, 15)  # noqa: DTZ001 - what is refused
    with pytest.raises(StatementError, match="time zone"):
        await db.write(lambda conn: conn.execute(insert(NOTES).values(id=1, text="", at=naive)))


async def test_json_comes_back_as_it_was(db):
    facts = {"título": "Señora 🚀", "many": [1, 2.5, None, True, {"deep": []}], "big": 2**53}
    await db.write(lambda conn: conn.execute(insert(NOTES).values(id=1, text="", facts=facts)))

    assert await db.read(lambda conn: conn.execute(select(NOTES.c.facts)).scalar_one()) == facts


async def test_an_error_tells_none_of_the_values_it_was_given(db):
    await db.write(note(1))
    with pytest.raises(IntegrityError) as caught:
        await db.write(note(1, "Ana García"))

    assert "Ana" not in str(caught.value)


async def test_the_database_has_one_clock(db, open_database, clock):
    before = datetime.now(UTC) - timedelta(seconds=1)
    first, second = await db.read(lambda conn: (db.now(conn), db.now(conn)))
    by_hand = await open_database(TABLES, clock)

    assert before < first <= second < before + timedelta(minutes=1)
    assert await by_hand.read(by_hand.now) == clock.moment


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


async def started(url: str) -> Database:
    db = Database(url, "sample", TABLES)
    await db.start()
    await db.write(TABLES.create_all)
    return db
