"""Whether somebody is there to be told, which is not whether they work at this hour."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from services.handoff.domain.calendars import Calendar

Absence = Literal["on_leave"]


def absence(hours: Calendar, at: datetime) -> Absence | None:
    """Return why the person with these hours is away at ``at``; None: they are there.

    A night or a weekend is no absence: clocks that are not to run then have a calendar.
    """
    wall = at.astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None)
    if any(leave.start <= wall < leave.end for leave in hours.leave):
        return "on_leave"
    return None
