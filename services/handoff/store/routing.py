"""The desk leads are dealt from: read under the teams' lock, saved in the same transaction.

All teams are locked, by id: somebody may be in two of them, and their cap counts once.
Who is behind is kept with each member, so a choice costs the same whether a hundred leads
were dealt or a million; what was dealt in a team's window, which is told beside it, is a sum
over the hours.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, or_, select, update

from services.handoff.domain.comparing import fold_text
from services.handoff.domain.routing import Dealt, Desk, Member, Staff, Team
from services.handoff.domain.turns import Turns, carried
from services.handoff.store.account_domain import account_domain_of
from services.handoff.store.calendars import Document, hours_in_force
from services.handoff.store.places import language_keys
from services.handoff.store.tables import (
    CALENDAR,
    HANDOFF,
    LEAD,
    PERSON,
    PERSON_HOURS,
    TEAM,
    TEAM_MEMBER,
    TURN,
)
from shared.bulk import Add, Replace, bulk_insert, is_in

ACTIVE = ("assigned", "accepted", "working")
"""Stages in which a hand-off is on its owner's hands: neither qualified by sales nor closed."""
KEPT_DAYS = 100
"""Longer than the longest window."""
HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Named:
    """People a choice may come to beside the teams': by id, or as a source told."""

    ids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()


