"""What people are called, as handoff tells: for who did something here."""

from sqlalchemy import Connection, select

from services.ingest.store.tables import PERSON
from shared.contracts.directory import PersonChanged
from shared.db import insert

MOST_NAMES = 1_000


def save_person(conn: Connection, changed: PersonChanged) -> None:
    """Keep the newest name of a person, in whatever order revisions come; nothing else of them."""
    values = {"revision": changed.revision, "name": changed.name}
    statement = insert(conn, PERSON).values(person_id=changed.person_id, **values)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"], set_=values, where=PERSON.c.revision < changed.revision
        )
    )


def names(conn: Connection) -> dict[str, str]:
    """Return what people are called, by their ids; of very many some."""
    query = select(PERSON.c.person_id, PERSON.c.name).order_by(PERSON.c.name).limit(MOST_NAMES)
    return {row.person_id: row.name for row in conn.execute(query)}
