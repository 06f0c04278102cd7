"""What all charts have in common: how they are filled, what explains it, and their HTML.

Readable in print and without colour: what differs is filled differently, every bar tells its
number, and each chart stands beside a table of the same numbers. Readable on a phone and on a
wide screen with one drawing: places across are shares of the width, so that letters keep their
size, and what a width has no room for is left out by ``charts.css``. Nothing here knows what
is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log10
from typing import ClassVar, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

SOLID, HATCHED, EMPTY, DOTTED, CROSSED, DASHED = range(6)
"""How a bar is filled; the last is how a limit is drawn."""

Kind = Literal["bars", "columns"]


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each label, and what they are of."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Rect:
    """A part of a bar: across in per cent of the width, up and down in pixels from the top."""

    x: float
    y: float
    width: float
    height: float
    fill: int
    told: str
    """What it stands for."""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What is drawn, by a kind of its own. ``name`` is unique on its page."""

    kind: ClassVar[Kind]
    name: str
    title: str
    description: str
    key: Sequence[tuple[int, str]]
    """What the fills mean; empty where there is nothing to tell apart."""


def as_html(chart: Chart) -> Markup:
    """Return a chart as an element to be put into a page that has ``charts.css``."""
    return Markup(_TEMPLATE.render(chart=chart))  # noqa: S704 - the template escapes


@cache
def styles() -> Markup:
    """Return how charts look, for a page of its own that names the colours."""
    return Markup((files("shared.console") / "static" / "charts.css").read_text())  # noqa: S704 - a file of ours


def nice(most: float) -> float:
    """Return the end of a scale: 1, 2 or 5 times a power of ten, at least 2."""
    if most <= 2:
        return 2
    power = 10.0 ** int(log10(most))
    return next(nice * power for nice in (1, 2, 5, 10) if nice * power >= most)


_TEMPLATE = Environment(
    loader=PackageLoader("services.handoff.printing", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("chart.html")
