"""How one service is doing, as its page of health says it: in words first, then in numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.lag import Lag

BEHIND = 1_000
"""Events a consumer may be behind before the page speaks of it."""
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that waits: how much, and since when the oldest of it does.

    ``word`` is the key of its name. ``late`` is the key of what to do once the oldest waits longer
    than ``LATE``; empty where it may wait for as long as it likes. ``asks`` is the key of what
    somebody has to do about any of it. ``href`` leads to it, for who has ``scope``.
    """

    word: str
    count: int
    oldest_at: datetime | None = None
    late: str = ""
    asks: str = ""
    href: str = ""
    scope: str = ""

    def is_late(self, now: datetime) -> bool:
        """Return whether it waits for too long."""
        return bool(self.late) and self.oldest_at is not None and now - self.oldest_at > LATE


@dataclass(frozen=True, slots=True)
class Timers:
    """Deadlines: how many are armed, the next one, how many are due and have not fired."""

    armed: int
    next_due_at: datetime | None
    overdue: int
    overdue_since: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Return whether nobody seems to fire them."""
        return self.overdue_since is not None and now - self.overdue_since > LATE


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong: the key of what to say, with its values, and where it is seen.

    Without ``scope`` everybody who reads of it may go there.
    """

    word: str
    values: Mapping[str, Any] = field(default_factory=dict)
    href: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All that a page of health shows of a service.

    ``lag`` is None where the bus does not answer. ``troubles`` are what the service found of its
    own; ``more`` is what its template shows besides.
    """

    now: datetime
    parked: int
    figures: tuple[Figure, ...] = ()
    timers: Timers | None = None
    lag: Lag | None = None
    troubles: tuple[Trouble, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def wrong(self) -> list[Trouble]:
        """Return everything that is wrong, the gravest first; empty when all is well."""
        found = list(self.troubles)
        if self.parked:
            found.append(Trouble("health_parked_wrong", {"count": self.parked}, "#parked"))
        found += [
            Trouble(word, {"count": one.count}, one.href, one.scope)
            for one in self.figures
            for word, is_so in ((one.late, one.is_late(self.now)), (one.asks, one.count > 0))
            if word and is_so
        ]
        if self.timers is not None and self.timers.is_late(self.now):
            found.append(Trouble("health_timers_wrong", {"count": self.timers.overdue}))
        if self.lag is None:
            found.append(Trouble("health_bus_away"))
        elif any(behind > BEHIND for behind in self.lag.values()):
            found.append(Trouble("health_lag_wrong", {"count": max(self.lag.values())}))
        return found
