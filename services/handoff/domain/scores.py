"""The two scores, and every term they are made of.

Each term is rounded to a tenth of a point before anything is added, and gates use the same
tenths: the sum on screen is the number, and the number is what was judged.
"""

from dataclasses import dataclass
from typing import Any

from services.handoff.domain.case import Case, Counted, Standing
from services.handoff.domain.facts import Facts, find
from services.handoff.domain.kept import Kept
from services.handoff.domain.policy import FitCriterion, PolicyVersion, Signal
from services.handoff.domain.signals import LeadSignals


def faded(signal: Signal, age_ms: int) -> int | None:
    """Return what a touch of this age is worth, in tenths; None: too old to count.

    Half of the points are left after each half-life. A window includes its last moment.
    """
    if signal.within_ms is not None and age_ms > signal.within_ms:
        return None
    if signal.half_life_ms is None:
        return signal.points
    left: float = 0.5 ** (age_ms / signal.half_life_ms)
    return round(signal.points * left)


def _value(signal: Signal, kept: Kept, at_ms: int, standing: Standing) -> Counted | None:
    # A clock a little ahead of ours is no reason to overlook what just happened.
    age_ms = max(0, at_ms - kept.occurred_ms)
    value = faded(signal, age_ms)
    if value is None:
        return None
    return Counted(
        signal.name, kept.touch_id, kept.occurred_ms, kept.received_ms, age_ms, value, standing
    )


def certain_touches(
    signal: Signal, position: int, state: LeadSignals, at_ms: int
) -> tuple[Counted, ...]:
    """Return the certain touches ``signal`` counts at ``at_ms``, newest first."""
    standing: Standing = "weak" if signal.weak else "counts"
    values = (_value(signal, kept, at_ms, standing) for kept in state.at(position).certain)
    return tuple(value for value in values if value is not None)


def case_of(version: PolicyVersion, fit: int, state: LeadSignals, at_ms: int) -> Case:
    """Return what the gates may look at: certain touches of strong signals."""
    counted = {}
    for position in state.positions():
        signal = version.signals[position]
        if not signal.weak:
            touches = certain_touches(signal, position, state, at_ms)
            if touches:
                counted[signal.name] = touches
    return Case(fit, counted, version.positive_signals)


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
        certain = certain_touches(signal, position, state, at_ms)
        touches = certain + _fillers(signal, position, state, at_ms, len(certain))
        if touches:
            factors.append(Factor(signal, touches))
    return tuple(factors)


def _fillers(
    signal: Signal, position: int, state: LeadSignals, at_ms: int, taken: int
) -> tuple[Counted, ...]:
    kept = state.at(position)
    known = {each.distinct or each.touch_id for each in kept.certain}
    values = (
        _value(signal, each, at_ms, "late" if each.late else "unsure")
        for each in kept.doubtful
        if (each.distinct or each.touch_id) not in known
    )
    return tuple(value for value in values if value is not None)[: signal.at_most - taken]


@dataclass(frozen=True)
class FitFactor:
    """One criterion's term of the fit score, with the facts it looked at."""

    criterion: FitCriterion
    holds: bool | None
    """None: a fact is missing, so nobody knows."""
    facts: dict[str, Any]

    @property
    def points(self) -> int:
        """Tenths of a point; unknown brings none."""
        return self.criterion.points if self.holds else 0


def fit_factors(version: PolicyVersion, facts: Facts) -> tuple[FitFactor, ...]:
    """Return the terms of the fit score, those that bring nothing included."""
    return tuple(
        FitFactor(
            criterion,
            criterion.when.holds(facts),
            {path: find(facts, path) for path in criterion.when.paths()},
        )
        for criterion in version.fit
    )
