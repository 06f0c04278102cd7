"""Reading the scoreboard's read models: sums a day, by a fixed number of statements.

None of them looks at touches, leads or frozen contexts: what a view costs grows with the
days and hand-offs of its period.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, not_, or_, select

from services.handoff.domain.handoff import OPEN_STAGES
from services.handoff.domain.scoreboard import MAKERS, REACHED, Days, asset_key
from services.handoff.store.scoreboard_tables import (
    SCORE_ASSET,
    SCORE_DEAL,
    SCORE_HANDOFF,
    SCORE_LEAD,
    SCORE_STATE,
    SCORE_TOUCHES,
)
from services.handoff.store.tables import LEAD, POLICY_VERSION, TEAM, TEAM_MEMBER
from shared.bulk import is_in

ByDay = dict[int, dict[str, int]]


@dataclass(frozen=True)
class Only:
    """What a view is narrowed to; None: everything."""

    policy: str | None = None
    version: int | None = None
    source: str | None = None
    asset: tuple[str, str] | None = None
    """Content or a campaign, as ``(kind, name)``."""
    teams: tuple[str, ...] | None = None


_ROW = SCORE_HANDOFF.c
_COUNTS = and_(_ROW.stage != "superseded", not_(_ROW.is_by_hand))
_IS_OPEN = _ROW.stage.in_(sorted(OPEN_STAGES))
_SENT_BACK = _ROW.stage.in_(("rejected", "recycled"))


def _results(now: datetime) -> dict[str, ColumnElement[bool]]:
    """Return when a hand-off counts for what; the shares are those of ``domain.results``."""
    answer_due, attempt_due = _ROW.answer_due_at, _ROW.attempt_due_at
    answered, tried, closed = _ROW.answered_at, _ROW.first_attempt_at, _ROW.closed_at
    waits = and_(_IS_OPEN, answer_due >= now)
    closed_in_time = and_(tried.is_(None), closed.is_not(None), closed <= attempt_due)
    untried = and_(tried.is_(None), closed.is_(None), attempt_due >= now)
    late = or_(
        tried > attempt_due,
        and_(tried.is_(None), closed > attempt_due),
        and_(tried.is_(None), closed.is_(None), attempt_due < now),
    )
    return {
        "accepted.good": _ROW.is_accepted,
        "accepted.open": and_(not_(_ROW.is_accepted), waits),
        "accepted.bad": and_(not_(_ROW.is_accepted), not_(waits)),
        "answered_in_time.good": answered <= answer_due,
        "answered_in_time.open": and_(answered.is_(None), waits),
        "answered_in_time.bad": or_(answered > answer_due, and_(answered.is_(None), not_(waits))),
        "attempted_in_time.good": tried <= attempt_due,
        "attempted_in_time.bad": late,
        "attempted_in_time.open": untried,
        "attempted_in_time.left_out": or_(attempt_due.is_(None), closed_in_time),
        "won.good": _ROW.stage == "won",
        "won.open": _IS_OPEN,
        "won.bad": and_(_ROW.stage != "won", not_(_IS_OPEN)),
        "lost": _ROW.stage == "lost",
        "rejected": and_(_SENT_BACK, not_(_ROW.is_accepted)),
        "handed_back": and_(_SENT_BACK, _ROW.is_accepted),
        **{f"reached.{name}": _ROW.reached >= number for number, name in enumerate(REACHED)},
    }


def count_handoffs(conn: Connection, days: Days, only: Only, now: datetime) -> ByDay:
    """Count the hand-offs decided on each day, by what became of them until ``now``."""
    found = _results(now)
    columns = [func.count().filter(_COUNTS, one).label(name) for name, one in found.items()]
    apart = {
        "by_hand": and_(_ROW.is_by_hand, _ROW.stage != "superseded"),
        "superseded": _ROW.stage == "superseded",
    }
    columns += [func.count().filter(one).label(name) for name, one in apart.items()]
    query = _of(select(_ROW.day, *columns), days, only).group_by(_ROW.day)
    names = [*found, *apart]
    return {day: dict(zip(names, counts, strict=True)) for day, *counts in _rows(conn, query)}


def waits(conn: Connection, days: Days, only: Only) -> dict[int, list[int]]:
    """Return the seconds to each first attempt, by the day of the decision."""
    # A row a day: twenty thousand rows of two numbers would take longer than all else.
    is_postgres = conn.dialect.name == "postgresql"
    together = func.array_agg if is_postgres else func.json_group_array
    query = _of(select(_ROW.day, together(_ROW.wait_s)), days, only)
    query = query.where(_COUNTS, _ROW.wait_s.is_not(None), _ROW.attempt_due_at.is_not(None))
    found = _rows(conn, query.group_by(_ROW.day))
    return {day: list(some) if is_postgres else orjson.loads(some) for day, some in found}


class ReasonCounted(NamedTuple):
    """How often a reason was given, by the latest version that did."""

    reason: str
    version_id: str
    rejected: int
    handed_back: int


def reasons(conn: Connection, days: Days, only: Only) -> list[ReasonCounted]:
    """Return why hand-offs were sent back, by reason and version."""
    query = _of(
        select(
            _ROW.reason,
            _ROW.version_id,
            func.count().filter(not_(_ROW.is_accepted)),
            func.count().filter(_ROW.is_accepted),
        ),
        days,
        only,
    ).where(_COUNTS, _SENT_BACK, _ROW.reason.is_not(None))
    query = query.group_by(_ROW.reason, _ROW.version_id, _ROW.version).order_by(_ROW.version)
    return [ReasonCounted(*row) for row in _rows(conn, query)]


class AssetCounted(NamedTuple):
    """What became of the hand-offs whose leads had met some content, or a campaign."""

    kind: str
    name: str
    title: str | None
    handoffs: int
    accepted: int
    won: int
    ended: int


def assets(conn: Connection, days: Days, only: Only, most: int) -> dict[str, list[AssetCounted]]:
    """Return content and campaigns by their kind, those with the most won deals first."""
    one = SCORE_ASSET.c
    columns = (
        *(one.kind, one.name, func.max(one.title), func.count()),
        func.count().filter(_ROW.is_accepted),
        func.count().filter(_ROW.stage == "won"),
        func.count().filter(not_(_IS_OPEN)),
    )
    query = _of(select(*columns), days, only).where(_COUNTS).group_by(one.kind, one.name)
    query = query.join(SCORE_ASSET, one.handoff_id == _ROW.handoff_id)
    found: dict[str, list[AssetCounted]] = {}
    for row in _rows(conn, query):
        found.setdefault(row[0], []).append(AssetCounted(*row))
    return {kind: nsmallest(most, some, key=_most_won_first) for kind, some in found.items()}


def _most_won_first(one: AssetCounted) -> tuple[int, int, int, str]:
    return -one.won, -one.accepted, -one.handoffs, one.name


def amounts(conn: Connection, days: Days, only: Only) -> dict[str, float]:
    """Return what was won, by currency; empty: a deal whose currency nobody told."""
    query = _of(select(func.coalesce(_ROW.currency, ""), func.sum(_ROW.amount)), days, only)
    query = query.where(_COUNTS, _ROW.stage == "won", _ROW.amount.is_not(None))
    return dict(sorted(tuple(row) for row in _rows(conn, query.group_by(_ROW.currency))))


def people(conn: Connection, days: Days, only: Only) -> int:
    """Return how many leads these hand-offs were about; who was handed over twice is one."""
    query = _of(select(func.count(LEAD.c.root_id.distinct())), days, only)
    query = query.join(LEAD, LEAD.c.lead_id == _ROW.lead_id).where(_COUNTS)
    count: int = conn.execute(query).scalar_one()
    return count


def sales_ready_by_month(
    conn: Connection, edges: Iterable[Days], only: Only
) -> list[dict[str, int]]:
    """Return how many hand-offs each policy decided in each of some pieces of the period."""
    pieces = list(edges)
    if not pieces:
        return []
    days = Days(pieces[0].first, pieces[-1].last)
    query = _of(select(_ROW.day, _ROW.policy, func.count()), days, only).where(_COUNTS)
    starts = [one.first.toordinal() for one in pieces]
    counts: list[dict[str, int]] = [{} for _ in pieces]
    for day, policy, count in _rows(conn, query.group_by(_ROW.day, _ROW.policy)):
        piece = counts[bisect_right(starts, day) - 1]
        piece[policy] = piece.get(policy, 0) + count
    return counts


def _of(query: Select[Any], days: Days, only: Only) -> Select[Any]:
    query = query.where(_ROW.day.between(days.first.toordinal(), days.last.toordinal()))
    if only.policy is not None:
        query = query.where(_ROW.policy == only.policy)
    if only.version is not None:
        query = query.where(_ROW.version == only.version)
    if only.source is not None:
        query = query.where(_ROW.source == only.source)
    if only.teams is not None:
        query = query.where(_ROW.team_id.in_(only.teams))
    if only.asset is not None:
        kind, name = only.asset
        met = select(SCORE_ASSET.c.handoff_id).where(
            SCORE_ASSET.c.kind == kind, SCORE_ASSET.c.name == name
        )
        query = query.where(_ROW.handoff_id.in_(met))
    return query


def _rows(conn: Connection, query: Select[Any]) -> list[Any]:
    return list(conn.execute(query))


# --- before the hand-off ----------------------------------------------------------------------


def count_touches(conn: Connection, days: Days, only: Only) -> ByDay:
    """Count touches by who made them, each on the day it happened."""
    table = SCORE_TOUCHES.c
    sums: list[Any] = [func.sum(table[name] + table[f"erased_{name}"]) for name in MAKERS]
    query = (
        select(table.day, *sums)
        .where(table.generation == select(SCORE_STATE.c.generation).scalar_subquery())
        .where(table.asset == ("" if only.asset is None else asset_key(*only.asset)))
        .where(table.day.between(days.first.toordinal(), days.last.toordinal()))
        .group_by(table.day)
    )
    if only.source is not None:
        query = query.where(table.source == only.source)
    names = [f"touches.{name}" for name in MAKERS]
    return {
        day: dict(zip(names, map(int, counts), strict=True)) for day, *counts in _rows(conn, query)
    }


def count_engaged(conn: Connection, days: Days, only: Only) -> ByDay:
    """Count leads on the day a human first did something for them."""
    table = SCORE_LEAD.c
    query = select(table.day, func.count()).where(table.counts)
    query = query.where(table.day.between(days.first.toordinal(), days.last.toordinal()))
    if only.source is not None:
        query = query.where(table.source == only.source)
    rows = _rows(conn, query.group_by(table.day))
    return {day: {"engaged_leads": count} for day, count in rows}


class Miss(NamedTuple):
    """A lead that was won and that no gate had handed over by then."""

    lead_id: str
    day: int
    told_by: str
    """``crm``: a tool told of the deal; ``sales``: a hand-off made by hand was won."""


def misses(conn: Connection, days: Days, only: Only) -> list[Miss]:
    """Return the leads missed, each once: on the day it was first won."""
    first, last = days.first.toordinal(), days.last.toordinal()
    won = _first_wins(conn, last, first)
    in_days = {root: one for root, one in won.items() if first <= one[1] <= last}
    found = _first_handoffs(conn, in_days, only)
    missed = [
        Miss(root, day, told_by)
        for root, (won_at, day, told_by) in in_days.items()
        if root not in found or found[root] > won_at
    ]
    if only.source is not None and missed:
        came = sources_of(conn, [one.lead_id for one in missed])
        missed = [one for one in missed if came.get(one.lead_id) == only.source]
    return sorted(missed, key=lambda one: (one.day, one.lead_id))


def _first_wins(conn: Connection, last: int, first: int) -> dict[str, tuple[datetime, int, str]]:
    """Return when each lead with a win on these days was first won, the day, and who told."""
    member, other = LEAD.alias(), SCORE_DEAL.alias()
    recent = (
        select(LEAD.c.root_id)
        .join(SCORE_DEAL, SCORE_DEAL.c.lead_id == LEAD.c.lead_id)
        .where(SCORE_DEAL.c.day.between(first, last))
    )
    deals = (
        select(member.c.root_id, func.min(other.c.occurred_at), func.min(other.c.day))
        .join(other, other.c.lead_id == member.c.lead_id)
        .where(member.c.root_id.in_(recent))
        .group_by(member.c.root_id)
    )
    by_hand = (
        select(LEAD.c.root_id, func.min(_ROW.decided_at), func.min(_ROW.day))
        .join(SCORE_HANDOFF, _ROW.lead_id == LEAD.c.lead_id)
        .where(_ROW.is_by_hand, _ROW.stage == "won", _ROW.day <= last)
        .group_by(LEAD.c.root_id)
    )
    wins: dict[str, tuple[datetime, int, str]] = {}
    for told_by, query in (("crm", deals), ("sales", by_hand)):
        for root, at, day in _rows(conn, query):
            wins[root] = min((at, day, told_by), wins.get(root, (at, day, told_by)))
    return wins


def _first_handoffs(conn: Connection, roots: Mapping[str, Any], only: Only) -> dict[str, datetime]:
    """Return when a gate first handed each of these leads over, if one did."""
    if not roots:
        return {}
    query = (
        select(LEAD.c.root_id, func.min(_ROW.decided_at))
        .join(SCORE_HANDOFF, _ROW.lead_id == LEAD.c.lead_id)
        .where(is_in(LEAD.c.root_id), not_(_ROW.is_by_hand))
        .group_by(LEAD.c.root_id)
    )
    if only.policy is not None:
        query = query.where(_ROW.policy == only.policy)
    rows = conn.execute(query, {"wanted": sorted(roots)})
    return {root: at for root, at in rows}  # noqa: C416 - a row is no pair


def sources_of(conn: Connection, roots: Iterable[str]) -> dict[str, str]:
    """Return, by lead, where its first touch came from; a lead without one is not in it."""
    query = (
        select(LEAD.c.root_id, SCORE_LEAD.c.source)
        .join(SCORE_LEAD, SCORE_LEAD.c.lead_id == LEAD.c.lead_id)
        .where(is_in(LEAD.c.root_id), SCORE_LEAD.c.counts)
    )
    rows = conn.execute(query, {"wanted": sorted(roots)})
    return {root: source for root, source in rows}  # noqa: C416 - a row is no pair


# --- what can be chosen -----------------------------------------------------------------------


def sources_in(conn: Connection, days: Days) -> list[str]:
    """Return the sources whose touches happened on these days."""
    table = SCORE_TOUCHES.c
    query = (
        select(table.source)
        .distinct()
        .where(
            table.generation == select(SCORE_STATE.c.generation).scalar_subquery(),
            table.asset == "",
            table.day.between(days.first.toordinal(), days.last.toordinal()),
        )
    )
    return sorted(conn.execute(query).scalars())


def versions_in(conn: Connection, days: Days) -> list[tuple[str, int]]:
    """Return the policy versions that decided on these days."""
    query = select(_ROW.policy, _ROW.version).where(
        _ROW.day.between(days.first.toordinal(), days.last.toordinal())
    )
    return [(policy, version) for policy, version in _rows(conn, query.distinct())]


def teams(conn: Connection) -> list[tuple[str, str]]:
    """Return every team, as ``(id, name)``."""
    rows = conn.execute(select(TEAM.c.team_id, TEAM.c.name).order_by(TEAM.c.name))
    return [(row.team_id, row.name) for row in rows]


def teams_of(conn: Connection, person_id: str) -> list[tuple[str, str]]:
    """Return the teams somebody is in, as ``(id, name)``."""
    query = (
        select(TEAM.c.team_id, TEAM.c.name)
        .join(TEAM_MEMBER, TEAM_MEMBER.c.team_id == TEAM.c.team_id)
        .where(TEAM_MEMBER.c.person_id == person_id)
        .order_by(TEAM.c.name)
    )
    return [(row.team_id, row.name) for row in conn.execute(query)]


def has_policy(conn: Connection, policy: str, version: int | None) -> bool:
    """Return whether there is such a policy, with such a version."""
    query = select(POLICY_VERSION.c.version_id).where(POLICY_VERSION.c.policy == policy)
    if version is not None:
        query = query.where(POLICY_VERSION.c.number == version)
    return conn.execute(query.limit(1)).first() is not None
