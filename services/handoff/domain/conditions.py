"""The conditions of a gate: each a question with a number to reach.

A condition is a frozen dataclass with its ``kind`` (the word in the policy file), the
number that is wanted, and the number a case has, with the touches behind it. Everything
else follows from that: met or not, by how much, the near miss, the proof that a gate can
be reached, the parser and its messages, the JSON Schema.

A new condition is one class here, one name in ``LEAVES``, and its words in ``texts``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import ClassVar, Literal, Protocol

from services.handoff.domain.asking import Unit, asks
from services.handoff.domain.case import Case, Counted, Reach, newest_first
from services.handoff.domain.kept import Kept
from services.handoff.domain.people import PeopleSeen

_MILLISECOND = timedelta(milliseconds=1)


class Leaf(Protocol):
    """What every condition on a lead answers. Met means: ``actual`` reaches ``wanted``."""

    kind: ClassVar[str]
    doc: ClassVar[str]
    unit: ClassVar[Unit]
    """Of ``wanted`` and ``actual``; points are tenths."""
    number: ClassVar[str]
    """The field that holds ``wanted``."""
    noun: ClassVar[str]
    """What is counted, in English, for messages about a policy file."""

    @property
    def wanted(self) -> int:
        """The number to reach; above zero but for fit: having done nothing is never enough."""
        ...

    def actual(self, case: Case) -> int:
        """The number ``case`` has."""
        ...

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """The touches that make up ``actual``, newest first."""
        ...

    def span(self, reach: Reach) -> tuple[int, int]:
        """The least and the most any lead could have."""
        ...


def _ms(duration: timedelta | None) -> int | None:
    return None if duration is None else duration // _MILLISECOND


@dataclass(frozen=True)
class SignalSeen:
    """One of the signals was seen, often enough and lately enough."""

    kind: ClassVar[str] = "signal"
    doc: ClassVar[str] = "One of these signals was seen."
    unit: ClassVar[Unit] = "touches"
    number: ClassVar[str] = "times"
    noun: ClassVar[str] = "touches"

    signal: tuple[str, ...] = field(
        metadata=asks("signals", "The signal, or several: any of them counts.")
    )
    times: int = field(default=1, metadata=asks("count", "How many touches are needed."))
    within: timedelta | None = field(
        default=None, metadata=asks("duration", "Only touches not older than this.")
    )

    @property
    def wanted(self) -> int:
        """Touches needed."""
        return self.times

    def actual(self, case: Case) -> int:
        """Touches seen."""
        within = self.within_ms
        if len(self.signal) == 1:
            return len(case.recent(self.signal[0], within))
        seen = [name for name in self.signal if name in case.seen]
        return len({touch.touch_id for name in seen for touch in case.recent(name, within)})

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """The touches seen."""
        return newest_first(self._seen(case).values())

    @cached_property
    def within_ms(self) -> int | None:
        """The window in milliseconds."""
        return _ms(self.within)

    def _seen(self, case: Case) -> dict[str, Counted]:
        """Return each touch once, however many of the signals count it."""
        within = self.within_ms
        seen: dict[str, Counted] = {}
        for name in self.signal:
            for touch in case.counted(name, case.recent(name, within)):
                seen.setdefault(touch.touch_id, touch)
        return seen

    def span(self, reach: Reach) -> tuple[int, int]:
        """Between none and as many as the signals count."""
        return 0, sum(reach.at_most.get(name, 0) for name in dict.fromkeys(self.signal))


@dataclass(frozen=True)
class FitAtLeast:
    """The lead fits well enough."""

    kind: ClassVar[str] = "fit"
    doc: ClassVar[str] = "The fit score reaches a number."
    unit: ClassVar[Unit] = "points"
    number: ClassVar[str] = "at_least"
    noun: ClassVar[str] = "points of fit"

    at_least: int = field(metadata=asks("points", "Points of fit needed."))

    @property
    def wanted(self) -> int:
        """Tenths of a point needed."""
        return self.at_least

    def actual(self, case: Case) -> int:
        """Tenths of a point of fit."""
        return case.fit

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """No touch: fit is who the lead is."""
        return ()

    def span(self, reach: Reach) -> tuple[int, int]:
        """Between all negative and all positive criteria."""
        return reach.fit_least, reach.fit_most


@dataclass(frozen=True)
class EngagementAtLeast:
    """The lead did enough, lately."""

    kind: ClassVar[str] = "engagement"
    doc: ClassVar[str] = "The engagement score, weak signals not counted, reaches a number."
    unit: ClassVar[Unit] = "points"
    number: ClassVar[str] = "at_least"
    noun: ClassVar[str] = "points of engagement"

    at_least: int = field(metadata=asks("positive_points", "Points of engagement needed."))

    @property
    def wanted(self) -> int:
        """Tenths of a point needed."""
        return self.at_least

    def actual(self, case: Case) -> int:
        """Tenths of a point of engagement."""
        return case.engagement

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """The touches that brought points."""
        counted = (case.counted(name, case.recent(name)) for name in case.signals)
        return newest_first(touch for each in counted for touch in each if touch.value > 0)

    def span(self, reach: Reach) -> tuple[int, int]:
        """Up to everything at once; nothing is always possible."""
        return 0, reach.engagement_most


@dataclass(frozen=True)
class DifferentSignals:
    """The lead did different things, not one thing often.

    Only signals with points above zero count, and one touch stands for one signal only,
    even where two signals count it.
    """

    kind: ClassVar[str] = "different_signals"
    doc: ClassVar[str] = (
        "Different signals with points above zero were seen, each by its own touch."
    )
    unit: ClassVar[Unit] = "signals"
    number: ClassVar[str] = "at_least"
    noun: ClassVar[str] = "different signals"

    at_least: int = field(metadata=asks("count", "How many different signals are needed."))
    within: timedelta | None = field(
        default=None, metadata=asks("duration", "Only touches not older than this.")
    )

    @property
    def wanted(self) -> int:
        """Signals needed."""
        return self.at_least

    def actual(self, case: Case) -> int:
        """Signals seen."""
        return len(self._pairs(case))

    def evidence(self, case: Case) -> tuple[Counted, ...]:
        """One touch for each signal."""
        pairs = self._pairs(case).items()
        return newest_first(each for name, kept in pairs for each in case.counted(name, (kept,)))

    def span(self, reach: Reach) -> tuple[int, int]:
        """Between none and all signals with points above zero."""
        return 0, sum(1 for name in reach.at_most if reach.points[name] > 0)

    @cached_property
    def within_ms(self) -> int | None:
        """The window in milliseconds."""
        return _ms(self.within)

    def _pairs(self, case: Case) -> dict[str, Kept]:
        """Give as many signals as possible a touch of their own."""
        within, signals = self.within_ms, case.signals
        choices = {
            name: touches
            for name in case.seen
            if signals[name].points > 0 and (touches := case.recent(name, within))
        }
        newest = {name: touches[0] for name, touches in choices.items()}
        if len({touch.touch_id for touch in newest.values()}) == len(newest):
            return newest
        return _paired(choices)


def _paired(choices: Mapping[str, Sequence[Kept]]) -> dict[str, Kept]:
    """Return a largest pairing of signals with touches (augmenting paths)."""
    taken: dict[str, str] = {}
    chosen: dict[str, Kept] = {}

    def seat(signal: str, tried: set[str]) -> bool:
        for touch in choices[signal]:
            if touch.touch_id in tried:
                continue
            tried.add(touch.touch_id)
            if touch.touch_id not in taken or seat(taken[touch.touch_id], tried):
                taken[touch.touch_id] = signal
                chosen[signal] = touch
                return True
        return False

    for signal in choices:
        seat(signal, set())
    return chosen


LEAVES: tuple[
    type[SignalSeen | FitAtLeast | EngagementAtLeast | DifferentSignals | PeopleSeen], ...
] = (
    SignalSeen,
    FitAtLeast,
    EngagementAtLeast,
    DifferentSignals,
    PeopleSeen,
)
"""Every condition on a lead. The parser and the JSON Schema read this."""


@dataclass(frozen=True)
class Group:
    """Several conditions, of which ``needed`` must be met."""

    kind: Literal["all", "any", "at_least"]
    needed: int
    of: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The condition must not be met."""

    kind: ClassVar[str] = "not"
    condition: "Condition"


Condition = Leaf | Group | Not


def named_signals(leaf: Leaf) -> tuple[str, ...]:
    """Return the signals a condition names."""
    if isinstance(leaf, SignalSeen):
        return leaf.signal
    return leaf.signals if isinstance(leaf, PeopleSeen) else ()


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield every condition on a lead inside ``condition``, in order."""
    if isinstance(condition, Group):
        for each in condition.of:
            yield from leaves(each)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        yield condition
