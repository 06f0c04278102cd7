"""The geometry of charts; a template draws it as SVG.

Readable in print and without colour: series differ by their hatching, every bar says its
number, and each chart stands beside a table of the same numbers. Nothing here knows what
it draws. Lengths are units of the drawing, from its upper left corner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

WIDTH, HEIGHT = 720.0, 220.0
LEFT, RIGHT, TOP, BOTTOM = 48.0, 710.0, 28.0, 180.0
WIDEST_BAR = 26.0
MOST_LABELS = 14
LETTER = 7.0  # about the width of one


@dataclass(frozen=True, slots=True)
class Series:
    """One row of bars: its name, and a value for each label."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle; ``series`` says how it is filled, ``told`` what it stands for."""

    series: int
    x: float
    y: float
    width: float
    height: float
    told: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A text at a place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything to draw. ``name`` is unique on its page."""

    name: str
    title: str
    bars: tuple[Bar, ...]
    scale: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    legend: tuple[Tick, ...]
    marks: tuple[float, ...] = ()
    """Where dotted vertical lines stand."""


def grouped_bars(name: str, title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """Return the series side by side at each label."""
    top = nice(max((value for one in series for value in one.values), default=0))
    step = _step(labels)
    width = min(WIDEST_BAR, step * 0.8 / max(1, len(series)))
    bars = [
        _bar(
            number,
            LEFT + step * (place + 0.5) + width * (number - len(series) / 2),
            width,
            0,
            value / top,
            f"{labels[place]}, {one.name}: {value:g}",
        )
        for number, one in enumerate(series)
        for place, value in enumerate(one.values)
        if value > 0
    ]
    return _chart(name, title, labels, series, top, bars)


def stacked_bars(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    marks: Sequence[float] = (),
) -> Chart:
    """Return the series on top of each other; ``marks`` are places, counted in labels."""
    totals = [sum(values) for values in zip(*(one.values for one in series), strict=True)]
    top = nice(max(totals, default=0))
    step, below = _step(labels), [0.0] * len(labels)
    bars = []
    for number, one in enumerate(series):
        for place, value in enumerate(one.values):
            if value > 0:
                told = f"{labels[place]}, {one.name}: {value:g}"
                x = LEFT + step * (place + 0.1)
                bars.append(_bar(number, x, step * 0.8, below[place] / top, value / top, told))
                below[place] += value
    lines = tuple(LEFT + step * mark for mark in marks if 0 <= mark <= len(labels))
    return _chart(name, title, labels, series, top, bars, lines)


def _bar(series: int, x: float, width: float, below: float, share: float, told: str) -> Bar:
    plot = BOTTOM - TOP
    return Bar(series, x, BOTTOM - plot * (below + share), width, plot * share, told)


def _chart(
    name: str,
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    top: float,
    bars: Sequence[Bar],
    marks: tuple[float, ...] = (),
) -> Chart:
    step, every = _step(labels), ceil(len(labels) / MOST_LABELS) or 1
    plot = BOTTOM - TOP
    legend, x = [], LEFT
    for one in series:
        legend.append(Tick(x, 14, one.name))
        x += 48 + LETTER * len(one.name)
    return Chart(
        name,
        title,
        tuple(bars),
        tuple(Tick(LEFT - 6, BOTTOM - plot * part, f"{top * part:g}") for part in (0, 0.5, 1)),
        tuple(
            Tick(min(LEFT + step * (place + 0.5), RIGHT - 2 * LETTER), BOTTOM + 18, label)
            for place, label in enumerate(labels)
            if place % every == 0
        ),
        tuple(legend),
        marks,
    )


def _step(labels: Sequence[str]) -> float:
    return (RIGHT - LEFT) / max(1, len(labels))


def nice(most: float) -> float:
    """Return the end of a scale: 1, 2 or 5 times a power of ten, at least 2."""
    if most <= 2:
        return 2
    power = 10.0 ** int(log10(most))
    return next(nice * power for nice in (1, 2, 5, 10) if nice * power >= most)
