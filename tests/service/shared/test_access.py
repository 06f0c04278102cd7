"""API keys on both databases: what is a key, what it may do, and when it is dead."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from shared import access as access_module
from shared.access import (
    ADMIN,
    ROLES,
    SCOPES,
    Caller,
    KeyRing,
    hash_key,
    is_well_formed,
    key_table,
    new_key,
    save_key,
    scopes_of,
)
from shared.contracts.directory import KeyChanged
from shared.db import metadata
from shared.ids import new_id

TABLES = metadata()
KEYS = key_table(TABLES)
REVOKED = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


@pytest.fixture
async def ring(db):
    return KeyRing(db, KEYS, "the-admin-key")


def changed(key, revision=1, **other):
    values = {
        "key_id": new_id(),
        "hash": hash_key(key),
        "name": "a CRM",
        "scopes": ["leads:read"],
        "person_id": None,
        "revoked_at": None,
    }
    return KeyChanged(revision=revision, **{**values, **other})


async def save(db, event):
    await db.write(lambda conn: save_key(conn, KEYS, event))


def test_keys_are_long_unlike_each_other_and_have_their_own_shape():
    keys = {new_key() for _ in range(100)}

    assert len(keys) == 100
    for key in keys:
        assert key.startswith("rlv_")
        assert len(key) == len("rlv_") + 43 + 8
        assert is_well_formed(key)
        assert is_well_formed(key.strip())


@given(st.integers(4, 54), st.characters(codec="ascii"))
def test_a_key_with_one_character_wrong_is_no_key(place, character):
    key = new_key()
    broken = key[:place] + character + key[place + 1 :]

    assert is_well_formed(broken) is (broken == key)


@pytest.mark.parametrize(
    "text", ["", "rlv_", "rlv_é", "x" * 10_000, "\x00", "rlv_" + "a" * 51, "\n"]
)
async def test_what_has_not_the_shape_of_a_key_is_nobodys(ring, text):
    assert not is_well_formed(text)
    assert ring.find(text) is None


async def test_a_key_is_found_with_its_name_person_and_scopes(db, ring):
    key, person = new_key(), new_id()
    event = changed(key, person_id=person, scopes=["leads:read", "feed:read"])
    await save(db, event)
    before = ring.find(key)
    await ring.refresh()

    assert before is None
    assert ring.find(key) == Caller(
        event.key_id, "a CRM", frozenset({"leads:read", "feed:read"}), person
    )
    assert ring.find(new_key()) is None


async def test_the_key_itself_is_not_stored(db):
    key = new_key()
    await save(db, changed(key))
    row = await db.read(lambda conn: conn.execute(select(KEYS)).one())

    assert key not in str(row)
    assert len(row.hash) == 64


async def test_a_revoked_key_is_dead_after_the_next_refresh(db, ring):
    key = new_key()
    event = changed(key)
    await save(db, event)
    await ring.refresh()
    await save(db, event.model_copy(update={"revision": 2, "revoked_at": REVOKED}))
    await ring.refresh()

    assert ring.find(key) is None


async def test_an_older_revision_changes_nothing(db, ring):
    key = new_key()
    event = changed(key, revision=3, revoked_at=REVOKED)
    await save(db, event)
    await save(db, event.model_copy(update={"revision": 2, "revoked_at": None}))
    await save(db, event.model_copy(update={"revision": 3, "revoked_at": None}))
    await ring.refresh()

    assert ring.find(key) is None


async def test_the_ring_refreshes_by_itself(db, ring, monkeypatch):
    monkeypatch.setattr(access_module, "REFRESH_S", 0.01)
    key = new_key()
    running = asyncio.create_task(ring.run())
    await save(db, changed(key))
    async with asyncio.timeout(10):
        while ring.find(key) is None:
            await db.read(lambda conn: None)
    running.cancel()


async def test_the_admin_key_works_without_a_row_and_may_do_everything(ring):
    admin = ring.find("the-admin-key")

    assert admin is not None
    assert all(admin.may(scope) for scope in SCOPES)
    assert ring.find("the-admin-kez") is None


async def test_without_an_admin_key_nobody_is_admin(db):
    ring = KeyRing(db, KEYS, None)

    assert ring.find("") is None
    assert ring.find("None") is None


def test_a_key_may_do_what_its_scopes_say_and_no_more():
    caller = Caller("k", "a CRM", frozenset({"leads:read"}))

    assert [scope for scope in SCOPES if caller.may(scope)] == ["leads:read"]


def test_roles_add_up_and_only_admin_reaches_everything():
    assert scopes_of([]) == frozenset()
    assert scopes_of(["rep", "marketing"]) == ROLES["rep"] | ROLES["marketing"]
    for role, scopes in ROLES.items():
        assert scopes <= {*SCOPES, ADMIN}
        assert (ADMIN in scopes) is (role == "admin")
