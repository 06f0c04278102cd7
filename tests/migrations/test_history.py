"""Running a history: in turns, again, and after a failure or a kill half way."""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import inspect, select, text

from shared.migrations import is_current, migrate, pending
from tests.migrations.history import FIRST, TABLES, sample_database
from tests.support.migrations import differences
from tests.support.processes import Child


@pytest.fixture
async def db(new_url):
    db = sample_database(await new_url())
    await db.start()
    yield db
    await db.stop()


def tables(conn):
    return set(inspect(conn).get_table_names())


async def test_a_history_makes_the_tables_of_the_code(db, new_url, open_database):
    created = await open_database(await new_url(), "sample", TABLES)

    assert await differences(db, created) == []


async def test_a_table_the_history_lacks_is_a_difference(db, new_url, open_database):
    created = await open_database(await new_url(), "sample", TABLES)
    await differences(db, created)
    await db.write(lambda conn: conn.execute(text("ALTER TABLE first DROP COLUMN name")))
    other = await open_database(await new_url(), "sample", TABLES)
    found = await differences(db, other)

    assert any(line.startswith("first.name: migrated None") for line in found)


async def test_a_history_can_be_run_again(db):
    before = await db.read(lambda conn: (is_current(conn, "sample"), pending(conn, "sample")))
    await migrate(db)
    await migrate(db)
    after = await db.read(lambda conn: (is_current(conn, "sample"), pending(conn, "sample")))

    assert before == (
        False,
        [
            "0001 A first table.",
            "0002 A second table, and in its middle whatever the test wants to happen.",
        ],
    )
    assert after == (True, [])
    assert await db.read(lambda conn: conn.execute(select(FIRST.c.id)).scalars().all()) == [1]


async def test_replicas_that_start_together_take_turns(new_url, open_database):
    url = await new_url()
    replicas = [await open_database(url, "sample", TABLES) for _ in range(4)]
    await asyncio.gather(*(migrate(replica) for replica in replicas))

    assert await replicas[0].read(lambda conn: is_current(conn, "sample"))


async def test_a_migration_that_fails_leaves_nothing(db, monkeypatch):
    monkeypatch.setenv("RELEVO_TEST_MIGRATION", "fails")
    with pytest.raises(RuntimeError, match="half way"):
        await migrate(db)
    left = await db.read(tables)
    monkeypatch.delenv("RELEVO_TEST_MIGRATION")
    await migrate(db)

    assert left == set()
    assert await db.read(lambda conn: is_current(conn, "sample"))


async def test_a_migration_that_is_killed_half_way_can_be_repeated(new_url, tmp_path):
    url, pipe = await new_url(), tmp_path / "pipe"
    os.mkfifo(pipe)
    child = Child(
        [sys.executable, "-m", "tests.migrations.history", url],
        tmp_path / "log",
        environment={"RELEVO_TEST_MIGRATION_PIPE": str(pipe)},
    )
    reached = asyncio.to_thread(Path.read_text, pipe)
    async with asyncio.timeout(60):
        assert await reached == "half way", child.log_tail()
    child.kill()
    db = sample_database(url)
    await db.start()
    async with asyncio.timeout(30):
        await migrate(db)
    current, found = await db.read(lambda conn: (is_current(conn, "sample"), tables(conn)))
    await db.stop()

    assert current
    assert found == {"first", "second", "alembic_version_sample"}


@pytest.mark.postgres
async def test_a_schema_made_by_an_administrator_needs_no_right_to_make_one(postgres_url):
    admin = await asyncpg.connect(postgres_url)
    database = await admin.fetchval("SELECT current_database()")
    role = f"{database}_app"
    await admin.execute(f'CREATE ROLE "{role}" LOGIN')
    await admin.execute(f'CREATE SCHEMA relevo_sample AUTHORIZATION "{role}"')
    db = sample_database(postgres_url.replace("//postgres@", f"//{role}@"))
    await db.start()
    await migrate(db)
    current = await db.read(lambda conn: is_current(conn, "sample"))
    await db.stop()
    await admin.execute("DROP SCHEMA relevo_sample CASCADE")
    await admin.execute(f'DROP ROLE "{role}"')
    await admin.close()

    assert current
