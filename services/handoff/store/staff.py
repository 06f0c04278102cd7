"""The people as a list shows them: what each has on their hands, takes, and whether they are in.

A page of people costs the same few statements however many work here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, select

from services.handoff.domain.comparing import fold_text
from services.handoff.domain.working_time import WorkingTime
from services.handoff.store.calendars import hours_in_force
from services.handoff.store.console_tables import CREDENTIAL, PASSWORD_LINK, SESSION
from services.handoff.store.people import Employee, as_entry
from services.handoff.store.routing import ACTIVE
from services.handoff.store.tables import (
    CALENDAR,
    HANDOFF,
    PERSON,
    PERSON_HOURS,
    TEAM,
    TEAM_MEMBER,
)
from shared import pages
from shared.bulk import is_in
from shared.db import UtcDateTime


@dataclass(frozen=True, slots=True)
class InTeam:
    """What somebody takes of a team's leads."""

    team_id: str
    name: str
    weight: float
    cap: int | None


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of somebody beside what is said of them."""

    active: int
    """Hand-offs on their hands: those a cap counts."""
    late: int
    """Those of them whose answer is overdue."""
    teams: tuple[InTeam, ...]
    working: WorkingTime
    """What counts on their hours, with their leave."""
    has_password: bool
    invited_until: datetime | None
    """When the link that lets them in ends, while there is one."""
    sessions: int

    @property
    def cap(self) -> int | None:
        """The highest of their caps; None: in a team of theirs there is no limit, or no team."""
        caps = [one.cap for one in self.teams]
        return None if not caps or None in caps else max(one for one in caps if one is not None)


def page_of_staff(
    conn: Connection, text: str, active: bool, cursor: str | None, limit: int
) -> tuple[list[Employee], str | None]:
    """Return people in order of name whose name, address, language, skill or team has ``text``.

    Case and accents do not matter. ``active`` chooses who works here, or who has left.
    """
    query, given = select(PERSON).where(PERSON.c.active.is_(active)), {}
    if text.strip():
        query = query.where(is_in(PERSON.c.person_id, "found"))
        given = {"found": _found(conn, fold_text(text), active)}
    query = pages.by_name(query, PERSON.c.name, PERSON.c.person_id, cursor, limit)
    rows, following = pages.cut(conn.execute(query, given).all(), limit, "name", "person_id")
    return [as_entry(row) for row in rows], following


def _found(conn: Connection, wanted: str, active: bool) -> list[str]:
    columns = (PERSON.c.person_id, PERSON.c.name, PERSON.c.email)
    people = select(*columns, PERSON.c.languages, PERSON.c.skills)
    teams: dict[str, list[str]] = {}
    for row in conn.execute(_TEAMS):
        teams.setdefault(row.person_id, []).append(row.name)
    return sorted(
        row.person_id
        for row in conn.execute(people.where(PERSON.c.active.is_(active)))
        if any(wanted in fold_text(each) for each in (row.name, row.email))
        or any(
            fold_text(each).startswith(wanted)
            for each in (
                *(row.languages or ()),
                *(row.skills or ()),
                *teams.get(row.person_id, ()),
            )
        )
    )


def count_staff(conn: Connection) -> tuple[int, int]:
    """Return how many work here, and how many have left."""
    counted = select(PERSON.c.active, func.count()).group_by(PERSON.c.active)
    found = {bool(row[0]): int(row[1]) for row in conn.execute(counted)}
    return found.get(True, 0), found.get(False, 0)


def around(conn: Connection, people: Sequence[Employee], now: datetime) -> dict[str, Around]:
    """Return what else is known of these people, by id."""
    wanted = {"wanted": sorted(one.person_id for one in people)}
    loads = {row[0]: row for row in conn.execute(_LOADS, wanted | {"now": now})}
    sessions = _by_person(conn.execute(_SESSIONS, wanted | {"now": now}))
    links = _by_person(conn.execute(_LINKS, wanted | {"now": now}))
    passwords = set(conn.execute(_PASSWORDS, wanted).scalars())
    teams: dict[str, list[InTeam]] = {}
    followed: dict[str, Any] = {}
    for row in conn.execute(_TEAMS_OF, wanted):
        one = InTeam(row.team_id, row.name, row.weight, row.cap)
        teams.setdefault(row.person_id, []).append(one)
        if row.document is not None:
            followed.setdefault(row.person_id, row.document)
    hours = {row.person_id: row.document for row in conn.execute(_HOURS, wanted)}
    named = _named(conn, hours)

    def working(one: Employee) -> WorkingTime:
        own = hours.get(one.person_id) or {}
        follows = named.get(own["calendar"]) if own.get("calendar") else followed.get(one.person_id)
        return hours_in_force(own, follows, one.zone, one.last_day)

    return {
        one.person_id: Around(
            *_load(loads.get(one.person_id)),
            tuple(teams.get(one.person_id, ())),
            working(one),
            one.person_id in passwords,
            links.get(one.person_id),
            int(sessions.get(one.person_id, 0)),
        )
        for one in people
    }


def addresses(conn: Connection, at_most: int) -> list[tuple[str, str]]:
    """Return name and e-mail address of who works here, for forms that name somebody."""
    query = select(PERSON.c.name, PERSON.c.email).where(PERSON.c.active.is_(True))
    rows = conn.execute(query.order_by(PERSON.c.name, PERSON.c.person_id).limit(at_most))
    return [(row.name, row.email) for row in rows]


def _load(row: Row[Any] | None) -> tuple[int, int]:
    return (0, 0) if row is None else (int(row.active), int(row.late))


def _by_person(rows: Any) -> dict[str, Any]:
    return {row[0]: row[1] for row in rows}


def _named(conn: Connection, hours: Mapping[str, Any]) -> dict[str, Any]:
    names = sorted({own["calendar"] for own in hours.values() if own.get("calendar")})
    if not names:
        return {}
    rows = conn.execute(select(CALENDAR).where(CALENDAR.c.name.in_(names)))
    return {row.name: row.document for row in rows}


_OWNER = HANDOFF.c.owner_id
_NOW = bindparam("now", type_=UtcDateTime)
_IS_LATE = and_(HANDOFF.c.stage == "assigned", HANDOFF.c.due_at < _NOW)
_LOADS = (
    select(
        _OWNER,
        func.count().label("active"),
        func.sum(case((_IS_LATE, 1), else_=0)).label("late"),
    )
    .where(is_in(_OWNER), HANDOFF.c.closed_at.is_(None), HANDOFF.c.stage.in_(ACTIVE))
    .group_by(_OWNER)
)
_SESSIONS = (
    select(SESSION.c.person_id, func.count())
    .where(is_in(SESSION.c.person_id), SESSION.c.ends_at > _NOW)
    .group_by(SESSION.c.person_id)
)
_LINKS = (
    select(PASSWORD_LINK.c.person_id, func.max(PASSWORD_LINK.c.ends_at))
    .where(
        is_in(PASSWORD_LINK.c.person_id),
        PASSWORD_LINK.c.ends_at > _NOW,
    )
    .group_by(PASSWORD_LINK.c.person_id)
)
_PASSWORDS = select(CREDENTIAL.c.person_id).where(is_in(CREDENTIAL.c.person_id))
_HOURS = select(PERSON_HOURS).where(is_in(PERSON_HOURS.c.person_id))
_TEAMS = select(TEAM_MEMBER.c.person_id, TEAM.c.name).join(
    TEAM, TEAM.c.team_id == TEAM_MEMBER.c.team_id
)
_TEAMS_OF = (  # whose hours they follow comes first
    select(
        TEAM_MEMBER.c.person_id,
        TEAM.c.team_id,
        TEAM.c.name,
        TEAM_MEMBER.c.weight,
        TEAM_MEMBER.c.cap,
        CALENDAR.c.document,
    )
    .join(TEAM, TEAM.c.team_id == TEAM_MEMBER.c.team_id)
    .outerjoin(CALENDAR, CALENDAR.c.calendar_id == TEAM.c.calendar_id)
    .where(is_in(TEAM_MEMBER.c.person_id))
    .order_by(TEAM.c.takes_leads.desc(), TEAM.c.name)
)
