"""What notify remembers of hand-offs, to ask whether a message is still needed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, select

from services.notify.store.tables import handoff
from shared.bulk import Replace, bulk_insert

STATE = ("lead_id", "owner_id", "stage", "sequence")
READY = ("handoff_id", *STATE, "ready_position")
FIND = select(handoff).where(handoff.c.handoff_id.in_(bindparam("ids", expanding=True)))


class HandoffState(NamedTuple):
    """A hand-off after an event; ``ready_position`` only from the event that opened it."""

    handoff_id: str
    lead_id: str
    owner_id: str
    stage: str
    sequence: int
    ready_position: int | None


class HandoffStore:
    """The hand-offs' present state in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def save(self, states: Sequence[HandoffState]) -> None:
        """Keep these states, at most one per hand-off, over what was known."""
        opened = [state for state in states if state.ready_position is not None]
        others = [state[:-1] for state in states if state.ready_position is None]
        replace = Replace(("handoff_id",), (*STATE, "ready_position"))
        bulk_insert(self._conn, handoff, READY, opened, existing=replace)
        replace = Replace(("handoff_id",), STATE)
        bulk_insert(self._conn, handoff, READY[:-1], others, existing=replace)

    def find(self, ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Return the known ones of ``ids``."""
        rows = self._conn.execute(FIND, {"ids": list(ids)})
        return {row.handoff_id: row for row in rows}
