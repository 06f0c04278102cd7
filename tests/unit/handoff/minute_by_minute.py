"""A slow oracle of working time, and random calendars for it.

It knows nothing of spans, offsets or sums: it looks at the clock on the wall once a minute
and asks whether that time is inside a block.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

from services.handoff.domain.calendars import Block, Calendar, Leave, SpecialDay
from services.handoff.domain.questions import Titles

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and "Etc" not in zone)


def minutes_worked(
    calendar: Calendar, start: datetime, step: timedelta = MINUTE
) -> Iterator[tuple[datetime, bool]]:
    """Yield each minute from ``start``, and whether it is worked."""
    zone, at, hours = ZoneInfo(calendar.zone), start, Hours(calendar)
    while True:
        wall = at.astimezone(zone).replace(tzinfo=None)
        away = any(leave.start <= wall < leave.end for leave in calendar.leave)
        minute, today = wall.hour * 60 + wall.minute, wall.date()
        yield (
            at,
            not away
            and (
                any(each.start <= minute < each.end for each in hours[today])
                or any(each.start <= minute + 1440 < each.end for each in hours[today - DAY])
            ),
        )
        at += step


class Hours(dict[date, tuple[Block, ...]]):
    """The blocks that begin on a day, looked up once."""

    def __init__(self, calendar: Calendar) -> None:
        super().__init__()
        self.calendar = calendar

    def __missing__(self, day: date) -> tuple[Block, ...]:
        self[day] = self.look_up(day)
        return self[day]

    def look_up(self, day: date) -> tuple[Block, ...]:
        if self.calendar.last_day is not None and day > self.calendar.last_day:
            return ()
        for name in (day.isoformat(), f"{day:%m-%d}"):
            if name in self.calendar.days:
                return self.calendar.days[name].blocks
        if day in self.calendar.public(day.year):
            return ()
        return self.calendar.week[day.weekday()]


@cache
def clock_changes(zone: str) -> list[datetime]:
    """The hours in which the zone's clocks change, in the decade."""
    place, found, at = ZoneInfo(zone), [], FIRST
    while at < LAST:
        after = at + timedelta(hours=1)
        if at.astimezone(place).utcoffset() != after.astimezone(place).utcoffset():
            found.append(at)
        at = after
    return found


def _block(start: int, length: int) -> Block:
    return Block(start, start + length)


BLOCKS = st.builds(_block, st.integers(0, 1439), st.integers(1, 1440))
DAYS = st.lists(BLOCKS, max_size=3).map(tuple)


@st.composite
def moments(draw: st.DrawFn, zone: str) -> datetime:
    """A minute of the decade; as often as not in a night when the clocks change."""
    changes, near_a_change = clock_changes(zone), draw(st.booleans())
    if changes and near_a_change:
        near = draw(st.sampled_from(changes))
        return near + draw(st.integers(-1500, 1500)) * MINUTE
    return FIRST + draw(st.integers(0, 3652 * 1440)) * MINUTE


@st.composite
def calendars_at(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar whose special days and leave lie around a moment, and the moment."""
    zone = draw(st.sampled_from(ZONES))
    at = draw(moments(zone))
    near = st.integers(-3, 10).map(lambda days: (at + timedelta(days=days)).date())
    title = Titles("Fiesta", "Holiday")
    special = {
        (day.isoformat() if draw(st.booleans()) else f"{day:%m-%d}"): SpecialDay(title, draw(DAYS))
        for day in draw(st.lists(near, max_size=2))
    }
    public = dict.fromkeys(draw(st.lists(near, max_size=2)), title)
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    leave = [
        Leave(wall + begins * MINUTE, wall + (begins + length) * MINUTE)
        for begins, length in draw(
            st.lists(st.tuples(st.integers(-2000, 9000), st.integers(1, 5000)), max_size=2)
        )
    ]
    calendar = Calendar(
        zone,
        tuple(draw(st.lists(DAYS, min_size=7, max_size=7))),
        special,
        lambda year: {day: name for day, name in public.items() if day.year == year},
        tuple(leave),
        draw(st.none() | near),
    )
    return calendar, at
