"""The two teams of a ``Year``: their offices, and everybody as they are in life."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.handoff.store import calendars
from shared.ids import stable_id

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOSS = stable_id("person", "boss")
WEEKDAYS = calendars.WEEKDAYS[:5]
NIGHT = ("22:00-06:00",)


@dataclass(frozen=True)
class Office:
    """Where a team is, and when it works there."""

    zone: str
    hours: tuple[str, ...]
    country: str


@dataclass
class Colleague:
    """Somebody, as they are in life."""

    person_id: str
    name: str
    team: str
    weight: float = 0
    cap: int | None = None
    pace: timedelta = HOUR
    """Of their working time, until they look at what came."""
    never_answers: bool = False
    zone: str = "UTC"
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    stints: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    """From when until when they worked here."""
    notices: list[tuple[datetime, date]] = field(default_factory=list)
    """When which last day was said."""

    def is_here(self, at: datetime) -> bool:
        """Return whether they work here."""
        return any(since <= at and (end is None or at < end) for since, end in self.stints)

    def leave_until(self, at: datetime) -> datetime | None:
        """Return when they are back from leave of a day or more; None: they are not away."""
        ends = (e for s, e in self.away if e - s >= DAY and s <= at < e)
        return max(ends, default=None)

    def leaves_within_a_week(self, at: datetime) -> bool:
        """Return whether it is known that their last day is less than a week away."""
        today = at.astimezone(ZoneInfo(self.zone)).date()
        known = [day for said, day in self.notices if said <= at]
        return self.is_here(at) and bool(known) and 0 <= (known[-1] - today).days < 7


def member_of(one: Colleague) -> dict[str, Any]:
    """Return their place in the team as it is asked for."""
    return {"person_id": one.person_id, "weight": one.weight, "cap": one.cap}
