"""Reading the scoreboard: in one snapshot, by a fixed number of statements. Writes nothing.

What each number means: ``docs/scoreboard.md``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from services.handoff.domain import scoreboard as sums
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.scoreboard import Counted, Days
from services.handoff.handlers.cards import title_of
from services.handoff.handlers.leaks import count_leaks
from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.handlers.scoreboard_data import Asked, MonthRead, Scoreboard
from services.handoff.store import scoreboard_reading as store
from services.handoff.store.policies import activated_versions
from services.handoff.store.scoreboard_reading import ByDay, Only, ReasonCounted
from services.handoff.store.scoreboard_rebuild import DONE, SWEEPING, state_of
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.problem import Problem, invalid

MOST_ASSETS = 50


def read_scoreboard(
    uow: UnitOfWork, asked: Asked, own_teams: Sequence[tuple[str, str]] | None = None
) -> Scoreboard:
    """Read what ``asked`` is about. With ``own_teams`` nothing of other teams is shown.

    Raises ``Problem`` (422): days in the wrong order or too many, a policy, version or team
    that is not there; (403): another team than one's own.
    """
    conn, zone = uow.conn, uow.zone
    days = _days(asked, uow.now.astimezone(zone).date())
    only, team_names = _only(uow, asked, own_teams)
    before = sums.days_before(days)
    both = Days(before.first, days.last)
    missed = [] if only.asset or only.teams is not None else store.misses(conn, both, only)
    by_day = _together(
        store.count_handoffs(conn, both, only, uow.now),
        store.count_touches(conn, both, only),
        {} if only.asset else store.count_engaged(conn, both, only),
        {day: {"misses": n} for day, n in Counter(one.day for one in missed).items()},
    )
    reasons = [store.reasons(conn, one, only) for one in (days, before)]
    in_force = [one.version for one in uow.parts.shelf.in_force(conn)]
    return Scoreboard(
        asked=replace(asked, first=days.first, last=days.last),
        only=only,
        team_names=team_names,
        days=days,
        before=before,
        zone=zone,
        now=uow.now,
        counted=Counted(by_day, store.waits(conn, both, only)),
        reasons=reasons[0],
        reasons_before=reasons[1],
        reason_titles=_titles(uow, [*reasons[1], *reasons[0]]),
        assets=store.assets(conn, days, only, MOST_ASSETS),
        amounts=store.amounts(conn, days, only),
        people=store.people(conn, days, only),
        missed=missed,
        leaks=count_leaks(uow, only),
        months=_months(uow, days, only),
        wanted=_one_version(uow, asked, in_force),
        choices=_choices(uow, days, own_teams),
        rebuilding=_rebuilding(uow),
    )


def own_teams(conn: Connection, caller: Caller) -> Sequence[tuple[str, str]] | None:
    """Return the teams whose numbers alone the caller sees; None for everybody's.

    Raises ``Problem``: 409 for somebody without a team.
    """
    if caller.person_id is None or caller.may("people:read"):
        return None
    teams = store.teams_of(conn, caller.person_id)
    if not teams:
        raise Problem(409, "no_team", "the numbers of one's own team need a team: you are in none")
    return teams


def _days(asked: Asked, today: date) -> Days:
    year = sums.last_year(today)
    last = asked.last or (today if asked.first is None else max(today, asked.first))
    first = asked.first or (year.first if asked.last is None else sums.last_year(last).first)
    if first > last:
        raise invalid("query.from", f"{first} is after {last}, the last day")
    days = Days(first, last)
    if days.length > sums.MOST_DAYS:
        message = f"{days.length} days are more than {sums.MOST_DAYS}: ask for three years at most"
        raise invalid("query.from", message, "period_too_long")
    if len(sums.cut(days, asked.by)) > sums.MOST_BUCKETS:
        message = f"{days.length} days are too many one by one: ask by week or by month"
        raise invalid("query.by", message, "period_too_long")
    return days


def _only(
    uow: UnitOfWork, asked: Asked, own: Sequence[tuple[str, str]] | None
) -> tuple[Only, tuple[str, ...] | None]:
    if asked.version is not None and asked.policy is None:
        raise invalid("query.version", "a version is of a policy: name it with `policy`")
    if asked.policy is not None and not store.has_policy(uow.conn, asked.policy, None):
        raise invalid("query.policy", f"there is no policy {asked.policy}", "unknown_policy")
    if asked.policy is not None and not store.has_policy(uow.conn, asked.policy, asked.version):
        message = f"policy {asked.policy} has no version {asked.version}"
        raise invalid("query.version", message, "unknown_version")
    if asked.content is not None and asked.campaign is not None:
        raise invalid("query.campaign", "ask for content or for a campaign, not for both")
    asset = None
    for kind, name in (("content", asked.content), ("campaign", asked.campaign)):
        asset = asset if name is None else (kind, name)
    teams = _teams(uow, asked.team, own)
    only = Only(
        asked.policy,
        asked.version,
        asked.source,
        asset,
        None if teams is None else tuple(team_id for team_id, _ in teams),
    )
    return only, None if teams is None else tuple(name for _, name in teams)


def _teams(
    uow: UnitOfWork, team: str | None, own: Sequence[tuple[str, str]] | None
) -> Sequence[tuple[str, str]] | None:
    """Return the teams to show; None: all, and what no team has."""
    if team is None:
        return own
    found = [one for one in store.teams(uow.conn) if team in one]
    if own is not None and not set(found) & set(own):
        raise Problem(403, "not_your_team", "this key sees the numbers of its person's teams only")
    if not found:
        raise invalid("query.team", f"there is no team {team}", "unknown_team")
    return found


def _together(*parts: ByDay) -> ByDay:
    """Put what was counted a day together; each part counts something else."""
    by_day: ByDay = {}
    for part in parts:
        for day, counts in part.items():
            by_day.setdefault(day, {}).update(counts)
    return by_day


def _version(uow: UnitOfWork, version_id: str) -> PolicyVersion | None:
    try:
        return uow.parts.shelf.by_id(uow.conn, version_id)
    except UnusablePolicy:
        return None


def _titles(uow: UnitOfWork, rows: Iterable[ReasonCounted]) -> dict[str, Mapping[str, str] | None]:
    """Return what people call the reasons, in the words of the latest version that used them."""
    latest = {row.reason: row.version_id for row in rows}
    found = {reason: _version(uow, version_id) for reason, version_id in latest.items()}
    return {
        reason: None if version is None else title_of(version, reason)
        for reason, version in found.items()
    }


def _one_version(
    uow: UnitOfWork, asked: Asked, in_force: Sequence[PolicyVersion]
) -> PolicyVersion | None:
    """Return whose goals are drawn: the version asked for, or the one in force if it is alone."""
    rows = [row for row in activated_versions(uow.conn) if row.policy == asked.policy]
    if asked.version is not None:
        row = next((one for one in rows if one.number == asked.version), None)
        return None if row is None else _version(uow, row.version_id)
    some = [one for one in in_force if asked.policy in (None, one.policy)]
    return some[0] if len(some) == 1 else None


def _months(uow: UnitOfWork, days: Days, only: Only) -> list[MonthRead]:
    """Return each month with what the policies of then wanted of it."""
    pieces = sums.cut(days, "month")
    counts = store.sales_ready_by_month(uow.conn, pieces, only)
    versions = [row for row in activated_versions(uow.conn) if only.policy in (None, row.policy)]
    months = []
    for piece, counted in zip(pieces, counts, strict=True):
        ends_at = sums.begin(piece.last + timedelta(days=1), uow.zone)
        begins_at = sums.begin(piece.first, uow.zone)
        ruling = {
            row.policy: row
            for row in versions
            if row.activated_at < ends_at
            and (row.succeeded_at is None or row.succeeded_at > begins_at)
        }
        for policy in sorted(ruling.keys() | counted.keys()):
            row = ruling.get(policy)
            version = None if row is None else _version(uow, row.version_id)
            months.append(
                MonthRead(
                    piece,
                    policy,
                    None if row is None else row.number,
                    None if version is None else version.targets.sales_ready_per_month,
                    counted.get(policy, 0),
                )
            )
    return months


def _choices(uow: UnitOfWork, days: Days, own: Sequence[tuple[str, str]] | None) -> dict[str, Any]:
    """Return what a view of these days can be narrowed to."""
    versions: dict[str, list[int]] = {}
    for policy, number in sorted(store.versions_in(uow.conn, days)):
        versions.setdefault(policy, []).append(number)
    teams = store.teams(uow.conn) if own is None else own
    return {
        "policies": [{"policy": one, "versions": found} for one, found in versions.items()],
        "sources": store.sources_in(uow.conn, days),
        "teams": [{"team_id": team_id, "name": name} for team_id, name in teams],
    }


def _rebuilding(uow: UnitOfWork) -> dict[str, Any] | None:
    row = state_of(uow.conn)
    if row.state in (DONE, SWEEPING):
        return None
    return {"done": row.done, "total": row.total}
