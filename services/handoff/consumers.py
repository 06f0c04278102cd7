"""What handoff reads from the bus, and which handler takes it. One table, one place."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from services.handoff.handlers.erase_leads import is_erasure, take_erasures
from services.handoff.handlers.hear_answers import hear_answers
from services.handoff.handlers.judge_touches import judge_touches
from services.handoff.handlers.note_deliveries import note_deliveries
from services.handoff.handlers.record_touches import record_touches
from services.handoff.store.tables import CONSUMER
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.bus.port import Bus
from shared.consumer import Consumer
from shared.contracts import Catalogue, Envelope, Event
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.contracts.deliveries import DeliveryFailed, DeliverySucceeded
from shared.contracts.touches import LeadIdentified, TouchJudged, TouchRecorded

Handle = Callable[[UnitOfWork, Sequence[Envelope]], None]


def take_touches(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take in touches, who leads are, marks that changed and erasures, of each key in order.

    The last two are few, so it is few batches: all up to the first of them of any key, then
    those, and so on.
    """
    waves: list[list[Envelope]] = []
    places: dict[str, int] = {}
    for envelope in envelopes:
        place = places.get(envelope.key, 0)
        place += (_kind(envelope) - place) % len(TAKES)
        places[envelope.key] = place
        while len(waves) <= place:
            waves.append([])
        waves[place].append(envelope)
    for place, wave in enumerate(waves):
        if wave:
            TAKES[place % len(TAKES)](uow, wave)


def _kind(envelope: Envelope) -> int:
    """Return which of ``TAKES`` takes it."""
    if isinstance(envelope.data, TouchJudged):
        return 1
    return 2 if is_erasure(envelope) else 0


TAKES: tuple[Handle, ...] = (record_touches, judge_touches, take_erasures)


READS: dict[str, tuple[str, tuple[type[Event], ...], Handle]] = {
    "handoff.touches": (
        "relevo.touches.v1",
        (TouchRecorded, LeadIdentified, TouchJudged),
        take_touches,
    ),
    "handoff.answers": ("relevo.answers.v1", (VerdictGiven, OutcomeReported), hear_answers),
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