def hour_of(at: datetime) -> int:
    """Return the hour of a moment, since 1970."""
    return int(at.timestamp() // 3600)


def read_teams(conn: Connection, *, lock: bool) -> Sequence[Row[Any]]:
    """Return all teams with their hours; ``lock``: nobody else deals before the commit."""
    return conn.execute(_TEAMS_LOCKED if lock else _TEAMS).all()


def read_desk(
    conn: Connection,
    now: datetime,
    last_resort_email: str,
    teams: Sequence[Row[Any]],
    named: Named,
) -> tuple[Desk, Mapping[str, Staff]]:
    """Return everybody leads can go to at ``now``, and the people by e-mail address."""
    given = {"hour": hour_of(now)}
    members: list[Row[Any]] = [*conn.execute(_MEMBERS, given)]
    ids = {row.person_id for row in members} | {row.fallback_id for row in teams} | named.ids
    ids |= {person_id for row in teams for person_id in row.fallbacks or ()}
    emails = sorted(named.emails | {last_resort_email})
    rows = conn.execute(_PEOPLE, {"wanted": sorted(ids), "emails": emails}).all()
    calendars = _calendars(conn, rows)
    of_teams = _followed(teams, members)
    people = {row.person_id: _staff(row, calendars, of_teams.get(row.person_id)) for row in rows}
    by_email = {one.email: one for one in people.values()}
    behind = _behind(now, teams, members, people)
    desk = Desk(
        now,
        people,
        {row.team_id: _team(row, members, people) for row in teams},
        next((row.team_id for row in teams if row.takes_leads), None),
        by_email[last_resort_email].person_id,
        {
            (row.team_id, row.person_id): Turns(
                float(row.dealt),
                row.share,
                behind.get((row.team_id, row.person_id), 0.0),
                row.last_dealt_at,
            )
            for row in members
        },
    )
    return desk, by_email


def _behind(
    now: datetime,
    teams: Iterable[Row[Any]],
    members: Iterable[Row[Any]],
    people: Mapping[str, Staff],
) -> dict[tuple[str, str], float]:
    """Return what everybody who takes turns of a team is behind there at ``now``."""
    found: dict[tuple[str, str], float] = {}
    for team in teams:
        taking = [
            row
            for row in members
            if row.team_id == team.team_id and row.weight > 0 and people[row.person_id].is_active
        ]
        quiet = now - (team.turns_at or now)
        known = carried(
            {row.person_id: row.behind for row in taking},
            {row.person_id: row.weight for row in taking},
            max(quiet, timedelta(0)),
            timedelta(days=team.window_days),
        )
        found |= {(team.team_id, person_id): value for person_id, value in known.items()}
    return found


def save_turns(conn: Connection, desk: Desk) -> None:
    """Add the turns that were taken to the counts of this hour, and keep who is behind."""
    if not desk.dealt:
        return
    hour, added = hour_of(desk.now), _added(desk.dealt)
    rows = [(*who, hour, *counted) for who, counted in sorted(added.items())]
    bulk_insert(conn, TURN, _TURN_COLUMNS, rows, _ADD_TO_HOUR)
    got = [
        {"_team": team, "_person": person, "_dealt": dealt, "_at": desk.now}
        for (team, person), (dealt, _) in sorted(added.items())
        if dealt
    ]
    conn.execute(_COUNT, got)
    teams = sorted({one.team_id for one in desk.dealt})
    standing = [
        (team, one.person_id, 0, desk.turns(team, one.person_id).behind)
        for team in teams
        for one in desk.teams[team].members
    ]
    bulk_insert(conn, TEAM_MEMBER, _STANDING_COLUMNS, standing, _STAND)
    conn.execute(_COUNTED, [{"_team": team, "_at": desk.now} for team in teams])


def give_back(conn: Connection, turn: Dealt, assigned_at: datetime) -> None:
    """Let a turn taken at ``assigned_at`` not count: as if the lead had not been dealt.

    The teams are locked. Of a lead dealt before its ``parts`` were kept none is known.
    """
    rows = [
        {"_team": turn.team_id, "_person": person_id, "_hour": hour_of(assigned_at)}
        | {
            "_dealt": int(person_id == turn.person_id),
            "_share": turn.parts.get(person_id, 0.0),
        }
        for person_id in sorted({turn.person_id, *turn.parts})
    ]
    conn.execute(_TAKE_FROM_HOUR, rows)
    conn.execute(_TAKE_FROM_STANDING, rows)


def forget_turns(conn: Connection, now: datetime) -> None:
    """Delete what no window reaches back to any more."""
    oldest = hour_of(now - timedelta(days=KEPT_DAYS))
    conn.execute(delete(TURN).where(TURN.c.hour < oldest))


def open_of_accounts(conn: Connection, domains: Collection[str]) -> dict[str, Row[Any]]:
    """Return for each of these companies its open hand-off, the earliest of several."""
    if not domains:
        return {}
    rows = conn.execute(_OPEN_OF_ACCOUNTS, {"wanted": sorted(domains)})
    found: dict[str, Row[Any]] = {}
    for row in rows:
        found.setdefault(row.domain, row)
    return found


# --- how it is read -----------------------------------------------------------------------

_TEAMS = (
    select(TEAM, CALENDAR.c.document.label("hours"))
    .outerjoin(CALENDAR, CALENDAR.c.calendar_id == TEAM.c.calendar_id)
    .order_by(TEAM.c.team_id)
)
_TEAMS_LOCKED = _TEAMS.with_for_update(of=TEAM)
_IN_WINDOW = and_(
    TURN.c.team_id == TEAM_MEMBER.c.team_id,
    TURN.c.person_id == TEAM_MEMBER.c.person_id,
    TURN.c.hour > bindparam("hour") - TEAM.c.window_days * HOURS_A_DAY,
)
_MEMBERS = (
    select(
        TEAM_MEMBER.c.team_id,
        TEAM_MEMBER.c.person_id,
        TEAM_MEMBER.c.weight,
        TEAM_MEMBER.c.cap,
        TEAM_MEMBER.c.last_dealt_at,
        TEAM_MEMBER.c.behind,
        func.coalesce(func.sum(TURN.c.dealt), 0).label("dealt"),
        func.coalesce(func.sum(TURN.c.share), 0.0).label("share"),
    )
    .join(TEAM, TEAM.c.team_id == TEAM_MEMBER.c.team_id)
    .outerjoin(TURN, _IN_WINDOW)
    .group_by(TEAM_MEMBER.c.team_id, TEAM_MEMBER.c.person_id)
)
_ON_HAND = (
    select(func.count())
    .where(
        HANDOFF.c.owner_id == PERSON.c.person_id,
        HANDOFF.c.closed_at.is_(None),
        HANDOFF.c.stage.in_(ACTIVE),
    )
    .scalar_subquery()
)
_PEOPLE = (
    select(PERSON, PERSON_HOURS.c.document, _ON_HAND.label("on_hand"))
    .outerjoin(PERSON_HOURS, PERSON_HOURS.c.person_id == PERSON.c.person_id)
    .where(or_(is_in(PERSON.c.person_id), is_in(PERSON.c.email, "emails")))
)
_MEMBER = update(TEAM_MEMBER).where(
    TEAM_MEMBER.c.team_id == bindparam("_team"),
    TEAM_MEMBER.c.person_id == bindparam("_person"),
)
_COUNT = _MEMBER.values(
    dealt=TEAM_MEMBER.c.dealt + bindparam("_dealt"), last_dealt_at=bindparam("_at")
)
_TURN_COLUMNS = ("team_id", "person_id", "hour", "dealt", "share")
_ADD_TO_HOUR = Add(("team_id", "person_id", "hour"), ("dealt", "share"))
# All members are there, as their team is locked: nothing is inserted, and nobody's count is 0.
_STANDING_COLUMNS = ("team_id", "person_id", "dealt", "behind")
_STAND = Replace(("team_id", "person_id"), ("behind",))
_COUNTED = (
    update(TEAM).where(TEAM.c.team_id == bindparam("_team")).values(turns_at=bindparam("_at"))
)
_TAKE_FROM_HOUR = (
    update(TURN)
    .where(
        TURN.c.team_id == bindparam("_team"),
        TURN.c.person_id == bindparam("_person"),
        TURN.c.hour == bindparam("_hour"),
    )
    .values(dealt=TURN.c.dealt - bindparam("_dealt"), share=TURN.c.share - bindparam("_share"))
)
_TAKE_FROM_STANDING = _MEMBER.values(
    behind=TEAM_MEMBER.c.behind + bindparam("_dealt") - bindparam("_share")
)
_DOMAIN = account_domain_of(LEAD.c.facts)
_OPEN_OF_ACCOUNTS = (
    select(
        _DOMAIN.label("domain"),
        HANDOFF.c.handoff_id,
        HANDOFF.c.owner_id,
    )
    .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
    .where(is_in(_DOMAIN), HANDOFF.c.closed_at.is_(None))
    .order_by(HANDOFF.c.decided_at, HANDOFF.c.handoff_id)
)


def _followed(teams: Iterable[Row[Any]], members: Iterable[Row[Any]]) -> dict[str, Document | None]:
    """Return the hours of each member's team; the team that takes leads comes first."""
    by_id = {row.team_id: row for row in teams}
    found: dict[str, Document | None] = {}
    order = sorted(
        (row for row in members if by_id[row.team_id].hours is not None),
        key=lambda row: (not by_id[row.team_id].takes_leads, by_id[row.team_id].name),
    )
    for row in order:
        found.setdefault(row.person_id, by_id[row.team_id].hours)
    return found


def _calendars(conn: Connection, people: Iterable[Row[Any]]) -> dict[str, Document]:
    """Return the hours of the calendars that people name themselves."""
    wanted = {name for row in people if (name := (row.document or {}).get("calendar"))}
    if not wanted:
        return {}
    rows = conn.execute(select(CALENDAR).where(CALENDAR.c.name.in_(sorted(wanted))))
    return {row.name: row.document for row in rows}


def _staff(row: Row[Any], calendars: Mapping[str, Document], of_team: Document | None) -> Staff:
    own = row.document or {}
    followed = calendars.get(own["calendar"]) if own.get("calendar") else of_team
    spoken = tuple(row.languages or (row.language,))
    return Staff(
        person_id=row.person_id,
        name=row.name,
        email=row.email,
        is_active=row.active,
        working=hours_in_force(own, followed, row.zone, row.last_day),
        last_day=row.last_day,
        spoken=spoken,
        languages=frozenset(key for tag in spoken for key in language_keys(tag)),
        skills=frozenset(map(fold_text, row.skills or ())),
        active=row.on_hand,
    )


def _team(row: Row[Any], members: Iterable[Row[Any]], people: Mapping[str, Staff]) -> Team:
    named = (*(row.fallbacks or ()), row.fallback_id)
    return Team(
        row.team_id,
        row.name,
        tuple(
            Member(one.person_id, one.weight, one.cap)
            for one in members
            if one.team_id == row.team_id and one.person_id in people
        ),
        tuple(dict.fromkeys(one for one in named if one in people)),
        row.window_days,
        frozenset(row.requires or ()),
    )


def _added(dealt: Iterable[Dealt]) -> dict[tuple[str, str], tuple[int, float]]:
    added: dict[tuple[str, str], tuple[int, float]] = {}
    for one in dealt:
        for person_id, part in one.parts.items():
            leads, share = added.get((one.team_id, person_id), (0, 0.0))
            got = person_id == one.person_id
            added[one.team_id, person_id] = leads + got, share + part
    return added
