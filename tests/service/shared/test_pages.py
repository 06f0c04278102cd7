"""Pages: every item once, in order, whatever was given as a cursor."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Column, Integer, Table, Text, insert, select

from shared import pages
from shared.db import UtcDateTime, id_column, metadata
from shared.ids import new_id
from shared.problem import Problem

TABLES = metadata()
ITEM = Table(
    "item",
    TABLES,
    id_column("item_id", primary_key=True),
    Column("number", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
# Two of each moment and each name: the id has to decide.
ITEMS = [
    {
        "item_id": new_id(),
        "number": number,
        "name": f"Núñez {number // 2}",
        "made_at": NOON + timedelta(microseconds=number // 2),
    }
    for number in range(7)
]


@pytest.fixture
async def db(open_database):
    database = await open_database(TABLES)
    await database.write(lambda conn: conn.execute(insert(ITEM), ITEMS))
    return database


async def read_through(db, page, by):
    """Return the numbers of all items, read two a page."""

    def read(conn):
        numbers, cursor = [], None
        while True:
            rows = conn.execute(page(select(ITEM), ITEM.c[by], ITEM.c.item_id, cursor, 2)).all()
            shown, cursor = pages.cut(rows, 2, by, "item_id")
            numbers += [row.number for row in shown]
            if cursor is None:
                return numbers

    return await db.read(read)


async def test_the_newest_come_first_and_each_once(db):
    assert await read_through(db, pages.newest_first, "made_at") == [6, 5, 4, 3, 2, 1, 0]


async def test_names_come_in_order_and_each_once(db):
    assert await read_through(db, pages.by_name, "name") == [0, 1, 2, 3, 4, 5, 6]


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("%%%", id="not base64"),
        pytest.param("_w", id="not text"),
        pytest.param(cursor_of("7 2026-03-02T12:00:00Z"), id="not an id"),
        pytest.param(cursor_of(f"{new_id()} yesterday"), id="not a moment"),
        pytest.param(cursor_of(f"{new_id()} 2026-03-02T12:00:00"), id="no zone"),
        pytest.param(cursor_of(f"{new_id()}"), id="a half"),
    ],
)
async def test_a_cursor_that_is_not_ours_is_refused_with_its_place(cursor):
    with pytest.raises(Problem) as refused:
        pages.newest_first(select(ITEM), ITEM.c.made_at, ITEM.c.item_id, cursor, 2)

    assert (refused.value.status, refused.value.errors[0]["pointer"]) == (422, "query.cursor")


@pytest.mark.parametrize("number", ["-1", str(2**63), "1.5"])
async def test_a_number_no_column_can_hold_is_refused(number):
    with pytest.raises(Problem):
        pages.by_name(select(ITEM), ITEM.c.name, ITEM.c.number, cursor_of(f"{number} a"), 2)
