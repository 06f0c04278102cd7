"""The events of Relevo, by type and by topic."""

from shared.contracts import (
    answers,
    clocks,
    consent,
    deliveries,
    directory,
    handoffs,
    leads,
    policies,
    rejudged,
    requests,
    routing,
    touches,
)
from shared.contracts.envelope import (
    CONTENT_TYPE,
    Catalogue,
    Envelope,
    Event,
    UnreadableEvent,
)

EVENTS: tuple[type[Event], ...] = (
    touches.TouchRecorded,
    touches.TouchJudged,
    touches.LeadIdentified,
    handoffs.SalesReady,
    handoffs.Assigned,
    routing.FellBack,
    handoffs.Reassigned,
    handoffs.Updated,
    rejudged.HandoffRejudged,
    handoffs.Accepted,
    handoffs.Rejected,
    handoffs.Attempted,
    handoffs.Progressed,
    clocks.Escalated,
    clocks.Reminded,
    clocks.Rescheduled,
    handoffs.Closed,
    leads.LeadRecycled,
    leads.LeadMerged,
    leads.LeadUnmerged,
    leads.LeadErased,
    consent.LeadConsentChanged,
    consent.HandoffConsentChanged,
    requests.LeadRequestMade,
    requests.LeadRequestSettled,
    requests.HandoffInformed,
    requests.AnswerRefused,
    policies.PolicyActivated,
    policies.PolicyRetired,
    policies.PolicyReviewDue,
    answers.VerdictGiven,
    answers.OutcomeReported,
    deliveries.DeliverySucceeded,
    deliveries.DeliveryFailed,
    directory.PersonChanged,
    directory.KeyChanged,
    directory.SessionChanged,
    directory.ErasureOrdered,
    directory.SampleLeadOrdered,
)

# Posted to one subscription and never on the bus.
POSTED: tuple[type[Event], ...] = (deliveries.SubscriptionTested,)

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
    "POSTED",
    "TOPICS",
    "Catalogue",
    "Envelope",
    "Event",
    "UnreadableEvent",
]
