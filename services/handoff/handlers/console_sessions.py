"""Sessions of the console: each beginning, change and end is told to the other services.

They show pages of their own behind the same address and look the session up in a copy.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from services.handoff.handlers.directory import session_as_told, tell_sessions
from services.handoff.store import people, sessions
from services.handoff.store.people import Employee
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.directory import SessionChanged


def start_session(uow: UnitOfWork, token: str, person_id: str, agent: str) -> None:
    """Begin a session of somebody who works here."""
    person = people.find_person(uow.conn, person_id)
    assert person is not None, "whoever signs in was looked up before"
    row = sessions.add_session(uow.conn, token, person_id, agent, uow.now)
    tell_sessions(uow, session_as_told(row, people.as_entry(person)))


def end_sessions(uow: UnitOfWork, person_id: str, session_id: str | None = None) -> int:
    """End a person's sessions, or one of them; return how many there were."""
    return _tell_ended(uow, sessions.end_sessions(uow.conn, person_id, session_id))


def end_unused_sessions(uow: UnitOfWork) -> None:
    """End the sessions nobody used for too long."""
    _tell_ended(uow, sessions.end_unused(uow.conn, uow.now))


def sessions_follow(uow: UnitOfWork, person: Employee) -> None:
    """Let the sessions of a person who was changed allow what they may now; a leaver's end."""
    if not person.active:
        end_sessions(uow, person.person_id)
        return
    rows = sessions.revise_sessions(uow.conn, person.person_id, uow.now)
    tell_sessions(uow, *(session_as_told(row, person) for row in rows))


def _tell_ended(uow: UnitOfWork, rows: Iterable[Row[Any]]) -> int:
    ended = [
        SessionChanged(
            session_id=row.session_id,
            revision=row.revision + 1,
            hash=row.hash,
            person_id=row.person_id,
            name="",
            language="en",
            zone="UTC",
            roles=[],
            ends_at=row.ends_at,
            ended_at=uow.now,
        )
        for row in rows
    ]
    tell_sessions(uow, *ended)
    return len(ended)
