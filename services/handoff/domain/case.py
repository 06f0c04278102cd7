"""One lead at one moment, as the gates see it: strong human touches and nothing else.

That weak, unsure, late and machine touches cannot make a gate pass is not a rule the gates
follow: a case does not hold them, so there is nothing to look at.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

Standing = Literal["counts", "weak", "unsure", "late"]


class Counted(NamedTuple):
    """One touch as a signal values it at one moment."""

    signal: str
    touch_id: str
    occurred_ms: int
    received_ms: int
    age_ms: int
    value: int
    """Tenths of a point, faded."""
    standing: Standing
    """Whether gates see it; if not, which guard holds it back."""


class Case:
    """What the conditions of a gate are asked about."""

    def __init__(
        self, fit: int, counted: Mapping[str, tuple[Counted, ...]], positive: frozenset[str]
    ) -> None:
        """Build a case.

        ``fit`` is in tenths of a point; ``counted`` holds the touches in their window by
        signal, newest first; ``positive`` names the strong signals with points above zero.
        """
        self.fit = fit
        self.counted = counted
        self.positive = positive

    @cached_property
    def engagement(self) -> int:
        """Tenths of a point of all touches together."""
        return sum(touch.value for touches in self.counted.values() for touch in touches)

    def touches(self, signals: Iterable[str], within_ms: int | None) -> list[Counted]:
        """Return the touches of ``signals`` not older than ``within_ms``, each once."""
        found: dict[str, Counted] = {}
        for signal in signals:
            for touch in self.counted.get(signal, ()):
                if within_ms is None or touch.age_ms <= within_ms:
                    found.setdefault(touch.touch_id, touch)
        return list(found.values())


class Reach(NamedTuple):
    """The best and the worst any lead could ever bring: what a policy makes possible."""

    fit_least: int
    fit_most: int
    at_most: Mapping[str, int]
    """Strong signals that may still be seen, with how many of their touches count."""
    points: Mapping[str, int]
    """Tenths of a point of one fresh touch, of the same signals."""

    @property
    def engagement_most(self) -> int:
        """The engagement of a lead that just did everything."""
        return sum(max(0, self.points[name]) * most for name, most in self.at_most.items())

    def without(self, signals: Iterable[str]) -> "Reach":
        """Return what is left when ``signals`` must not be seen."""
        gone = set(signals)
        return self._replace(
            at_most={name: most for name, most in self.at_most.items() if name not in gone}
        )
