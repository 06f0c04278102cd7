"""Lists that policies name: the values of every version, and what a process holds of them.

A value is a row with the versions it is in, so a change writes what it changes and every
version can still be read.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from services.handoff.domain.facts import ListVersion
from services.handoff.store.scope_tables import NAMED_LIST, NAMED_LIST_VALUE, NAMED_LIST_VERSION
from shared import pages
from shared.bulk import bulk_insert, is_in
from shared.db import insert

_OF_VERSION = and_(
    NAMED_LIST_VERSION.c.name == NAMED_LIST.c.name,
    NAMED_LIST_VERSION.c.number == NAMED_LIST.c.number,
)
_HEAD = select(NAMED_LIST.c.deleted_at, *NAMED_LIST_VERSION.c).join(NAMED_LIST_VERSION, _OF_VERSION)
_NUMBERS = (
    select(NAMED_LIST.c.name, NAMED_LIST.c.number, NAMED_LIST_VERSION.c.digest)
    .join(NAMED_LIST_VERSION, _OF_VERSION)
    .where(is_in(NAMED_LIST.c.name))
)


class MissingList(LookupError):
    """A policy names a list that was never made here."""


@dataclass
class ListShelf:
    """What this process holds of lists: one version of each, the one asked for last."""

    _held: dict[str, tuple[str, ListVersion]] = field(default_factory=dict)  # with its digest

    def current(self, conn: Connection, names: Collection[str]) -> Mapping[str, ListVersion]:
        """Return the version of each list that counts in this transaction, deleted ones too.

        Raises ``MissingList``.
        """
        found: dict[str, ListVersion] = {}
        for name, number, digest in conn.execute(_NUMBERS, {"wanted": sorted(names)}).all():
            held = self._held.get(name)
            if held is None or held[0] != digest or held[1].number != number:
                held = digest, ListVersion(number, keys_of(conn, name, number))
                self._held[name] = held
            found[name] = held[1]
        if missing := names - found.keys():
            raise MissingList(f"no list is called {', '.join(sorted(missing))}")
        return found


def lists_over_time(
    conn: Connection, names: Collection[str], from_place: int, to_place: int
) -> list[tuple[int, dict[str, ListVersion]]]:
    """Return what lists held from ``from_place`` on, and from where on something else.

    Before a list was made it is taken to have held what it held first.
    """
    rows = conn.execute(
        select(NAMED_LIST_VERSION.c.place, NAMED_LIST_VERSION.c.name, NAMED_LIST_VERSION.c.number)
        .where(NAMED_LIST_VERSION.c.name.in_(sorted(names)), NAMED_LIST_VERSION.c.place < to_place)
        .order_by(NAMED_LIST_VERSION.c.place)
    ).all()
    numbers: dict[str, int] = {}
    held: list[tuple[int, dict[str, int]]] = []
    for place, name, number in rows:
        is_first = name not in numbers
        numbers[name] = number
        if not is_first and place > from_place:
            held.append((place, dict(numbers)))
    first = {name: number for _, name, number in reversed(rows)}
    first |= {name: number for place, name, number in rows if place <= from_place}
    versions: dict[tuple[str, int], ListVersion] = {}

    def bound(of: Mapping[str, int]) -> dict[str, ListVersion]:
        for name, number in of.items():
            if (name, number) not in versions:
                versions[name, number] = ListVersion(number, keys_of(conn, name, number))
        return {name: versions[name, number] for name, number in of.items()}

    # A list made later than another one changed was not among the numbers then.
    return [(from_place, bound(first)), *((place, bound(first | of)) for place, of in held)]


def keys_of(conn: Connection, name: str, number: int) -> frozenset[str]:
    """Return the values of one version of a list, as they are compared."""
    query = select(NAMED_LIST_VALUE.c.key).where(NAMED_LIST_VALUE.c.name == name)
    return frozenset(conn.execute(query.where(_is_in_version(number))).scalars())


def values_of(conn: Connection, name: str, number: int) -> dict[str, str]:
    """Return the values of one version as they were written, by how they are compared."""
    query = select(NAMED_LIST_VALUE.c.key, NAMED_LIST_VALUE.c.value).where(
        NAMED_LIST_VALUE.c.name == name, _is_in_version(number)
    )
    return {row.key: row.value for row in conn.execute(query.order_by(NAMED_LIST_VALUE.c.key))}


def _is_in_version(number: int) -> Any:
    # Most values are in most versions: the order of the key is worth more than an index of these.
    since, until = NAMED_LIST_VALUE.c.since + 0, NAMED_LIST_VALUE.c.until
    return and_(since <= number, or_(until.is_(None), until > number))


def list_names(conn: Connection) -> list[str]:
    """Return the names policies may use, in order."""
    query = select(NAMED_LIST.c.name).where(NAMED_LIST.c.deleted_at.is_(None))
    return list(conn.execute(query.order_by(NAMED_LIST.c.name)).scalars())


def count_lists(conn: Connection) -> int:
    """Return how many lists there are."""
    return conn.execute(
        select(func.count()).select_from(NAMED_LIST).where(NAMED_LIST.c.deleted_at.is_(None))
    ).scalar_one()


def find_list(conn: Connection, name: str) -> Row[Any] | None:
    """Return a list as it is now, with ``deleted_at``."""
    return conn.execute(_HEAD.where(NAMED_LIST.c.name == name)).first()


def lock_list(conn: Connection, name: str) -> Row[Any] | None:
    """Lock a list until the commit, then return it as it is."""
    conn.execute(select(NAMED_LIST.c.name).where(NAMED_LIST.c.name == name).with_for_update())
    return find_list(conn, name)


def hold_lists(conn: Connection, names: Iterable[str]) -> set[str]:
    """Return those of these lists that are there; none of them is deleted before the commit."""
    rows = conn.execute(
        select(NAMED_LIST.c.name)
        .where(NAMED_LIST.c.name.in_(sorted(names)), NAMED_LIST.c.deleted_at.is_(None))
        .order_by(NAMED_LIST.c.name)
        .with_for_update(read=True)
    )
    return set(rows.scalars())


def add_list(conn: Connection, name: str) -> None:
    """Store the name of a new list; its first version follows."""
    conn.execute(insert(conn, NAMED_LIST).values(name=name, number=0))


def add_version(
    conn: Connection,
    name: str,
    number: int,
    added: Mapping[str, str],
    removed: Collection[str],
    version: Mapping[str, Any],
) -> None:
    """Store what a locked list's next version adds (values by key) and takes out (keys).

    ``version`` has the other columns of ``named_list_version``.
    """
    if removed:
        conn.execute(
            update(NAMED_LIST_VALUE)
            .where(NAMED_LIST_VALUE.c.name == name, NAMED_LIST_VALUE.c.until.is_(None))
            .where(is_in(NAMED_LIST_VALUE.c.key))
            .values(until=number),
            {"wanted": sorted(removed)},
        )
    rows = [(name, key, number, value) for key, value in sorted(added.items())]
    bulk_insert(conn, NAMED_LIST_VALUE, ("name", "key", "since", "value"), rows, "refuse")
    conn.execute(insert(conn, NAMED_LIST_VERSION).values(name=name, number=number, **version))
    conn.execute(
        update(NAMED_LIST).where(NAMED_LIST.c.name == name).values(number=number, deleted_at=None)
    )


def delete_list(conn: Connection, name: str, now: datetime) -> None:
    """Let nobody name a locked list any more. Its versions stay: old decisions name them."""
    conn.execute(update(NAMED_LIST).where(NAMED_LIST.c.name == name).values(deleted_at=now))


def page_of_lists(
    conn: Connection, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return lists in order of name."""
    query = _HEAD.where(NAMED_LIST.c.deleted_at.is_(None))
    query = pages.by_name(query, NAMED_LIST.c.name, NAMED_LIST.c.name, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, "name", "name")


def page_of_values(
    conn: Connection, name: str, number: int, cursor: str | None, limit: int, part: str = ""
) -> tuple[list[str], str | None]:
    """Return the values of one version as they were written, in order.

    Those that hold ``part``, which is written as values are compared.
    """
    key, since = NAMED_LIST_VALUE.c.key, NAMED_LIST_VALUE.c.since
    query = select(NAMED_LIST_VALUE).where(NAMED_LIST_VALUE.c.name == name, _is_in_version(number))
    if part:
        query = query.where(key.contains(part, autoescape=True))
    query = pages.by_name(query, key, since, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "key", "since")
    return [row.value for row in rows], following


def page_of_versions(
    conn: Connection, name: str, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return the versions of a list, newest first."""
    at, number = NAMED_LIST_VERSION.c.made_at, NAMED_LIST_VERSION.c.number
    query = select(NAMED_LIST_VERSION).where(NAMED_LIST_VERSION.c.name == name)
    rows = conn.execute(pages.newest_first(query, at, number, cursor, limit)).all()
    return pages.cut(rows, limit, "made_at", "number")
