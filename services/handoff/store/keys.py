"""API keys as handoff, their owner, keeps them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from services.handoff.store.tables import API_KEY
from shared import pages
from shared.contracts.directory import KeyChanged
from shared.db import insert


def add_key(conn: Connection, key: KeyChanged) -> None:
    """Store a new key."""
    conn.execute(insert(conn, API_KEY).values(key.model_dump()))


def find_key(conn: Connection, key_id: str) -> KeyChanged | None:
    """Return a key."""
    row = conn.execute(select(API_KEY).where(API_KEY.c.key_id == key_id)).first()
    return None if row is None else as_entry(row)


def lock_key(conn: Connection, key_id: str) -> KeyChanged | None:
    """Return a key, locked until the commit."""
    row = conn.execute(select(API_KEY).where(API_KEY.c.key_id == key_id).with_for_update()).first()
    return None if row is None else as_entry(row)


def lock_keys_of(conn: Connection, person_id: str) -> list[KeyChanged]:
    """Return the live keys that act for a person, locked until the commit."""
    rows = conn.execute(
        select(API_KEY)
        .where(API_KEY.c.person_id == person_id, API_KEY.c.revoked_at.is_(None))
        .order_by(API_KEY.c.key_id)
        .with_for_update()
    )
    return [as_entry(row) for row in rows]


def change_key(
    conn: Connection, key: KeyChanged, scopes: list[str], revoked_at: datetime | None
) -> KeyChanged:
    """Store what changed about a locked key as its next revision; return what was stored."""
    changed = {"scopes": scopes, "revoked_at": revoked_at, "revision": key.revision + 1}
    conn.execute(update(API_KEY).where(API_KEY.c.key_id == key.key_id).values(changed))
    return key.model_copy(update=changed)


def page_of_keys(
    conn: Connection, cursor: str | None, limit: int
) -> tuple[list[KeyChanged], str | None]:
    """Return keys in order of name, the revoked ones too."""
    query = pages.by_name(select(API_KEY), API_KEY.c.name, API_KEY.c.key_id, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "name", "key_id")
    return [as_entry(row) for row in rows], following


def all_keys(conn: Connection) -> list[KeyChanged]:
    """Return all keys."""
    return [as_entry(row) for row in conn.execute(select(API_KEY).order_by(API_KEY.c.key_id))]


def as_entry(row: Row[Any]) -> KeyChanged:
    """Return a row of ``api_key`` as the directory tells it."""
    return KeyChanged(**row._mapping)
