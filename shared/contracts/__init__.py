"""The events of Relevo, by type and by topic."""

from shared.contracts import answers, deliveries, directory, handoffs, leads, touches
from shared.contracts.envelope import (
    CONTENT_TYPE,
    Catalogue,
    Envelope,
    Event,
    UnreadableEvent,
)

EVENTS: tuple[type[Event], ...] = (
    touches.TouchRecorded,
    touches.LeadIdentified,
    handoffs.SalesReady,
    handoffs.Assigned,
    handoffs.Reassigned,
    handoffs.Updated,
    handoffs.Accepted,
    handoffs.Rejected,
    handoffs.Attempted,
    handoffs.Progressed,
    handoffs.Escalated,
    handoffs.Closed,
    handoffs.LeadRecycled,
    leads.LeadMerged,
    leads.LeadUnmerged,
    handoffs.PolicyActivated,
    answers.VerdictGiven,
    answers.OutcomeReported,
    deliveries.DeliverySucceeded,
    deliveries.DeliveryFailed,
    directory.PersonChanged,
    directory.KeyChanged,
)

# Fixed for the life of an installation: changing a count moves keys to other partitions.
TOPICS: dict[str, int] = {
    "relevo.touches.v1": 12,
    "relevo.handoffs.v1": 12,
    "relevo.answers.v1": 6,
    "relevo.deliveries.v1": 6,
    "relevo.directory.v1": 1,
}

__all__ = [
    "CONTENT_TYPE",
    "EVENTS",
    "TOPICS",
    "Catalogue",
    "Envelope",
    "Event",
    "UnreadableEvent",
]
