"""Where a lead stands with one version during a replay: its cycle, its hand-offs, what is due."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.handoff.domain.colleagues import NO_COLLEAGUES, Colleagues
from services.handoff.domain.cycle import (
    FIRST_CYCLE,
    CycleRecord,
    HeldBack,
    OpenHandoff,
    PastHandoff,
    go_on,
    join_records,
    recount,
)
from services.handoff.domain.evaluation import Evaluation, Profile, evaluate_profile
from services.handoff.domain.history import RealHandoff
from services.handoff.domain.judging import Hold, edge_of
from services.handoff.domain.near_miss import nearest_gate
from services.handoff.domain.policy import Gate, PolicyVersion
from services.handoff.domain.signals import LeadSignals
from services.handoff.domain.touches import moment_at

NEVER = 2**63
"""A moment, or a place, that does not come."""


class WhyNot(NamedTuple):
    """Why a version did not hand a lead over at a moment another one did."""

    code: Literal[
        "ready",
        "open_handoff",
        "open_group",
        "cool_down",
        "no_new_evidence",
        "override",
        "suppressed",
        "no_consent",
        "awaits_marketing",
        "nobody",
        "not_meant",
        "excluded",
        "not_ready",
    ]
    """``ready``: it did; ``nobody``: no identifier names a person; ``not_meant``: the policy
    is not for the lead."""
    name: str = ""
    """The exclusion, or the gate that was least far from passing."""
    kind: str = ""
    """With ``not_ready``: the first condition of that gate that was not met, ..."""
    wanted: int = 0
    """... what it asks for, in its unit (points are tenths), ..."""
    actual: int = 0
    """... and what there was."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A version at a moment another one handed a lead over, and all it knew of the lead."""

    version: PolicyVersion
    profile: Profile
    state: LeadSignals
    cycle: CycleRecord
    is_known: bool
    at_us: int
    colleagues: Colleagues = NO_COLLEAGUES
    group: CycleRecord = FIRST_CYCLE
    hold: Hold | None = None

    def why_not(self) -> WhyNot:
        """Say why the version does not hand the lead over now."""
        evaluation = evaluate_profile(
            self.version, self.profile, self.state, self.at_us, self.colleagues
        )
        if evaluation.scope.holds is not True:
            return WhyNot("not_meant")
        if evaluation.excluded_by:
            return WhyNot("excluded", evaluation.excluded_by[0].name)
        if not evaluation.is_ready:
            gate, (shortfall, *_) = nearest_gate(evaluation)
            kind = shortfall.condition.kind
            return WhyNot("not_ready", gate.name, kind, shortfall.wanted, shortfall.actual)
        if not self.is_known:
            return WhyNot("nobody")
        edge = edge_of(self.cycle, self.group, evaluation, lambda: self.hold)
        return WhyNot(edge.code if isinstance(edge, HeldBack) else "ready")


@dataclass(slots=True, eq=False)
class Handover:
    """A hand-off of a replay; without an ``evaluation`` it is one from before the window."""

    handoff_id: str
    lead_id: str
    cycle: int
    decided_us: int
    real: RealHandoff | None
    """Production's own that it overlaps."""
    evaluation: Evaluation | None = None
    others: tuple[Asked | None, ...] = ()
    """The other versions at that moment, by their number; None in its own place."""
    closed_us: int | None = None
    returns_us: int | None = None
    is_superseded: bool = False
    group_domain: str | None = None
    """The account whose people it is for together, if it is."""

    @property
    def gate(self) -> Gate:
        """The gate it passed. Only a replayed one has it."""
        assert self.evaluation is not None, "it was not replayed"
        gate = self.evaluation.gate
        assert gate is not None, "a lead without a passing gate is not handed over"
        return gate

    @property
    def as_open(self) -> OpenHandoff:
        """Itself as a merge looks at it while it is open."""
        return OpenHandoff(self.decided_us, self.handoff_id, self.group_domain)

    @property
    def as_past(self) -> PastHandoff:
        """Itself as it counts for where leads stand."""
        return PastHandoff(
            self.handoff_id,
            self.cycle,
            "superseded" if self.is_superseded else "",
            moment_at(self.decided_us),
            None if self.closed_us is None else moment_at(self.closed_us),
            None if self.returns_us is None else moment_at(self.returns_us),
        )


