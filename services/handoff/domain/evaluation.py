"""One policy version asked about one lead at one moment, with reasons and evidence.

What decides (facts, gates) is computed at once; what only explains (factors, guards, near
misses) when it is read. Both come from the same immutable values, so an evaluation that is
written down later says what was decided.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from services.handoff.domain.case import Case, Counted, newest_first
from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.facts import Facts
from services.handoff.domain.gates import Answer, ask, deciding, decisive
from services.handoff.domain.kept import Kept
from services.handoff.domain.people import PeopleSeen
from services.handoff.domain.policy import Gate, PolicyVersion
from services.handoff.domain.questions import Exclusion, Signal
from services.handoff.domain.scope import Scope, scope_of
from services.handoff.domain.scores import (
    Factor,
    FitFactor,
    case_of,
    engagement_factors,
    evidence_of,
    fit_factors,
)
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import epoch_ms, epoch_us, moment_at

GuardReason = Literal["weak", "unsure", "late"]
GUARDS: tuple[GuardReason, ...] = ("weak", "unsure", "late")


@dataclass(frozen=True)
class GateAnswer:
    """What one gate says, condition by condition."""

    gate: Gate
    answer: Answer

    @property
    def met(self) -> bool:
        """Whether the gate passes."""
        return self.answer.met

    @property
    def deciding(self) -> tuple[Counted, ...]:
        """The touches that make it pass, newest first; none where it does not."""
        return deciding(self.answer) if self.met else ()


@dataclass(frozen=True)
class Guard:
    """Touches one guard held back from the gates."""

    reason: GuardReason
    touches: tuple[Counted, ...]
    would_pass: str | None
    """The gate that would pass if this guard did not exist."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a policy version says about a lead. Points are tenths."""

    version: PolicyVersion
    at: datetime
    scope: Scope
    """Whether the policy is for this lead at all."""
    state: LeadSignals = field(repr=False)
    fit_factors: tuple[FitFactor, ...]
    """Every criterion, those that bring nothing included; they add up to ``fit``."""
    excluded_by: tuple[Exclusion, ...]
    """Exclusions that hold. One is enough: then no gate hands the lead over."""
    case: Case = field(repr=False)
    """What the gates looked at."""
    passing: Gate | None
    """The first gate that passes, exclusions and scope aside."""

    @property
    def gate(self) -> Gate | None:
        """The gate the lead is ready by; None while it is not ready."""
        return self.passing if self.is_meant else None

    @property
    def is_meant(self) -> bool:
        """Whether the policy is for this lead and does not exclude it."""
        return self.scope.holds is True and not self.excluded_by

    @property
    def is_ready(self) -> bool:
        """Whether the lead is ready for sales, the cycle aside."""
        return self.gate is not None

    @property
    def fit(self) -> int:
        """The fit score."""
        return self.case.fit

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The terms of the engagement people read; they add up to ``engagement``."""
        return engagement_factors(self.version, self.state, epoch_ms(self.at))

    @cached_property
    def engagement(self) -> int:
        """The engagement people read: weak, unsure and late touches count in it."""
        return sum(factor.points for factor in self.factors)

    @property
    def qualifying_engagement(self) -> int:
        """The engagement gates judge: certain touches of strong signals only."""
        return self.case.engagement

    @cached_property
    def answers(self) -> tuple[GateAnswer, ...]:
        """What every gate says, in the policy's order."""
        return tuple(GateAnswer(gate, ask(gate.when, self.case)) for gate in self.version.gates)

    @cached_property
    def deciding(self) -> tuple[Counted, ...]:
        """The touches that make the lead ready, newest first; none while it is not."""
        return () if self.gate is None else deciding(ask(self.gate.when, self.case))

    @cached_property
    def group(self) -> tuple[Counted, ...]:
        """What the people of the account did, where several made the gate pass; newest first."""
        if self.gate is None or not self.version.asks_about_people:
            return ()
        decided_by = decisive(ask(self.gate.when, self.case))
        together = (leaf for leaf in decided_by if isinstance(leaf.condition, PeopleSeen))
        done = {
            (touch.colleague, touch.touch_id): touch for leaf in together for touch in leaf.because
        }
        return newest_first(done.values())

    @cached_property
    def guards(self) -> tuple[Guard, ...]:
        """What weak, unsure and late touches would have done, had they counted."""
        guards = []
        for reason in GUARDS:
            held = tuple(
                touch
                for factor in self.factors
                for touch in factor.touches
                if touch.standing == reason
            )
            if held:
                guards.append(Guard(reason, held, self._gate_without(reason)))
        return tuple(guards)

    def _gate_without(self, guard: GuardReason) -> str | None:
        """Return the gate that would pass without ``guard``; None when one passes anyway."""
        if self.passing is not None:
            return None

        def remembered(signal: Signal) -> tuple[Kept, ...]:
            kept = self.state.at(self.version.position_of[signal.name])
            more = [each for each in kept.more() if guard == ("late" if each.late else "unsure")]
            return tuple(sorted((*kept.certain, *more), reverse=True)[: signal.at_most])

        signals = self.version.signals if guard == "weak" else self.version.strong_signals
        seen = self.case
        case = Case(
            self.fit,
            seen.at_ms,
            signals,
            remembered,
            facts=seen.facts,
            colleagues=seen.colleagues,
        )
        return next((gate.name for gate in self.version.gates if gate.passes(case)), None)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a lead is, as one version sees it. It stands until a fact changes."""

    facts: Facts
    scope: Scope
    factors: tuple[FitFactor, ...]
    excluded_by: tuple[Exclusion, ...]
    fit: int

    @property
    def is_meant(self) -> bool:
        """Whether the policy is for this lead and does not exclude it."""
        return self.scope.holds is True and not self.excluded_by


def profile_of(version: PolicyVersion, facts: Facts) -> Profile:
    """Ask ``version`` who a lead is; ``facts`` is ``{"lead": {…}, "account": {…}}``."""
    factors = fit_factors(version, facts)
    return Profile(
        facts,
        scope_of(version.applies_to, facts),
        factors,
        tuple(each for each in version.exclude if each.when.holds(facts)),
        sum(factor.points for factor in factors),
    )


def evaluate(
    version: PolicyVersion,
    facts: Facts,
    state: LeadSignals,
    at: datetime,
    colleagues: Colleagues = NO_COLLEAGUES,
) -> Evaluation:
    """Ask ``version`` about a lead: the first gate that passes decides.

    ``facts`` is ``{"lead": {…}, "account": {…}}``; ``state`` must be folded for ``version``.
    Gates are asked about certain touches of strong signals and nothing else, those of
    ``colleagues`` too where they ask about several people.
    """
    return evaluate_profile(version, profile_of(version, facts), state, epoch_us(at), colleagues)


def evaluate_profile(
    version: PolicyVersion,
    profile: Profile,
    state: LeadSignals,
    at_us: int,
    colleagues: Colleagues = NO_COLLEAGUES,
) -> Evaluation:
    """Ask ``version`` about a lead whose profile is known; see ``evaluate``."""
    seen = evidence_of(version, state)
    at_ms = at_us // 1000
    case = case_of(version, profile.fit, state, at_ms, seen, profile.facts, colleagues)
    return _evaluation(version, profile, state, at_us, case, _passing(version, case))


def evaluate_if_ready(
    version: PolicyVersion,
    profile_now: Callable[[], Profile],
    state: LeadSignals,
    at_us: int,
    colleagues: Colleagues = NO_COLLEAGUES,
) -> Evaluation | None:
    """Return what ``evaluate`` does for a lead that is ready, None for any other.

    Most questions end in None, so nothing is looked up before it can matter. Who did
    nothing that gates see is ready under no policy that was accepted: that is proved.
    """
    seen = evidence_of(version, state)
    if version.needs_evidence and not seen:
        return None
    profile = profile_now()
    if not profile.is_meant:
        return None
    at_ms = at_us // 1000
    case = case_of(version, profile.fit, state, at_ms, seen, profile.facts, colleagues)
    passing = _passing(version, case)
    if passing is None:
        return None
    return _evaluation(version, profile, state, at_us, case, passing)


def _passing(version: PolicyVersion, case: Case) -> Gate | None:
    for gate in version.gates:
        if gate.passes(case):
            return gate
    return None


def _evaluation(
    version: PolicyVersion,
    profile: Profile,
    state: LeadSignals,
    at_us: int,
    case: Case,
    passing: Gate | None,
) -> Evaluation:
    return Evaluation(
        version=version,
        at=moment_at(at_us),
        scope=profile.scope,
        state=state,
        fit_factors=profile.factors,
        excluded_by=profile.excluded_by,
        case=case,
        passing=passing,
    )
