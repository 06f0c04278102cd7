"""Passwords, the links that set them, sessions, and failures to sign in.

Of links and of sessions only a hash is stored: who reads the database signs in nowhere.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select, update

from services.handoff.store.console_tables import (
    CREDENTIAL,
    PASSWORD_LINK,
    SESSION,
    SIGN_IN_FAILURES,
)
from services.handoff.store.tables import PERSON
from shared.db import insert
from shared.ids import new_id

IDLE = timedelta(hours=4)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
LONGEST_AGENT = 300


def new_token() -> str:
    """Return 256 random bits as text: shown once, to one person."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is stored of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


# --- passwords ----------------------------------------------------------------------------------


def find_credential(conn: Connection, email: str) -> Row[Any] | None:
    """Return the person with this address and their password's hash, None where none is set."""
    query: Select[Any] = select(
        PERSON.c.person_id, PERSON.c.active, CREDENTIAL.c.password_hash
    ).outerjoin(CREDENTIAL, CREDENTIAL.c.person_id == PERSON.c.person_id)
    return conn.execute(query.where(PERSON.c.email == email)).first()


def password_hash(conn: Connection, person_id: str) -> str | None:
    """Return the hash of a person's password, if there is one."""
    query = select(CREDENTIAL.c.password_hash).where(CREDENTIAL.c.person_id == person_id)
    return conn.execute(query).scalar()


def has_passwords(conn: Connection) -> bool:
    """Return whether anybody has a password."""
    return conn.execute(select(CREDENTIAL.c.person_id).limit(1)).first() is not None


def save_password(conn: Connection, person_id: str, hashed: str, now: datetime) -> None:
    """Store a person's password; its links end. Sessions are the caller's to end."""
    values = {"password_hash": hashed, "changed_at": now}
    statement = insert(conn, CREDENTIAL).values(person_id=person_id, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    delete_links(conn, person_id)


# --- links --------------------------------------------------------------------------------------


def add_link(
    conn: Connection, token: str, person_id: str, made_by: str, now: datetime, ends_at: datetime
) -> None:
    """Store a link that lets a person set a password once."""
    conn.execute(
        insert(conn, PASSWORD_LINK).values(
            link_id=new_id(),
            hash=hash_token(token),
            person_id=person_id,
            made_by=made_by,
            made_at=now,
            ends_at=ends_at,
        )
    )


def find_link(
    conn: Connection, token: str, now: datetime, *, lock: bool = False
) -> Row[Any] | None:
    """Return whose password a link sets; None for one that was used, has ended or never was."""
    query: Select[Any] = (
        select(PERSON.c.person_id, PERSON.c.name, PERSON.c.email, PERSON.c.language)
        .join(PASSWORD_LINK, PASSWORD_LINK.c.person_id == PERSON.c.person_id)
        .where(PASSWORD_LINK.c.hash == hash_token(token), PASSWORD_LINK.c.ends_at > now)
        .where(PERSON.c.active.is_(True))
    )
    return conn.execute(query.with_for_update(of=PASSWORD_LINK) if lock else query).first()


def delete_links(conn: Connection, person_id: str) -> None:
    """Let no link of this person work any more."""
    conn.execute(delete(PASSWORD_LINK).where(PASSWORD_LINK.c.person_id == person_id))


# --- sessions -----------------------------------------------------------------------------------


def add_session(
    conn: Connection, token: str, person_id: str, agent: str, now: datetime
) -> Row[Any]:
    """Begin a session; return its row."""
    statement = insert(conn, SESSION).values(
        session_id=new_id(),
        revision=1,
        hash=hash_token(token),
        person_id=person_id,
        agent=agent[:LONGEST_AGENT],
        began_at=now,
        seen_at=now,
        ends_at=now + ABSOLUTE,
    )
    return conn.execute(statement.returning(SESSION)).one()


def find_session(conn: Connection, token: str, now: datetime) -> Row[Any] | None:
    """Return a live session with its person; None when it ended or the person has left."""
    return conn.execute(
        select(SESSION.c.session_id, SESSION.c.began_at, SESSION.c.seen_at, PERSON)
        .join(PERSON, PERSON.c.person_id == SESSION.c.person_id)
        .where(SESSION.c.hash == hash_token(token), _is_live(now), PERSON.c.active.is_(True))
    ).first()


def note_seen(conn: Connection, session_id: str, now: datetime) -> None:
    """Remember that somebody used the session."""
    conn.execute(update(SESSION).where(SESSION.c.session_id == session_id).values(seen_at=now))


def sessions_of(conn: Connection, person_id: str, now: datetime) -> Sequence[Row[Any]]:
    """Return a person's live sessions, the latest used first."""
    return conn.execute(
        select(SESSION)
        .where(SESSION.c.person_id == person_id, _is_live(now))
        .order_by(SESSION.c.seen_at.desc(), SESSION.c.session_id.desc())
    ).all()


def all_sessions(conn: Connection, now: datetime) -> Sequence[Row[Any]]:
    """Return every live session."""
    return conn.execute(select(SESSION).where(_is_live(now)).order_by(SESSION.c.session_id)).all()


def revise_sessions(conn: Connection, person_id: str, now: datetime) -> Sequence[Row[Any]]:
    """Count another revision of a person's live sessions, and return them."""
    of_person = update(SESSION).where(SESSION.c.person_id == person_id, _is_live(now))
    revised = of_person.values(revision=SESSION.c.revision + 1)
    return conn.execute(revised.returning(SESSION)).all()


def end_sessions(
    conn: Connection, person_id: str, session_id: str | None = None
) -> Sequence[Row[Any]]:
    """End a person's sessions, or one of them; return what there was."""
    query = delete(SESSION).where(SESSION.c.person_id == person_id)
    if session_id is not None:
        query = query.where(SESSION.c.session_id == session_id)
    return conn.execute(query.returning(SESSION)).all()


def end_unused(conn: Connection, now: datetime) -> Sequence[Row[Any]]:
    """End the sessions nobody used for too long, and those whose time is over; return them."""
    return conn.execute(delete(SESSION).where(~_is_live(now)).returning(SESSION)).all()


def _is_live(now: datetime) -> Any:
    return (SESSION.c.ends_at > now) & (SESSION.c.seen_at > now - IDLE)


# --- failures -----------------------------------------------------------------------------------


def lock_failures(conn: Connection, what: str, now: datetime) -> Row[Any]:
    """Return how often signing in failed there, locked until the commit; made when missing."""
    fresh = insert(conn, SIGN_IN_FAILURES).values(what=what, failures=0, last_at=now)
    conn.execute(fresh.on_conflict_do_nothing())
    query = select(SIGN_IN_FAILURES).where(SIGN_IN_FAILURES.c.what == what)
    return conn.execute(query.with_for_update()).one()


def set_failures(conn: Connection, what: str, failures: int, at: datetime) -> None:
    """Write how often signing in failed there."""
    table = SIGN_IN_FAILURES
    conn.execute(update(table).where(table.c.what == what).values(failures=failures, last_at=at))


def forget_old(conn: Connection, now: datetime) -> None:
    """Delete links that have ended, and failures of yesterday."""
    conn.execute(delete(PASSWORD_LINK).where(PASSWORD_LINK.c.ends_at <= now))
    old = SIGN_IN_FAILURES.c.last_at < now - timedelta(days=1)
    conn.execute(delete(SIGN_IN_FAILURES).where(old))
