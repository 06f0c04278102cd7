"""A clock with pauses: when it runs out, and what it has counted so far.

A pause has an end from the beginning, so the due time is known while it lasts: what was left
when it began is counted on from its end. Pauses of one clock do not overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

ZERO = timedelta(0)


class Time(Protocol):
    """What counts: a calendar's working time, or every hour there is."""

    def due(self, start: datetime, duration: timedelta) -> datetime:
        """Return the earliest moment by which ``duration`` has gone by since ``start``."""
        ...

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return what is counted from ``start`` until ``end``."""
        ...


class EveryHour:
    """Counts day and night."""

    def due(self, start: datetime, duration: timedelta) -> datetime:
        """Return ``start`` and ``duration`` together, in UTC."""
        return start.astimezone(UTC) + duration

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the wall-clock time from ``start`` until ``end``."""
        return end - start


@dataclass(frozen=True, order=True, slots=True)
class Pause:
    """A stretch in which nothing is counted."""

    began_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Stretch:
    """The last part of a promise: ``left`` of it, counted from ``start``."""

    start: datetime
    left: timedelta
    resumed: bool = False
    """A pause came before it."""


def last_stretch(
    time: Time, started_at: datetime, within: timedelta, pauses: Sequence[Pause]
) -> Stretch:
    """Return the part of a promise that is counted behind the last pause that stops it.

    Raises what ``time`` does.
    """
    one = Stretch(started_at, within)
    for pause in sorted(pauses):
        if pause.until <= one.start:
            continue
        counted = time.between(one.start, max(pause.began_at, one.start))
        if counted >= one.left:
            break
        one = Stretch(pause.until, one.left - counted, resumed=True)
    return one


def due_at(
    time: Time, started_at: datetime, within: timedelta, pauses: Sequence[Pause]
) -> datetime:
    """Return when a promise runs out. Raises what ``time`` does."""
    stretch = last_stretch(time, started_at, within, pauses)
    return time.due(stretch.start, stretch.left)


@dataclass(frozen=True, slots=True)
class Spent:
    """How long something took: on the wall clock, of that paused, and in the calendar's time."""

    wall: timedelta
    paused: timedelta
    counted: timedelta
    """Without the pauses."""


def spent(time: Time, started_at: datetime, until: datetime, pauses: Sequence[Pause]) -> Spent:
    """Return how long it was from ``started_at`` until ``until``; nothing where that is earlier."""
    if until <= started_at:
        return Spent(ZERO, ZERO, ZERO)
    paused, counted = ZERO, time.between(started_at, until)
    for pause in pauses:
        begin, end = max(pause.began_at, started_at), min(pause.until, until)
        if begin < end:
            paused += end - begin
            counted -= time.between(begin, end)
    return Spent(until - started_at, paused, counted)
