"""A sender takes due deliveries, with everything it needs to send them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from services.notify.domain.attempts import Attempt, Reply
from services.notify.domain.deliveries import CLAIM, Delivery
from services.notify.domain.messages import Notice, Reader
from services.notify.domain.notifications import still_needed
from services.notify.handlers.record_attempts import describe
from services.notify.store.subscriptions import endpoint_of
from services.notify.unit_of_work import UnitOfWork

# Its sender took it and never said how it went.
LOST = Reply("unknown", ok=False, reason="the sender was lost before it could say how it went")


def claim_for_subscription(uow: UnitOfWork, subscription_id: str, limit: int) -> list[Delivery]:
    """Take due deliveries of one subscription; nothing unless it is active."""
    row = uow.subscriptions.peek(subscription_id)
    if row is None or row.state != "active":
        return []
    rows = uow.deliveries.claim(subscription_id, limit, uow.now)
    payloads = uow.deliveries.payloads(rows)
    endpoint = endpoint_of(row, uow.now)
    claimed = []
    for one in rows:
        payload, traceparent = payloads.get(one.position, (b"", None))
        claimed.append(
            Delivery(
                **_common(one, uow),
                queue=subscription_id,
                payload=payload,
                traceparent=traceparent,
                endpoint=endpoint,
            )
        )
    return claimed


def claim_for_people(uow: UnitOfWork, limit: int) -> list[Delivery]:
    """Take due messages for people; those nobody needs any more are settled so."""
    rows = uow.deliveries.claim(None, limit, uow.now)
    if not rows:
        return []
    notifications = uow.notifications.find({row.notification_id for row in rows})
    handoffs = uow.handoffs.find({row.handoff_id for row in rows})
    people = uow.people.find({row.person_id for row in rows})
    positions = {place for row in notifications.values() for place in row.positions}
    positions |= {row.ready_position for row in handoffs.values() if row.ready_position}
    payloads = uow.feed.payloads(positions)
    claimed, obsolete = [], []
    for row in rows:
        notification, handoff = notifications[row.notification_id], handoffs.get(row.handoff_id)
        events = tuple(payloads[place] for place in notification.positions if place in payloads)
        deadline = _deadline(events) if notification.step == "escalated" else None
        if not events or not still_needed(
            notification.step, notification.person_id, deadline, handoff
        ):
            obsolete.append(row)
            continue
        claimed.append(
            Delivery(
                **_common(row, uow),
                queue=row.channel,
                notification_id=row.notification_id,
                person_id=row.person_id,
                notice=Notice(
                    notification_id=row.notification_id,
                    step=notification.step,
                    reader=_reader(notification, people.get(row.person_id)),
                    events=events,
                    ready=payloads.get(handoff.ready_position) if handoff else None,
                ),
            )
        )
    _settle_obsolete(uow, obsolete)
    return claimed


def _common(row: Row[Any], uow: UnitOfWork) -> dict[str, Any]:
    log, failures = list(row.attempts), row.failures
    if row.claimed_until is not None:  # the claim before this one ended without a word
        log.append(describe(Attempt(row.claimed_until - CLAIM, 0, LOST)))
    return {
        "id": row.id,
        "claim": row.claim + 1,
        "claimed_until": uow.now + CLAIM,
        "channel": row.channel,
        "address": row.address,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "key": row.key,
        "lead_id": row.lead_id,
        "handoff_id": row.handoff_id,
        "failures": failures,
        "log": tuple(log),
    }


def _reader(notification: Row[Any], person: Row[Any] | None) -> Reader:
    """Return who reads it; of somebody not copied yet, what the event told."""
    if person is None:
        return Reader(notification.name, notification.email, "", "")
    return Reader(person.name, person.email, person.language, person.zone)


def _deadline(events: Sequence[bytes]) -> str | None:
    for payload in events:
        data: Mapping[str, Any] = orjson.loads(payload)["data"]
        return str(data["deadline"]["kind"])
    return None


def _settle_obsolete(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> None:
    uow.deliveries.settle_unneeded([row.id for row in rows], uow.now)
    for row in rows:
        uow.notifications.change(row.notification_id, state="not_needed")
