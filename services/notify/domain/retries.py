"""When a failed delivery is tried again, and when no more.

Pure arithmetic: no clock, no I/O. The caller adds the result to the moment of the failure.
Customers plan their outages around this schedule, so a change to it belongs in the
changelog under "Changed".

Source: Standard Webhooks specification, "Deliverability and reliability", example
schedule, with one early retry more (the last after 75 h 35 min 35 s).
"""

from datetime import timedelta

# Waits after the first, second… failure, in seconds.
SUBSCRIPTION_DELAYS_S = (5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
# A rep is waiting: after these the next channel is tried.
PERSON_DELAYS_S = (5, 15, 45, 120)
RETRY_AFTER_AT_LEAST = timedelta(hours=1)


def retry_delay(delays_s: tuple[int, ...], failures: int, spread: float) -> timedelta | None:
    """Return the wait after ``failures`` failed attempts; None means give up.

    ``spread``, in [-1, 1], moves the wait by up to a fifth, so endpoints that failed
    together do not return together. The worker draws it; tests pass 0.

    Raises ``ValueError`` below 1: nothing has failed yet.
    """
    if failures < 1:
        raise ValueError(f"failures must be at least 1, got {failures}")
    if failures > len(delays_s):
        return None
    return timedelta(seconds=delays_s[failures - 1] * (1 + spread / 5))


def honour(planned: timedelta, asked: timedelta | None) -> timedelta:
    """Return the wait when the receiver asked for one by ``Retry-After``.

    Between once and twice the planned wait, and a request of up to an hour is always
    granted: a receiver can slow us down, and cannot keep events from itself for days.
    """
    if asked is None:
        return planned
    return max(planned, min(asked, max(2 * planned, RETRY_AFTER_AT_LEAST)))
