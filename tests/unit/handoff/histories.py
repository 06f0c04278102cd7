"""Hand-made hand-offs: what somebody remembers of a week, written down in a line each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.handoff.domain.results import HandedOver

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def handed_over(ago: timedelta = 10 * DAY, stage: str = "assigned", **more: Any) -> HandedOver:
    """A hot hand-off of some time ago, to be answered within an hour.

    ``tried`` and ``closed`` say how long after the decision; who got past ``assigned`` had
    accepted it unless ``accepted`` says otherwise.
    """
    decided_at = NOW - ago
    tried, closed = more.pop("tried", None), more.pop("closed", None)
    return HandedOver(
        tier=more.pop("tier", "hot"),
        stage=stage,
        decided_at=decided_at,
        answer_due_at=decided_at + HOUR,
        is_accepted=more.pop("accepted", stage not in ("assigned", "rejected", "superseded")),
        first_attempt_at=None if tried is None else decided_at + tried,
        closed_at=None if closed is None else decided_at + closed,
    )
