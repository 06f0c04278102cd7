"""Seven days of attempts as bars. Geometry alone; a template draws it as SVG.

Readable without colour: what failed stands on top of what went well, apart from it and
hollow. The numbers are in words beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.notify.domain.performance import Performance

HEIGHT, WIDTH, STEP = 34.0, 12.0, 19.0
LEAST = 2.5  # what happened at all is seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One day. ``good`` and ``bad`` are heights; y counts downwards."""

    x: float
    good: float
    bad: float

    @property
    def good_y(self) -> float:
        return HEIGHT - self.good

    @property
    def bad_y(self) -> float:
        return self.good_y - self.bad - (1.5 if self.good and self.bad else 0)


def bars(days: Sequence[Performance]) -> list[Bar]:
    """Return a bar for each day; the day with most attempts has the full height."""
    most = max((one.attempts for one in days), default=0)
    room = HEIGHT - 4

    def height(count: int) -> float:
        return max(room * count / most, LEAST) if count else 0.0

    return [
        Bar(place * STEP + 1, height(one.succeeded), height(one.failed))
        for place, one in enumerate(days)
    ]
