"""A breaker per endpoint: one that fails nearly always is left alone for a while.

Ten calls within five minutes with 70 % failures open it. Half a minute later one call is
let through: if it succeeds the breaker closes, if not the pause doubles, up to ten minutes.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

CALLS = 10
FAILED_SHARE = 0.7
WINDOW = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass(slots=True)
class Breaker:
    """One endpoint's breaker. All moments come from the caller."""

    open_until: datetime | None = None
    _pause: timedelta = FIRST_PAUSE
    _probing: bool = False
    _calls: deque[tuple[datetime, bool]] = field(default_factory=lambda: deque(maxlen=CALLS))

    def allows(self, now: datetime) -> bool:
        """Return whether a call may be made now."""
        return self.open_until is None or (now >= self.open_until and not self._probing)

    def start(self) -> None:
        """Note that a call begins: behind an open breaker it is the probe, and the only one."""
        self._probing = self.open_until is not None

    def record(self, ok: bool, now: datetime) -> None:
        """Note how a call ended."""
        if self.open_until is not None:
            if not self._probing:
                return  # began before the breaker opened
            self._probing = False
            if ok:
                self.open_until, self._pause = None, FIRST_PAUSE
                self._calls.clear()
            else:
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
                self.open_until = now + self._pause
            return
        self._calls.append((now, ok))
        if len(self._calls) < CALLS or self._calls[0][0] < now - WINDOW:
            return
        if sum(not ok for _, ok in self._calls) >= FAILED_SHARE * CALLS:
            self.open_until = now + self._pause
