"""How much background work is done at a time, and how long it rests: traffic comes first.

Work goes by pages. A page that took long is followed by a smaller one and a longer rest.
What a busy process or database made it wait counts as time it took, so the busier the
product is, the less of it this work takes.
"""

from dataclasses import dataclass

PAGE_S = 0.02
"""What a page should take."""
REST = 2.0
"""Seconds of rest for each second of work: alone in a process, it works a third of the time."""
MOST_AT_ONCE = 200
SMOOTHING = 0.2
"""How much of the rate the latest page makes up."""


@dataclass
class Pace:
    """The pace of one piece of work."""

    size: int = 20
    """How many to take at a time."""
    rate: float | None = None
    """How many a second, rests included; None before the first page."""

    def took(self, count: int, seconds: float) -> float:
        """Note that a page of ``count`` took so long; return how long to rest, in seconds."""
        rest_s = seconds * REST
        if count:
            rate = count / max(seconds + rest_s, 1e-6)
            before = rate if self.rate is None else self.rate
            self.rate = before + SMOOTHING * (rate - before)
        if seconds > 2 * PAGE_S:
            self.size = max(1, self.size // 2)
        elif seconds < PAGE_S and count >= self.size:
            self.size = min(MOST_AT_ONCE, self.size * 2)
        return rest_s
