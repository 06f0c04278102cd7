"""Subscriptions as people manage them: made, changed, rotated, tested, replayed, ended.

``who`` is the name of the key that asks for it, for the audit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.notify.domain.deliveries import Delivery
from services.notify.handlers.record_attempts import disable
from services.notify.store.subscriptions import endpoint_of
from services.notify.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts.deliveries import SubscriptionTested
from shared.contracts.envelope import Envelope
from shared.ids import new_id
from shared.preconditions import changed_meanwhile
from shared.problem import Problem, not_found
from shared.signing import new_secret

OVERLAP = timedelta(hours=24)
MOST_SECRETS = 10


def create_subscription(
    uow: UnitOfWork, who: str, values: Mapping[str, Any]
) -> tuple[Row[Any], str]:
    """Make an active subscription; return it and its secret, which is not shown again."""
    subscription_id, secret = new_id(), new_secret()
    uow.subscriptions.add(
        {
            **values,
            "id": subscription_id,
            "state": "active",
            "secrets": [{"secret": secret, "until": None}],
            "revision": 1,
            "created_at": uow.now,
            "updated_at": uow.now,
        }
    )
    detail = {"name": values["name"], "channel": values["channel"]}
    uow.audit(who, "subscription.added", subscription_id, detail=detail)
    return found(uow, subscription_id), secret


def found(uow: UnitOfWork, subscription_id: str) -> Row[Any]:
    """Return a subscription, locked until the commit; raises ``Problem`` (404)."""
    row = uow.subscriptions.get(subscription_id)
    if row is None:
        raise not_found("subscription")
    return row


def change_subscription(
    uow: UnitOfWork,
    who: str,
    subscription_id: str,
    values: Mapping[str, Any],
    revision: int | None,
) -> Row[Any]:
    """Change what a person may change; raises ``Problem`` (404, 412)."""
    row = found(uow, subscription_id)
    if revision is not None and row.revision != revision:
        raise changed_meanwhile()
    uow.subscriptions.change(subscription_id, uow.now, **values)
    # names of fields only: the contact is a person
    uow.audit(who, "subscription.changed", subscription_id, detail={"changed": sorted(values)})
    return found(uow, subscription_id)


def rotate_secret(
    uow: UnitOfWork, who: str, subscription_id: str, revoke_old: bool
) -> tuple[Row[Any], str]:
    """Give a new secret. The old one signs too for a day more, unless it has leaked."""
    row, secret = found(uow, subscription_id), new_secret()
    until = to_text(uow.now + OVERLAP)
    kept = [] if revoke_old else _live(row, uow.now)
    if len(kept) >= MOST_SECRETS:
        raise Problem(409, "too_many_secrets", f"at most {MOST_SECRETS} secrets live at a time")
    secrets = [{"secret": secret, "until": None}]
    secrets += [{"secret": one["secret"], "until": one["until"] or until} for one in kept]
    uow.subscriptions.change(subscription_id, uow.now, secrets=secrets)
    uow.audit(who, "subscription.rotated", subscription_id, detail={"revoke_old": revoke_old})
    return found(uow, subscription_id), secret


def _live(row: Row[Any], now: datetime) -> list[dict[str, Any]]:
    return [
        one
        for one in row.secrets
        if one["until"] is None or datetime.fromisoformat(one["until"]) > now
    ]


def pause_subscription(uow: UnitOfWork, who: str, subscription_id: str) -> Row[Any]:
    """Stop sending; events queue up meanwhile."""
    row = found(uow, subscription_id)
    if row.state == "disabled":
        raise Problem(409, "disabled", "the subscription is disabled; enable it first")
    uow.subscriptions.change(subscription_id, uow.now, state="paused", reason="paused by hand")
    uow.audit(who, "subscription.paused", subscription_id)
    return found(uow, subscription_id)


def enable_subscription(uow: UnitOfWork, who: str, subscription_id: str) -> Row[Any]:
    """Send again, from now on; what a disabled one missed has to be replayed."""
    found(uow, subscription_id)
    uow.subscriptions.change(
        subscription_id,
        uow.now,
        state="active",
        reason=None,
        failing_since=None,
        warned_at=None,
        disabled_at=None,
    )
    uow.audit(who, "subscription.enabled", subscription_id)
    return found(uow, subscription_id)


def disable_subscription(uow: UnitOfWork, who: str, subscription_id: str) -> Row[Any]:
    """End it by hand: what it has not got is parked."""
    found(uow, subscription_id)
    disable(uow, who, subscription_id, "disabled by hand")
    uow.subscriptions.note_warned([subscription_id], uow.now)  # who does it knows it
    return found(uow, subscription_id)


def remove_subscription(uow: UnitOfWork, who: str, subscription_id: str) -> None:
    """Delete it with its deliveries."""
    found(uow, subscription_id)
    uow.subscriptions.remove(subscription_id)
    uow.audit(who, "subscription.removed", subscription_id)


def test_delivery(uow: UnitOfWork, subscription_id: str, event_id: str) -> Delivery:
    """Return a delivery of an event that nothing happened to cause, to be sent at once."""
    row = found(uow, subscription_id)
    event = Envelope(
        id=event_id,
        source="relevo/notify",
        subject=subscription_id,
        key=subscription_id,
        time=uow.now,
        data=SubscriptionTested(subscription_id=subscription_id, name=row.name, at=uow.now),
    )
    return Delivery(
        id=new_id(),
        claim=0,
        claimed_until=uow.now,
        queue=subscription_id,
        channel=row.channel,
        address="",
        event_id=event.id,
        event_type=event.type,
        key=event.key,
        lead_id=None,
        handoff_id=None,
        failures=0,
        log=(),
        payload=event.to_bytes(),
        endpoint=endpoint_of(row, uow.now),
    )


def start_replay(
    uow: UnitOfWork, who: str, subscription_id: str, after: int, until: int | None
) -> Row[Any]:
    """Send the events behind position ``after`` again, in order; new ones go on meanwhile."""
    row = found(uow, subscription_id)
    if row.state == "disabled":
        raise Problem(409, "disabled", "the subscription is disabled; enable it first")
    end = uow.feed.end() if until is None else min(until, uow.feed.end())
    uow.subscriptions.change(
        subscription_id, uow.now, replay_first=after + 1, replay_next=after + 1, replay_end=end
    )
    uow.audit(who, "subscription.replayed", subscription_id, detail={"after": after, "until": end})
    return found(uow, subscription_id)


def start_redelivery(uow: UnitOfWork, who: str, subscription_id: str) -> Row[Any]:
    """Send everything again that is parked for it now; what is parked later stays so.

    Raises ``Problem``: 404; 409 for a disabled one, and where nothing is parked.
    """
    row = found(uow, subscription_id)
    if row.state == "disabled":
        raise Problem(409, "disabled", "the subscription is disabled; enable it first")
    parked = uow.deliveries.parked_of(subscription_id)
    if not parked:
        raise Problem(409, "nothing_parked", "no delivery of this subscription is parked")
    uow.subscriptions.change(
        subscription_id,
        uow.now,
        redeliver_next=0,
        redeliver_before=uow.now,
        redeliver_total=parked,
        redeliver_done=0,
    )
    uow.audit(who, "subscription.redelivered", subscription_id, detail={"deliveries": parked})
    return found(uow, subscription_id)
