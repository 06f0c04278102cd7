"""Charts as shapes, and shapes as SVG: bars across, and columns.

Readable in print and without colour: what differs is filled differently, every bar has its
number beside it or tells it, and each drawing has a title and a description for those who
cannot see it. Nothing here knows what it draws. Lengths are units of the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from services.handoff.printing.charts import MOST_LABELS, Series, nice

WIDTH = 720.0
LETTER = 6.6  # about the width of one at 12 units
RIGHT = 710.0
LEGEND_Y = 14.0
MOST_VALUES = 16  # columns that still have room for their number

Anchor = Literal["start", "middle", "end"]

SOLID, HATCHED, EMPTY, DOTTED, CROSSED = range(5)
"""How a bar is filled."""


@dataclass(frozen=True, slots=True)
class Rect:
    """A bar; ``told`` is what it stands for."""

    x: float
    y: float
    width: float
    height: float
    fill: int
    told: str = ""


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
    """A text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    kind: Literal["plain", "quiet", "strong"] = "plain"


@dataclass
class Drawing:
    """Everything to draw. ``name`` is unique on its page."""

    name: str
    title: str
    description: str
    height: float
    rects: list[Rect] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def add_legend(self, names: Sequence[tuple[int, str]]) -> None:
        """Say at the top what the fills mean."""
        x = 8.0
        for fill, text in names:
            self.rects.append(Rect(x, LEGEND_Y - 10, 16, 11, fill))
            self.labels.append(Label(x + 22, LEGEND_Y, text))
            x += 44 + LETTER * len(text)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of bars across: its name, its parts from the left, and what stands behind them.

    ``top`` is the value that would fill the width; ``fills`` has one for each part.
    """

    name: str
    parts: Sequence[float]
    fills: Sequence[int]
    top: float
    value: str
    beside: str = ""
    """More, in quieter letters."""


def bars_across(
    name: str,
    title: str,
    description: str,
    bars: Sequence[Bar],
    legend: Sequence[tuple[int, str]] = (),
) -> Drawing:
    """Return bars from left to right, one line each, with their numbers behind them."""
    row, thick = 34.0, 20.0
    top = 28.0 if legend else 6.0
    left = min(250.0, 16 + LETTER * max((len(one.name) for one in bars), default=0))
    behind = max((len(one.value) + len(one.beside) for one in bars), default=0)
    right = max(left + 120, RIGHT - 20 - LETTER * behind)
    drawing = Drawing(name, title, description, top + row * len(bars) + 8)
    drawing.lines.append(Line(left, top - 2, left, top + row * len(bars), "axis"))
    for number, one in enumerate(bars):
        y = top + row * number + (row - thick) / 2
        drawing.labels.append(Label(left - 8, y + 14.5, _short(one.name, left), "end"))
        x = left
        for value, fill in zip(one.parts, one.fills, strict=True):
            width = (right - left) * value / one.top if one.top else 0.0
            if value > 0:
                told = f"{one.name}: {one.value}"
                drawing.rects.append(Rect(x, y, max(width, 1.0), thick, fill, told))
            x += width
        drawing.labels.append(Label(x + 8, y + 14.5, one.value, kind="strong"))
        if one.beside:
            place = x + 18 + (LETTER + 0.6) * len(one.value)
            drawing.labels.append(Label(place, y + 14.5, one.beside, kind="quiet"))
    if legend:
        drawing.add_legend(legend)
    return drawing


def _short(text: str, left: float) -> str:
    most = int((left - 12) / LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"


@dataclass(frozen=True, slots=True)
class Limit:
    """A dashed line across some columns, from ``first`` to before ``last``, at a value."""

    first: int
    last: int
    value: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A dashed line up and down at a place counted in columns."""

    place: float
    text: str


def columns(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    fills: Sequence[Sequence[int]],
    values: Sequence[str],
    scale: Sequence[tuple[float, str]] = (),
    limits: Sequence[Limit] = (),
    edges: Sequence[Edge] = (),
    legend: Sequence[tuple[int, str]] = (),
) -> Drawing:
    """Return columns, the series of each on top of each other.

    ``fills`` has one for each series and column, ``values`` is what stands above a column,
    ``scale`` the marks of the axis; without it the scale is found.
    """
    height, left, above = 240.0, 52.0, 46.0 if legend or edges else 30.0
    below = height - 34.0
    totals = [sum(each) for each in zip(*(one.values for one in series), strict=True)]
    highest = max([*totals, *(one.value for one in limits)], default=0)
    most = scale[-1][0] if scale else nice(highest)
    marks = scale or [(most * part, f"{most * part:g}") for part in (0, 0.5, 1)]
    step, plot = (RIGHT - left) / max(1, len(labels)), below - above
    drawing = Drawing(name, title, description, height)
    for value, text in marks:
        y = below - plot * value / most
        drawing.lines.append(Line(left, y, RIGHT, y, "axis" if value == 0 else "grid"))
        drawing.labels.append(Label(left - 7, y + 4, text, "end", "quiet"))
    width = min(step * 0.72, 64.0)
    base = [0.0] * len(labels)
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            if value <= 0:
                continue
            x = left + step * (place + 0.5) - width / 2
            size = plot * value / most
            y = below - plot * base[place] / most - size
            told = f"{labels[place]}, {one.name}: {value:g}"
            drawing.rects.append(Rect(x, y, width, size, fills[number][place], told))
            base[place] += value
    every = ceil(len(labels) / MOST_LABELS) or 1
    for place, text in enumerate(labels):
        x = left + step * (place + 0.5)
        if place % every == 0:
            drawing.labels.append(Label(x, below + 18, text, "middle"))
        if values[place] and len(labels) <= MOST_VALUES:
            y = below - plot * base[place] / most - 6
            drawing.labels.append(Label(x, y, values[place], "middle", "strong"))
    for limit in limits:
        y = below - plot * limit.value / most
        drawing.lines.append(
            Line(left + step * limit.first, y, left + step * limit.last, y, "limit")
        )
        if limit.text:
            drawing.labels.append(Label(RIGHT, y - 5, limit.text, "end", "quiet"))
    for number, edge in enumerate(edges):
        x, y = left + step * edge.place, above - 8 - 13.0 * (number % 2)
        drawing.lines.append(Line(x, y + 3, x, below, "limit"))
        drawing.labels.append(Label(x, y, edge.text, "middle", "quiet"))
    if legend:
        drawing.add_legend(legend)
    return drawing


def as_svg(drawing: Drawing) -> Markup:
    """Return a drawing as an SVG element, to be put into a page as it is."""
    return Markup(_TEMPLATE.render(drawing=drawing, width=WIDTH))  # noqa: S704 - it escapes


_TEMPLATE = Environment(
    loader=PackageLoader("services.handoff.printing", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("drawing.svg")
