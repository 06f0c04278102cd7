"""Calendars: made, changed, followed by people. None is deleted: policy versions name them."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from services.handoff.domain.calendars import ALWAYS, TEAM
from services.handoff.handlers.deadlines import recount_later
from services.handoff.handlers.people import set_last_day
from services.handoff.store import calendars, people
from services.handoff.store.calendars import Document, Stored
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.db import RunAgain
from shared.ids import new_id
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, invalid, not_found

STARTER = "business"
STARTER_TITLES = {"es": "Horario de oficina", "en": "Office hours"}
OFFICE = {day: ["09:00-18:00"] for day in calendars.WEEKDAYS[:5]}


def ensure_calendar(uow: UnitOfWork) -> None:
    """Give a new installation a calendar to begin with: Monday to Friday, 9 to 18."""
    if calendars.names(uow.conn):
        return
    settings = uow.parts.settings
    document: Document = {"zone": settings.zone, "week": OFFICE, "holidays": None, "days": {}}
    one = Stored(new_id(), STARTER, 1, STARTER_TITLES[settings.language], document)
    try:
        calendars.add(uow.conn, one, "relevo", uow.now)
    except IntegrityError as error:
        raise RunAgain("another replica made the calendar just now") from error
    why = "a new installation begins with one"
    add_audit(uow.conn, uow.now, "relevo", "calendar.added", one.calendar_id, why)


def add_calendar(
    uow: UnitOfWork, caller: Caller, name: str, title: str, document: Document
) -> Stored:
    """Make a calendar. Raises ``Problem`` (409) when the name is taken or has a meaning."""
    if name in (ALWAYS, TEAM):
        raise _taken(f"`{name}` has a meaning of its own in policies")
    if calendars.find(uow.conn, name) is not None:
        raise _taken("a calendar has this name already")
    one = Stored(new_id(), name, 1, title, document)
    try:
        calendars.add(uow.conn, one, caller.name, uow.now)
    except IntegrityError as error:
        raise RunAgain("a calendar of this name was made just now") from error
    detail = {"name": name, "revision": 1}
    add_audit(uow.conn, uow.now, caller.name, "calendar.added", one.calendar_id, detail=detail)
    return one


def change_calendar(
    uow: UnitOfWork, caller: Caller, name: str, expected: int | None, changes: dict[str, Any]
) -> Stored:
    """Change parts of a calendar; deadlines that are still ahead are counted again.

    ``expected`` is the revision the change was based on; None for whatever is there.

    Raises ``Problem``: 404, 412.
    """
    before = calendars.lock(uow.conn, name)
    if before is None:
        raise not_found("calendar")
    if expected not in (None, before.revision):
        raise changed_meanwhile()
    parts = dict(changes)
    title = parts.pop("title", before.title)
    after = replace(before, title=title, document={**before.document, **parts})
    if after == before:
        return before
    after = replace(after, revision=before.revision + 1)
    calendars.change(uow.conn, after, caller.name, uow.now)
    recount_later(uow, after.calendar_id)
    detail = {"name": name, "revision": after.revision, "changed": sorted(changes)}
    add_audit(uow.conn, uow.now, caller.name, "calendar.changed", after.calendar_id, detail=detail)
    return after


def change_hours(
    uow: UnitOfWork, caller: Caller, person_id: str, expected: int | None, changes: Document
) -> tuple[int, Document]:
    """Change parts of a person's hours; a part that becomes None is no longer their own.

    Their last day is kept with the person. Raises ``Problem``: 404, 412, 422 for a calendar
    that does not exist, and as ``change_person`` for a last day.
    """
    person = people.lock_person(uow.conn, person_id)
    if person is None:
        raise not_found("person")
    revision, before = calendars.hours_of(uow.conn, person_id)
    if expected not in (None, revision):
        raise changed_meanwhile()
    parts = dict(changes)
    last_day = _read_day(parts.pop(calendars.LAST_DAY, person.last_day))
    together = {**before, **parts}
    after = {key: value for key, value in together.items() if value is not None}
    if after == before and last_day == person.last_day:
        return revision, before
    if last_day != person.last_day:
        set_last_day(uow, caller, person_id, last_day)
    if "calendar" in after:
        check_exists(uow, after["calendar"], "/calendar")
    calendars.save_hours(uow.conn, person_id, revision + 1, after)
    # names of fields only: when somebody was away is not the audit's to keep
    detail = {"changed": sorted(changes)}
    add_audit(uow.conn, uow.now, caller.name, "hours.changed", person_id, detail=detail)
    return revision + 1, after


def _read_day(day: date | str | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day


def check_exists(uow: UnitOfWork, name: str, pointer: str) -> Stored:
    """Return the calendar of this name. Raises ``Problem`` (422), saying which there are."""
    found = calendars.find(uow.conn, name)
    if found is None:
        known = ", ".join(calendars.names(uow.conn))
        raise invalid(pointer, f"no such calendar; there are: {known}", "unknown_calendar")
    return found


def _taken(message: str) -> Problem:
    return Problem(409, "name_taken", message, [{"pointer": "/name", "message": message}])