@dataclass(slots=True, eq=False)
class Standing:
    """Where one lead stands with one version."""

    cycle: CycleRecord = FIRST_CYCLE
    open: Handover | None = None
    handovers: list[Handover] = field(default_factory=list)
    closes_us: int = NEVER
    """When the open hand-off ends by the model."""
    looks: list[int] = field(default_factory=list)
    """When the lead is looked at again by the model: a cool-down ends."""
    awaited: set[int] = field(default_factory=set)
    """Ends of cool-downs after which production really looked again: its moment counts."""

    def next_us(self) -> int:
        """Return when something happens by the model."""
        return min(self.closes_us, *self.looks) if self.looks else self.closes_us

    def begin(self, handover: Handover) -> None:
        """Open a hand-off."""
        self.cycle = CycleRecord(handover.cycle, handover.handoff_id)
        self.open = handover
        self.handovers.append(handover)

    def end(self, closed_us: int, returns_us: int | None) -> None:
        """Close the open hand-off."""
        assert self.open is not None, "only what is open is closed"
        self.open.closed_us, self.open.returns_us = closed_us, returns_us
        returns_at = None if returns_us is None else moment_at(returns_us)
        self.cycle = CycleRecord(self.cycle.number, None, moment_at(closed_us), returns_at)
        self.open = None
        self.closes_us = NEVER

    def join(self, other: "Standing", us: int) -> None:
        """Go on in the cycle of ``other`` too; of two open hand-offs the earlier stays."""
        closes_us = {one.open: one.closes_us for one in (self, other) if one.open is not None}
        by_id = {one.handoff_id: one for one in closes_us}
        stays, end = go_on(one.as_open for one in closes_us)
        for one in end:
            ended = by_id[one.handoff_id]
            ended.closed_us, ended.is_superseded = us, True
        self.open, self.closes_us = None, NEVER
        if stays is not None:
            self.open = by_id[stays.handoff_id]
            self.open.group_domain = stays.group_domain
            self.closes_us = closes_us[self.open]
        open_id = None if self.open is None else self.open.handoff_id
        self.cycle = join_records((self.cycle, other.cycle), open_id)
        self.handovers += other.handovers
        self.looks += other.looks
        self.awaited |= other.awaited

    def part(self, members: Collection[str]) -> "Standing":
        """Return where ``members`` stand alone, and go on without them."""
        gone = [one for one in self.handovers if one.lead_id in members]
        stay = [one for one in self.handovers if one.lead_id not in members]
        left = Standing(handovers=gone)
        closes_us = {self.open: self.closes_us}
        self.handovers, self.looks = stay, []
        for one in (self, left):
            one.cycle = recount(each.as_past for each in one.handovers)
            open_id = one.cycle.open_handoff_id
            one.open = next((each for each in one.handovers if each.handoff_id == open_id), None)
            one.closes_us = closes_us.get(one.open, NEVER) if one.open else NEVER
        return left


def overlapping(
    real: Iterable[RealHandoff], place: int, at_us: int, open_for_us: int | None
) -> RealHandoff | None:
    """Return the real hand-off that one made at ``place`` overlaps, whose end is its end.

    That is the one open then; else the first that begins before the model would close it.
    ``real`` are the lead's own, the earliest first.
    """
    later = None
    for one in real:
        if one.decided_place <= place:
            if one.closed_place is None or one.closed_place > place:
                return one
        elif later is None and (open_for_us is None or one.decided_us <= at_us + open_for_us):
            later = one
    return later
