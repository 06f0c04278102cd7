"""When somebody can work on a lead, by their own hours.

A night, a weekend, a holiday or an hour at the doctor's only moves the moment they begin.
Leave of a day or more is an absence: a lead does not wait for it to end unless it ends before
the lead is due.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal

from services.handoff.domain.calendars import Leave
from services.handoff.domain.working_time import NoWorkingTime, WorkingTime

ABSENCE = timedelta(days=1)
"""Leave at least so long is an absence; a shorter one is like a break."""
LONGEST_GAP = timedelta(days=31)
"""Leave so long after another one is another absence, whatever is worked between."""
LAST_DAYS = timedelta(days=7)
"""Somebody who leaves gets nothing new in the last days before."""
AHEAD = timedelta(days=400)
"""Who has no working time so long ahead has none."""

State = Literal["working", "off", "away", "leaving", "gone", "no_hours"]


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether somebody can work on a lead now, and if not, when.

    ``at`` is the first moment they can: now while they work, else when they next begin; of
    somebody who is away, or will be before a promise of now is kept, when they are back.
    """

    state: State
    at: datetime | None = None
    away_from: datetime | None = None
    """When the absence begins, where it is still ahead."""
    last_day: date | None = None

    @property
    def can_work(self) -> bool:
        """Whether they work now, or begin without having been away."""
        return self.state in ("working", "off")

    def is_back_by(self, moment: datetime | None) -> bool:
        """Return whether they are away now and back before ``moment``."""
        if self.state != "away" or self.at is None or moment is None:
            return False
        return self.at <= moment


GONE = Presence("gone")


def presence(
    working: WorkingTime, now: datetime, promised: timedelta, last_day: date | None = None
) -> Presence:
    """Return when somebody who works here can work on a lead of ``now``.

    ``promised``: the working time in which somebody owes the lead an answer. Who goes away
    before having worked so long counts as away. ``last_day`` is in the zone of their hours.
    """
    last_day = last_day or working.calendar.last_day
    if last_day is not None:
        left = last_day - now.astimezone(working.zone).date()
        if left < timedelta(0):
            return Presence("gone", last_day=last_day)
        if left < LAST_DAYS:
            return Presence("leaving", last_day=last_day)
    start = _next_start(working, now)
    if start is None:
        return Presence("no_hours", last_day=last_day)
    absence = _absence(working, now, start)
    if absence is None and promised:
        absence = _absence(working, start, _worked(working, now, promised))
    if absence is None:
        return Presence("working" if start <= now else "off", start, last_day=last_day)
    begins, ends = absence
    away_from = begins if begins > now else None
    return Presence("away", _next_start(working, ends), away_from, last_day)


def _next_start(working: WorkingTime, at: datetime) -> datetime | None:
    first = next(working.spans(at, at + AHEAD), None)
    return None if first is None else first[0]


def _worked(working: WorkingTime, now: datetime, promised: timedelta) -> datetime:
    try:
        return working.due(now, promised)
    except NoWorkingTime:
        return now + AHEAD


def _absence(
    working: WorkingTime, start: datetime, end: datetime
) -> tuple[datetime, datetime] | None:
    """Return the first absence that begins before ``end`` and ends after ``start``."""
    return next((one for one in absences(working) if one[0] < end and one[1] > start), None)


@lru_cache(maxsize=1024)
def absences(working: WorkingTime) -> tuple[tuple[datetime, datetime], ...]:
    """Return all absences, in order.

    Leave that goes on before they would work again is one absence: leave entered day by day,
    from nine to six, is as long as the same in one piece.
    """
    found: list[Leave] = []
    for leave in sorted(working.calendar.leave):
        if found and _goes_on(working, found[-1].end, leave.start):
            found[-1] = Leave(found[-1].start, max(found[-1].end, leave.end))
        else:
            found.append(leave)
    return tuple(
        (_moment(working, one.start), _moment(working, one.end))
        for one in found
        if one.end - one.start >= ABSENCE
    )


def _goes_on(working: WorkingTime, back: datetime, away: datetime) -> bool:
    """Return whether somebody does not work between the end of a leave and the next one."""
    if away <= back:
        return True
    if away - back > LONGEST_GAP:
        return False
    return next(working.spans(_moment(working, back), _moment(working, away)), None) is None


def _moment(working: WorkingTime, wall: datetime) -> datetime:
    """Return the moment at which the clock on the wall shows a time."""
    return wall.replace(tzinfo=working.zone).astimezone(UTC)
