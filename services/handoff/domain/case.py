"""One lead at one moment, as the gates see it: certain touches of strong signals, no more.

That weak, unsure, late and machine touches cannot make a gate pass is not a rule the gates
follow: a case does not hold them, so there is nothing to look at.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.facts import Facts
from services.handoff.domain.kept import Kept
from services.handoff.domain.questions import Signal

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
    colleague: str | None = None
    """The lead who did it, where that is somebody else of the account."""


def newest_first(touches: Iterable[Counted]) -> tuple[Counted, ...]:
    """Return ``touches`` by the time they happened, the newest first."""
    return tuple(sorted(touches, key=lambda touch: (-touch.occurred_ms, touch.touch_id)))


NO_FACTS: Facts = {}


class Case:
    """What the conditions of a gate are asked about. Nothing is read before it is asked."""

    def __init__(
        self,
        fit: int,
        at_ms: int,
        signals: Iterable[Signal] | dict[str, Signal],
        remembered: Callable[[Signal], tuple[Kept, ...]],
        seen: Collection[str] | None = None,
        facts: Facts = NO_FACTS,
        colleagues: Colleagues = NO_COLLEAGUES,
    ) -> None:
        """Build a case.

        ``fit`` is in tenths of a point. ``remembered`` returns the touches of one of
        ``signals``, newest first. ``seen`` names, in their order, the signals that may
        remember any; all when None. ``facts`` are the lead's and its account's.
        """
        self.fit = fit
        self.at_ms = at_ms
        self.signals = (
            signals if isinstance(signals, dict) else {signal.name: signal for signal in signals}
        )
        self.seen: Collection[str] = self.signals if seen is None else seen
        self.facts = facts
        self.colleagues = colleagues
        self._remembered = remembered
        self._kept: dict[str, tuple[Kept, ...]] = {}
        self._engagement: int | None = None

    def kept(self, signal: Signal) -> tuple[Kept, ...]:
        """Return the touches ``signal`` remembers, newest first, too old ones included."""
        name = signal.name
        kept = self._kept.get(name)
        if kept is None:
            kept = self._kept[name] = self._remembered(signal) if name in self.seen else ()
        return kept

    @property
    def engagement(self) -> int:
        """Tenths of a point of all touches together."""
        if self._engagement is None:
            self._engagement = self._sum()
        return self._engagement

    def _sum(self) -> int:
        total = 0
        for name in self.seen:
            signal = self.signals[name]
            for touch in self.recent(name):
                total += signal.worth(self.at_ms - touch.occurred_ms)
        return total

    def recent(self, name: str, within_ms: int | None = None) -> tuple[Kept, ...]:
        """Return the touches the signal ``name`` counts that are not older than ``within_ms``."""
        if name not in self.seen:
            return ()
        signal = self.signals[name]
        touches = self.kept(signal)
        limit = signal.within_ms
        if limit is None or (within_ms is not None and within_ms < limit):
            limit = within_ms
        if limit is None:
            return touches
        oldest_ms = self.at_ms - limit
        if not touches or touches[-1].occurred_ms >= oldest_ms:
            return touches
        for number, touch in enumerate(touches):
            if touch.occurred_ms < oldest_ms:
                return touches[:number]
        return touches

    def counted(self, name: str, touches: Iterable[Kept]) -> tuple[Counted, ...]:
        """Return ``touches`` of the signal ``name`` with what is left of their points."""
        signal = self.signals.get(name)
        return valued(signal, touches, self.at_ms, "counts") if signal else ()


def valued(
    signal: Signal, touches: Iterable[Kept], at_ms: int, standing: Standing
) -> tuple[Counted, ...]:
    """Return those of ``touches`` that still count, each with what is left of its points."""
    counted = []
    for touch in touches:
        age_ms = max(0, at_ms - touch.occurred_ms)
        if signal.within_ms is None or age_ms <= signal.within_ms:
            ids = (signal.name, touch.touch_id, touch.occurred_ms, touch.received_ms)
            counted.append(Counted(*ids, age_ms, signal.worth(age_ms), standing))
    return tuple(counted)


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
