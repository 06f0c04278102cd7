"""A week one can see: seven days as rows of hours. Geometry; a template draws it as SVG.

Working hours are blocks on a line from midnight to midnight, so a week reads like a
diary, without colour and in print; each block that has room tells its hours. Places across
are per cent of the width beside the weekdays, so that letters keep their size on a phone.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from services.handoff.domain.calendar_words import special_in_words
from services.handoff.domain.policy import Language
from services.handoff.domain.working_time import WorkingTime
from services.handoff.fields.calendars import WeekShown
from services.handoff.handlers.weeks import week_of

TOP = 24.0
ROW, THICK = 34.0, 22.0
EVERY = 3
"""Hours between two lines of the scale; a drawing begins and ends at one."""
A_WEEK = timedelta(days=7)
WIDTHS = {"xs": 140, "s": 180, "m": 300, "l": 580}
"""Pixels that a day has at least, by size of a page; ``charts.css`` has the sizes."""
LONG_ENOUGH = 80.0
"""Pixels of a block that has room for its hours."""
DAYS_AHEAD = 120
MOST_SPECIAL = 12


@dataclass(frozen=True, slots=True)
class Block:
    """Hours of work: where they are drawn, in per cent, and as people read them."""

    x: float
    width: float
    told: str

    @property
    def not_in(self) -> list[str]:
        """The ``WIDTHS`` in which its hours cannot stand in it."""
        return [size for size, width in WIDTHS.items() if width * self.width / 100 < LONG_ENOUGH]


@dataclass(frozen=True, slots=True)
class Day:
    """One row: its blocks, and what is special about it."""

    day: date
    y: float
    blocks: tuple[Block, ...]
    worked_s: int
    special: str
    """What is special about it, in a sentence; empty: nothing is."""
    name: str
    """What people call what is special, where it has a name."""
    is_today: bool

    @property
    def is_holiday(self) -> bool:
        """Whether nobody works on it, and something special is why."""
        return bool(self.special) and not self.blocks


@dataclass(frozen=True, slots=True)
class Week:
    """Everything to draw."""

    zone: str
    days: tuple[Day, ...]
    scale: tuple[tuple[float, int], ...]
    """Place in per cent, and hour."""
    height = int(TOP + 7 * ROW + 6)

    @property
    def first(self) -> date:
        """Its Monday, or the day asked for."""
        return self.days[0].day

    @property
    def before(self) -> str:
        """The first day of the week before."""
        return (self.first - A_WEEK).isoformat()

    @property
    def after(self) -> str:
        """The first day of the week after."""
        return (self.first + A_WEEK).isoformat()

    @property
    def worked_s(self) -> int:
        """Working time of the week, in seconds."""
        return sum(one.worked_s for one in self.days)


@dataclass(frozen=True, slots=True)
class Special:
    """A day ahead that is not like its weekday."""

    day: date
    told: str
    """What is special, in words."""


def week_view(working: WorkingTime, first: date | None, now: datetime, language: Language) -> Week:
    """Return seven days from ``first``, else from this week's Monday."""
    week: WeekShown = week_of(working, first, now)
    today = now.astimezone(working.zone).date()
    first_hour, last_hour = _hours(week)

    def x_of(minutes: float) -> float:
        return 100 * (minutes / 60 - first_hour) / (last_hour - first_hour)

    def block(start: str, until: str) -> Block:
        left, right = x_of(_minutes(start)), x_of(_minutes(until))
        return Block(left, max(right - left, 0.3), f"{start}–{until}")

    days = tuple(
        Day(
            one.day,
            TOP + number * ROW + (ROW - THICK) / 2,
            tuple(block(each.start, each.until) for each in one.hours),
            one.worked_s,
            (one.special or {}).get(language, ""),
            _name(working, one.day, language),
            one.day == today,
        )
        for number, one in enumerate(week.days)
    )
    scale = tuple((x_of(hour * 60), hour) for hour in range(first_hour, last_hour + 1, EVERY))
    return Week(week.zone, days, scale)


def specials_ahead(working: WorkingTime, now: datetime, language: Language) -> list[Special]:
    """Return the days of the coming months whose hours differ from their weekday's."""
    today = now.astimezone(working.zone).date()
    last = today + timedelta(days=DAYS_AHEAD)
    return [
        Special(day, special_in_words(day, each, language))
        for day, each in working.calendar.special_days(today, last)
    ][:MOST_SPECIAL]


def _hours(week: WeekShown) -> tuple[int, int]:
    """Return the first and the last hour to draw: what is worked, and a day's middle."""
    hours = [each for one in week.days for each in one.hours]
    first = min((_minutes(each.start) for each in hours), default=0) // 60
    last = max((_minutes(each.until) for each in hours), default=0) / 60
    return min(first // EVERY * EVERY, 6), max(ceil(last / EVERY) * EVERY, 21)


def _minutes(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 60 + int(minutes)


def _name(working: WorkingTime, day: date, language: Language) -> str:
    special = working.calendar.special(day)
    titles = None if special is None else special.title
    return "" if titles is None else titles.es if language == "es" else titles.en
