"""Whether somebody is there to be told, which is not whether they work at this hour."""

from datetime import datetime
from typing import Literal

from services.handoff.domain.presence import absences
from services.handoff.domain.working_time import WorkingTime

Absence = Literal["on_leave"]


def absence(working: WorkingTime, at: datetime) -> Absence | None:
    """Return why the person with these hours is away at ``at``; None: they are there.

    A night or a weekend is no absence unless there is leave on both sides of it; clocks that
    are not to run then have a calendar.
    """
    wall = at.astimezone(working.zone).replace(tzinfo=None)
    if any(leave.start <= wall < leave.end for leave in working.calendar.leave):
        return "on_leave"
    if any(begins <= at < ends for begins, ends in absences(working)):
        return "on_leave"
    return None
