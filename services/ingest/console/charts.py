"""Events of thirty days as bars. Geometry alone; a template draws it as SVG.

Readable without colour: a bar's height is what came, and its hatched foot what is parked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAYS = 30
STEP, BAR, HEIGHT = 6.0, 4.0, 32.0
INSET, LEAST = 1.0, 1.5
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything to draw: all bars in one path, all that is parked in another."""

    bars: str
    parked: str
    total: int
    most: int
    busiest: datetime | None
    """The day most came, as its noon; None when nothing did."""


def first_day(today: date) -> date:
    """Return the first of the thirty days that end with ``today``."""
    return today - timedelta(days=DAYS - 1)


def month_picture(counts: Mapping[str, tuple[int, int]], today: date) -> Picture:
    """Return the bars of thirty days; ``counts`` are (received, parked) by ISO day."""
    days = [first_day(today) + timedelta(days=number) for number in range(DAYS)]
    values = [counts.get(day.isoformat(), (0, 0)) for day in days]
    most = max(received for received, _ in values)
    busiest = days[[received for received, _ in values].index(most)] if most else None
    return Picture(
        bars=_path([received for received, _ in values], most, 0.0, BAR),
        parked=_path([min(both) for both in values], most, INSET, BAR - 2 * INSET),
        total=sum(received for received, _ in values),
        most=most,
        busiest=datetime.combine(busiest, NOON, UTC) if busiest else None,
    )


def _path(counts: Sequence[int], most: int, inset: float, width: float) -> str:
    """Return a bar for each count above 0; however much came on another day, it is seen."""
    return "".join(
        f"M{number * STEP + inset:g} {HEIGHT:g}v{-max(LEAST, HEIGHT * count / most):.1f}"
        f"h{width:g}V{HEIGHT:g}z"
        for number, count in enumerate(counts)
        if count > 0
    )
