"""A delivery on its way: claimed, with everything needed to send it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.notify.domain.messages import Notice

# A sender has this long to record what it claimed; then another one may take it over.
CLAIM = timedelta(seconds=40)
# A claim with less than this left is not begun: the longest attempt must fit in it.
CLAIM_RESERVE = timedelta(seconds=17)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a subscription's events go, and how. Read with the delivery, so always current."""

    subscription_id: str
    channel: str
    url: str
    headers: dict[str, str]
    secrets: tuple[str, ...]
    language: str
    zone: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one endpoint, claimed by this process.

    ``queue`` is what shares the limit of simultaneous calls: a subscription, or a channel
    for people.
    """

    id: str
    claim: int
    claimed_until: datetime
    queue: str
    channel: str
    address: str
    event_id: str
    event_type: str
    key: str
    lead_id: str | None
    handoff_id: str | None
    failures: int
    log: tuple[dict[str, Any], ...]
    payload: bytes = b""
    traceparent: str | None = None
    endpoint: Endpoint | None = None
    notification_id: str | None = None
    person_id: str | None = None
    notice: Notice | None = None

    @property
    def subscription_id(self) -> str | None:
        return self.endpoint.subscription_id if self.endpoint else None
