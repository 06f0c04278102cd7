"""Whom a provider of accounts means, and which ways back from it were used."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select

from services.handoff.store.console_tables import IDENTITY, USED_RETURN
from services.handoff.store.sessions import hash_token
from services.handoff.store.tables import PERSON
from shared.db import insert

RETURN_KEPT = timedelta(days=1)


def person_of(conn: Connection, issuer: str, subject: str) -> Row[Any] | None:
    """Return whom an account of a provider belongs to, somebody who left included."""
    query: Select[Any] = select(PERSON).join(IDENTITY, IDENTITY.c.person_id == PERSON.c.person_id)
    return conn.execute(
        query.where(IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject)
    ).first()


def subject_of(conn: Connection, issuer: str, person_id: str) -> str | None:
    """Return which account of a provider is a person's."""
    query = select(IDENTITY.c.subject).where(
        IDENTITY.c.issuer == issuer, IDENTITY.c.person_id == person_id
    )
    return conn.execute(query).scalar()


def link(conn: Connection, issuer: str, subject: str, person_id: str, now: datetime) -> None:
    """Remember that an account is a person's."""
    values = {"issuer": issuer, "subject": subject, "person_id": person_id, "linked_at": now}
    conn.execute(insert(conn, IDENTITY).values(values))


def unlink(conn: Connection, person_id: str) -> int:
    """Forget a person's accounts; return how many there were."""
    return conn.execute(delete(IDENTITY).where(IDENTITY.c.person_id == person_id)).rowcount


def use_return(conn: Connection, state: str, now: datetime) -> bool:
    """Use a way back up; return False when it was used before."""
    new = insert(conn, USED_RETURN).values(hash=hash_token(state), used_at=now)
    return conn.execute(new.on_conflict_do_nothing()).rowcount == 1


def forget_returns(conn: Connection, now: datetime) -> None:
    """Delete ways back that have long ended."""
    conn.execute(delete(USED_RETURN).where(USED_RETURN.c.used_at < now - RETURN_KEPT))
