"""Stored notifications, with everything a message is made of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row

from services.notify.domain.messages import Asked, Notice, Reader, Trouble
from services.notify.domain.notifications import asks_for_answer
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
            person = people.get(row.person_id)
            found[row.id] = Notice(
                notification_id=row.id,
                step=row.step,
                reader=_reader(row, person),
                events=events,
                ready=payloads.get(handoff.ready_position) if handoff else None,
                trouble=Trouble.of_json(row.notice) if row.notice else None,
                asked=_asked(row, person, handoff, events),
            )
    return found, handoffs


def _reader(notification: Row[Any], person: Row[Any] | None) -> Reader:
    """Return who reads it; of somebody not copied yet, what the event told."""
    if person is None:
        return Reader(notification.name, notification.email, "", "")
    return Reader(person.name, person.email, person.language, person.zone)


def _asked(
    notification: Row[Any],
    person: Row[Any] | None,
    handoff: Row[Any] | None,
    events: Sequence[bytes],
) -> Asked | None:
    """Return whose answer the message waits for; who has left is asked for none."""
    has_left = person is not None and not person.active
    if has_left or not asks_for_answer(notification.step, notification.person_id, handoff):
        return None
    happened_at = datetime.fromisoformat(orjson.loads(events[-1])["time"])
    return Asked(notification.handoff_id, notification.person_id, happened_at)
