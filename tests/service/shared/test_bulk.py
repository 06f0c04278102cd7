"""Many rows by one statement: the same values as row by row, on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Float, LargeBinary, Table, Text, select
from sqlalchemy.exc import IntegrityError

from shared.bulk import Replace, bulk_insert, is_in
from shared.db import Database, Json, UtcDateTime, id_column, metadata
from shared.ids import stable_id

TABLES = metadata()
THING = Table(
    "thing",
    TABLES,
    id_column(primary_key=True),
    Column("name", Text),
    Column("size", BigInteger),
    Column("share", Float),
    Column("is_new", Boolean),
    Column("content", LargeBinary),
    Column("facts", Json),
    Column("at", UtcDateTime),
)
COLUMNS = tuple(THING.c.keys())
FIRST = (
    stable_id("1"),
    "Ñandú 'quoted' \"twice\" {,}\n",
    2**40,
    0.25,
    True,
    b"\x00\xff",
    {"a": [1, None, "é"], "b": {}},
    datetime(2026, 3, 2, 10, 15, 0, 123456, UTC),
)
EMPTY = (stable_id("2"), *[None] * 7)


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


async def stored(db):
    rows = await db.read(lambda conn: conn.execute(select(THING).order_by(THING.c.name)).all())
    return {tuple(row) for row in rows if not isinstance(row[6], dict)} | {
        (*row[:6], str(row[6]), row[7]) for row in rows if isinstance(row[6], dict)
    }


async def test_every_kind_of_column_comes_back_as_given(db):
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [FIRST, EMPTY]))

    assert await stored(db) == {(*FIRST[:6], str(FIRST[6]), FIRST[7]), EMPTY}


async def test_a_row_that_is_there_is_kept(db):
    other = (FIRST[0], "other", *FIRST[2:])
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [FIRST]))
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [other]))

    assert {row[1] for row in await stored(db)} == {FIRST[1]}


async def test_a_row_that_is_there_is_replaced_where_told(db):
    other = (FIRST[0], "other", 7, *FIRST[3:])
    name = Replace(("id",), ("name",))
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [FIRST]))
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [other], name))

    assert {row[1:3] for row in await stored(db)} == {("other", 2**40)}


async def test_a_row_that_is_there_is_refused_where_told(db):
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [FIRST]))

    with pytest.raises(IntegrityError):
        await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, [FIRST], "refuse"))


async def test_no_rows_are_no_statement(db):
    await db.write(lambda conn: bulk_insert(conn, THING, COLUMNS, []))

    assert await stored(db) == set()


@pytest.mark.parametrize("and_more", [False, True], ids=["alone", "with another condition"])
async def test_reading_by_many_ids_goes_by_the_index_however_large_the_table(sqlite_url, and_more):
    db = Database(sqlite_url, "sample", TABLES)
    await db.start()
    query = select(THING.c.name).where(is_in(THING.c.id))
    if and_more:
        query = query.where(THING.c.is_new)

    def plan(conn):
        TABLES.create_all(conn)
        text = str(query.compile(conn))
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[]",)).all()
        return [row[3] for row in rows]

    steps = await db.write(plan)
    await db.stop()

    assert [step for step in steps if step.startswith("SCAN thing")] == []
    assert any(step.startswith("SEARCH thing") for step in steps)
