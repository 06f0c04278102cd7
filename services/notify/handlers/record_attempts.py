"""What attempts did, written down: many of them in one transaction."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.notify.domain.attempts import KEPT_ATTEMPTS, Attempt, NextStep, after
from services.notify.domain.deliveries import Delivery
from services.notify.domain.failing import GONE
from services.notify.domain.notifications import Route, next_route
from services.notify.domain.performance import Performance, total
from services.notify.domain.retries import PERSON_DELAYS_S, SUBSCRIPTION_DELAYS_S
from services.notify.handlers.notify_people import new_row, plan
from services.notify.handlers.reports import Settled, reports
from services.notify.store.performance import note_attempts
from services.notify.unit_of_work import UnitOfWork
from shared.audit import RELEVO
from shared.clock import to_text


@dataclass(frozen=True, slots=True)
class Finished:
    """A delivery and how its attempt went; None: it was given back without one."""

    delivery: Delivery
    attempt: Attempt | None


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt with what follows from it."""

    delivery: Delivery
    attempt: Attempt
    step: NextStep


def record_attempts(uow: UnitOfWork, finished: Sequence[Finished]) -> bool:
    """Write the results where the claim still holds; return whether something became due."""
    claims = {one.delivery.id: one.delivery.claim for one in finished}
    held = uow.deliveries.held(claims)
    mine = [one for one in finished if one.delivery.id in held]
    judged = [_judge(uow, one) for one in mine if one.attempt is not None]
    back = [one.delivery for one in mine if one.attempt is None]
    uow.deliveries.record([_row(one, uow) for one in judged])
    uow.deliveries.release({one.id: one.claim for one in back}, uow.now)
    lanes = {
        (one.subscription_id, one.key)
        for one in (*back, *(one.delivery for one in judged if one.step.state != "pending"))
        if one.subscription_id is not None
    }
    promoted = uow.deliveries.promote(lanes, uow.now)
    _keep_subscriptions(uow, [one for one in judged if one.delivery.endpoint is not None])
    moved_on = _move_people_on(uow, [one for one in judged if one.delivery.notification_id])
    uow.report(
        reports(
            [
                _settled(one)
                for one in judged
                if one.step.state != "pending" and one.delivery.endpoint is not None
            ],
            uow.now,
        )
    )
    return bool(promoted or moved_on or back)


def _judge(uow: UnitOfWork, one: Finished) -> Judged:
    assert one.attempt is not None
    delays = PERSON_DELAYS_S if one.delivery.endpoint is None else SUBSCRIPTION_DELAYS_S
    spread = random.uniform(-1, 1)  # noqa: S311 - jitter
    step = after(one.attempt.reply, one.delivery.failures, delays, uow.now, spread)
    return Judged(one.delivery, one.attempt, step)


def _row(judged: Judged, uow: UnitOfWork) -> dict[str, Any]:
    delivery, step = judged.delivery, judged.step
    log = [*delivery.log, describe(judged.attempt)]
    return {
        "delivery_id": delivery.id,
        "state": step.state,
        "failures": delivery.failures + (not judged.attempt.reply.ok),
        "attempts": log[-KEPT_ATTEMPTS:],
        "next_attempt_at": step.next_attempt_at,
        "settled_at": None if step.state == "pending" else uow.now,
        "reason": judged.attempt.reply.reason or None,
    }


def describe(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt as the log of its delivery keeps it."""
    reply = attempt.reply
    entry: dict[str, Any] = {
        "at": to_text(attempt.at),
        "outcome": reply.outcome,
        "ok": reply.ok,
        "duration_ms": attempt.duration_ms,
        "status": reply.status,
    }
    if not reply.ok:
        entry |= {"reason": reply.reason, "snippet": reply.snippet}
    return entry


def _settled(judged: Judged, next_channel: str | None = None) -> Settled:
    reply = judged.attempt.reply
    return Settled(
        judged.delivery,
        attempts=len(judged.delivery.log) + 1,
        reason=None if reply.ok else reply.reason,
        next_channel=next_channel,
    )


def _keep_subscriptions(uow: UnitOfWork, judged: Sequence[Judged]) -> None:
    """Note since when a subscription fails, and end it at once when its receiver is gone."""
    by_subscription: defaultdict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_subscription[str(one.delivery.subscription_id)].append(one)
    for subscription_id, group in sorted(by_subscription.items()):
        if any(one.attempt.reply.is_gone for one in group):
            disable(uow, RELEVO, subscription_id, GONE)
        elif any(one.attempt.reply.ok for one in group):
            uow.subscriptions.note_success(subscription_id, uow.now)
        else:
            uow.subscriptions.note_failure(subscription_id, group[-1].attempt.reply.reason, uow.now)
    went = {each: total(map(_went, group)) for each, group in by_subscription.items()}
    note_attempts(uow.conn, uow.now, went)


def _went(judged: Judged) -> Performance:
    ok, duration_ms = judged.attempt.reply.ok, judged.attempt.duration_ms
    return Performance(int(ok), int(not ok), duration_ms, duration_ms)


def disable(uow: UnitOfWork, who: str, subscription_id: str, reason: str) -> None:
    """End a subscription: what it has not got is parked, new events pass it by."""
    uow.subscriptions.change(
        subscription_id, uow.now, state="disabled", reason=reason, disabled_at=uow.now
    )
    uow.deliveries.park_all(subscription_id, f"subscription disabled: {reason}", uow.now)
    uow.audit(who, "subscription.disabled", subscription_id, reason)


def _move_people_on(uow: UnitOfWork, judged: Sequence[Judged]) -> bool:
    """Settle notifications: told, or on to the person's next channel, or failed."""
    ended = [one for one in judged if one.step.state != "pending"]
    if not ended:
        return False
    notifications = uow.notifications.find({str(one.delivery.notification_id) for one in ended})
    people = uow.people.find({row.person_id for row in notifications.values()})
    rows, settled = [], []
    for one in ended:
        notification = notifications[str(one.delivery.notification_id)]
        if one.attempt.reply.ok:
            uow.notifications.change(notification.id, state="told")
            settled.append(_settled(one))
            continue
        tried = [
            *notification.tried,
            {"channel": one.delivery.channel, "address": one.delivery.address},
        ]
        person = people.get(notification.person_id)
        email = person.email if person else notification.email
        fallback = Route("email", email) if uow.is_usable("email", email) else None
        route = next_route(plan(uow, person, notification.email), tried, fallback)
        state = "failed" if route is None else "open"
        uow.notifications.change(notification.id, state=state, tried=tried)
        settled.append(_settled(one, next_channel=route.channel if route else None))
        if route is not None:
            event = one.delivery
            rows.append(
                new_row(
                    uow,
                    notification._asdict(),
                    event.event_id,
                    event.event_type,
                    event.key,
                    route,
                )
            )
    uow.deliveries.add(rows)
    uow.report(reports(settled, uow.now))
    return bool(rows)
