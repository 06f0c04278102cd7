"""The shared goals of a policy version, measured: wanted, seen, and whether that is enough to say.

A verdict is given only where chance cannot be the reason and what is still open cannot
change it: *met* where the whole interval reaches the goal, even if everything open ends
badly; *missed* where none of it does, even if everything open ends well; otherwise there
is *not enough* to say. Below ``FEWEST_CASES`` nothing is judged at all.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from services.handoff.domain.intervals import Interval, rate_interval, share_interval
from services.handoff.domain.months import Month
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.results import (
    Counted,
    Tally,
    acceptance,
    first_attempt,
    tally,
    winning,
)

Verdict = Literal["met", "missed", "not_enough", "no_target"]
ShareName = Literal["acceptance", "first_attempt_in_time", "won"]

FEWEST_CASES = 20
"""Hand-offs with a known result that a share needs before it is judged."""


@dataclass(frozen=True)
class ShareMeasured:
    """A goal that is a share of the hand-offs. Shares are from 0 to 1."""

    name: ShareName
    wanted: float | None
    """None: the policy has no such goal, so there is nothing to miss."""
    tally: Tally

    @property
    def measured(self) -> float | None:
        """The share of those whose result is known; None where none is."""
        return self.tally.good / self.tally.cases if self.tally.cases else None

    @property
    def at_least(self) -> float | None:
        """The share if everything that is open ends badly."""
        return self.tally.good / self.tally.together if self.tally.together else None

    @property
    def at_most(self) -> float | None:
        """The share if everything that is open ends well."""
        good = self.tally.good + self.tally.open
        return good / self.tally.together if self.tally.together else None

    @property
    def interval(self) -> Interval:
        """What the share may really be, however the open ones end."""
        good, together = self.tally.good, self.tally.together
        low = share_interval(good, together).low
        return Interval(low, share_interval(good + self.tally.open, together).high)

    @property
    def verdict(self) -> Verdict:
        """Whether the goal is met."""
        if self.wanted is None:
            return "no_target"
        if self.tally.cases < FEWEST_CASES:
            return "not_enough"
        if self.wanted == self.at_least == 1:
            return "met"  # no number of cases would lift the interval to all of them
        return _verdict(self.interval, self.wanted)


class MonthCounted(NamedTuple):
    """How many leads became ready in a month, or in the part of it that is covered."""

    month: Month
    sales_ready: int


@dataclass(frozen=True)
class RateMeasured:
    """The goal of so many sales-ready leads a month. Only whole months are judged."""

    name: Literal["sales_ready_per_month"]
    wanted: float | None
    months: tuple[MonthCounted, ...]

    @property
    def whole(self) -> tuple[MonthCounted, ...]:
        """The months that are covered from end to end."""
        return tuple(one for one in self.months if one.month.is_whole)

    @property
    def cases(self) -> int:
        """The leads of the whole months."""
        return sum(one.sales_ready for one in self.whole)

    @property
    def measured(self) -> float | None:
        """Leads a whole month, on average; None without one."""
        return self.cases / len(self.whole) if self.whole else None

    @property
    def interval(self) -> Interval | None:
        """How many a month may be expected, if leads come independently of each other."""
        if not self.whole:
            return None
        low, high = rate_interval(self.cases)
        return Interval(low / len(self.whole), high / len(self.whole))

    @property
    def verdict(self) -> Verdict:
        """Whether the goal is met."""
        if self.wanted is None:
            return "no_target"
        return "not_enough" if self.interval is None else _verdict(self.interval, self.wanted)


Measured = ShareMeasured | RateMeasured


def _verdict(interval: Interval, wanted: float) -> Verdict:
    if interval.low >= wanted:
        return "met"
    return "missed" if interval.high < wanted else "not_enough"


def measure(
    version: PolicyVersion, handoffs: Sequence[Counted], months: Iterable[Month], now: datetime
) -> tuple[Measured, ...]:
    """Measure every goal over ``handoffs`` of ``version``; ``months`` are those of the period.

    Those counted together are alike at ``now``, and were decided in the same month.
    Goals the policy does not set are measured too and have no verdict.
    """
    targets, response = version.targets, version.response
    accepted = tally((acceptance(one, now), count) for one, count in handoffs)
    in_time = tally(
        (first_attempt(one, response[one.tier].first_attempt_in, now), count)
        for one, count in handoffs
    )
    won = tally((winning(one), count) for one, count in handoffs)
    return (
        ShareMeasured("acceptance", _share(targets.acceptance), accepted),
        ShareMeasured("first_attempt_in_time", _share(targets.first_attempt_in_time), in_time),
        ShareMeasured("won", _share(targets.won), won),
        RateMeasured(
            "sales_ready_per_month", targets.sales_ready_per_month, _by_month(handoffs, months)
        ),
    )


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _by_month(handoffs: Sequence[Counted], months: Iterable[Month]) -> tuple[MonthCounted, ...]:
    """Count each hand-off into one month: the first and the last take what is at their edges.

    Touches that are received while versions change hands are decided by the one that is in
    force when they are read, a moment later.
    """
    covered = list(months)
    edges = month_edges(covered)
    counts = [0] * len(covered)
    if covered:
        for one, count in handoffs:
            if not one.is_superseded:
                counts[bisect_right(edges, one.decided_at)] += count
    return tuple(MonthCounted(month, count) for month, count in zip(covered, counts, strict=True))


def month_edges(covered: Sequence[Month]) -> list[datetime]:
    """Return the moments at which one of these months ends and the next begins."""
    return [month.covered_until for month in covered[:-1]]
