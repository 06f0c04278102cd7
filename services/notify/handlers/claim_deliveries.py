"""A sender takes due deliveries, with everything it needs to send them."""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from services.notify.domain.attempts import Attempt, Reply
from services.notify.domain.deliveries import CLAIM, Delivery
from services.notify.domain.messages import Notice
from services.notify.domain.notifications import still_needed
from services.notify.handlers.notices import notices
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
    found, handoffs = notices(uow, list(notifications.values()))
    claimed, obsolete = [], []
    for row in rows:
        notice = found.get(row.notification_id)
        if notice is None or not _is_needed(notice, row, handoffs.get(row.handoff_id)):
            obsolete.append(row)
            continue
        claimed.append(
            Delivery(
                **_common(row, uow),
                queue=row.channel,
                notification_id=row.notification_id,
                person_id=row.person_id,
                notice=notice,
            )
        )
    _settle_obsolete(uow, obsolete)
    return claimed


def _is_needed(notice: Notice, row: Row[Any], handoff: Row[Any] | None) -> bool:
    deadline = None
    if notice.step == "escalated":
        deadline = orjson.loads(notice.events[0])["data"]["deadline"]["kind"]
    return still_needed(notice.step, row.person_id, deadline, handoff)


def _common(row: Row[Any], uow: UnitOfWork) -> dict[str, Any]:
    log, failures = list(row.attempts), row.failures
    if row.claimed_until is not None:  # the claim before this one ended without a word
        log.append(describe(Attempt(row.claimed_until - CLAIM, 0, LOST)))
    return {
        "id": row.id,
        "claim": row.claim + 1,
        "claimed_until": uow.now + CLAIM,
        "channel": row.channel,
        "address": row.address or "",
        "event_id": row.event_id,
        "event_type": row.event_type,
        "key": row.key,
        "lead_id": row.lead_id,
        "handoff_id": row.handoff_id,
        "failures": failures,
        "log": tuple(log),
    }


def _settle_obsolete(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> None:
    uow.deliveries.settle_unneeded([row.id for row in rows], uow.now)
    for row in rows:
        uow.notifications.change(row.notification_id, state="not_needed")
