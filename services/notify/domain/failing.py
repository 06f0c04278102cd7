"""What becomes of a subscription to which nothing gets through."""

from datetime import datetime, timedelta
from typing import Literal

WARNED_AFTER = timedelta(days=1)
# Warned once more, so that somebody can still act.
LAST_WARNED_AFTER = timedelta(days=4)
DISABLED_AFTER = timedelta(days=5)


def next_measure(
    failing_since: datetime, warned_at: datetime | None, now: datetime
) -> Literal["warn", "disable"] | None:
    """Return what is to be done about a subscription that fails since ``failing_since``."""
    failing = now - failing_since
    if failing >= DISABLED_AFTER:
        return "disable"
    warned = (warned_at or failing_since) - failing_since
    for mark in (WARNED_AFTER, LAST_WARNED_AFTER):
        if warned < mark <= failing:
            return "warn"
    return None
