"""How a subscription's attempts went over some time: how many got through, and how quickly."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Performance:
    """Attempts that succeeded and that failed, and how long both took, in milliseconds."""

    succeeded: int = 0
    failed: int = 0
    total_ms: int = 0
    slowest_ms: int = 0

    def __add__(self, other: "Performance") -> "Performance":
        return Performance(
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.total_ms + other.total_ms,
            max(self.slowest_ms, other.slowest_ms),
        )

    @property
    def attempts(self) -> int:
        return self.succeeded + self.failed

    @property
    def share(self) -> float | None:
        """The part that succeeded, from 0 to 1; None where nothing was tried."""
        return self.succeeded / self.attempts if self.attempts else None

    @property
    def average_ms(self) -> int | None:
        return round(self.total_ms / self.attempts) if self.attempts else None


def total(parts: Iterable[Performance]) -> Performance:
    """Return all of them together."""
    return sum(parts, Performance())


def by_day(
    hours: Iterable[tuple[datetime, Performance]],
    last: date,
    count: int,
    day_of: Callable[[datetime], date],
) -> list[tuple[date, Performance]]:
    """Return the ``count`` days up to ``last``, oldest first, days without attempts too.

    ``day_of`` says on which day an hour is for who reads it.
    """
    found: defaultdict[date, Performance] = defaultdict(Performance)
    for hour, one in hours:
        day = day_of(hour)
        found[day] = found[day] + one
    days = [last - timedelta(days=back) for back in reversed(range(count))]
    return [(day, found[day]) for day in days]
