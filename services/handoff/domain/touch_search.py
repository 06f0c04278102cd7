"""Making up touches that make some conditions on a lead met and others not.

Touch by touch: each must bring a condition nearer and make none met that must not be. What
touches count for is asked of the fold, what they are worth of the conditions themselves.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.conditions import (
    DifferentSignals,
    EngagementAtLeast,
    FitAtLeast,
    Leaf,
    SignalSeen,
    named_signals,
)
from services.handoff.domain.effort import Effort
from services.handoff.domain.example_touches import Example, ExampleTouches
from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import Signal
from services.handoff.domain.scores import case_of, evidence_of
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import TouchFact, epoch_ms

Way = list[tuple[Leaf, bool]]
"""Conditions on a lead, each with whether it is to be met."""

STEPS_OF_A_TOUCH = 20
"""Folding a touch and asking about it, in steps of comparing."""
_MOMENT = timedelta(milliseconds=1)
# Naming signals asks for the most, points for the least.
_HARDEST_FIRST = (SignalSeen, DifferentSignals, EngagementAtLeast)


class TouchSearch:
    """One search: the touches so far, and what they must not make met."""

    def __init__(
        self,
        version: PolicyVersion,
        at: datetime,
        examples: ExampleTouches,
        effort: Effort,
        colleagues: Colleagues = NO_COLLEAGUES,
    ) -> None:
        """Begin with a lead that did nothing, asked about at ``at`` beside ``colleagues``."""
        self.touches: list[TouchFact] = []
        self._version = version
        self._at = at
        self._examples = examples
        self._effort = effort
        self._colleagues = colleagues
        self._state = no_signals(version)
        self._used: dict[str, int] = {}

    def run(self, way: Way, with_losses: bool) -> bool:
        """Answer ``way``, conditions on fit aside; return whether that was possible.

        ``with_losses``: begin with touches that take points away. Raises ``Undecided``.
        """
        asked = [(leaf, met) for leaf, met in way if not isinstance(leaf, FitAtLeast)]
        unmet = [leaf for leaf, met in asked if not met]
        named = (leaf.signal for leaf in unmet if isinstance(leaf, SignalSeen))
        avoided = frozenset(name for names in named for name in names)
        ages = _ages(self._version, [leaf for leaf, _ in asked])
        if with_losses:
            losing = [one for one in self._version.strong_signals if one.points < 0]
            for example in self._examples.of(losing, avoided):
                self._add(example, ages[0], unmet, None)
        wanted = sorted((leaf for leaf, met in asked if met), key=_hardness)
        return all(self._reach(leaf, ages, unmet, avoided) for leaf in wanted)

    def _reach(
        self, leaf: Leaf, ages: list[timedelta], unmet: list[Leaf], avoided: frozenset[str]
    ) -> bool:
        """Add touches until ``leaf`` is met; return whether it is."""
        while self._actual(leaf) < leaf.wanted:
            examples = self._examples.of(_helping(leaf, self._version), avoided)
            tries = ((example, age) for example in examples for age in ages)
            if not any(self._add(example, age, unmet, leaf) for example, age in tries):
                return False
        return True

    def _add(
        self, example: Example, age: timedelta, unmet: list[Leaf], nearer: Leaf | None
    ) -> bool:
        """Add one touch, unless it does not help or makes met what must not be."""
        self._effort.spend(STEPS_OF_A_TOUCH)
        used = self._used.get(example.kind, 0)
        properties = example.variants[used % len(example.variants)]
        moment = self._at - age
        touch_id = f"example-{len(self.touches) + 1}"
        touch = TouchFact(touch_id, example.kind, moment, moment, "human", properties)
        before = self._state
        actual = None if nearer is None else self._actual(nearer)
        self._state = fold(self._version, before, [touch])
        helps = nearer is None or actual is None or self._actual(nearer) > actual
        if not helps or any(self._actual(leaf) >= leaf.wanted for leaf in unmet):
            self._state = before
            return False
        self.touches.append(touch)
        self._used[example.kind] = used + 1
        return True

    def _actual(self, leaf: Leaf) -> int:
        seen = evidence_of(self._version, self._state)
        case = case_of(
            self._version,
            0,
            self._state,
            epoch_ms(self._at),
            seen,
            colleagues=self._colleagues,
        )
        return leaf.actual(case)


def _hardness(leaf: Leaf) -> int:
    kinds = [place for place, kind in enumerate(_HARDEST_FIRST) if isinstance(leaf, kind)]
    return kinds[0] if kinds else len(_HARDEST_FIRST)


def _helping(leaf: Leaf, version: PolicyVersion) -> list[Signal]:
    """Return the signals that may bring ``leaf`` nearer, the most promising first."""
    named = named_signals(leaf)
    if named:
        return [signal for signal in version.strong_signals if signal.name in named]
    good = [signal for signal in version.strong_signals if signal.points > 0]
    return sorted(good, key=lambda signal: -signal.points)


def _ages(version: PolicyVersion, leaves: Iterable[Leaf]) -> list[timedelta]:
    """Return how old touches are made: just now, or just inside or outside of a window."""
    spans = {*(getattr(leaf, "within", None) for leaf in leaves)}
    spans |= {signal.within for signal in version.signals}
    fading = {signal.half_life for signal in version.signals if signal.half_life is not None}
    inside = {span for span in spans if span is not None}
    inside |= {half_life * times for half_life in fading for times in (1, 3, 10)}
    return sorted({timedelta(0), *inside, *(span + _MOMENT for span in inside)})
