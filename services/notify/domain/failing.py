"""What becomes of a subscription to which nothing gets through.

Nobody is disabled unwarned, and nobody because we were away ourselves: between the last
warning and the end lie a day, and an attempt that failed.
"""

from datetime import datetime, timedelta
from typing import Literal

Standing = Literal["quiet", "working", "retrying", "failing", "paused", "disabled"]

WARNED_AFTER = timedelta(days=1)
# Warned once more, so that somebody can still act.
LAST_WARNED_AFTER = timedelta(days=4)
DISABLED_AFTER = timedelta(days=5)
NOTICE = DISABLED_AFTER - LAST_WARNED_AFTER

# Why a subscription is disabled by itself.
NOTHING_ARRIVED = "nothing got through for five days"
GONE = "the receiver answered 410: it is gone"


def next_measure(
    failing_since: datetime,
    last_failure_at: datetime | None,
    warned_at: datetime | None,
    now: datetime,
) -> Literal["warn", "disable"] | None:
    """Return what is to be done about a subscription that fails since ``failing_since``."""
    failing = now - failing_since
    warned = (warned_at or failing_since) - failing_since
    for mark in (WARNED_AFTER, LAST_WARNED_AFTER):
        if warned < mark <= failing:
            return "warn"
    if failing < DISABLED_AFTER or warned_at is None or last_failure_at is None:
        return None
    is_noticed = now - warned_at >= NOTICE
    has_failed_since = last_failure_at > warned_at and now - last_failure_at <= NOTICE
    return "disable" if is_noticed and has_failed_since else None


def disabled_at_earliest(failing_since: datetime, now: datetime) -> datetime:
    """Return when a subscription that is warned now may be disabled."""
    return max(failing_since + DISABLED_AFTER, now + NOTICE)


def standing(
    state: str, last_success_at: datetime | None, failing_since: datetime | None, now: datetime
) -> Standing:
    """Return how a subscription does, for people: ``quiet`` where nothing was sent yet.

    What fails is ``retrying`` until its contact is warned, and ``failing`` from then on.
    """
    if state == "paused":
        return "paused"
    if state == "disabled":
        return "disabled"
    if failing_since is not None:
        return "failing" if now - failing_since >= WARNED_AFTER else "retrying"
    return "quiet" if last_success_at is None else "working"
