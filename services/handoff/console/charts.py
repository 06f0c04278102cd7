"""Two scores over time as lines. Geometry alone; a template draws it as SVG.

Readable without colour: one line is solid with round marks, the other dashed with square
ones, what stands above the chart has the same marks, and a table below the same numbers.
Readable on a phone: places across are shares of the width, so that texts and marks keep
their size however wide the chart is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

HEIGHT = 170.0
MOST_LABELS = 5
STEPS = (10, 20, 25, 50, 100, 200, 250, 500)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at a place: ``x`` in percent of the width, ``y`` in pixels from the top."""

    x: float
    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """One score: its marks, oldest first."""

    key: str
    marks: tuple[Mark, ...]

    @property
    def points(self) -> str:
        """The line as SVG's ``points``, in a box 100 wide and ``HEIGHT`` high."""
        return " ".join(f"{mark.x:.2f},{mark.y:.1f}" for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to draw: lines, the scale on the left, the days below."""

    lines: tuple[Line, ...]
    scale: tuple[tuple[float, float], ...]
    """Place and value."""
    days: tuple[tuple[float, date], ...]


def score_chart(days: Sequence[date], scores: dict[str, Sequence[float]]) -> Chart:
    """Return the lines of ``scores``, by key a value for each of ``days``, oldest first."""
    values = [value for line in scores.values() for value in line]
    low, high = min(0.0, *values), max(10.0, *values)
    step = next((one for one in STEPS if (high - low) / one <= MOST_LABELS), ceil(high - low))
    bottom, top = step * (low // step), step * ceil(high / step)

    def y_of(value: float) -> float:
        return HEIGHT * (top - value) / (top - bottom)

    def x_of(place: int) -> float:
        return 100 * place / max(1, len(days) - 1)

    lines = [
        Line(key, tuple(Mark(x_of(place), y_of(one), one) for place, one in enumerate(line)))
        for key, line in scores.items()
    ]
    every = max(1, ceil((len(days) - 1) / (MOST_LABELS - 1)))
    scale = [bottom + step * number for number in range(int((top - bottom) / step) + 1)]
    return Chart(
        tuple(lines),
        tuple((y_of(value), value) for value in scale),
        tuple((x_of(place), day) for place, day in enumerate(days) if place % every == 0),
    )
