"""Messages for people: stored first, whatever the channels do. The console's inbox is these."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, tuple_, update

from services.notify.store.tables import IS_PENDING, delivery, notification
from shared.bulk import bulk_insert
from shared.db import chunks

KNOWN = select(notification.c.dedupe).where(
    notification.c.dedupe.in_(bindparam("some", expanding=True))
)


Pair = tuple[str | None, str]
"""A hand-off (None: it is about a policy) and a person."""


class NotificationStore:
    """The notifications in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def add(self, rows: Sequence[Mapping[str, Any]]) -> set[str]:
        """Store those whose dedupe key is new; return their ids."""
        known: set[str] = set()
        for some in chunks([row["dedupe"] for row in rows]):
            known |= set(self._conn.execute(KNOWN, {"some": some}).scalars())
        new = [row for row in rows if row["dedupe"] not in known]
        if new:
            columns = tuple(new[0])
            values = [tuple(row[column] for column in columns) for row in new]
            bulk_insert(self._conn, notification, columns, values, existing="refuse")
        return {row["id"] for row in new}

    def find(self, ids: Iterable[str]) -> Mapping[str, Row[Any]]:
        """Return the notifications of ``ids``."""
        rows = self._conn.execute(select(notification).where(notification.c.id.in_(list(ids))))
        return {row.id: row for row in rows}

    def last_due(self, pairs: Iterable[Pair]) -> Mapping[Pair, datetime]:
        """Return when each pair was last told something, or will be."""
        rows = self._conn.execute(
            select(
                notification.c.handoff_id,
                notification.c.person_id,
                func.max(notification.c.due_at).label("due_at"),
            )
            .where(
                tuple_(notification.c.handoff_id, notification.c.person_id).in_(list(pairs)),
                notification.c.step != "escalated",
                notification.c.state != "not_needed",
            )
            .group_by(notification.c.handoff_id, notification.c.person_id)
        )
        return {(row.handoff_id, row.person_id): row.due_at for row in rows}

    def open_update(self, handoff_id: str | None, person_id: str) -> Row[Any] | None:
        """Return the update that is not on its way yet, if any; it stays so until the commit."""
        return self._conn.execute(
            select(notification)
            .join(delivery, delivery.c.id == notification.c.id)
            .where(
                notification.c.handoff_id == handoff_id,
                notification.c.person_id == person_id,
                notification.c.step == "update",
                notification.c.state == "open",
                IS_PENDING,
                delivery.c.claim == 0,
            )
            .with_for_update()
        ).first()

    def change(self, notification_id: str, **values: Any) -> None:
        self._conn.execute(
            update(notification).where(notification.c.id == notification_id).values(**values)
        )

    def mark_read(self, person_id: str, notification_id: str | None, now: datetime) -> int:
        """Mark one, or all, of a person's messages as read; return how many were not."""
        one = [] if notification_id is None else [notification.c.id == notification_id]
        return self._conn.execute(
            update(notification)
            .where(notification.c.person_id == person_id, notification.c.read_at.is_(None), *one)
            .values(read_at=now)
        ).rowcount

    def prune(self, older_than: datetime, limit: int) -> int:
        """Delete some of the messages whose events the feed has let go; return how many."""
        old = (
            select(notification.c.id)
            .where(notification.c.created_at < older_than, notification.c.state != "open")
            .limit(limit)
        )
        return self._conn.execute(delete(notification).where(notification.c.id.in_(old))).rowcount
