"""Who is told that nobody answers: the owner's manager, else the fallback, else the last resort.

People who are away, who have left or who would tell themselves are passed over, and that is
told too. Somebody always hears of it: the last resort is told wherever they are.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from services.handoff.domain.absence import absence
from services.handoff.store import calendars, people
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.clocks import PassedOver

Chain = Callable[[UnitOfWork, Row[Any]], Sequence[Row[Any]]]


@dataclass(frozen=True, slots=True)
class Hearer:
    """Who is told, and who was not because they are away."""

    person: Row[Any]
    passed_over: tuple[PassedOver, ...]


def manager_of(uow: UnitOfWork, handoff: Row[Any], passed: Iterable[PassedOver] = ()) -> Hearer:
    """Return who hears in the owner's manager's place. ``passed`` were looked at before."""
    return _first_there(uow, handoff, [_superiors, _last_resort], passed)


def last_resort_of(uow: UnitOfWork, handoff: Row[Any]) -> Hearer:
    """Return who hears in the last resort's place: themselves, or else who is there."""
    return _first_there(uow, handoff, [_last_resort, _superiors], ())


def away(conn: Connection, person: Row[Any], at: datetime) -> str | None:
    """Return why a person is not there; None: they are."""
    if not person.active:
        return "has_left"
    today = at.astimezone(ZoneInfo(person.zone)).date()
    if person.last_day is not None and today > person.last_day:
        return "has_left"
    _, own = calendars.hours_of(conn, person.person_id)
    if not own.get("leave"):
        return None  # most people, and it saves looking up what they follow
    return absence(calendars.person_time(conn, person.person_id), at)


def _superiors(uow: UnitOfWork, handoff: Row[Any]) -> list[Row[Any]]:
    return people.superiors(uow.conn, handoff.owner_id, handoff.team_id)


def _last_resort(uow: UnitOfWork, _handoff: Row[Any]) -> list[Row[Any]]:
    return [people.fallback_of(uow.conn, None, uow.parts.settings.owner_email)]


def _first_there(
    uow: UnitOfWork, handoff: Row[Any], asked: Iterable[Chain], passed: Iterable[PassedOver]
) -> Hearer:
    """Return the first who is there; further people are looked up only where nobody is."""
    over = {one.person.person_id: one for one in passed}
    for chain in asked:
        for person in chain(uow, handoff):
            if person.person_id in over:
                continue
            is_owner = person.person_id == handoff.owner_id
            reason = "is_owner" if is_owner else away(uow.conn, person, uow.now)
            if reason is None:
                return Hearer(person, tuple(over.values()))
            over[person.person_id] = PassedOver(person=people.as_person(person), reason=reason)
    [last] = _last_resort(uow, handoff)
    over.pop(last.person_id, None)
    return Hearer(last, tuple(over.values()))
