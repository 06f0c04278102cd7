"""People, teams and turns."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, literal, or_, select, update

from services.handoff.store.tables import PERSON, TEAM, TEAM_MEMBER
from shared import pages
from shared.bulk import is_in
from shared.contracts.directory import PersonalChannel, PersonChanged
from shared.contracts.handoffs import Person
from shared.db import insert
from shared.fields import canonical_id, normal_email


class Employee(PersonChanged):
    """A person as handoff keeps one: with what only routing asks about."""

    languages: list[str] = Field(default=[])
    """Spoken with leads (BCP 47); none named: the one they are written to in."""
    skills: list[str] = Field(default=[])
    last_day: date | None = None
    """In their zone. They leave when it ends."""

    @property
    def spoken(self) -> list[str]:
        """The languages leads can be talked to in."""
        return self.languages or [self.language]

    @property
    def told(self) -> PersonChanged:
        """The person as the other services know one."""
        return PersonChanged(**{name: getattr(self, name) for name in PersonChanged.model_fields})


def person(conn: Connection, person_id: str) -> Person | None:
    """Return a person as events name one."""
    row = conn.execute(select(PERSON).where(PERSON.c.person_id == person_id)).first()
    return None if row is None else as_person(row)


def last_day_of(conn: Connection, person_id: str) -> date | None:
    """Return the last day of somebody who leaves or has left."""
    return conn.execute(select(PERSON.c.last_day).where(PERSON.c.person_id == person_id)).scalar()


def find_person(conn: Connection, name: str) -> Row[Any] | None:
    """Return the person with this id or e-mail address."""
    try:
        by = PERSON.c.email == normal_email(name) if "@" in name else _has_id(name)
    except ValueError:
        return None
    return conn.execute(select(PERSON).where(by)).first()


def _has_id(text: str) -> ColumnElement[bool]:
    return PERSON.c.person_id == canonical_id(text)


def people_by_id(conn: Connection, person_ids: Iterable[str]) -> dict[str, Person]:
    """Return these people by id."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return {}
    rows = conn.execute(_PEOPLE, {"wanted": wanted}).all()
    return {row.person_id: as_person(row) for row in rows}


_PEOPLE = select(PERSON).where(is_in(PERSON.c.person_id))


def as_person(row: Row[Any]) -> Person:
    """Return a row of ``person`` as events name one."""
    return Person(person_id=row.person_id, name=row.name, email=row.email)


def fallback_of(conn: Connection, team_id: str | None, last_resort_email: str) -> Row[Any]:
    """Return who is told when nobody else can be: the team's fallback, else the last resort."""
    if team_id is not None:
        row = conn.execute(
            select(PERSON)
            .join(TEAM, TEAM.c.fallback_id == PERSON.c.person_id)
            .where(TEAM.c.team_id == team_id, PERSON.c.active.is_(True))
        ).first()
        if row is not None:
            return row
    return conn.execute(select(PERSON).where(PERSON.c.email == last_resort_email)).one()


def superiors(conn: Connection, person_id: str, team_id: str | None) -> list[Row[Any]]:
    """Return the managers of a person's team by name, and behind them the team's fallback.

    The team is ``team_id`` where the person is a member of it or of none, else a team of
    theirs.
    """
    teams = list(conn.execute(_TEAMS_OF, {"person_id": person_id}).scalars())
    team = team_id if not teams or team_id in teams else teams[0]
    found = conn.execute(_SUPERIORS, {"team_id": team}).all()
    managers = [row for row in found if row.is_member and "manager" in row.roles]
    return [*managers, *(row for row in found if row.is_fallback and row not in managers)]


_TEAMS_OF = (
    select(TEAM_MEMBER.c.team_id)
    .where(TEAM_MEMBER.c.person_id == bindparam("person_id"))
    .order_by(TEAM_MEMBER.c.team_id)
)
_IS_FALLBACK = PERSON.c.person_id == TEAM.c.fallback_id
_SUPERIORS = (  # a team's members, and its fallback
    select(
        PERSON,
        TEAM_MEMBER.c.person_id.is_not(None).label("is_member"),
        _IS_FALLBACK.label("is_fallback"),
    )
    .select_from(TEAM)
    .join(PERSON, literal(True))
    .outerjoin(
        TEAM_MEMBER,
        and_(
            TEAM_MEMBER.c.person_id == PERSON.c.person_id,
            TEAM_MEMBER.c.team_id == TEAM.c.team_id,
        ),
    )
    .where(
        TEAM.c.team_id == bindparam("team_id"),
        or_(TEAM_MEMBER.c.person_id.is_not(None), _IS_FALLBACK),
    )
    .order_by(PERSON.c.name, PERSON.c.person_id)
)


def rows_by_id(conn: Connection, person_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """Return these people's rows by id."""
    wanted = sorted(set(person_ids))
    return {row.person_id: row for row in conn.execute(_PEOPLE, {"wanted": wanted})}


def save_person(conn: Connection, one: Employee) -> Employee:
    """Store a person as the next revision; return what was stored."""
    current = conn.execute(
        select(PERSON.c.revision).where(PERSON.c.person_id == one.person_id).with_for_update()
    ).scalar()
    stored = one.model_copy(update={"revision": (current or 0) + 1})
    values = stored.model_dump(mode="json", exclude={"person_id", "last_day"})
    values["last_day"] = stored.last_day
    if current is None:
        conn.execute(insert(conn, PERSON).values(person_id=one.person_id, **values))
    else:
        conn.execute(update(PERSON).where(PERSON.c.person_id == one.person_id).values(**values))
    return stored


def lock_person(conn: Connection, person_id: str) -> Employee | None:
    """Return a person, locked until the commit."""
    row = conn.execute(
        select(PERSON).where(PERSON.c.person_id == person_id).with_for_update()
    ).first()
    return None if row is None else as_entry(row)


def lock_staff(conn: Connection, person_ids: Iterable[str]) -> dict[str, Employee]:
    """Return those of these people who work here; none of them can leave before the commit."""
    wanted = sorted(set(person_ids))
    rows = conn.execute(
        select(PERSON)
        .where(PERSON.c.person_id.in_(wanted), PERSON.c.active.is_(True))
        .order_by(PERSON.c.person_id)
        .with_for_update(read=True)
    )
    return {row.person_id: as_entry(row) for row in rows}


def page_of_people(
    conn: Connection, active: bool | None, cursor: str | None, limit: int
) -> tuple[list[Employee], str | None]:
    """Return people in order of name; ``active`` chooses who works here or who has left."""
    query = select(PERSON)
    if active is not None:
        query = query.where(PERSON.c.active.is_(active))
    query = pages.by_name(query, PERSON.c.name, PERSON.c.person_id, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "name", "person_id")
    return [as_entry(row) for row in rows], following


def everybody(conn: Connection) -> list[Employee]:
    """Return all people, those who left included."""
    rows = conn.execute(select(PERSON).order_by(PERSON.c.name, PERSON.c.person_id))
    return [as_entry(row) for row in rows]


def as_entry(row: Row[Any]) -> Employee:
    """Return a row of ``person``."""
    fields = dict(row._mapping)
    fields |= {name: fields[name] or [] for name in ("languages", "skills")}
    fields["channels"] = [PersonalChannel(**channel) for channel in fields["channels"]]
    return Employee(**{name: fields[name] for name in Employee.model_fields})
