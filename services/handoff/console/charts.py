"""Two scores over time as lines. Geometry alone; a template draws it as SVG.

Readable without colour: one line is solid with round marks, the other dashed with square
ones, each says its name at its end, and a table beside it has the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

WIDTH, HEIGHT = 640.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 552.0, 16.0, 184.0
APART = 16.0
MOST_LABELS = 5
STEPS = (10, 20, 25, 50, 100, 200, 250, 500)


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at a place."""

    x: float
    y: float
    value: float


@dataclass(frozen=True, slots=True)
class Line:
    """One score: its marks, and where its name stands."""

    key: str
    marks: tuple[Mark, ...]
    label_y: float

    @property
    def points(self) -> str:
        """The line as SVG's ``points``."""
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)


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
        return BOTTOM - (BOTTOM - TOP) * (value - bottom) / (top - bottom)

    def x_of(place: int) -> float:
        return LEFT + (RIGHT - LEFT) * place / max(1, len(days) - 1)

    lines = []
    for key, line in scores.items():
        marks = tuple(Mark(x_of(place), y_of(value), value) for place, value in enumerate(line))
        lines.append(Line(key, marks, marks[-1].y))
    every = max(1, ceil((len(days) - 1) / (MOST_LABELS - 1)))
    scale = [bottom + step * number for number in range(int((top - bottom) / step) + 1)]
    return Chart(
        tuple(_set_apart(lines)),
        tuple((y_of(value), value) for value in scale),
        tuple((x_of(place), day) for place, day in enumerate(days) if place % every == 0),
    )


def _set_apart(lines: list[Line]) -> list[Line]:
    """Move names that would stand on each other."""
    placed: list[Line] = []
    for line in sorted(lines, key=lambda one: one.label_y):
        lowest = placed[-1].label_y + APART if placed else float("-inf")
        placed.append(Line(line.key, line.marks, max(line.label_y, lowest)))
    overflow = max(0.0, placed[-1].label_y - BOTTOM) if placed else 0.0
    return [Line(one.key, one.marks, one.label_y - overflow) for one in placed]
