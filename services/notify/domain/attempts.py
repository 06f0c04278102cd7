"""One try of a delivery, and what follows from how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.notify.domain.retries import honour, retry_delay

# sent: the receiver answered. not_sent: it was never reached. unknown: the request was
# written and no answer came, so it may have been taken.
Sent = Literal["sent", "not_sent", "unknown"]
KEPT_ATTEMPTS = 50
GONE = 410


@dataclass(frozen=True, slots=True)
class Reply:
    """How a try went, without personal data: ``reason`` is for people, empty on success."""

    outcome: Sent
    ok: bool
    status: int | None = None
    reason: str = ""
    snippet: str = ""
    retry_after: timedelta | None = None
    is_final: bool = False  # trying again would do no good

    @property
    def is_trouble(self) -> bool:
        """Whether the endpoint is in trouble, rather than unwilling to take this very event."""
        return not self.ok and (self.status is None or self.status >= 500 or self.status == 429)

    @property
    def is_gone(self) -> bool:
        """Whether the receiver said that it is not there any more, and never will be."""
        return self.status == GONE


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when it began, how long it took, how it went."""

    at: datetime
    duration_ms: int
    reply: Reply


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows: ``delivered``, ``pending`` again at a moment, or ``parked``."""

    state: Literal["delivered", "pending", "parked"]
    next_attempt_at: datetime


def after(
    reply: Reply, failures: int, delays_s: tuple[int, ...], now: datetime, spread: float
) -> NextStep:
    """Decide what follows ``reply``, which was preceded by ``failures`` failed ones."""
    if reply.ok:
        return NextStep("delivered", now)
    planned = retry_delay(delays_s, failures + 1, spread)
    if planned is None or reply.is_final or reply.is_gone:
        return NextStep("parked", now)
    return NextStep("pending", now + honour(planned, reply.retry_after))
