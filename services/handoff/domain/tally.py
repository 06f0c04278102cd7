"""What a try-out counts: who would have been handed over, and what is known of them.

Fed with one group of leads after the other; what it holds does not grow with the leads,
but for a number per hand-off and the leads it names, of which there is a most.

Counted is what is known. A lead nobody handed over has no verdict: it is not counted as a
good one nor as a bad one, it is counted as unknown.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Any, Literal

from services.handoff.domain.history import LeadGroup, RealHandoff, Won
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay_runs import Replayed, Score, Window
from services.handoff.domain.standing import Handover, WhyNot

Outcome = Literal["won", "lost", "sent_back", "accepted", "waiting", "unknown"]
"""What became of a lead in sales. ``waiting``: handed over, and nobody answered;
``unknown``: there was no hand-off, and no tool told of a deal."""
OUTCOMES: tuple[Outcome, ...] = ("won", "lost", "sent_back", "accepted", "waiting", "unknown")

LISTED = 1000
"""Leads named of each kind: those of the latest decisions."""
BIN = 100
"""Tenths of a point in one bin of a distribution."""
LEAST_BIN, MOST_BIN = -5, 20
WEEK_US = 7 * 86_400 * 1_000_000
FIRST_MONDAY_US = 4 * 86_400 * 1_000_000  # 5 January 1970


def outcome_of(
    handover: Handover,
    real: RealHandoff | None,
    won: Iterable[Won],
    lost_us: Iterable[int] = (),
) -> Outcome:
    """Return what is known to have become of a lead after it was (or would be) handed over.

    A deal that was won says more than one that was lost, and either more than an open hand-off.
    """
    if any(one.at_us >= handover.decided_us for one in won):
        return "won"
    is_lost = any(us >= handover.decided_us for us in lost_us)
    if real is None:
        return "lost" if is_lost else "unknown"
    if is_lost and real.closed_us is None:
        return "lost"
    match real.stage:
        case "won" | "lost":
            return "won" if real.stage == "won" else "lost"
        case "rejected" | "recycled":
            return "sent_back"
        case "superseded":
            return "unknown"
        case "assigned" if real.accepted_us is None:
            return "waiting"
        case _:
            return "accepted"


def is_accepted(real: RealHandoff | None) -> bool | None:
    """Return whether sales took it; None while nobody has answered, or nobody was asked."""
    if real is None or real.is_superseded:
        return None
    if real.accepted_us is not None:
        return True
    return False if real.stage in ("rejected", "recycled") else None


@dataclass
class Listed:
    """The leads that were won and those of the latest decisions, and how many there are."""

    count: int = 0
    _kept: list[tuple[bool, int, str, dict[str, Any]]] = field(default_factory=list)

    def add(self, at_us: int, lead_id: str, told: dict[str, Any]) -> None:
        """Count a lead, and keep what is told of it if it was won or is among the latest."""
        self.count += 1
        is_won = told.get("outcome") == "won"
        entry = (is_won, at_us, lead_id, {"lead_id": lead_id, "at_us": at_us, **told})
        if len(self._kept) < LISTED:
            heappush(self._kept, entry)
        else:
            heappushpop(self._kept, entry)

    def latest(self) -> list[dict[str, Any]]:
        """Return what is told of the leads kept: won ones first, of either the latest first."""
        return [told for *_, told in sorted(self._kept, key=lambda one: one[:3], reverse=True)]


@dataclass
class Share:
    """How many of the cases that are known were good ones."""

    good: int = 0
    cases: int = 0

    def add(self, is_good: bool | None) -> None:
        """Count a case; None: it is not known."""
        if is_good is not None:
            self.cases += 1
            self.good += is_good


@dataclass
class GateTally:
    """What one gate did."""

    leads: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Of all its hand-offs."""


@dataclass
class VersionTally:
    """What one version did."""

    version: PolicyVersion
    lead_ids: list[str] = field(default_factory=list)
    """Of the leads handed over once at least."""
    handoffs: int = 0
    modelled: int = 0
    """Hand-offs that overlap no real one: how they would have ended is assumed."""
    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: Share = field(default_factory=Share)
    """Of its hand-offs with a verdict."""
    won: Share = field(default_factory=Share)
    """Of its hand-offs that ended."""
    accepted_found: Share = field(default_factory=Share)
    """Of the leads sales accepted, those it hands over too."""
    won_found: Share = field(default_factory=Share)
    """Of the leads that were won, those it had handed over by then."""
    gates: dict[str, GateTally] = field(default_factory=dict)
    weeks: Counter[int] = field(default_factory=Counter)
    """Hand-offs by the Monday of their week, in microseconds since 1970."""
    waits_us: "array[int]" = field(default_factory=lambda: array("q"))
    """From the first touch to the first hand-off."""
    scores: dict[str, Counter[tuple[int, bool]]] = field(
        default_factory=lambda: {"engagement": Counter(), "fit": Counter()}
    )
    """Leads by bin and by whether they were handed over."""
    excluded: Counter[str] = field(default_factory=Counter)
    misses: Listed = field(default_factory=Listed)
    """Won, and not handed over before."""


