"""Sources and their credentials in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from services.ingest.store.tables import CREDENTIAL, LEDGER, SOURCE, UNMAPPED
from shared import pages
from shared.db import insert


@dataclass(frozen=True, slots=True)
class Source:
    """One configured connection to a marketing tool."""

    id: str
    name: str
    vendor: str
    state: str
    settings: Mapping[str, Any]
    revision: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Credential:
    """What requests of a source prove themselves with; ``secret`` is None for tokens."""

    id: str
    source_id: str
    kind: str
    hash: str
    secret: str | None
    last4: str
    created_at: datetime
    expires_at: datetime | None


def _source(row: Row[Any]) -> Source:
    return Source(**row._mapping)


def _credential(row: Row[Any]) -> Credential:
    return Credential(**row._mapping)


def find_source(conn: Connection, name: str, *, lock: bool = False) -> Source | None:
    """Return the source called ``name``; locked until the commit where asked."""
    query = select(SOURCE).where(SOURCE.c.name == name)
    row = conn.execute(query.with_for_update() if lock else query).first()
    return None if row is None else _source(row)


def find_source_by_id(conn: Connection, source_id: str) -> Source | None:
    """Return the source with this id."""
    row = conn.execute(select(SOURCE).where(SOURCE.c.id == source_id)).first()
    return None if row is None else _source(row)


def all_sources(conn: Connection) -> list[Source]:
    """Return every source, archived ones too, by name."""
    return [_source(row) for row in conn.execute(select(SOURCE).order_by(SOURCE.c.name))]


def list_sources(
    conn: Connection, cursor: str | None, limit: int, *, archived: bool
) -> list[Source]:
    """Return one page of sources by name, and one more."""
    query = select(SOURCE)
    if not archived:
        query = query.where(SOURCE.c.state != "archived")
    page = pages.by_name(query, SOURCE.c.name, SOURCE.c.id, cursor, limit)
    return [_source(row) for row in conn.execute(page)]


def add_source(conn: Connection, source: Source) -> bool:
    """Write a new source; return False when the name is taken."""
    values = {name: getattr(source, name) for name in Source.__slots__}
    statement = insert(conn, SOURCE).values(values).on_conflict_do_nothing()
    if conn.execute(statement).rowcount != 1:
        return False
    zero = {
        column.name: 0
        for column in LEDGER.c
        if column.name not in ("source_id", "last_received_at")
    }
    conn.execute(insert(conn, LEDGER).values(source_id=source.id, **zero))
    return True


def change_source(conn: Connection, source: Source) -> None:
    """Write state, settings and revision of a source that is locked."""
    conn.execute(
        update(SOURCE)
        .where(SOURCE.c.id == source.id)
        .values(
            state=source.state,
            settings=dict(source.settings),
            revision=source.revision,
            updated_at=source.updated_at,
        )
    )


def add_credential(conn: Connection, credential: Credential) -> bool:
    """Write a credential; return False when the same one exists already."""
    values = {name: getattr(credential, name) for name in Credential.__slots__}
    statement = insert(conn, CREDENTIAL).values(values).on_conflict_do_nothing()
    return conn.execute(statement).rowcount == 1


def live_credentials(
    conn: Connection, now: datetime, source_ids: Sequence[str] | None = None
) -> list[Credential]:
    """Return the credentials that open a door now, the oldest first."""
    query = select(CREDENTIAL).where(
        or_(CREDENTIAL.c.expires_at.is_(None), CREDENTIAL.c.expires_at > now)
    )
    if source_ids is not None:
        query = query.where(CREDENTIAL.c.source_id.in_(source_ids))
    rows = conn.execute(query.order_by(CREDENTIAL.c.created_at, CREDENTIAL.c.id))
    return [_credential(row) for row in rows]


def end_credentials(
    conn: Connection, source_id: str, at: datetime, credential_id: str | None = None
) -> int:
    """Let the live credentials of a source, or one of them, end at ``at`` if not before."""
    query = update(CREDENTIAL).where(
        CREDENTIAL.c.source_id == source_id,
        or_(CREDENTIAL.c.expires_at.is_(None), CREDENTIAL.c.expires_at > at),
    )
    if credential_id is not None:
        query = query.where(CREDENTIAL.c.id == credential_id)
    return conn.execute(query.values(expires_at=at)).rowcount


def unmapped_names(conn: Connection, source_id: str, limit: int) -> list[Row[Any]]:
    """Return the event names without a touch kind, the most frequent first."""
    query = select(UNMAPPED).where(UNMAPPED.c.source_id == source_id)
    return list(conn.execute(query.order_by(UNMAPPED.c.count.desc(), UNMAPPED.c.name).limit(limit)))


def count_unmapped(conn: Connection) -> dict[str, int]:
    """Return how many unmapped names each source has."""
    query = select(UNMAPPED.c.source_id, func.count()).group_by(UNMAPPED.c.source_id)
    return {row[0]: row[1] for row in conn.execute(query)}
