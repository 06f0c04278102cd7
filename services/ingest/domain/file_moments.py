"""Moments as people's files write them: ISO 8601, or a day with slashes and no zone.

Webhooks come from programs; an export went through a spreadsheet. ``04/03/2024`` is a day
in March or in April, and nobody but the person who made the file knows which: it is read
only once that was said. Without a zone a moment is one of the zone the file was made in.
"""

import re
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.ingest.domain.incoming import Unreadable
from services.ingest.domain.moments import EARLIEST, FUTURE_TOLERANCE, WRITTEN, read_moment

DayOrder = Literal["dmy", "mdy"]

# Months as Spanish and English shorten them; longer forms begin with these.
MONTHS = {
    "jan": 1,
    "ene": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "abr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "ago": 8,
    "sep": 9,
    "set": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
    "dic": 12,
}
_CLOCK = r"(?:,?[ T]+(?:a las |at )?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*([ap]\.?\s?m\.?)?)?"
_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})" + _CLOCK, re.ASCII)
_DAY_NAMED = re.compile(
    r"(\d{1,2})[ -](?:de )?([a-z]{3,10})\.?,?[ -](?:de )?(\d{4})" + _CLOCK, re.ASCII
)
_NAMED_DAY = re.compile(r"([a-z]{3,10})\.? (\d{1,2}),? (\d{4})" + _CLOCK, re.ASCII)

AMBIGUOUS = Unreadable(
    "ambiguous_date",
    "can be day/month or month/day: say which with `dates`: dmy or mdy",
)


def file_moment(
    told: object, zone: ZoneInfo, order: DayOrder | None, received_at: datetime
) -> datetime:
    """Return a moment out of a file, in UTC.

    Raises ``Unreadable``: it is missing, no moment since 2000, or lies more than five
    minutes ahead of ``received_at``. An import never falls back on the moment of receipt:
    what happened long ago would count as new.
    """
    if told is None or told == "":
        raise Unreadable("no_time", "does not say when it happened")
    moment = _read(told.strip(), zone, order) if isinstance(told, str) else _number(told)
    if moment is None or moment < EARLIEST:
        raise Unreadable("invalid_time", "is no date and time, such as 2024-03-04 10:22:00")
    if moment > received_at + FUTURE_TOLERANCE:
        raise Unreadable("future_time", "lies in the future")
    return moment


def _number(told: object) -> datetime | None:
    return read_moment(told) if isinstance(told, int | float) else None


def _read(text: str, zone: ZoneInfo, order: DayOrder | None) -> datetime | None:
    lower = text.lower()
    if match := _SLASHED.fullmatch(lower):
        first, separator, second, year = match.group(1, 2, 3, 4)
        day, month = _ordered(int(first), int(second), separator, order)
        return _local((int(year), month, day), match.group(5, 6, 7, 8), zone)
    if match := _DAY_NAMED.fullmatch(lower):
        day_named, name, year = match.group(1, 2, 3)
        return _local((int(year), _month(name), int(day_named)), match.group(4, 5, 6, 7), zone)
    if match := _NAMED_DAY.fullmatch(lower):
        name, day_named, year = match.group(1, 2, 3)
        return _local((int(year), _month(name), int(day_named)), match.group(4, 5, 6, 7), zone)
    moment = read_moment(text)
    written = WRITTEN.fullmatch(text)
    if moment is not None and written is not None and written[8] is None:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    return moment


def _ordered(first: int, second: int, separator: str, order: DayOrder | None) -> tuple[int, int]:
    """Return day and month. Whoever puts dots between them writes the day first."""
    if order is None:
        if first > 12 or separator == ".":
            order = "dmy"
        elif second > 12:
            order = "mdy"
        elif first != second:
            raise AMBIGUOUS
    return (second, first) if order == "mdy" else (first, second)


def _month(name: str) -> int:
    return MONTHS.get(name[:3], 0)


def _local(
    date: tuple[int, int, int], clock: tuple[str | None, ...], zone: ZoneInfo
) -> datetime | None:
    year, month, day = date
    hour, minute, second = (int(part or 0) for part in clock[:3])
    half = (clock[3] or "")[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        whole_year = year if year > 99 else 2000 + year
        local = datetime(whole_year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
    return local.astimezone(UTC)
