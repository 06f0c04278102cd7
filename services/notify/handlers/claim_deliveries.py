"""A sender takes due deliveries, with everything it needs to send them."""

from collections.abc import Mapping, Sequence
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
from shared import trace

# Its sender took it and never said how it went.
LOST = Reply("unknown", ok=False, reason="the sender was lost before it could say how it went")

Log = tuple[dict[str, Any], ...]


def claim_for_subscription(uow: UnitOfWork, subscription_id: str, limit: int) -> list[Delivery]:
    """Take due deliveries of one subscription; nothing unless it is active."""
    row = uow.subscriptions.peek(subscription_id)
    if row is None or row.state != "active":
        return []
    rows = uow.deliveries.claim(subscription_id, limit, uow.now)
    logs = _keep_logs(uow, rows)
    payloads = uow.deliveries.payloads(rows)
    endpoint = endpoint_of(row, uow.now)
    claimed = []
    for one in rows:
        payload, traceparent = payloads.get(one.position, (b"", None))
        claimed.append(
            Delivery(
                **_common(one, logs, uow),
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
    logs = _keep_logs(uow, rows)
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
                **_common(row, logs, uow),
                queue=_queue(row),
                traceparent=trace.carried_by(notice.events[0]),
                notification_id=row.notification_id,
                person_id=row.person_id,
                notice=notice,
            )
        )
    _settle_obsolete(uow, obsolete)
    return claimed


def _queue(row: Row[Any]) -> str:
    """Return what shares the limit of calls at once: the mail server, or one URL."""
    return row.channel if row.channel == "email" else f"{row.channel} {row.address}"


def _is_needed(notice: Notice, row: Row[Any], handoff: Row[Any] | None) -> bool:
    deadline = None
    if notice.step in ("escalated", "reminded", "rescheduled"):
        deadline = orjson.loads(notice.events[0])["data"]["deadline"]["kind"]
    return still_needed(notice.step, row.person_id, deadline, handoff)


def _keep_logs(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[str, Log]:
    """Return the log of each delivery.

    A claim that ended without a word may have sent it. That is written down at once: the
    next claim can end in the same way, or find that nobody needs the message any more.
    """
    lost = {
        row.id: [*row.attempts, describe(Attempt(row.claimed_until - CLAIM, 0, LOST))]
        for row in rows
        if row.claimed_until is not None
    }
    uow.deliveries.keep_logs(lost)
    return {row.id: tuple(lost.get(row.id, row.attempts)) for row in rows}


def _common(row: Row[Any], logs: Mapping[str, Log], uow: UnitOfWork) -> dict[str, Any]:
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
        "failures": row.failures,
        "log": logs[row.id],
    }


def _settle_obsolete(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> None:
    uow.deliveries.settle_unneeded([row.id for row in rows], uow.now)
    for row in rows:
        uow.notifications.change(row.notification_id, state="not_needed")
