"""Whoever is signed in, with all that is known of a person who works here."""

from typing import Any

from sqlalchemy import Connection, Row

from services.handoff.store.people import find_person
from shared.console.visitor import SIGNED_OUT, Member


def own_row(conn: Connection, member: Member) -> Row[Any]:
    """Return the member's row of ``person``."""
    row = find_person(conn, member.person_id)
    if row is None:
        raise SIGNED_OUT
    return row
