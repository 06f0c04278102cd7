"""Calendar months of a company: in its time zone, whole ones and the pieces of others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

FORGIVEN = timedelta(hours=1)
"""A month is whole although a version put in force at its first midnight took a moment."""

LOOK_AT = time(9)
"""The time of day, in the company's zone, at which the month before is looked back on."""


@dataclass(frozen=True)
class Month:
    """A calendar month, and the part of it that a period covers. Moments are UTC."""

    year: int
    number: int
    starts_at: datetime
    ends_at: datetime
    covered_from: datetime
    covered_until: datetime

    @property
    def name(self) -> str:
        """The month as people sort it: ``2026-03``."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def is_whole(self) -> bool:
        """Whether the period covers all of it."""
        return self.covered_from - self.starts_at <= FORGIVEN and self.covered_until == self.ends_at


def months_between(start: datetime, end: datetime, zone: tzinfo) -> Iterator[Month]:
    """Yield the months of the period from ``start`` until ``end``, the first and last cut."""
    local = start.astimezone(zone)
    year, number = local.year, local.month
    while start < end and (starts_at := _first_moment(year, number, zone)) < end:
        following = (year + 1, 1) if number == 12 else (year, number + 1)
        ends_at = _first_moment(*following, zone)
        yield Month(year, number, starts_at, ends_at, max(start, starts_at), min(end, ends_at))
        year, number = following


def next_look(now: datetime, zone: tzinfo) -> datetime:
    """Return when a month is looked back on next: the first of the next one, in the morning."""
    local = now.astimezone(zone)
    year, number = local.year, local.month
    looks_at = _first_moment(year, number, zone, LOOK_AT)
    while looks_at <= now:
        year, number = (year + 1, 1) if number == 12 else (year, number + 1)
        looks_at = _first_moment(year, number, zone, LOOK_AT)
    return looks_at


def _first_moment(year: int, number: int, zone: tzinfo, at: time = time(0)) -> datetime:
    return datetime(year, number, 1, at.hour, at.minute, tzinfo=zone).astimezone(UTC)
