"""When both teams should look at their policy again: its review date, or a goal that is missed.

The rhythm runs from when the version came into force, or from its last review: a review
that is late does not move the dates after it, one that is held does. Goals are looked back
on once a month, not every day: whoever looks often enough finds something by chance.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from services.handoff.domain.goals import Measured
from services.handoff.domain.months import next_look
from services.handoff.domain.policy import PolicyVersion

Cause = Literal[
    "review_date", "acceptance", "first_attempt_in_time", "won", "sales_ready_per_month"
]

SHORTEST_RHYTHM = timedelta(days=1)
"""Nobody is asked to a review more often, whatever the policy says."""


@dataclass(frozen=True)
class Rhythm:
    """The review dates of one version: ``every`` so often, counted from ``since``."""

    since: datetime
    every: timedelta

    def latest(self, now: datetime) -> datetime | None:
        """Return the latest date that has come; None before the first."""
        count = (now - self.since) // self.every
        return self.since + count * self.every if count > 0 else None

    def following(self, now: datetime) -> datetime:
        """Return the first date that has not come yet."""
        return self.since + max(1, (now - self.since) // self.every + 1) * self.every


def rhythm_of(version: PolicyVersion, since: datetime) -> Rhythm:
    """Return the review dates of ``version``, in force or last reviewed at ``since``."""
    return Rhythm(since, max(version.reviewed_every, SHORTEST_RHYTHM))


@dataclass(frozen=True)
class Proposal:
    """A reason to look at the policy again."""

    cause: Cause
    """The review date, or the goal that is missed."""
    about: datetime
    """The date that has come; of a goal, since when its cases count. One proposal for each."""
    measured: Measured | None = None
    """The goal as it was measured."""


def proposals(rhythm: Rhythm, measured: Iterable[Measured], now: datetime) -> list[Proposal]:
    """Return what speaks for a review at ``now``.

    ``measured`` are the goals over the hand-offs since the version came into force or was
    last reviewed: what was known at that review is not held against it again.
    """
    due_at = rhythm.latest(now)
    dates = [] if due_at is None else [Proposal("review_date", due_at)]
    missed = [Proposal(one.name, rhythm.since, one) for one in measured if one.verdict == "missed"]
    return dates + missed


def looks_again_at(rhythm: Rhythm, now: datetime, zone: tzinfo) -> datetime:
    """Return when to look the next time: at the next date, or when the month is over."""
    return min(rhythm.following(now), next_look(now, zone))
