"""A person's inbox: their messages as texts, and which they have read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from services.notify.domain.messages import Notice
from services.notify.handlers.notices import notices
from services.notify.unit_of_work import UnitOfWork
from shared.problem import not_found


def inbox_page(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> list[tuple[Row[Any], Notice | None]]:
    """Return each notification with what its message is made of."""
    found, _ = notices(uow, rows)
    return [(row, found.get(row.id)) for row in rows]


def mark_read(uow: UnitOfWork, person_id: str, notification_id: str | None) -> int:
    """Mark one message of the person as read, or all; return how many were unread.

    Raises ``Problem`` (404) for a message of somebody else, as for an unknown one.
    """
    if notification_id is not None:
        row = uow.notifications.find([notification_id]).get(notification_id)
        if row is None or row.person_id != person_id:
            raise not_found("message")
    return uow.notifications.mark_read(person_id, notification_id, uow.now)
