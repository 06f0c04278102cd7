"""Telling the other services who works here, which keys are good, and who is signed in.

Every change of a person, a key or a session is staged in the transaction that made it. All are told
again at each start and once a day, so that a service that lost its copy heals by itself.
"""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from services.handoff.store import keys, people, sessions
from services.handoff.store.handoffs import add_audit
from services.handoff.store.people import Employee
from services.handoff.unit_of_work import SOURCE, UnitOfWork
from shared import trace
from shared.contracts import Envelope, Event
from shared.contracts.directory import (
    KeyChanged,
    PersonalChannel,
    SessionChanged,
)
from shared.db import RunAgain
from shared.ids import new_id


def tell_people(uow: UnitOfWork, *entries: Employee) -> None:
    """Stage what these people are like now, as far as the other services need to know."""
    uow.stage(_envelope(uow, one.told, one.person_id) for one in entries)


def tell_keys(uow: UnitOfWork, *entries: KeyChanged) -> None:
    """Stage what these keys allow now."""
    uow.stage(_envelope(uow, one, one.key_id) for one in entries)


def tell_sessions(uow: UnitOfWork, *entries: SessionChanged) -> None:
    """Stage who is signed in, and who is no more."""
    uow.stage(_envelope(uow, one, one.session_id) for one in entries)


def republish_directory(uow: UnitOfWork) -> None:
    """Tell everything as it is. Receivers ignore what they know already."""
    everybody = people.everybody(uow.conn)
    known = {one.person_id: one for one in everybody}
    live = sessions.all_sessions(uow.conn, uow.now)
    tell_people(uow, *everybody)
    tell_keys(uow, *keys.all_keys(uow.conn))
    tell_sessions(uow, *(session_as_told(row, known[row.person_id]) for row in live))


def session_as_told(row: Row[Any], person: Employee) -> SessionChanged:
    """Return what the other services are told of a live session of ``person``."""
    return SessionChanged(
        session_id=row.session_id,
        revision=row.revision,
        hash=row.hash,
        person_id=row.person_id,
        name=person.name,
        language=person.language,
        zone=person.zone,
        roles=person.roles,
        ends_at=row.ends_at,
        ended_at=None,
    )


def ensure_last_resort(uow: UnitOfWork) -> None:
    """Make sure that the person the settings name for what nobody else can take works here."""
    settings = uow.parts.settings
    row = people.find_person(uow.conn, settings.owner_email)
    if row is not None and row.active:
        return
    if row is not None:
        entry = people.as_entry(row).model_copy(update={"active": True, "last_day": None})
    else:
        entry = Employee(
            person_id=new_id(),
            revision=0,
            name=settings.owner_name,
            email=settings.owner_email,
            roles=["admin"],
            language=settings.language,
            zone=settings.zone,
            channels=[
                PersonalChannel(channel="email", address=settings.owner_email),
                PersonalChannel(channel="inbox"),
            ],
            active=True,
        )
    try:
        stored = people.save_person(uow.conn, entry)
    except IntegrityError as error:
        raise RunAgain("another replica made the person just now") from error
    why = "named in the settings as the last resort"
    add_audit(uow.conn, uow.now, "relevo", "person.added", stored.person_id, why)
    tell_people(uow, stored)


def _envelope(uow: UnitOfWork, event: Event, subject: str) -> Envelope:
    return Envelope(
        id=new_id(),
        source=SOURCE,
        subject=subject,
        key=subject,
        time=uow.now,
        data=event,
        traceparent=trace.current.get(),
    )