class Tally:
    """Counts what a candidate (the first version) and another one make of history."""

    def __init__(self, versions: Sequence[PolicyVersion], window: Window) -> None:
        """Begin at nothing."""
        self.window = window
        self.versions = [VersionTally(version) for version in versions]
        self.groups = self.leads = self.touches = self.guessed = 0
        self.real = self.real_by_others = 0
        self.gained, self.lost = Listed(), Listed()
        self.why_gained: Counter[WhyNot] = Counter()
        self.why_lost: Counter[WhyNot] = Counter()
        self.lost_outcomes: Counter[str] = Counter()
        self.gained_outcomes: Counter[str] = Counter()
        self.both = 0
        self.shifts_us = array("q")
        """Of leads both hand over: how much later the candidate does."""

    def add(self, group: LeadGroup, replayed: Sequence[Replayed]) -> None:
        """Count one group."""
        self.touches += group.touches
        self.guessed += group.is_guessed
        self._count_real(group)
        leads = _Leads(group)
        firsts = [
            self._count_version(tally, each, leads)
            for tally, each in zip(self.versions, replayed, strict=True)
        ]
        self.leads += max((len(each.scores) for each in replayed), default=0)
        if len(firsts) > 1:
            self._compare(firsts[0], firsts[1], leads)

    def _count_real(self, group: LeadGroup) -> None:
        running = self.versions[-1].version.number
        for one in group.handoffs:
            if self.window.has(one.decided_us) and not one.is_by_hand:
                self.real += 1
                self.real_by_others += one.version != running

    def _count_version(
        self, tally: VersionTally, replayed: Replayed, leads: "_Leads"
    ) -> dict[str, Handover]:
        """Count what one version did; return its first hand-off in the window, by lead."""
        firsts: dict[str, Handover] = {}
        handed_over_us: dict[str, int] = {}
        for one in replayed.handovers:
            if one.is_superseded:
                continue
            lead_id = leads.root(one.lead_id)
            handed_over_us.setdefault(lead_id, one.decided_us)
            if one.evaluation is None:
                continue  # from before the window
            self._count_handover(tally, one, leads)
            if lead_id not in firsts:
                firsts[lead_id] = one
                tally.lead_ids.append(lead_id)
                tally.gates.setdefault(one.gate.name, GateTally()).leads += 1
        for score in replayed.scores:
            self._count_score(tally, score, firsts.get(score.lead_id))
        self._count_found(tally, handed_over_us, leads, replayed)
        return firsts

    def _count_handover(self, tally: VersionTally, one: Handover, leads: "_Leads") -> None:
        real, outcome = leads.real(one), leads.outcome(one)
        tally.handoffs += 1
        tally.modelled += one.real is None
        tally.outcomes[outcome] += 1
        tally.gates.setdefault(one.gate.name, GateTally()).outcomes[outcome] += 1
        tally.accepted.add(is_accepted(real))
        if outcome in ("won", "lost", "sent_back"):
            tally.won.add(outcome == "won")
        tally.weeks[monday_us(one.decided_us)] += 1
        if one.cycle == 1:
            waited_us = one.decided_us - leads.first_seen_us(one.lead_id)
            tally.waits_us.append(max(0, waited_us))

    def _count_score(self, tally: VersionTally, score: Score, first: Handover | None) -> None:
        fit, engagement = score.fit, score.engagement
        evaluation = None if first is None else first.evaluation
        if evaluation is not None:
            fit, engagement = evaluation.fit, evaluation.qualifying_engagement
        tally.scores["engagement"][bin_of(engagement), evaluation is not None] += 1
        tally.scores["fit"][bin_of(fit), evaluation is not None] += 1
        if score.excluded_by is not None:
            tally.excluded[score.excluded_by] += 1

    def _count_found(
        self,
        tally: VersionTally,
        handed_over_us: Mapping[str, int],
        leads: "_Leads",
        replayed: Replayed,
    ) -> None:
        for lead_id, won in leads.won_in(self.window):
            found_us = handed_over_us.get(lead_id)
            is_found = found_us is not None and found_us <= won.at_us
            tally.won_found.add(is_found)
            if not is_found:
                score = next((one for one in replayed.scores if one.lead_id == lead_id), None)
                told: dict[str, Any] = {"told_by": won.told_by}
                if score is not None:
                    told |= {"fit": score.fit, "engagement": score.engagement}
                    told |= {"excluded_by": score.excluded_by}
                tally.misses.add(won.at_us, lead_id, told)
        for lead_id in leads.accepted_in(self.window):
            tally.accepted_found.add(lead_id in handed_over_us)

    def _compare(
        self, ours: Mapping[str, Handover], theirs: Mapping[str, Handover], leads: "_Leads"
    ) -> None:
        for lead_id, one in ours.items():
            other = theirs.get(lead_id)
            if other is not None:
                self.both += 1
                self.shifts_us.append(one.decided_us - other.decided_us)
                continue
            why_not = _why_not(one, 1)
            self.why_gained[why_not._replace(actual=0)] += 1
            self.gained_outcomes[leads.outcome(one)] += 1
            self.gained.add(one.decided_us, lead_id, _told(one, why_not, leads))
        for lead_id, other in theirs.items():
            if lead_id not in ours:
                why_not = _why_not(other, 0)
                self.why_lost[why_not._replace(actual=0)] += 1
                self.lost_outcomes[leads.outcome(other)] += 1
                self.lost.add(other.decided_us, lead_id, _told(other, why_not, leads))


