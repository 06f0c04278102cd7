"""An office's working time in a ``Year``, counted by half hours from the clock on the wall."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

from tests.service.handoff.year_people import DAY, Office

SLOT = timedelta(minutes=30)
"""Blocks begin and end, and clocks change, at whole half hours."""
BEGIN = datetime(2025, 12, 1, tzinfo=UTC)
SLOTS = 2 * 24 * 560
FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)


@cache
def _days_of_slots(office: Office) -> list[date | None]:
    """Return for each half hour the day whose block it is in; None: it is in none."""
    zone, blocks = ZoneInfo(office.zone), [_minutes(one) for one in office.hours]
    found: list[date | None] = []
    for number in range(SLOTS):
        wall = (BEGIN + number * SLOT).astimezone(zone)
        minute, day = wall.hour * 60 + wall.minute, wall.date()
        if any(start <= minute < end for start, end in blocks):
            found.append(day)
        elif any(start <= minute + 1440 < end for start, end in blocks):
            found.append(day - DAY)
        else:
            found.append(None)
    return [day if day is not None and day.weekday() < 5 else None for day in found]


def _minutes(block: str) -> tuple[int, int]:
    start, end = (time.fromisoformat(part) for part in block.split("-"))
    first, last = (60 * one.hour + one.minute for one in (start, end))
    return first, last if first < last else last + 1440


class Hours:
    """An office's working time as it was known after some days had been closed."""

    def __init__(self, office: Office, closed: frozenset[date]) -> None:
        public = country_holidays(office.country, years=(2025, 2026, 2027))
        days = _days_of_slots(office)
        self._open = [one is not None and one not in public and one not in closed for one in days]

    def is_open(self, at: datetime) -> bool:
        """Return whether ``at`` is in working time or ends a stretch of it."""
        whole, rest = divmod(at - BEGIN, SLOT)
        return self._open[whole] or (not rest and self._open[whole - 1])

    def due(
        self, start: datetime, within: timedelta, paused: Sequence[tuple[datetime, datetime]] = ()
    ) -> datetime:
        """Return when so much of it has gone by, nothing of ``paused``, which is in order."""
        pauses = [*paused, (FOR_EVER, FOR_EVER)]
        at, left = start, within
        while True:
            begins, ends = next(one for one in pauses if at < one[1])
            number = (at - BEGIN) // SLOT
            until = min(BEGIN + (number + 1) * SLOT, begins)
            if begins <= at:
                at = ends
                continue
            if self._open[number]:
                if left <= until - at:
                    return at + left
                left -= until - at
            at = until


@cache
def hours_of(office: Office, closed: frozenset[date]) -> Hours:
    """Return the working time of ``office`` without the days that were closed."""
    return Hours(office, closed)
