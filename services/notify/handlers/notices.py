"""Stored notifications, with everything a message is made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from services.notify.domain.messages import Notice, Reader, Trouble
from services.notify.unit_of_work import UnitOfWork


def notices(
    uow: UnitOfWork, notifications: Sequence[Row[Any]]
) -> tuple[dict[str, Notice], Mapping[str, Row[Any]]]:
    """Return the notices by notification, and the hand-offs they are about.

    A notification whose events the feed does not keep any more has none.
    """
    handoffs = uow.handoffs.find({row.handoff_id for row in notifications if row.handoff_id})
    people = uow.people.find({row.person_id for row in notifications})
    positions = {place for row in notifications for place in row.positions}
    positions |= {row.ready_position for row in handoffs.values() if row.ready_position}
    payloads = uow.feed.payloads(positions)
    found = {}
    for row in notifications:
        events = tuple(payloads[place] for place in row.positions if place in payloads)
        handoff = handoffs.get(row.handoff_id)
        if events or row.notice:
            found[row.id] = Notice(
                notification_id=row.id,
                step=row.step,
                reader=_reader(row, people.get(row.person_id)),
                events=events,
                ready=payloads.get(handoff.ready_position) if handoff else None,
                trouble=Trouble.of_json(row.notice) if row.notice else None,
            )
    return found, handoffs


def _reader(notification: Row[Any], person: Row[Any] | None) -> Reader:
    """Return who reads it; of somebody not copied yet, what the event told."""
    if person is None:
        return Reader(notification.name, notification.email, "", "")
    return Reader(person.name, person.email, person.language, person.zone)