class _Leads:
    """Who is who in a group in the end, and what sales and CRMs said of them."""

    def __init__(self, group: LeadGroup) -> None:
        self.group = group
        self._root_of = group.roots_in_the_end()

    def root(self, member: str) -> str:
        return self._root_of[member]

    def first_seen_us(self, lead_id: str) -> int:
        root = self._root_of[lead_id]
        seen = self.group.first_seen_us.items()
        return min(us for member, us in seen if self._root_of[member] == root)

    def real(self, handover: Handover) -> RealHandoff | None:
        return None if handover.real is None else self.group.went_on_as(handover.real)

    def outcome(self, handover: Handover) -> Outcome:
        root = self._root_of[handover.lead_id]
        lost = self.group.lost_us.items()
        lost_us = [us for member, told in lost if self._root_of[member] == root for us in told]
        return outcome_of(handover, self.real(handover), self._won_by(root), lost_us)

    def _won_by(self, root: str) -> Iterable[Won]:
        for member, won in self.group.won.items():
            if self._root_of[member] == root:
                yield from won

    def won_in(self, window: Window) -> Iterable[tuple[str, Won]]:
        """Yield each lead that was won in the window, with the first time it was."""
        first: dict[str, Won] = {}
        for member, won in self.group.won.items():
            for one in won:
                root = self._root_of[member]
                earlier = root in first and first[root].at_us <= one.at_us
                if window.has(one.at_us) and not earlier:
                    first[root] = one
        return first.items()

    def accepted_in(self, window: Window) -> Iterable[str]:
        """Return the leads sales accepted of those handed over in the window."""
        return {
            self._root_of[one.lead_id]
            for one in self.group.handoffs
            if is_accepted(one) and window.has(one.decided_us)
        }


def bin_of(tenths: int) -> int:
    """Return the bin of a score: 0 is from 0 to under 10 points."""
    return max(LEAST_BIN, min(MOST_BIN, tenths // BIN))


def monday_us(us: int) -> int:
    """Return the start, in UTC, of the week a moment is in."""
    return us - (us - FIRST_MONDAY_US) % WEEK_US


def _why_not(one: Handover, number: int) -> WhyNot:
    asked = one.others[number]
    assert asked is not None, "the other version was asked"
    return asked.why_not()


def _told(one: Handover, why_not: WhyNot, leads: _Leads) -> dict[str, Any]:
    """Return what is told of a lead that one version hands over and the other does not."""
    evaluation = one.evaluation
    assert evaluation is not None, "it was replayed"
    return {
        "gate": one.gate.name,
        "tier": one.gate.tier,
        "because": dict(Counter(touch.signal for touch in evaluation.deciding)),
        "fit": evaluation.fit,
        "engagement": evaluation.qualifying_engagement,
        "why_not": why_not._asdict(),
        "outcome": leads.outcome(one),
    }
