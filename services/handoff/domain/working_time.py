"""Counting working time: is somebody working at T, T + duration, duration from T1 to T2.

A calendar is laid out a year at a time: its local blocks, less leave, as spans on the line
of moments, with running sums. A question is then a search in sorted numbers. Moments are
whole microseconds since 1970, so nothing is rounded.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from services.handoff.domain.calendars import Calendar

HORIZON_YEARS = 20
"""A due time that is further away is none: the calendar has no such hours."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY_S = 86_400
_YEARS = range(1970, 9_000)

Span = tuple[int, int]
"""Start and end, the end not included."""


class NoWorkingTime(ValueError):
    """The calendar does not have the working time that was asked for."""


class BeyondCalendars(ValueError):
    """The moment lies before 1970 or thousands of years ahead."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The working spans of a year of UTC, in order; ``sums[n]`` is what the first n add up to."""

    starts: list[int]
    ends: list[int]
    sums: list[int]

    def before(self, at: int) -> int:
        """Return the working time of the year before ``at``."""
        place = bisect_right(self.ends, at)
        begun = at - self.starts[place] if place < len(self.starts) else 0
        return self.sums[place] + max(0, begun)

    def reaches(self, total: int) -> int:
        """Return the earliest moment before which the year has ``total`` of working time."""
        place = bisect_left(self.sums, total)
        return self.ends[place - 1] - (self.sums[place] - total)


class WorkingTime:
    """Answers about one calendar. Keep it: the years it has laid out are remembered."""

    def __init__(self, calendar: Calendar) -> None:
        """Raise ``ZoneInfoNotFoundError`` for a zone that does not exist."""
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)
        self._years: dict[int, _Year] = {}

    def is_working(self, at: datetime) -> bool:
        """Return whether ``at`` is inside a block; its end no longer is."""
        moment = _micros(at)
        year = self._year(_year_of(moment))
        place = bisect_right(year.ends, moment)
        return place < len(year.starts) and year.starts[place] <= moment

    def due(self, start: datetime, duration: timedelta) -> datetime:
        """Return the earliest moment by which ``duration`` was worked since ``start``, in UTC.

        Nothing to work is due at once, whatever the hour. Raises ``NoWorkingTime`` when the
        next 20 years do not have it, ``ValueError`` below zero.
        """
        left, at = duration // _MICROSECOND, _micros(start)
        if left < 0:
            raise ValueError(f"a duration is not negative: {duration}")
        first = _year_of(at)
        if left == 0:
            return start.astimezone(UTC)
        for number in range(first, min(first + HORIZON_YEARS + 1, _YEARS.stop)):
            year = self._year(number)
            done = year.before(at)
            if left <= year.sums[-1] - done:
                return _moment(year.reaches(done + left))
            left -= year.sums[-1] - done
            at = _year_start(number + 1)
        raise NoWorkingTime(
            f"there are no {duration} of working time in the {HORIZON_YEARS} years after "
            f"{start.isoformat()}"
        )

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time from ``start`` until ``end``; below zero when they are turned."""
        if end < start:
            return -self.between(end, start)
        first, last = _micros(start), _micros(end)
        total = -self._year(_year_of(first)).before(first)
        for number in range(_year_of(first), _year_of(last)):
            total += self._year(number).sums[-1]
        return timedelta(microseconds=total + self._year(_year_of(last)).before(last))

    def spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the stretches of working time from ``start`` until ``end``, in UTC."""
        first, last = _micros(start), _micros(end)
        joined: Span | None = None
        for number in range(_year_of(first), _year_of(last) + 1):
            year = self._year(number)
            for place in range(bisect_right(year.ends, first), len(year.starts)):
                since, until = max(first, year.starts[place]), min(last, year.ends[place])
                if since >= until:
                    break
                if joined is not None and joined[1] == since:  # over the turn of the year
                    since = joined[0]
                elif joined is not None:
                    yield _moment(joined[0]), _moment(joined[1])
                joined = since, until
        if joined is not None:
            yield _moment(joined[0]), _moment(joined[1])

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._lay_out(number)
        return year

    def _lay_out(self, number: int) -> _Year:
        """Return a year. Days around it matter too: blocks and zones reach over its turn."""
        start, end = _year_start(number) // _SECOND, _year_start(number + 1) // _SECOND
        away = [(_wall(leave.start), _wall(leave.end)) for leave in self.calendar.leave]
        local = _without(self._walls(start // _DAY_S - 4, end // _DAY_S + 4), away)
        spans = _joined(
            (max(since - offset, first), min(until - offset, last))
            for first, last, offset in _offsets(self.calendar.zone, start, end)
            for since, until in local
            if since - offset < last and first < until - offset
        )
        starts, ends = [s * _SECOND for s, _ in spans], [e * _SECOND for _, e in spans]
        worked = (until - since for since, until in zip(starts, ends, strict=True))
        return _Year(starts, ends, [0, *accumulate(worked)])

    def _walls(self, first_day: int, last_day: int) -> list[Span]:
        """Return the blocks of days, counted from 1970, in seconds of wall time."""
        return _joined(
            (day * _DAY_S + block.start * 60, day * _DAY_S + block.end * 60)
            for day in range(first_day, last_day)
            for block in self.calendar.blocks(date.fromordinal(_EPOCH_ORDINAL + day))
        )


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return found


def _without(spans: list[Span], gaps: list[Span]) -> list[Span]:
    """Return ``spans`` less ``gaps``."""
    for start, end in gaps:
        spans = [
            (since, until)
            for span in spans
            for since, until in ((span[0], min(span[1], start)), (max(span[0], end), span[1]))
            if since < until
        ]
    return spans


@lru_cache(maxsize=4096)
def _offsets(zone: str, start: int, end: int) -> tuple[tuple[int, int, int], ...]:
    """Return the stretches of one offset from ``start`` to ``end``, in seconds of UTC.

    Looks every six hours and then halves the distance: no zone changes twice within them.
    """
    place, pieces, since = ZoneInfo(zone), [], start
    step = _DAY_S // 4
    for at in range(start, end, step):
        until = min(at + step, end)
        before, after = _offset(place, at), _offset(place, until)
        if before == after:
            continue
        low, high = at, until
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
        pieces.append((since, high, before))
        since = high
    if since < end:
        pieces.append((since, end, _offset(place, since)))
    return tuple(pieces)


def _offset(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None, "an aware moment has one"
    return int(offset.total_seconds())


def _wall(naive: datetime) -> int:
    """Return wall time in seconds, as if it were UTC."""
    return int((naive.replace(tzinfo=UTC) - _EPOCH).total_seconds())


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _year_of(micros: int) -> int:
    """Return the year of UTC a moment lies in. Raises ``BeyondCalendars``."""
    days = micros // (_DAY_S * _SECOND)
    ordinal = _EPOCH_ORDINAL + days
    if not 0 < ordinal < date.max.toordinal() or date.fromordinal(ordinal).year not in _YEARS:
        raise BeyondCalendars("calendars know the years 1970 to 8999")
    return date.fromordinal(ordinal).year


@lru_cache(maxsize=1024)
def _year_start(number: int) -> int:
    return (date(number, 1, 1).toordinal() - _EPOCH_ORDINAL) * _DAY_S * _SECOND
