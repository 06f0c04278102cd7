"""Addresses leads changed from, and to.

An address its lead has no longer still finds that lead, and its history, and joins it with
nobody: somebody else may have it by now.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, update

from services.handoff.store.tables import IDENTIFIER


class Moves(NamedTuple):
    """When its lead changed from an address, and to it, the last time each."""

    left_at: datetime | None = None
    taken_at: datetime | None = None

    @property
    def is_former(self) -> bool:
        """Whether the lead has it no longer."""
        if self.left_at is None:
            return False
        return self.taken_at is None or self.left_at > self.taken_at


def save_moves(conn: Connection, moves: Mapping[str, Moves]) -> None:
    """Write when identifiers were left and taken."""
    rows = [
        {"_value": value, "_left": one.left_at, "_taken": one.taken_at}
        for value, one in sorted(moves.items())
    ]
    if rows:
        conn.execute(_MOVE, rows)


_MOVE = (
    update(IDENTIFIER)
    .where(IDENTIFIER.c.value == bindparam("_value"))
    .values(
        left_at=bindparam("_left", type_=IDENTIFIER.c.left_at.type),
        taken_at=bindparam("_taken", type_=IDENTIFIER.c.taken_at.type),
    )
)
