"""Who is signed in, as a service knows it that does not keep the sessions itself.

Handoff keeps them and tells of each by ``SessionChanged``. A copy lives until the session ends
or its time is over. Whether nobody used it for too long only handoff knows, and tells.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, select

from shared.access import hash_key
from shared.console.visitor import FindSession, Session
from shared.contracts.directory import SessionChanged
from shared.db import Json, UtcDateTime, id_column, insert


def session_table(metadata: MetaData) -> Table:
    """Add the copied sessions to a service's tables."""
    return Table(
        "console_session",
        metadata,
        id_column("session_id", primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("hash", Text, nullable=False, unique=True),
        id_column("person_id", nullable=False),
        Column("name", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("zone", Text, nullable=False),
        Column("roles", Json, nullable=False),
        Column("ends_at", UtcDateTime, nullable=False, index=True),
        Column("ended_at", UtcDateTime),
    )


def save_session(conn: Connection, table: Table, changed: SessionChanged) -> None:
    """Keep the newest revision of a session, in whatever order revisions come.

    One that has ended stays until its time is over, so that nothing older brings it back.
    """
    values = changed.model_dump(exclude={"session_id"})
    statement = insert(conn, table).values(session_id=changed.session_id, **values)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["session_id"], set_=values, where=table.c.revision < changed.revision
        )
    )


def find_in(table: Table) -> FindSession:
    """Return how sessions are looked up among the copies."""

    def find(conn: Connection, token: str, now: datetime) -> Session | None:
        row = conn.execute(
            select(table).where(
                table.c.hash == hash_key(token), table.c.ended_at.is_(None), table.c.ends_at > now
            )
        ).first()
        if row is None:
            return None
        return Session(
            row.session_id, row.person_id, row.name, row.language, row.zone, tuple(row.roles)
        )

    return find


def forget_sessions(conn: Connection, table: Table, now: datetime) -> None:
    """Delete the copies whose time is over."""
    conn.execute(delete(table).where(table.c.ends_at <= now))
