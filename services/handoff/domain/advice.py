"""What went with a yes of sales, and with a deal: advice for the next version of a policy.

For each signal and fit criterion, the leads that had it at the decision are compared with
those that had not: how many times as often were they accepted, how many times as often
won. What a lead had is read from what was frozen then, not from what is known now.

Advice decides nothing. It compares leads that were handed over and no others, it does not
take apart what came together, and among many comparisons some stand out by chance.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, NamedTuple

from services.handoff.domain.intervals import Interval, ratio_interval
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import FitCriterion, Signal
from services.handoff.domain.results import HandedOver, Result, acceptance, winning

Standing = Literal["nothing_to_compare", "too_few", "unclear", "more", "less"]
Outcome = Literal["accepted", "won"]
OUTCOMES: tuple[Outcome, ...] = ("accepted", "won")
CERTAIN = ("counts", "weak")

FEWEST_LEADS = 10
"""Leads with a known result that either side of a comparison needs."""

LEAST_EXPECTED = 5
"""Cases that each of the four cells should hold if nothing differed (Cochran's rule)."""


class Had(NamedTuple):
    """What a lead had at the decision: True, None where nobody can be certain, else False."""

    signals: Mapping[str, bool | None]
    """Signals that are not here were not seen."""
    fit: Mapping[str, bool | None]


def had(evaluation: Mapping[str, Any]) -> Had:
    """Return what a lead had, by an explained evaluation.

    A signal of which only doubtful touches were seen (perhaps a machine's, or much too
    late) is neither a yes nor a no; nor is a criterion whose facts nobody knew.
    """
    return Had(
        signals={
            factor["name"]: True
            if any(touch["standing"] in CERTAIN for touch in factor["touches"])
            else None
            for factor in evaluation["engagement"]["factors"]
        },
        fit={
            factor["name"]: {"yes": True, "no": False}.get(factor["holds"])
            for factor in evaluation["fit"]["factors"]
        },
    )


class Alike(NamedTuple):
    """Hand-offs that count alike now: one of them, what their leads had, and how many they are."""

    example: HandedOver
    having: Had | None
    """None: it was not stored."""
    handoffs: int = 1


class Share(NamedTuple):
    """So many good cases among those whose result is known."""

    good: int
    cases: int


@dataclass(frozen=True)
class Lift:
    """How many times as often leads with something had a good result as leads without it."""

    having: Share
    lacking: Share
    unknown: int
    """Hand-offs with a known result of which nobody knows whether they had it."""

    @property
    def ratio(self) -> float | None:
        """The one share divided by the other; None where there is nothing to divide by."""
        if not (self.having.cases and self.lacking.good):
            return None
        return (self.having.good / self.having.cases) / (self.lacking.good / self.lacking.cases)

    @cached_property
    def interval(self) -> Interval:
        """What the ratio may really be."""
        return ratio_interval(*self.having, *self.lacking)

    @property
    def standing(self) -> Standing:
        """What may be said: nothing, that chance may be the reason, or which way it goes."""
        if not (self.having.cases and self.lacking.cases):
            return "nothing_to_compare"
        if self._is_too_few:
            return "too_few"
        low, high = self.interval
        return "more" if low > 1 else "less" if high < 1 else "unclear"

    @property
    def _is_too_few(self) -> bool:
        sides = (self.having.cases, self.lacking.cases)
        good = self.having.good + self.lacking.good
        rarer = min(good, sum(sides) - good)
        return min(sides) < FEWEST_LEADS or min(sides) * rarer / sum(sides) < LEAST_EXPECTED


@dataclass(frozen=True)
class Compared:
    """A signal or criterion of the version, with its lift for each outcome."""

    question: Signal | FitCriterion
    lifts: Mapping[Outcome, Lift]

    @property
    def kind(self) -> Literal["signal", "fit"]:
        """Which of the two it is."""
        return "signal" if isinstance(self.question, Signal) else "fit"


@dataclass(frozen=True)
class Advice:
    """What the hand-offs of one version say, question by question, in the policy's order."""

    compared: tuple[Compared, ...]
    handoffs: int
    results: Mapping[Outcome, Counter[Result]]
    unrecorded: int
    """Hand-offs of which it was not stored what their lead had."""

    @property
    def comparisons(self) -> int:
        """How many comparisons say something: so many chances to be wrong."""
        return sum(
            lift.standing in ("more", "less", "unclear")
            for one in self.compared
            for lift in one.lifts.values()
        )


def advise(version: PolicyVersion, rows: Iterable[Alike], now: datetime) -> Advice:
    """Compare the hand-offs of ``version`` by what their leads had."""
    questions: tuple[Signal | FitCriterion, ...] = (*version.signals, *version.fit)
    cells = [Cells() for _ in questions]
    everybody = Cells()
    unrecorded = 0
    for one, having, handoffs in rows:
        found = acceptance(one, now), winning(one)
        everybody[None, found] += handoffs
        if having is None:
            unrecorded += handoffs
            continue
        for question, counts in zip(questions, cells, strict=True):
            counts[_answer(question, having), found] += handoffs
    return Advice(
        compared=tuple(
            Compared(question, {name: _lift(counts, place) for place, name in enumerate(OUTCOMES)})
            for question, counts in zip(questions, cells, strict=True)
        ),
        handoffs=everybody.total(),
        results={name: _results(everybody, place) for place, name in enumerate(OUTCOMES)},
        unrecorded=unrecorded,
    )


Cells = Counter[tuple[bool | None, tuple[Result, Result]]]
"""How many, by whether the lead had it and by the result of each outcome."""


def _answer(question: Signal | FitCriterion, having: Had) -> bool | None:
    if isinstance(question, Signal):
        return having.signals.get(question.name, False)
    return having.fit.get(question.name)


def _lift(cells: Cells, place: int) -> Lift:
    counts: Counter[tuple[bool | None, Result]] = Counter()
    for (answer, found), count in cells.items():
        counts[answer, found[place]] += count

    def share(answer: bool | None) -> Share:
        return Share(counts[answer, "good"], counts[answer, "good"] + counts[answer, "bad"])

    return Lift(share(True), share(False), share(None).cases)


def _results(cells: Cells, place: int) -> Counter[Result]:
    counts: Counter[Result] = Counter()
    for (_, found), count in cells.items():
        counts[found[place]] += count
    return counts
