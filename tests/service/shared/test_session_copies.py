"""Sessions as a service copies them: the newest word counts, and no copy outlives its session."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.access import hash_key
from shared.console.session_copies import find_in, forget_sessions, save_session, session_table
from shared.contracts.directory import SessionChanged
from shared.db import metadata
from shared.ids import new_id

TABLES = metadata()
SESSIONS = session_table(TABLES)
NOW = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
TOKEN = "a token of a session"


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


@pytest.fixture
def told():
    """Return what is told of one session, with other values where given."""
    first = {
        "session_id": new_id(),
        "revision": 1,
        "hash": hash_key(TOKEN),
        "person_id": new_id(),
        "name": "Ana Pérez",
        "language": "es",
        "zone": "Europe/Madrid",
        "roles": ["rep"],
        "ends_at": NOW + timedelta(hours=12),
        "ended_at": None,
    }
    return lambda **other: SessionChanged(**(first | other))


async def save(db, *entries):
    for one in entries:
        await db.write(lambda conn, one=one: save_session(conn, SESSIONS, one))


async def find(db, token=TOKEN, now=NOW):
    return await db.read(lambda conn: find_in(SESSIONS)(conn, token, now))


async def test_a_copied_session_says_whose_it_is(db, told):
    await save(db, told())
    found = await find(db)

    assert (found.name, found.language, found.zone, found.roles) == (
        "Ana Pérez",
        "es",
        "Europe/Madrid",
        ("rep",),
    )
    assert await find(db, "another token") is None
    assert await find(db, "") is None


@pytest.mark.parametrize("order", [(1, 2), (2, 1)], ids=["in order", "the newer first"])
async def test_roles_taken_away_stay_away(db, told, order):
    entries = {1: told(roles=["admin"]), 2: told(revision=2, roles=["rep"])}
    await save(db, *(entries[revision] for revision in order))

    assert (await find(db)).roles == ("rep",)


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2,)], ids=["in order", "after", "alone"])
async def test_a_session_that_ended_does_not_come_back(db, told, order):
    entries = {1: told(), 2: told(revision=2, name="", roles=[], ended_at=NOW)}
    await save(db, *(entries[revision] for revision in order))
    names = await db.read(lambda conn: conn.execute(select(SESSIONS.c.name)).scalars().all())

    assert await find(db) is None
    assert names == [""]


async def test_a_session_ends_when_its_time_is_over_and_is_forgotten_then(db, told):
    await save(db, told(), told(session_id=new_id(), hash="other", ends_at=NOW))
    await db.write(lambda conn: forget_sessions(conn, SESSIONS, NOW))
    left = await db.read(lambda conn: conn.execute(select(SESSIONS.c.hash)).scalars().all())

    assert await find(db, now=NOW + timedelta(hours=11, minutes=59)) is not None
    assert await find(db, now=NOW + timedelta(hours=12)) is None
    assert left == [hash_key(TOKEN)]
