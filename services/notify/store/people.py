"""The copies of people, keys and sessions, which handoff owns."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from services.notify.store.tables import api_key, console_session, person
from shared.access import save_key
from shared.console.session_copies import save_session
from shared.contracts.directory import KeyChanged, PersonChanged, SessionChanged
from shared.db import insert

FIND = select(person).where(person.c.person_id.in_(bindparam("ids", expanding=True)))


class PeopleStore:
    """People, keys and sessions in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def save_person(self, changed: PersonChanged) -> None:
        """Keep the newest revision, in whatever order revisions come."""
        values = changed.model_dump(exclude={"person_id"})
        statement = insert(self._conn, person).values(person_id=changed.person_id, **values)
        self._conn.execute(
            statement.on_conflict_do_update(
                index_elements=["person_id"],
                set_=values,
                # The same once more is told at each start: a copy that lacks something heals.
                where=person.c.revision <= changed.revision,
            )
        )

    def save_key(self, changed: KeyChanged) -> None:
        save_key(self._conn, api_key, changed)

    def save_session(self, changed: SessionChanged) -> None:
        save_session(self._conn, console_session, changed)

    def admins(self) -> list[Row[Any]]:
        """Return the admins who work here."""
        rows = self._conn.execute(select(person).where(person.c.active.is_(True)))
        return [row for row in rows if "admin" in row.roles]

    def find(self, ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Return the known ones of ``ids``."""
        rows = self._conn.execute(FIND, {"ids": list(ids)})
        return {row.person_id: row for row in rows}
