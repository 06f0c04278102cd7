"""How the clocks of a hand-off stand: how long it has taken, what is left, who hears next.

The lead's whole wait and the present owner's share are clocks of their own. Times are told
twice: by the wall clock, and in the time of the calendar, where pauses do not count.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.clock import Pause, spent
from services.handoff.domain.pauses import REASON_TITLES
from services.handoff.handlers.stop_clocks import stopped, time_of
from services.handoff.store import deadlines
from services.handoff.unit_of_work import UnitOfWork

TIMES = ("took_s", "took_working_s", "paused_s", "late_s", "late_working_s")


def clock_times(uow: UnitOfWork, handoff_id: str) -> list[dict[str, Any]]:
    """Return each clock of a hand-off as it stands now; empty for one of before calendars."""
    rows = deadlines.of_handoff(uow.conn, handoff_id)
    pauses = deadlines.pauses(uow.conn, [handoff_id]).get(handoff_id, ())
    armed = deadlines.armed(uow.conn, handoff_id)
    return [_standing(uow, row, pauses, armed.get((row.kind, row.step))) for row in rows]


def pauses_shown(uow: UnitOfWork, handoff_id: str) -> list[dict[str, Any]]:
    """Return a hand-off's pauses, in order."""
    found = []
    for row in deadlines.pauses_of(uow.conn, handoff_id):
        title = REASON_TITLES[row.reason]
        said = {"reason_title": {"es": title.es, "en": title.en}, "is_on": row.until > uow.now}
        found.append(dict(row._mapping) | said)
    return found


def _standing(
    uow: UnitOfWork, row: Row[Any], pauses: Sequence[Pause], next_at: datetime | None
) -> dict[str, Any]:
    told = dict(row._mapping)
    told |= {"state": _state(row, pauses, uow.now), "left_working_s": None, "next_step_at": next_at}
    if row.stopped_at is not None:
        return told
    time = time_of(uow, row)
    so_far = stopped(time, row, pauses, "", uow.now)
    since = uow.now
    for pause in pauses:
        if pause.began_at <= uow.now < pause.until:
            since = pause.until
    left = spent(time, since, row.due_at, ()).counted
    told |= {name: so_far[name] for name in TIMES}
    return told | {"left_working_s": max(0, int(left / timedelta(seconds=1)))}


def _state(row: Row[Any], pauses: Sequence[Pause], now: datetime) -> str:
    if row.stopped_at is not None:
        return "stopped"
    if row.due_at <= now:
        return "late"
    is_paused = any(pause.began_at <= now < pause.until for pause in pauses)
    return "paused" if is_paused else "running"
