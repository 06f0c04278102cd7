"""Faults of both databases: what runs again, what is told as passing, what ends all writing."""

import asyncio
import resource
import sqlite3

import asyncpg
import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from shared import db_sqlite
from shared.db import (
    Database,
    NotDurable,
    is_transient,
)
from shared.db_errors import DiskFailed
from tests.service.shared.notes import NOTES, TABLES, note, notes, started


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
