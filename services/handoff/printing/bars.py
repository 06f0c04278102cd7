"""Bars across, a line each: texts are of the page and wrap, only the bars are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from services.handoff.printing.charts import Chart, Rect

THICK = 16.0
LEAST = 0.4
"""Per cent of the width: what happened at all is seen."""
MOST_LETTERS = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its name, its parts from the left, and its number in words.

    ``top`` is the value that would fill the width; ``fills`` has one for each part.
    """

    name: str
    parts: Sequence[float]
    fills: Sequence[int]
    top: float
    value: str
    beside: str = ""
    """More about the number, in quieter letters."""
    note: str = ""
    """More about the name."""
    group: str = ""
    """What it is of, together with those before and after that say the same."""

    @property
    def rects(self) -> list[Rect]:
        """Its parts, one behind the other."""
        found, x = [], 0.0
        for value, fill in zip(self.parts, self.fills, strict=True):
            width = 100 * value / self.top if self.top else 0.0
            if value > 0:
                told = f"{self.name}: {self.value}"
                found.append(Rect(x, 0, min(max(width, LEAST), 100 - x), THICK, fill, told))
            x += width
        return found


@dataclass(frozen=True, kw_only=True)
class Bars(Chart):
    """Everything to draw."""

    kind = "bars"
    bars: Sequence[Bar]
    thick = THICK
    most_letters = MOST_LETTERS

    @property
    def groups(self) -> list[tuple[str, list[Bar]]]:
        """The bars by what they are of, in their order."""
        return [(name, list(some)) for name, some in groupby(self.bars, lambda one: one.group)]


def bars_across(
    name: str,
    title: str,
    description: str,
    bars: Sequence[Bar],
    key: Sequence[tuple[int, str]] = (),
) -> Bars:
    """Return bars from left to right with their numbers."""
    return Bars(name=name, title=title, description=description, key=key, bars=bars)
