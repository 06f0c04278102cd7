"""What notify tells the others about a delivery that is settled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.notify.domain.deliveries import Delivery
from shared.contracts import Envelope
from shared.contracts.deliveries import DeliveryFailed, DeliverySucceeded
from shared.ids import new_id

SOURCE = "relevo/notify"


@dataclass(frozen=True, slots=True)
class Settled:
    """A delivery that will not be tried again, and why."""

    delivery: Delivery
    attempts: int
    reason: str | None = None  # None: the receiver took it
    next_channel: str | None = None


def reports(settled: Iterable[Settled], now: datetime) -> list[Envelope]:
    """Return the events about ``settled``; what concerns no lead is nobody's news."""
    return [_report(one, now) for one in settled if one.delivery.lead_id is not None]


def _report(settled: Settled, now: datetime) -> Envelope:
    delivery = settled.delivery
    assert delivery.lead_id is not None
    shared = {
        "delivery_id": delivery.id,
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "lead_id": delivery.lead_id,
        "handoff_id": delivery.handoff_id,
        "person_id": delivery.person_id,
        "subscription_id": delivery.subscription_id,
        "channel": "subscription" if delivery.endpoint else delivery.channel,
        "attempts": settled.attempts,
        "at": now,
    }
    data = (
        DeliverySucceeded.model_validate(shared)
        if settled.reason is None
        else DeliveryFailed.model_validate(
            shared | {"reason": settled.reason, "next_channel": settled.next_channel}
        )
    )
    return Envelope(
        id=new_id(),
        source=SOURCE,
        subject=delivery.lead_id,
        key=delivery.lead_id,
        time=now,
        data=data,
        traceparent=delivery.traceparent,
    )
