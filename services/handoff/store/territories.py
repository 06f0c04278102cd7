"""Territories as they are stored: documents with revisions.

A territory's document is ``{countries, regions, languages, products, segments, policies,
domains, lists: [text…], employees: {at_least, at_most}}``; what it does not name it does not
ask about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from services.handoff.domain.comparing import fold_text
from services.handoff.domain.territories import Accounts, Among, Condition, Size, Territory
from services.handoff.store.tables import TERRITORY, TERRITORY_REVISION
from shared import pages
from shared.db import insert

ASKED = {
    "countries": "country",
    "regions": "region",
    "languages": "language",
    "products": "product",
    "segments": "segment",
    "policies": "policy",
}
"""The conditions that are a list of values, and what each asks."""
STEP = 10
"""Between the position of a new territory and that of the last one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A territory as it is now."""

    territory_id: str
    revision: int
    name: str
    title: str
    position: int
    team_id: str | None
    person_id: str | None
    document: Mapping[str, Any]
    active: bool

    @property
    def territory(self) -> Territory:
        """What asks about leads."""
        return Territory(
            self.territory_id,
            self.name,
            self.title,
            self.position,
            self.team_id,
            self.person_id,
            conditions_of(self.document),
        )


def conditions_of(document: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions a stored document says."""
    found: list[Condition] = []
    for name, kind in ASKED.items():
        if document.get(name):
            found.append(Among(kind, tuple(document[name])))
    domains, lists = document.get("domains") or (), document.get("lists") or ()
    if domains or lists:
        found.append(Accounts(frozenset(map(fold_text, domains)), tuple(lists)))
    if employees := document.get("employees"):
        found.append(Size(employees.get("at_least"), employees.get("at_most")))
    return tuple(found)


_IN_ORDER = (
    select(TERRITORY)
    .where(TERRITORY.c.active.is_(True))
    .order_by(TERRITORY.c.position, TERRITORY.c.name)
)


def in_force(conn: Connection) -> list[Territory]:
    """Return the territories new hand-offs are asked about, in order."""
    return [_stored(row).territory for row in conn.execute(_IN_ORDER)]


def find(conn: Connection, territory_id: str) -> Stored | None:
    """Return one territory."""
    row = conn.execute(select(TERRITORY).where(TERRITORY.c.territory_id == territory_id)).first()
    return None if row is None else _stored(row)


def find_by_name(conn: Connection, name: str) -> Stored | None:
    """Return the territory of this name."""
    row = conn.execute(select(TERRITORY).where(TERRITORY.c.name == name)).first()
    return None if row is None else _stored(row)


def lock(conn: Connection, territory_id: str) -> Stored | None:
    """Return a territory to change it."""
    query = select(TERRITORY).where(TERRITORY.c.territory_id == territory_id)
    row = conn.execute(query.with_for_update()).first()
    return None if row is None else _stored(row)


def next_position(conn: Connection) -> int:
    """Return the position behind all others."""
    last = conn.execute(select(func.max(TERRITORY.c.position))).scalar()
    return STEP if last is None else int(last) + STEP


def taken_by(conn: Connection, person_id: str) -> list[str]:
    """Return the names of the active territories whose leads go to a person."""
    names = select(TERRITORY.c.name).where(
        TERRITORY.c.person_id == person_id, TERRITORY.c.active.is_(True)
    )
    return list(conn.execute(names.order_by(TERRITORY.c.name)).scalars())


def lock_taken_by(conn: Connection, person_id: str) -> list[Stored]:
    """Return the active territories whose leads go to a person, to change them."""
    query = _IN_ORDER.where(TERRITORY.c.person_id == person_id)
    return [_stored(row) for row in conn.execute(query.with_for_update())]


def naming_list(conn: Connection, name: str) -> list[str]:
    """Return the names of the active territories that ask about a list."""
    rows = conn.execute(_IN_ORDER).all()
    return [row.name for row in rows if name in row.document.get("lists", ())]


def page(
    conn: Connection, active: bool | None, cursor: str | None, limit: int
) -> tuple[list[Stored], str | None]:
    """Return territories in the order they are asked; ``active`` chooses some of them."""
    query = select(TERRITORY)
    if active is not None:
        query = query.where(TERRITORY.c.active.is_(active))
    query = pages.by_name(query, TERRITORY.c.position, TERRITORY.c.name, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "position", "name")
    return [_stored(row) for row in rows], following


def page_of_revisions(
    conn: Connection, territory_id: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return a territory as it was, newest first."""
    table = TERRITORY_REVISION
    query = pages.newest_first(
        select(table).where(table.c.territory_id == territory_id),
        table.c.changed_at,
        table.c.revision,
        cursor,
        limit,
    )
    return pages.cut(conn.execute(query).all(), limit, "changed_at", "revision")


def as_it_was(one: Stored, row: Row[Any]) -> Stored:
    """Return a territory as a row of its revisions says."""
    parts = ("revision", "title", "position", "team_id", "person_id", "document", "active")
    return replace(one, **{name: getattr(row, name) for name in parts})


def add(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    """Store a new territory."""
    values = {"territory_id": one.territory_id, "name": one.name, **_values(one)}
    conn.execute(insert(conn, TERRITORY).values(**values))
    _remember(conn, one, by, at)


def change(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    """Store a locked territory as its next revision, which ``one`` carries."""
    conn.execute(
        update(TERRITORY)
        .where(TERRITORY.c.territory_id == one.territory_id)
        .values(name=one.name, **_values(one))
    )
    _remember(conn, one, by, at)


def _remember(conn: Connection, one: Stored, by: str, at: datetime) -> None:
    made = {"territory_id": one.territory_id, "changed_at": at, "changed_by": by}
    conn.execute(insert(conn, TERRITORY_REVISION).values(**made, **_values(one)))


def _values(one: Stored) -> dict[str, Any]:
    return {
        "revision": one.revision,
        "title": one.title,
        "position": one.position,
        "team_id": one.team_id,
        "person_id": one.person_id,
        "document": dict(one.document),
        "active": one.active,
    }


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        row.territory_id,
        row.revision,
        row.name,
        row.title,
        row.position,
        row.team_id,
        row.person_id,
        row.document,
        row.active,
    )
