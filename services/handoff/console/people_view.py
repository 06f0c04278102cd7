"""What the pages of people show: who is there, who is away, who can sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.handoff.domain.calendars import Leave
from services.handoff.domain.working_time import WorkingTime
from services.handoff.store import handoffs, people, staff, teams, territories
from services.handoff.store.people import Employee
from services.handoff.store.staff import Around
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import not_found

A_MOMENT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Away:
    """Leave that has begun, or comes next; both as the clock shows it where the person works."""

    start: datetime
    end: datetime
    is_now: bool

    @property
    def last(self) -> date:
        """The last day of it."""
        return (self.end - A_MOMENT).date()

    @property
    def is_whole_days(self) -> bool:
        """Whether it begins and ends at midnight."""
        return self.start.time() == self.end.time() == datetime.min.time()


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Somebody, and what is known beside what is said of them."""

    one: Employee
    around: Around
    away: Away | None

    @property
    def is_full(self) -> bool:
        """Whether their cap is reached."""
        return self.around.cap is not None and self.around.active >= self.around.cap


def shown(conn: Connection, entries: Sequence[Employee], now: datetime) -> list[PersonShown]:
    """Return these people as a list shows them."""
    known = staff.around(conn, entries, now)
    return [
        PersonShown(one, known[one.person_id], away_of(known[one.person_id].working, now))
        for one in entries
    ]


def person_shown(conn: Connection, person_id: str, now: datetime) -> PersonShown:
    """Return one person. Raises ``Problem`` (404)."""
    row = people.find_person(conn, person_id)
    if row is None:
        raise not_found("person")
    (found,) = shown(conn, [people.as_entry(row)], now)
    return found


def away_of(working: WorkingTime, now: datetime) -> Away | None:
    """Return the leave somebody is on, else their next one."""
    ahead = leave_ahead(working, now)
    return ahead[0] if ahead else None


def leave_ahead(working: WorkingTime, now: datetime) -> list[Away]:
    """Return the leave that is not over yet, in order."""
    wall = now.astimezone(working.zone).replace(tzinfo=None)
    return [
        Away(one.start, one.end, one.start <= wall)
        for one in sorted(working.calendar.leave)
        if _ends(one, working) > now
    ]


def _ends(one: Leave, working: WorkingTime) -> datetime:
    return one.end.replace(tzinfo=working.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Leaving:
    """What happens when somebody leaves."""

    open_handoffs: int
    fallback_of: list[str]
    """Names of teams that name them for what nobody else can take."""
    takes: list[str]
    """Names of territories whose leads go to them."""
    last_resort: str
    """The name of who takes their place in teams."""
    is_last_resort: bool

    @property
    def is_needed(self) -> bool:
        """Whether others have to be named first, to leave at once."""
        return bool(self.fallback_of or self.takes)


def leaving_of(uow: UnitOfWork, person_id: str) -> Leaving:
    """Return what happens when a person leaves. Raises ``Problem`` (404)."""
    row = people.find_person(uow.conn, person_id)
    if row is None:
        raise not_found("person")
    resort: Any = people.find_person(uow.conn, uow.parts.settings.owner_email)
    return Leaving(
        handoffs.count_open(uow.conn, row.person_id),
        teams.fallback_for(uow.conn, row.person_id),
        territories.taken_by(uow.conn, row.person_id),
        "" if resort is None else resort.name,
        resort is not None and resort.person_id == row.person_id,
    )
