"""Teams: who takes leads in turn, and who takes what nobody in the team can."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from services.handoff.store import people
from services.handoff.store.tables import CALENDAR, PERSON, TEAM, TEAM_MEMBER
from shared import pages
from shared.contracts.handoffs import Person
from shared.db import insert


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a team, with what they take of its leads."""

    person_id: str
    name: str
    email: str
    active: bool
    dealt: int
    """Leads they got by turn in this team, ever."""
    last_dealt_at: datetime | None
    weight: float
    """Turns beside those of the others; 0: none."""
    cap: int | None
    """Open hand-offs at most."""
    behind: float
    """Leads they were short of their share when a lead was dealt last; below zero: ahead."""


@dataclass(frozen=True, slots=True)
class Team:
    """A team with its members, in order of name."""

    team_id: str
    revision: int
    name: str
    takes_leads: bool
    fallback: Person
    members: tuple[Member, ...]
    calendar_id: str | None
    calendar: str | None
    """The name of its calendar; None: day and night."""
    fallbacks: tuple[Person, ...]
    """Who takes what nobody in the team can, in order, before ``fallback``."""
    window_days: int
    """Over so many days turns are fair."""
    requires: tuple[str, ...]
    """``language``, ``skill``: nobody gets a lead without."""


def lock_teams(conn: Connection) -> dict[str, Team]:
    """Return all teams by id, locked until the commit: they share who takes leads."""
    rows = conn.execute(select(TEAM).order_by(TEAM.c.team_id).with_for_update()).all()
    return {team.team_id: team for team in _read(conn, rows)}


def all_teams(conn: Connection) -> list[Team]:
    """Return all teams, in order of name."""
    return _read(conn, conn.execute(select(TEAM).order_by(TEAM.c.name)).all())


def team_names(conn: Connection) -> list[Row[Any]]:
    """Return id, name and ``takes_leads`` of all teams, in order of name."""
    query = select(TEAM.c.team_id, TEAM.c.name, TEAM.c.takes_leads)
    return list(conn.execute(query.order_by(TEAM.c.name)))


def page_of_teams(
    conn: Connection, cursor: str | None, limit: int
) -> tuple[list[Team], str | None]:
    """Return teams in order of name."""
    query = pages.by_name(select(TEAM), TEAM.c.name, TEAM.c.team_id, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "name", "team_id")
    return _read(conn, rows), following


def find_team(conn: Connection, team_id: str) -> Team | None:
    """Return one team."""
    rows = conn.execute(select(TEAM).where(TEAM.c.team_id == team_id)).all()
    return next(iter(_read(conn, rows)), None)


def fallback_for(conn: Connection, person_id: str) -> list[str]:
    """Return the names of the teams among whose fallbacks a person is."""
    rows = conn.execute(select(TEAM.c.name, TEAM.c.fallback_id, TEAM.c.fallbacks))
    named = (row for row in rows if person_id in (row.fallback_id, *(row.fallbacks or ())))
    return sorted(row.name for row in named)


def set_routing(
    conn: Connection,
    team_id: str,
    fallbacks: Sequence[str],
    window_days: int,
    requires: Sequence[str],
) -> None:
    """Say how a locked team deals its leads."""
    values = {
        "fallbacks": list(fallbacks),
        "window_days": window_days,
        "requires": sorted(requires),
    }
    conn.execute(update(TEAM).where(TEAM.c.team_id == team_id).values(**values))


def add_team(conn: Connection, team_id: str, name: str, fallback_id: str, takes: bool) -> None:
    """Store a new team, without members."""
    if takes:
        _take_from_others(conn, team_id)
    conn.execute(
        insert(conn, TEAM).values(
            team_id=team_id, revision=1, name=name, fallback_id=fallback_id, takes_leads=takes
        )
    )


def change_team(conn: Connection, before: Team, name: str, fallback_id: str, takes: bool) -> None:
    """Store a locked team as its next revision."""
    if takes and not before.takes_leads:
        _take_from_others(conn, before.team_id)
    conn.execute(
        update(TEAM)
        .where(TEAM.c.team_id == before.team_id)
        .values(revision=before.revision + 1, name=name, fallback_id=fallback_id, takes_leads=takes)
    )


def _take_from_others(conn: Connection, team_id: str) -> None:
    conn.execute(
        update(TEAM)
        .where(TEAM.c.takes_leads, TEAM.c.team_id != team_id)
        .values(takes_leads=False, revision=TEAM.c.revision + 1)
    )


def set_calendar(conn: Connection, team_id: str, calendar_id: str | None) -> None:
    """Give a locked team the hours of a calendar, or of none."""
    conn.execute(update(TEAM).where(TEAM.c.team_id == team_id).values(calendar_id=calendar_id))


def add_members(conn: Connection, team_id: str, person_ids: Iterable[str]) -> None:
    """Let people join a locked team. What was dealt before is nobody's debt to them."""
    rows = [{"team_id": team_id, "person_id": person_id, "dealt": 0} for person_id in person_ids]
    if rows:
        conn.execute(insert(conn, TEAM_MEMBER), rows)


def set_shares(
    conn: Connection, team_id: str, person_id: str, shares: Mapping[str, object]
) -> None:
    """Store ``weight`` or ``cap`` of somebody in a locked team."""
    if not shares:
        return
    conn.execute(
        update(TEAM_MEMBER)
        .where(TEAM_MEMBER.c.team_id == team_id, TEAM_MEMBER.c.person_id == person_id)
        .values(**shares)
    )


def remove_members(conn: Connection, team_id: str, person_ids: Sequence[str]) -> None:
    """Let people go from a locked team. Their hand-offs stay theirs."""
    conn.execute(
        delete(TEAM_MEMBER).where(
            TEAM_MEMBER.c.team_id == team_id, TEAM_MEMBER.c.person_id.in_(person_ids)
        )
    )


def _read(conn: Connection, rows: Sequence[Row[Any]]) -> list[Team]:
    members: dict[str, list[Member]] = {row.team_id: [] for row in rows}
    found = conn.execute(
        select(TEAM_MEMBER, PERSON.c.name, PERSON.c.email, PERSON.c.active)
        .join(PERSON, PERSON.c.person_id == TEAM_MEMBER.c.person_id)
        .where(TEAM_MEMBER.c.team_id.in_(list(members)))
        .order_by(PERSON.c.name, PERSON.c.person_id)
    )
    for one in found:
        ids = (one.person_id, one.name, one.email)
        turns = (one.active, one.dealt, one.last_dealt_at, one.weight, one.cap, one.behind)
        members[one.team_id].append(Member(*ids, *turns))
    standing_in = {
        person_id for row in rows for person_id in (row.fallback_id, *(row.fallbacks or ()))
    }
    known = people.people_by_id(conn, standing_in)
    wanted = {row.calendar_id for row in rows if row.calendar_id is not None}
    named = select(CALENDAR).where(CALENDAR.c.calendar_id.in_(wanted))
    calendars = {row.calendar_id: row.name for row in conn.execute(named)} if wanted else {}
    return [
        Team(
            row.team_id,
            row.revision,
            row.name,
            row.takes_leads,
            known[row.fallback_id],
            tuple(members[row.team_id]),
            row.calendar_id,
            calendars.get(row.calendar_id),
            tuple(known[one] for one in row.fallbacks or () if one in known),
            row.window_days,
            tuple(row.requires or ()),
        )
        for row in rows
    ]
