"""What notify remembers of hand-offs, to ask whether a message is still needed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from services.notify.store.tables import handoff
from shared.db import insert


class HandoffStore:
    """The hand-offs' present state in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def save(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep the state with the highest sequence; the ready event's position never goes."""
        if not rows:
            return
        statement = insert(self._conn, handoff)
        given = statement.excluded
        self._conn.execute(
            statement.on_conflict_do_update(
                index_elements=["handoff_id"],
                set_={
                    "lead_id": given.lead_id,
                    "owner_id": given.owner_id,
                    "stage": given.stage,
                    "sequence": given.sequence,
                    "ready_position": func.coalesce(given.ready_position, handoff.c.ready_position),
                },
                where=handoff.c.sequence <= given.sequence,
            ),
            list(rows),
        )

    def find(self, ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Return the known ones of ``ids``."""
        rows = self._conn.execute(select(handoff).where(handoff.c.handoff_id.in_(list(ids))))
        return {row.handoff_id: row for row in rows}
