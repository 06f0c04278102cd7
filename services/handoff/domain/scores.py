"""The two scores, and every term they are made of.

Each term is rounded to a tenth of a point before anything is added, and gates use the same
tenths: the sum on screen is the number, and the number is what was judged.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from services.handoff.domain.case import NO_FACTS, Case, Counted, valued
from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.facts import Facts, find
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.questions import FitCriterion, Signal
from services.handoff.domain.signals import LeadSignals


def evidence_of(version: PolicyVersion, state: LeadSignals) -> dict[str, int]:
    """Return the signals gates see that remember something, each with its position."""
    names = version.strong_names
    return {name: at for at in state.positions() if (name := names[at]) is not None}


def case_of(
    version: PolicyVersion,
    fit: int,
    state: LeadSignals,
    at_ms: int,
    seen: dict[str, int],
    facts: Facts = NO_FACTS,
    colleagues: Colleagues = NO_COLLEAGUES,
) -> Case:
    """Return what the gates may look at: certain touches of the strong signals ``seen``."""
    return Case(
        fit,
        at_ms,
        version.strong_by_name,
        lambda signal: state.at(seen[signal.name]).certain,
        seen,
        facts,
        colleagues,
    )


@dataclass(frozen=True)
class Factor:
    """One signal's term of the engagement people read, touch by touch."""

    signal: Signal
    touches: tuple[Counted, ...]

    @property
    def points(self) -> int:
        """Tenths of a point; the touches add up to it."""
        return sum(touch.value for touch in self.touches)

    @property
    def qualifying(self) -> int:
        """Tenths of a point that gates see."""
        return sum(touch.value for touch in self.touches if touch.standing == "counts")


def engagement_factors(
    version: PolicyVersion, state: LeadSignals, at_ms: int
) -> tuple[Factor, ...]:
    """Return the terms of the engagement people read, in the policy's order.

    Certain touches first; doubtful ones fill what the signal's cap leaves free, so they
    never hide a certain one. They are marked, and gates do not see them.
    """
    factors = []
    for position in state.positions():
        signal = version.signals[position]
        kept = state.at(position)
        touches = valued(signal, kept.certain, at_ms, "weak" if signal.weak else "counts")
        for each in kept.more():
            touches += valued(signal, (each,), at_ms, "late" if each.late else "unsure")
        if touches:
            factors.append(Factor(signal, touches[: signal.at_most]))
    return tuple(factors)


class FitFactor(NamedTuple):
    """One criterion's term of the fit score."""

    criterion: FitCriterion
    holds: bool | None
    """None: a fact is missing, so nobody knows."""
    known: Facts

    @property
    def facts(self) -> dict[str, Any]:
        """The facts it looked at."""
        return {path: find(self.known, path) for path in self.criterion.when.paths()}

    @property
    def points(self) -> int:
        """Tenths of a point; unknown brings none."""
        return self.criterion.points if self.holds else 0


def fit_factors(version: PolicyVersion, facts: Facts) -> tuple[FitFactor, ...]:
    """Return the terms of the fit score, those that bring nothing included."""
    return tuple(
        FitFactor(criterion, criterion.when.holds(facts), facts) for criterion in version.fit
    )
