"""A policy's questions: about behaviour (signals), about who the lead is (fit), about never.

Points are whole tenths everywhere (``300`` is 30 points), so that sums on screen are exact.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from services.handoff.domain.facts import FactCondition

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Titles:
    """What people read, in both languages."""

    es: str
    en: str


@dataclass(frozen=True)
class Signal:
    """A question about behaviour: which touches count, for how much, for how long."""

    name: str
    title: Titles
    touches: tuple[str, ...]
    """Kinds of touch that may count."""
    points: int
    """Tenths of a point for one fresh touch; may be negative."""
    at_most: int
    """Only this many latest touches count."""
    where: FactCondition | None = None
    """What else must be true of the touch's properties."""
    distinct_by: str | None = None
    """Of touches with the same value at this property, only the latest counts."""
    half_life: timedelta | None = None
    """Time in which a touch loses half of its points; None: it does not fade."""
    within: timedelta | None = None
    """Greatest age at which a touch still counts; None: it always does."""
    weak: bool = False
    """A weak signal can never be what makes a gate pass."""

    def worth(self, age_ms: int) -> int:
        """Return what a touch of this age, inside the window, is worth, in tenths.

        Half of the points are left after each half-life. A touch from a clock a little
        ahead of ours has just happened.
        """
        if self.half_life_ms is None or age_ms <= 0:
            return self.points
        left: float = 0.5 ** (age_ms / self.half_life_ms)
        return round(self.points * left)

    @cached_property
    def half_life_ms(self) -> int | None:
        """The half-life in milliseconds."""
        return None if self.half_life is None else self.half_life // _MILLISECOND

    @cached_property
    def within_ms(self) -> int | None:
        """The window in milliseconds."""
        return None if self.within is None else self.within // _MILLISECOND


@dataclass(frozen=True)
class FitCriterion:
    """A question about who the lead is, worth points that do not fade."""

    name: str
    title: Titles
    when: FactCondition
    points: int


@dataclass(frozen=True)
class Exclusion:
    """A reason never to hand a lead over."""

    name: str
    title: Titles
    when: FactCondition
