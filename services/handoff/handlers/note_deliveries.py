"""What notify reports: whether the rep, and the CRM, were really told."""

from collections.abc import Sequence

from services.handoff.store.tables import TOLD
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import Envelope
from shared.contracts.deliveries import Delivery, DeliveryFailed, DeliverySucceeded
from shared.db import insert


def note_deliveries(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Remember each report, for the lead's timeline. Safe to repeat."""
    rows = []
    for envelope in envelopes:
        data = envelope.data
        assert isinstance(data, Delivery), "the consumer reads nothing else from this topic"
        rows.append(
            {
                "delivery_id": data.delivery_id,
                "succeeded": isinstance(data, DeliverySucceeded),
                "handoff_id": data.handoff_id,
                "lead_id": data.lead_id,
                "event_type": data.event_type,
                "channel": data.channel,
                "person_id": data.person_id,
                "subscription_id": data.subscription_id,
                "reason": data.reason if isinstance(data, DeliveryFailed) else None,
                "told_at": data.at,
            }
        )
    uow.conn.execute(insert(uow.conn, TOLD).on_conflict_do_nothing(), rows)
