"""Hand-off events become messages for people: stored once, then sent on their first channel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.notify.domain.deliveries import Delivery
from services.notify.domain.events import FeedEvent
from services.notify.domain.notifications import Route, Wanted, due_at, routes, wanted
from services.notify.handlers.reports import Settled, reports
from services.notify.store.notifications import Pair
from services.notify.unit_of_work import UnitOfWork
from shared.ids import new_id

INBOX = "inbox"


def notify_people(
    uow: UnitOfWork, events: Sequence[FeedEvent], positions: Mapping[str, int]
) -> bool:
    """Store who is to be told what about ``events``; return whether something can go now."""
    found = [one for event in events for one in wanted(event)]
    if not found:
        return False
    people = uow.people.find({one.person_id for one in found})
    updates = {(one.handoff_id, one.person_id) for one in found if one.step == "update"}
    told_at: dict[Pair, datetime] = dict(uow.notifications.last_due(updates)) if updates else {}
    rows: dict[str, dict[str, Any]] = {}
    firsts: dict[str, tuple[Wanted, Route]] = {}
    folded: dict[Pair, dict[str, Any]] = {}
    for one in found:
        position, pair = positions[one.event.id], (one.handoff_id, one.person_id)
        due = uow.now
        if one.step == "update":
            if pair in folded:
                folded[pair]["positions"].append(position)
                continue
            if _join_open_update(uow, one, position):
                continue
            due = due_at(uow.now, told_at.get(pair), uow.tuning.fold_updates)
        elif one.step != "escalated":
            told_at[pair] = uow.now
        route = plan(uow, people.get(one.person_id), one.email)[0]
        row = rows[one.dedupe] = _notification(uow, one, position, due, route)
        firsts[row["id"]] = one, route
        if one.step == "update":
            folded[pair] = row
    added = uow.notifications.add(list(rows.values()))
    _start(uow, [(row, *firsts[row["id"]]) for row in rows.values() if row["id"] in added])
    return any(row["state"] == "open" and row["due_at"] <= uow.now for row in rows.values())


def _join_open_update(uow: UnitOfWork, one: Wanted, position: int) -> bool:
    """Add the event to an update of the same hand-off that is still waiting to be sent."""
    row = uow.notifications.open_update(one.handoff_id, one.person_id)
    if row is None:
        return False
    if position not in row.positions:
        uow.notifications.change(row.id, positions=[*row.positions, position])
    return True


def _notification(
    uow: UnitOfWork, one: Wanted, position: int, due: datetime, route: Route
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": one.person_id,
        "handoff_id": one.handoff_id,
        "lead_id": one.lead_id,
        "step": one.step,
        "dedupe": one.dedupe,
        "positions": [position],
        "name": one.name,
        "email": one.email,
        # The inbox has it with this row: there is nothing to send.
        "state": "told" if route.channel == INBOX and due <= uow.now else "open",
        "created_at": uow.now,
        "due_at": due,
    }


def _start(uow: UnitOfWork, added: Sequence[tuple[dict[str, Any], Wanted, Route]]) -> None:
    """Add the delivery on each person's first channel; what the inbox has is delivered."""
    rows, settled = [], []
    for notification, one, route in added:
        event = one.event
        row = new_row(uow, notification, event.id, event.type, event.key, route)
        # The first delivery of a notification has its id: an update that still waits for
        # its moment is found by it.
        row["id"] = notification["id"]
        if notification["state"] == "told":
            settled.append(Settled(_told(row, one, uow.now), attempts=1))
        else:
            rows.append(row)
    uow.deliveries.add(rows)
    uow.report(reports(settled, uow.now))


def plan(uow: UnitOfWork, person: Any, email: str) -> list[Route]:
    """Return the ways to a person; of somebody not copied yet the event tells the e-mail.

    To somebody who has left nothing is sent any more.
    """
    if person is not None and not person.active:
        return [Route(INBOX, "")]
    if person is None:
        return routes([], email, uow.is_usable)
    return routes(person.channels, person.email, uow.is_usable)


def new_row(
    uow: UnitOfWork,
    notification: Mapping[str, Any],
    event_id: str,
    event_type: str,
    key: str,
    route: Route,
) -> dict[str, Any]:
    """Return the columns of a notification's delivery on one channel."""
    return {
        "id": new_id(),
        "notification_id": notification["id"],
        "event_id": event_id,
        "event_type": event_type,
        "key": key,
        "lead_id": notification["lead_id"],
        "handoff_id": notification["handoff_id"],
        "person_id": notification["person_id"],
        "channel": route.channel,
        "address": route.address,
        "state": "pending",
        "next_attempt_at": max(uow.now, notification["due_at"]),
        "created_at": uow.now,
    }


def _told(row: Mapping[str, Any], one: Wanted, now: datetime) -> Delivery:
    return Delivery(
        id=row["id"],
        claim=0,
        claimed_until=now,
        queue=row["channel"],
        channel=row["channel"],
        address=row["address"],
        event_id=row["event_id"],
        event_type=row["event_type"],
        key=row["key"],
        lead_id=row["lead_id"],
        handoff_id=row["handoff_id"],
        failures=0,
        log=(),
        traceparent=one.event.traceparent,
        notification_id=row["notification_id"],
        person_id=row["person_id"],
    )
