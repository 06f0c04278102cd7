"""What goes into a database and comes out: its URL, moments, JSON, errors, its one clock."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from shared.db import (
    Database,
    UtcDateTime,
)
from tests.service.shared.notes import NOTES, TABLES, note


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
