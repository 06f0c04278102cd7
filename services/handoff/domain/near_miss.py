"""Near misses: the smallest changes that would make a gate pass.

A change is not computed by a second set of rules: it is tried. The gate is asked again
about the same lead with a few more touches, made just now, or with an unknown criterion
known and met; what is returned did pass.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, islice

from services.handoff.domain.case import Case, Counted
from services.handoff.domain.conditions import (
    DifferentSignals,
    EngagementAtLeast,
    FitAtLeast,
    Group,
    Leaf,
    Not,
    leaves,
    named_signals,
)
from services.handoff.domain.evaluation import Evaluation, GateAnswer
from services.handoff.domain.gates import Answer
from services.handoff.domain.kept import Kept
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import Gate
from services.handoff.domain.questions import FitCriterion, Signal

MOST_CHANGES = 3
"""Changes tried together; beyond that only one signal, more often."""
MOST_OPTIONS = 12
MOST_ALTERNATIVES = 5


@dataclass(frozen=True)
class Shortfall:
    """A condition that stands in the way."""

    condition: Leaf
    wanted: int
    actual: int
    forbidden: tuple[Counted, ...] = ()
    """Under a ``not``: the touches that must not be there."""


@dataclass(frozen=True)
class Change:
    """A set of changes that would make the gate pass."""

    touches: tuple[tuple[str, int], ...]
    """Signals, with how many new touches of each."""
    criteria: tuple[str, ...]
    """Fit criteria nobody knows the answer to, which would have to hold."""
    people: int = 0
    """Other people of the account who would have to do what is asked of them."""

    @property
    def size(self) -> int:
        """How many things would have to happen."""
        return sum(times for _, times in self.touches) + len(self.criteria) + self.people


class SomebodyElse:
    """Another person of the account, as an option."""


@dataclass(frozen=True)
class NearMiss:
    """How far one gate is from passing."""

    gate: Gate
    shortfalls: tuple[Shortfall, ...]
    """What is missing, the nearest way."""
    changes: tuple[Change, ...]
    """Alternatives, all equally small; none when no small change is enough."""


def near_misses(evaluation: Evaluation) -> tuple[NearMiss, ...]:
    """Return how far each gate that does not pass is from passing, the nearest first."""
    misses = [_near_miss(evaluation, answer) for answer in evaluation.answers if not answer.met]
    return tuple(
        sorted(misses, key=lambda miss: miss.changes[0].size if miss.changes else MOST_OPTIONS)
    )


def nearest_gate(evaluation: Evaluation) -> tuple[Gate, tuple[Shortfall, ...]]:
    """Return the gate that is least far from passing, and what stands in its way.

    What one sees at a glance: no change is tried.
    """
    answer = min(evaluation.answers, key=lambda one: _distance(one.answer))
    return answer.gate, tuple(_shortfalls(answer.answer))


def _near_miss(evaluation: Evaluation, answer: GateAnswer) -> NearMiss:
    gate = answer.gate
    tries = (
        change for change in _candidates(evaluation, gate) if _would_pass(evaluation, gate, change)
    )
    first = next(tries, None)
    changes = []
    if first is not None:
        same_size = (change for change in tries if change.size == first.size)
        changes = [first, *islice(same_size, MOST_ALTERNATIVES - 1)]
    return NearMiss(gate, tuple(_shortfalls(answer.answer)), tuple(changes))


def _shortfalls(answer: Answer, wanted: bool = True) -> Iterator[Shortfall]:
    """Yield what keeps ``answer`` from being as ``wanted``; of alternatives the nearest."""
    if answer.met is wanted:
        return
    condition = answer.condition
    if isinstance(condition, Not):
        yield from _shortfalls(answer.of[0], not wanted)
    elif isinstance(condition, Group):
        wrong = sorted((each for each in answer.of if each.met is not wanted), key=_distance)
        needed = condition.needed if wanted else len(condition.of) - condition.needed + 1
        for each in wrong[: needed - (len(answer.of) - len(wrong))]:
            yield from _shortfalls(each, wanted)
    else:
        forbidden = () if wanted else answer.because
        yield Shortfall(condition, answer.wanted, answer.actual, forbidden)


def _distance(answer: Answer) -> float:
    """Return how far an answer is from turning, as a share of what is wanted."""
    if answer.of:
        distances = sorted(_distance(each) for each in answer.of if not each.met)
        return sum(distances[: max(1, answer.short)])
    return answer.short / max(1, abs(answer.wanted))


def _candidates(evaluation: Evaluation, gate: Gate) -> Iterator[Change]:
    """Yield sets of changes, the smallest first."""
    people = max((leaf.at_least for leaf in _about_people(gate)), default=0)
    options: list[Signal | FitCriterion | SomebodyElse] = [
        *([SomebodyElse()] if people else ()),
        *_useful_signals(evaluation, gate),
        *_unknown_criteria(evaluation, gate),
    ]
    options = options[:MOST_OPTIONS]
    for size in range(1, MOST_CHANGES + 1):
        for chosen in combinations_with_replacement(options, size):
            criteria = [each.name for each in chosen if isinstance(each, FitCriterion)]
            if len(set(criteria)) == len(criteria):
                times = Counter(each.name for each in chosen if isinstance(each, Signal))
                more = sum(isinstance(each, SomebodyElse) for each in chosen)
                yield Change(tuple(times.items()), tuple(criteria), more)
    often = [signal for signal in options if isinstance(signal, Signal)]
    longest = max(people, *(each.at_most for each in often), 0)
    for size in range(MOST_CHANGES + 1, longest + 1):
        if size <= people:
            yield Change((), (), size)
        for signal in often:
            if size <= signal.at_most:
                yield Change(((signal.name, size),), ())


def _about_people(gate: Gate) -> Iterator[PeopleSeen]:
    return (leaf for leaf in leaves(gate.when) if isinstance(leaf, PeopleSeen))


def _useful_signals(evaluation: Evaluation, gate: Gate) -> list[Signal]:
    """Return the strong signals that could help: named by the gate, or worth points."""
    asked = list(leaves(gate.when))
    named = {name for leaf in asked for name in named_signals(leaf)}
    any_helps = any(
        isinstance(leaf, EngagementAtLeast | DifferentSignals)
        or (isinstance(leaf, PeopleSeen) and not leaf.signals)
        for leaf in asked
    )
    useful = [
        signal
        for signal in evaluation.version.strong_signals
        if signal.name in named or (any_helps and signal.points > 0)
    ]
    return sorted(useful, key=lambda signal: -signal.points)


def _unknown_criteria(evaluation: Evaluation, gate: Gate) -> list[FitCriterion]:
    if not any(isinstance(leaf, FitAtLeast) for leaf in leaves(gate.when)):
        return []
    return [
        factor.criterion
        for factor in evaluation.fit_factors
        if factor.holds is None and factor.criterion.points > 0
    ]


def _would_pass(evaluation: Evaluation, gate: Gate, change: Change) -> bool:
    case = evaluation.case
    times = dict(change.touches)

    def remembered(signal: Signal) -> tuple[Kept, ...]:
        fresh = tuple(
            Kept(case.at_ms, f"new-{number}-{signal.name}", -case.at_ms, "", False)
            for number in range(times.get(signal.name, 0))
        )
        return (fresh + case.kept(signal))[: signal.at_most]

    more_fit = sum(
        factor.criterion.points
        for factor in evaluation.fit_factors
        if factor.criterion.name in change.criteria
    )
    signals = tuple(case.signals.values())
    colleagues = case.colleagues.and_strangers(change.people)
    fit = case.fit + more_fit
    return gate.passes(
        Case(fit, case.at_ms, signals, remembered, facts=case.facts, colleagues=colleagues)
    )
