"""Sending the past again: a subscription's replay, all that is parked, and single deliveries."""

from typing import Any

from sqlalchemy import Row

from services.notify.domain.event_types import matcher
from services.notify.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.problem import Problem, not_found

REDELIVERY = ("redeliver_next", "redeliver_before", "redeliver_total", "redeliver_done")
STEP = 200  # a replay goes on once fewer deliveries than this wait for the subscription


def replay_events(uow: UnitOfWork) -> bool:
    """Take every replay and redelivery one step further; return whether deliveries were added.

    The steps wait for each other, so a replay of a year does not fill the queue in front
    of what happens today.
    """
    added = False
    for subscription in uow.subscriptions.replaying():
        if uow.deliveries.open_count(subscription.id, STEP) >= STEP:
            continue
        # One after the other: both would take the same events.
        step = _redelivery_step if subscription.redeliver_next is not None else _replay_step
        added |= step(uow, subscription)
    return added


def _redelivery_step(uow: UnitOfWork, subscription: Row[Any]) -> bool:
    """Send some parked deliveries again; one whose event the feed has let go stays parked."""
    positions = uow.deliveries.parked(
        subscription.id, subscription.redeliver_next, subscription.redeliver_before, STEP
    )
    reopen(uow, subscription, uow.feed.at(positions))
    if len(positions) < STEP:
        following = dict.fromkeys(REDELIVERY)
    else:
        done = subscription.redeliver_done + len(positions)
        following = {"redeliver_next": positions[-1] + 1, "redeliver_done": done}
    uow.subscriptions.advance(subscription.id, **following)
    return bool(positions)


def _replay_step(uow: UnitOfWork, subscription: Row[Any]) -> bool:
    events = uow.feed.span(subscription.replay_next, subscription.replay_end, STEP)
    last = events[-1].position if len(events) == STEP else subscription.replay_end
    done = last >= subscription.replay_end
    uow.subscriptions.advance(
        subscription.id,
        replay_first=None if done else subscription.replay_first,
        replay_next=None if done else last + 1,
        replay_end=None if done else subscription.replay_end,
    )
    is_wanted = matcher(tuple(subscription.event_types))
    policies = subscription.policies
    wanted = [
        event
        for event in events
        if is_wanted(event.type)
        and (policies is None or event.policy is None or event.policy in policies)
    ]
    reopen(uow, subscription, wanted)
    return bool(wanted)


def reopen(uow: UnitOfWork, subscription: Row[Any], events: list[Row[Any]]) -> None:
    """Make each event a delivery again; one that is still open stays as it is."""
    busy = uow.deliveries.busy([subscription.id], (event.key for event in events))
    rows = []
    for event in events:
        lane = (subscription.id, event.key)
        rows.append(
            {
                "id": new_id(),
                "subscription_id": subscription.id,
                "position": event.position,
                "event_id": event.event_id,
                "event_type": event.type,
                "key": event.key,
                "lead_id": event.lead_id,
                "handoff_id": event.handoff_id,
                "channel": subscription.channel,
                "state": "waiting" if lane in busy else "pending",
                "next_attempt_at": uow.now,
                "created_at": uow.now,
            }
        )
        busy.add(lane)
    uow.deliveries.reopen(rows)


def redeliver(uow: UnitOfWork, who: str, delivery_id: str) -> None:
    """Send a settled delivery of a subscription again, under the same event id."""
    row = uow.deliveries.get(delivery_id)
    if row is None:
        raise not_found("delivery")
    if row.subscription_id is None:
        raise Problem(409, "not_redeliverable", "a message for a person is not sent again")
    if row.settled_at is None:
        raise Problem(409, "not_settled", "the delivery is still on its way")
    subscription = uow.subscriptions.get(row.subscription_id)
    if subscription is None or subscription.state == "disabled":
        raise Problem(409, "disabled", "the subscription is disabled; enable it first")
    events = uow.feed.span(row.position, row.position, 1)
    if not events:
        raise Problem(409, "event_gone", "the feed does not keep this event any more")
    reopen(uow, subscription, events)
    detail = {"subscription_id": subscription.id, "event_id": row.event_id}
    uow.audit(who, "delivery.redelivered", delivery_id, detail=detail)
