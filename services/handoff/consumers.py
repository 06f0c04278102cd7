"""What handoff reads from the bus, and which handler takes it. One table, one place."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from services.handoff.handlers.answer_handoffs import take_answers
from services.handoff.handlers.note_deliveries import note_deliveries
from services.handoff.handlers.record_touches import record_touches
from services.handoff.store.tables import CONSUMER
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.bus.port import Bus
from shared.consumer import Consumer
from shared.contracts import Catalogue, Envelope, Event
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.contracts.deliveries import DeliveryFailed, DeliverySucceeded
from shared.contracts.touches import LeadIdentified, TouchRecorded

Handle = Callable[[UnitOfWork, Sequence[Envelope]], None]

READS: dict[str, tuple[str, tuple[type[Event], ...], Handle]] = {
    "handoff.touches": ("relevo.touches.v1", (TouchRecorded, LeadIdentified), record_touches),
    "handoff.answers": ("relevo.answers.v1", (VerdictGiven, OutcomeReported), take_answers),
    "handoff.deliveries": (
        "relevo.deliveries.v1",
        (DeliverySucceeded, DeliveryFailed),
        note_deliveries,
    ),
}


def build_consumers(parts: Parts, bus: Bus) -> list[Consumer[Envelope]]:
    """Return a consumer for each row of ``READS``."""

    def bound(handle: Handle) -> Callable[[Connection, list[Envelope]], None]:
        return lambda conn, envelopes: handle(unit_of_work(parts, conn), envelopes)

    return [
        Consumer(name, parts.db, bus, CONSUMER, Catalogue.of(*events), [topic], bound(handle))
        for name, (topic, events, handle) in READS.items()
    ]
