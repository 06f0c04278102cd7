"""Who did something: the name of a person where an id was written down."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from services.handoff.store.people import people_by_id
from shared.fields import canonical_id


def names_of(conn: Connection, who: Iterable[str | None]) -> Mapping[str, str]:
    """Return, for each of ``who`` that is a person's id, the name."""
    ids = {one for one in who if one and _is_id(one)}
    return {person_id: one.name for person_id, one in people_by_id(conn, ids).items()}


def _is_id(text: str) -> bool:
    try:
        return canonical_id(text) == text
    except ValueError:
        return False
