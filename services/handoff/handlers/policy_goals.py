"""The goals of a policy version measured, and advice for its next one. Writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.handoff.domain.advice import Alike, advise
from services.handoff.domain.advice_words import advice_as_data
from services.handoff.domain.goal_words import goal_as_data
from services.handoff.domain.goals import Measured, RateMeasured, measure, month_edges
from services.handoff.domain.months import Month, months_between
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.results import Counted, Period
from services.handoff.domain.rule_proposals import Facts, Judged, propose
from services.handoff.store import policies, results
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import invalid, not_found

MOST_PROPOSED_FROM = 2_000  # answers, the latest, that rules are proposed from


@dataclass(frozen=True)
class Life:
    """A version with the part of its life that is looked at, at ``now``."""

    row: Row[Any]
    version: PolicyVersion
    period: Period
    zone: ZoneInfo
    now: datetime

    @property
    def since(self) -> datetime | None:
        """When the part begins; None for a version that never was in force."""
        in_force_at: datetime | None = self.row.activated_at
        if in_force_at is None or self.period.since is None:
            return in_force_at
        return max(in_force_at, self.period.since)

    @property
    def until(self) -> datetime:
        """When it ends, now at the latest."""
        ends = (self.row.succeeded_at, self.period.until, self.now)
        return min(moment for moment in ends if moment is not None)

    @property
    def months(self) -> list[Month]:
        """The months of the part; none for a version that never was in force."""
        since = self.since
        return [] if since is None else list(months_between(since, self.until, self.zone))

    def measure(self, handoffs: Sequence[Counted]) -> tuple[Measured, ...]:
        """Measure the version's goals over ``handoffs``."""
        return measure(self.version, handoffs, self.months, self.now)

    def as_data(self) -> dict[str, Any]:
        """Return which version, and which part of its life, as JSON-ready data."""
        return {
            "policy": self.row.policy,
            "number": self.row.number,
            "version_id": self.row.version_id,
            "state": self.row.state,
            "agreement": self.row.agreement,
            "in_force_from": self.row.activated_at,
            "in_force_until": self.row.succeeded_at,
            "since": self.since,
            "until": self.until,
            "zone": self.zone.key,
            "measured_at": self.now,
        }


@dataclass(frozen=True)
class Goals:
    """What is needed to tell how a version does. Read at once, told without the database."""

    life: Life
    handoffs: Sequence[Counted]

    def as_data(self) -> dict[str, Any]:
        """Measure the goals; return them as JSON-ready data."""
        measured = self.life.measure(self.handoffs)
        return {
            **self.life.as_data(),
            "handoffs": sum(count for _, count in self.handoffs),
            "superseded": sum(count for one, count in self.handoffs if one.is_superseded),
            "targets": [goal_as_data(one) for one in measured],
            "months": [
                {
                    "month": month.name,
                    "sales_ready": count,
                    "is_whole": month.is_whole,
                    "covered_from": month.covered_from,
                    "covered_until": month.covered_until,
                }
                for one in measured
                if isinstance(one, RateMeasured)
                for month, count in one.months
            ],
        }


@dataclass(frozen=True)
class Experience:
    """What is needed to advise: the hand-offs of a version, with what their leads had."""

    life: Life
    rows: Sequence[Alike]
    answered: Sequence[tuple[Facts, str | None]]
    """What was known of those that were answered, with the reason of a no."""

    def as_data(self) -> dict[str, Any]:
        """Compare; return the advice as JSON-ready data."""
        advice = advise(self.life.version, self.rows, self.life.now)
        proposals = [
            {
                "name": one.name,
                "exclude": {one.name: {"when": {one.fact: dict(one.test)}}},
                "kept_out": one.kept_out,
                "others": one.others,
                "text": one.text,
            }
            for one in propose(self._judged())
        ]
        return {**self.life.as_data(), **advice_as_data(advice), "proposals": proposals}

    def _judged(self) -> Iterator[Judged]:
        """Yield whom sales answered about, with what was known of them then."""
        reasons = self.life.version.reasons_by_name
        for facts, name in self.answered:
            reason = reasons.get(name or "")
            yield Judged(facts, reason is not None and reason.effect == "suppress")


def read_goals(
    uow: UnitOfWork, policy: str, number: int | None, first: date | None, last: date | None
) -> Goals:
    """Read the hand-offs of a version (the one in force without a number).

    ``first`` and ``last`` are days in the company's zone, both included; None: no limit.

    Raises ``Problem``: 404 for an unknown version, 422 for days in the wrong order.
    """
    life = _life(uow, policy, number, first, last)
    return Goals(life, _handed_over(uow, life))


def read_experience(
    uow: UnitOfWork, policy: str, number: int | None, first: date | None, last: date | None
) -> Experience:
    """Read the hand-offs of a version with what their leads had; as ``read_goals``."""
    life = _life(uow, policy, number, first, last)
    rows = results.handed_over_having(uow.conn, life.row.version_id, life.period, uow.now)
    answered = results.sent_back_or_not(
        uow.conn, life.row.version_id, life.period, MOST_PROPOSED_FROM
    )
    return Experience(life, rows, answered)


def goals_since(
    uow: UnitOfWork, row: Row[Any], version: PolicyVersion, since: datetime
) -> tuple[Measured, ...]:
    """Measure the goals over what a version decided since a moment."""
    life = Life(row, version, Period(since), ZoneInfo(uow.parts.settings.zone), uow.now)
    return life.measure(_handed_over(uow, life))


def _handed_over(uow: UnitOfWork, life: Life) -> list[Counted]:
    edges = month_edges(life.months)
    return results.handed_over(uow.conn, life.row.version_id, life.period, edges, life.now)


def _life(
    uow: UnitOfWork, policy: str, number: int | None, first: date | None, last: date | None
) -> Life:
    if first is not None and last is not None and first > last:
        raise invalid("query.from", f"{first} is after {last}, the last day")
    if number is None:
        row = policies.version_in_force(uow.conn, policy)
    else:
        row = policies.find_version(uow.conn, policy, number)
    if row is None:
        raise not_found("policy version")
    zone = ZoneInfo(uow.parts.settings.zone)
    day_after = None if last is None else last + timedelta(days=1)
    period = Period(_begin(first, zone), _begin(day_after, zone))
    return Life(row, uow.parts.shelf.version(row), period, zone, uow.now)


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(0), zone).astimezone(UTC)
