"""An event of the hand-offs' topic as notify needs it: its exact bytes, and where they go.

Notify passes on what it is given, types it has never heard of included. So it reads only
the few fields that decide who is told, and never rebuilds an event.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

READY = "handoff.sales_ready.v1"
REASSIGNED = "handoff.reassigned.v1"
ESCALATED = "handoff.escalated.v1"
REMINDED = "handoff.reminded.v1"
RESCHEDULED = "handoff.rescheduled.v1"
CONSENT = "handoff.consent_changed.v1"
INFORMED = "handoff.informed.v1"
UPDATED = "handoff.updated.v1"
ERASED = "lead.erased.v1"
FELL_BACK = "handoff.fell_back.v1"
REVIEW_DUE = "policy.review_due.v1"


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One event. ``handoff`` is the event's reference to its hand-off, None where it has none."""

    id: str
    type: str
    key: str
    lead_id: str | None
    policy: str | None
    sequence: int
    traceparent: str | None
    handoff: Mapping[str, Any] | None
    data: Mapping[str, Any]
    payload: bytes

    @property
    def handoff_id(self) -> str | None:
        return None if self.handoff is None else self.handoff["handoff_id"]
