"""Calendars as they are stored: documents with revisions, and what counts on them.

A calendar's document is ``{zone, week: {mon: ["09:00-18:00"]…}, holidays: {country, region},
days: {"12-24": {title, hours}}}``. A person's may have the same keys, each in place of the
calendar's, and ``calendar`` and ``leave: [{from, until}]``. Their last day is in ``person``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, select, update

from services.handoff.domain.calendars import (
    DAY_AND_NIGHT,
    Calendar,
    Leave,
    SpecialDay,
    block,
)
from services.handoff.domain.questions import Titles
from services.handoff.domain.working_time import WorkingTime
from services.handoff.store.public_holidays import public_holidays
from services.handoff.store.tables import (
    CALENDAR,
    CALENDAR_REVISION,
    PERSON,
    PERSON_HOURS,
    TEAM,
    TEAM_MEMBER,
)
from shared import pages
from shared.db import insert

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LAST_DAY = "last_day"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A calendar as it is now."""

    calendar_id: str
    name: str
    revision: int
    title: str
    document: Document

    @property
    def working(self) -> WorkingTime:
        """What counts on it."""
        return working_time(self.document)


def working_time(document: Mapping[str, Any]) -> WorkingTime:
    """Return what counts on the calendar of a document; the same one for the same document."""
    return _working_time(orjson.dumps(document, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=1024)
def _working_time(document: bytes) -> WorkingTime:
    return WorkingTime(as_calendar(orjson.loads(document)))


def as_calendar(document: Mapping[str, Any]) -> Calendar:
    """Return the calendar a stored document says."""
    of, last_day = document.get("holidays") or {}, document.get(LAST_DAY)
    return Calendar(
        zone=document["zone"],
        week=tuple(tuple(map(block, document["week"].get(day, ()))) for day in WEEKDAYS),
        days={
            name: SpecialDay(
                Titles(**day["title"]) if day["title"] else None, tuple(map(block, day["hours"]))
            )
            for name, day in document["days"].items()
        },
        public=public_holidays(of.get("country"), of.get("region")),
        leave=tuple(
            Leave(datetime.fromisoformat(one["from"]), datetime.fromisoformat(one["until"]))
            for one in document.get("leave", ())
        ),
        last_day=date.fromisoformat(last_day) if last_day else None,
    )


def names(conn: Connection) -> tuple[str, ...]:
    """Return the names of all calendars."""
    return tuple(conn.execute(select(CALENDAR.c.name).order_by(CALENDAR.c.name)).scalars())


def find(conn: Connection, name: str) -> Stored | None:
    """Return the calendar of this name."""
    row = conn.execute(select(CALENDAR).where(CALENDAR.c.name == name)).first()
    return None if row is None else _stored(row)


def find_by_id(conn: Connection, calendar_id: str | None) -> Stored | None:
    """Return the calendar with this id."""
    row = conn.execute(select(CALENDAR).where(CALENDAR.c.calendar_id == calendar_id)).first()
    return None if row is None else _stored(row)


def lock(conn: Connection, name: str) -> Stored | None:
    """Return a calendar to change it: until the commit nobody starts a clock on it."""
    query = select(CALENDAR).where(CALENDAR.c.name == name).with_for_update()
    row = conn.execute(query).first()
    return None if row is None else _stored(row)


def hold(conn: Connection, wanted: Iterable[str], *, lock: bool = True) -> dict[str, Stored]:
    """Return calendars by name; ``lock``: none of them changes before the commit."""
    query = select(CALENDAR).where(CALENDAR.c.name.in_(sorted(set(wanted))))
    query = query.order_by(CALENDAR.c.calendar_id)
    rows = conn.execute(query.with_for_update(read=True) if lock else query)
    return {row.name: _stored(row) for row in rows}


def of_team(conn: Connection, team_id: str | None, *, lock: bool = True) -> str | None:
    """Return the name of a team's calendar; ``lock``: it gets no other before the commit."""
    team = select(TEAM.c.calendar_id).where(TEAM.c.team_id == team_id)
    calendar_id = conn.execute(team.with_for_update(read=True) if lock else team).scalar()
    one = find_by_id(conn, calendar_id)
    return None if one is None else one.name


def page(conn: Connection, cursor: str | None, limit: int) -> tuple[list[Stored], str | None]:
    """Return calendars in order of name."""
    query = pages.by_name(select(CALENDAR), CALENDAR.c.name, CALENDAR.c.calendar_id, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "name", "calendar_id")
    return [_stored(row) for row in rows], following


def page_of_revisions(
    conn: Connection, calendar_id: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return a calendar as it was, newest first."""
    table = CALENDAR_REVISION
    query = pages.newest_first(
        select(table).where(table.c.calendar_id == calendar_id),
        table.c.changed_at,
        table.c.revision,
        cursor,
        limit,
    )
    return pages.cut(conn.execute(query).all(), limit, "changed_at", "revision")


def add(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    """Store a new calendar."""
    values = {
        "calendar_id": one.calendar_id,
        "name": one.name,
        "revision": one.revision,
        "title": one.title,
        "document": one.document,
    }
    conn.execute(insert(conn, CALENDAR).values(**values))
    _remember(conn, one, by, at)


def change(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    """Store a locked calendar as its next revision, which ``one`` carries."""
    conn.execute(
        update(CALENDAR)
        .where(CALENDAR.c.calendar_id == one.calendar_id)
        .values(revision=one.revision, title=one.title, document=one.document)
    )
    _remember(conn, one, by, at)


def _remember(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    conn.execute(
        insert(conn, CALENDAR_REVISION).values(
            calendar_id=one.calendar_id,
            revision=one.revision,
            title=one.title,
            document=one.document,
            changed_at=at,
            changed_by=by,
        )
    )


def everyone(conn: Connection) -> list[Stored]:
    """Return all calendars, in order of name."""
    return [_stored(row) for row in conn.execute(select(CALENDAR).order_by(CALENDAR.c.name))]


def used_by(conn: Connection, one: Stored) -> tuple[list[tuple[str, str]], int]:
    """Return the teams on a calendar, by id and name, and how many people name it themselves."""
    of_teams = select(TEAM.c.team_id, TEAM.c.name).where(TEAM.c.calendar_id == one.calendar_id)
    named = PERSON_HOURS.c.document["calendar"].as_string() == one.name
    people = select(func.count()).select_from(PERSON_HOURS).where(named)
    teams = [(row.team_id, row.name) for row in conn.execute(of_teams.order_by(TEAM.c.name))]
    return teams, int(conn.execute(people).scalar_one())


# --- people -------------------------------------------------------------------------------


def hours_of(conn: Connection, person_id: str) -> tuple[int, Document]:
    """Return the revision and the document of a person's own hours; 0 and nothing without."""
    row = conn.execute(select(PERSON_HOURS).where(PERSON_HOURS.c.person_id == person_id)).first()
    if row is None:
        return 0, {}
    return row.revision, {name: part for name, part in row.document.items() if name != LAST_DAY}


def save_hours(conn: Connection, person_id: str, revision: int, document: Document) -> None:
    """Store a person's hours. Their row in ``person`` is locked."""
    statement = insert(conn, PERSON_HOURS).values(
        person_id=person_id, revision=revision, document=document
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"],
            set_={"revision": statement.excluded.revision, "document": statement.excluded.document},
        )
    )


def followed(conn: Connection, person_id: str, document: Mapping[str, Any]) -> Stored | None:
    """Return the calendar a person follows: the one they name, else that of a team of theirs."""
    if document.get("calendar"):
        return find(conn, document["calendar"])
    row = conn.execute(
        select(CALENDAR)
        .join(TEAM, TEAM.c.calendar_id == CALENDAR.c.calendar_id)
        .join(TEAM_MEMBER, TEAM_MEMBER.c.team_id == TEAM.c.team_id)
        .where(TEAM_MEMBER.c.person_id == person_id)
        .order_by(TEAM.c.takes_leads.desc(), TEAM.c.name)
        .limit(1)
    ).first()
    return None if row is None else _stored(row)


def person_time(conn: Connection, person_id: str) -> WorkingTime:
    """Return what counts on a person's hours; see ``hours_in_force``."""
    _, own = hours_of(conn, person_id)
    calendar = followed(conn, person_id, own)
    query = select(PERSON.c.zone, PERSON.c.last_day).where(PERSON.c.person_id == person_id)
    zone, last_day = conn.execute(query).first() or ("UTC", None)
    return hours_in_force(own, None if calendar is None else calendar.document, zone, last_day)


def hours_in_force(
    own: Mapping[str, Any], followed: Mapping[str, Any] | None, zone: str, last_day: date | None
) -> WorkingTime:
    """Return what counts on a person's hours: their own, where they have none the calendar's.

    Own blocks are in the person's ``zone`` unless their hours name one; hours of the calendar
    they follow in the calendar's. Who follows none and has no blocks works day and night.
    """
    base = _DAY_AND_NIGHT if followed is None else followed
    named = own.get("zone")
    if named is None and ("week" in own or followed is None):
        named = zone
    merged = {**base, "zone": named or base["zone"]}
    for key in ("week", "holidays", "days", "leave"):
        if key in own:
            merged[key] = own[key]
    if last_day is not None:
        merged[LAST_DAY] = last_day.isoformat()
    return working_time(merged)


_DAY_AND_NIGHT: Document = {
    "zone": DAY_AND_NIGHT.zone,
    "week": {day: ["00:00-24:00"] for day in WEEKDAYS},
    "holidays": None,
    "days": {},
}


def _stored(row: Row[Any]) -> Stored:
    return Stored(row.calendar_id, row.name, row.revision, row.title, row.document)
