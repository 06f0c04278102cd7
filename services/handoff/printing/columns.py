"""Columns, on top of each other or side by side, with a scale, limits and edges.

Across everything is in per cent of the width between the scale and the right end, up and
down in pixels. Which labels and numbers a width has room for is found here for some widths;
the page leaves out the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from typing import Literal

from services.handoff.printing.charts import Chart, Rect, Series, nice

HEIGHT, TOP, BOTTOM = 240.0, 26.0, 212.0
PLOT = BOTTOM - TOP
WIDTHS = {"xs": 184.0, "s": 224.0, "m": 344.0, "l": 624.0}
"""Pixels between the scale and the right end that are there at least, by size of a page;
``charts.css`` has the sizes."""
LETTER, GAP, BESIDE, REACH = 7.0, 6.0, 6.0, 5.0
"""Pixels: about a letter's width; what keeps two texts apart; how far a number may stick out
to the left; how much higher a column may be than the one beside it whose number it meets."""
WIDEST = 8.0

Anchor = Literal["middle", "end"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line: of the grid, of the axis, or a limit (dashed)."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: Literal["grid", "axis", "limit"] = "grid"


@dataclass(frozen=True, slots=True)
class Label:
    """A text: ``x`` in per cent and ``dx`` pixels more; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    anchor: Anchor = "middle"
    kind: Literal["plain", "quiet", "strong"] = "plain"
    dx: float = 0.0
    not_in: Sequence[str] = ()
    """The ``WIDTHS`` that have no room for it."""


@dataclass(frozen=True, kw_only=True)
class Columns(Chart):
    """Everything to draw."""

    kind = "columns"
    height = HEIGHT
    rects: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Limit:
    """A dashed line across some columns, from ``first`` to before ``last``, at a value."""

    first: int
    last: int
    value: float


def columns(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    fills: Sequence[Sequence[int]] = (),
    values: Sequence[str] = (),
    scale: Sequence[tuple[float, str]] = (),
    limits: Sequence[Limit] = (),
    edges: Sequence[float] = (),
    key: Sequence[tuple[int, str]] = (),
    are_beside: bool = False,
) -> Columns:
    """Return columns, the series of each on top of each other, or beside each other.

    ``fills`` has one for each series and column, else each series has its own; ``values`` is
    what stands above a column, ``scale`` the marks of the axis, which is found otherwise;
    ``edges`` are places of dashed lines up and down, counted in columns.
    """
    chart = Columns(name=name, title=title, description=description, key=key)
    fills = fills or [[number] * len(labels) for number in range(len(series))]
    tops = _tops(series, len(labels), are_beside=are_beside)
    highest = max([*tops, *(one.value for one in limits)], default=0)
    marks = scale or _scale(nice(highest))
    most, step = marks[-1][0], 100 / max(1, len(labels))
    for value, text in marks:
        y = BOTTOM - PLOT * value / most
        chart.lines.append(Line(0, y, 100, y, "axis" if value == 0 else "grid"))
        chart.labels.append(Label(0, y + 4, text, "end", "quiet", dx=-10))
    count = len(series) if are_beside else 1
    width = min(step * 0.76 / count, WIDEST)
    below = [0.0] * len(labels)
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            if value <= 0:
                continue
            first = step * (place + 0.5) - width * count / 2
            x = first + width * number if are_beside else first
            size = PLOT * value / most
            y = BOTTOM - PLOT * below[place] / most - size
            told = f"{labels[place]}, {one.name}: {value:g}"
            chart.rects.append(Rect(x, y, width, size, fills[number][place], told))
            if not are_beside:
                below[place] += value
    _add_texts(chart, labels, values, [BOTTOM - PLOT * top / most for top in tops])
    for limit in limits:
        y = BOTTOM - PLOT * limit.value / most
        chart.lines.append(Line(step * limit.first, y, step * limit.last, y, "limit"))
    for edge in edges:
        if 0 <= edge <= len(labels):
            chart.lines.append(Line(step * edge, TOP, step * edge, BOTTOM, "limit"))
    return chart


def _tops(series: Sequence[Series], count: int, *, are_beside: bool) -> list[float]:
    """Return how high each column is."""
    together = max if are_beside else sum
    return [together(one.values[place] for one in series) for place in range(count)]


def _scale(most: float) -> list[tuple[float, str]]:
    """Return the marks of a scale of counts; there is no half of one."""
    parts = (0, 0.5, 1) if most % 2 == 0 else (0, 1)
    return [(most * part, f"{most * part:g}") for part in parts]


def _add_texts(
    chart: Columns, labels: Sequence[str], values: Sequence[str], tops: Sequence[float]
) -> None:
    """Write each column's label below it, and its number above."""
    count = len(labels)
    steps = {size: width / max(1, count) for size, width in WIDTHS.items()}
    every = {size: _every(labels, step) for size, step in steps.items()}
    room = {size: _with_room(values, tops, step) for size, step in steps.items()}
    for place, text in enumerate(labels):
        x = 100 * (place + 0.5) / count
        hidden = [size for size in WIDTHS if (count - 1 - place) % every[size]]
        chart.labels.append(Label(x, BOTTOM + 21, text, not_in=hidden))
        if values and values[place]:
            hidden = [size for size in WIDTHS if place not in room[size]]
            text, y = values[place], tops[place] - 7
            chart.labels.append(Label(x, y, text, kind="strong", not_in=hidden))


def _every(labels: Sequence[str], step: float) -> int:
    """Return how many columns apart the labels are for none to touch the next."""
    widths, last = [LETTER * len(text) for text in labels], len(labels) - 1
    for every in range(1, last + 1):
        shown = widths[last % every :: every]
        if all((one + other) / 2 + GAP <= every * step for one, other in pairwise(shown)):
            return every
    return max(1, last + 1)


def _with_room(values: Sequence[str], tops: Sequence[float], step: float) -> list[int]:
    """Return the columns that show their number, from the last one back.

    It touches no other number, no column beside it and not the scale.
    """
    widths = [LETTER * len(text) for text in values]
    found: list[int] = []
    for place in reversed(range(len(values))):
        half = widths[place] / 2
        around = ceil(half / step)
        beside = tops[max(0, place - around) : place + around + 1]
        is_free = min(beside) >= tops[place] - REACH and step * (place + 0.5) >= half - BESIDE
        before = found[-1] if found else None
        if is_free and (
            before is None or (before - place) * step >= (widths[before] + widths[place]) / 2 + GAP
        ):
            found.append(place)
    return found
