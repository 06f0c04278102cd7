"""Calendars: when somebody works. Plain values; ``working_time`` counts on them.

The definition is one sentence: somebody works whenever the clock on the wall of the
calendar's zone shows a time inside one of its blocks. So in the night the clocks go
forward a shift is an hour shorter, in the night they go back an hour longer.

A block belongs to the day it begins on. A night shift that began before a holiday is
finished on it, and one that would begin on the holiday does not take place.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.handoff.domain.questions import Titles

DAY_MINUTES = 24 * 60
ALWAYS = "always"
"""The calendar that counts day and night."""
TEAM = "team"
"""Stands for the calendar of the team that has the hand-off."""

_BLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])\s*[-–]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])")


@dataclass(frozen=True, order=True, slots=True)
class Block:
    """Minutes after the midnight its day begins with; an end above 1440 is on the next day."""

    start: int
    end: int

    def __str__(self) -> str:
        """Return the block as people write it: ``22:00-06:00``."""
        end = self.end - DAY_MINUTES if self.end > DAY_MINUTES else self.end
        return f"{self.start // 60:02d}:{self.start % 60:02d}-{end // 60:02d}:{end % 60:02d}"


WHOLE_DAY = Block(0, DAY_MINUTES)


def block(text: str) -> Block:
    """Read ``09:00-14:00``; an end before the start is on the next day: ``22:00-06:00``.

    Raises ``ValueError`` that says what is wrong.
    """
    match = _BLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError("a block of hours is written like `09:00-14:00`")
    start, end = (int(match[at]) * 60 + int(match[at + 1]) for at in (1, 3))
    if start >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError("a day has the times from 00:00 to 24:00, and blocks begin before 24:00")
    if start == end:
        raise ValueError("the block is empty; a whole day is `00:00-24:00`")
    return Block(start, end if end > start else end + DAY_MINUTES)


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not like its weekday. Without blocks nobody works."""

    title: Titles | None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, order=True, slots=True)
class Leave:
    """Away, in wall time of the calendar's zone: from ``start`` until before ``end``."""

    start: datetime
    end: datetime


PublicHolidays = Callable[[int], Mapping[date, Titles]]


def no_holidays(_year: int) -> Mapping[date, Titles]:
    """Return no public holidays."""
    return {}


@dataclass(frozen=True)
class Calendar:
    """The hours of a team or a person."""

    zone: str
    """IANA name, for example ``Europe/Madrid``."""
    week: tuple[tuple[Block, ...], ...]
    """Seven days, Monday first."""
    days: Mapping[str, SpecialDay] = field(default_factory=dict)
    """Own special days: ``2026-12-24`` once, ``12-24`` every year. They outrank public ones."""
    public: PublicHolidays = no_holidays
    """The public holidays of a year."""
    leave: tuple[Leave, ...] = ()
    last_day: date | None = None
    """The last day somebody who leaves works."""

    def special(self, day: date) -> SpecialDay | None:
        """Return what is special about ``day``; None when it is like its weekday."""
        named = day.isoformat()
        own = self.days.get(named) or self.days.get(named[5:])
        if own is not None:
            return own
        title = self.public(day.year).get(day)
        return None if title is None else SpecialDay(title)

    def blocks(self, day: date) -> tuple[Block, ...]:
        """Return the blocks that begin on ``day``; leave is not looked at."""
        if self.last_day is not None and day > self.last_day:
            return ()
        special = self.special(day)
        return self.week[day.weekday()] if special is None else special.blocks

    def special_days(self, first: date, last: date) -> Iterator[tuple[date, SpecialDay]]:
        """Yield the days from ``first`` to ``last`` whose hours differ from their weekday's."""
        for ordinal in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(ordinal)
            special = self.special(day)
            if special is not None and special.blocks != self.week[day.weekday()]:
                yield day, special


DAY_AND_NIGHT = Calendar("UTC", ((WHOLE_DAY,),) * 7)
