"""What stops a clock: evidence of what was promised, and how long it took.

A verdict stops the clock to accept. A reported attempt, talk or outcome stops the clock of the
first attempt: nobody can be talking of a price with a lead they never reached. An attempt does
not accept: the answer is owed all the same. Whatever closes a hand-off stops both.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.clock import EveryHour, Pause, Time, spent
from services.handoff.handlers.clocks import ACCEPT, CLOCKS, FIRST_ATTEMPT
from services.handoff.store import calendars, deadlines
from services.handoff.unit_of_work import UnitOfWork

STOPS: Mapping[str, str] = {
    "accept": ACCEPT,
    "attempt": FIRST_ATTEMPT,
    "talked": FIRST_ATTEMPT,
    "sql": FIRST_ATTEMPT,
    "opportunity": FIRST_ATTEMPT,
}
ATTEMPTS = ("attempt", "talked")


def stop_clocks(
    uow: UnitOfWork, handoff_id: str, evidence: str, at: datetime, *, is_open: bool
) -> None:
    """Stop what ``evidence``, of the moment ``at``, stops; all there is where nothing is open.

    Of attempts the earliest counts, in whatever order they are reported. One that was made in
    time and reported late was in time.
    """
    kinds = [STOPS[evidence]] if is_open and evidence in STOPS else [] if is_open else CLOCKS
    if not kinds:
        return
    uow.parts.timers.cancel(uow.conn, handoff_id, kinds, uow.now)
    rows = [
        row
        for row in deadlines.of_handoff(uow.conn, handoff_id)
        if row.kind in kinds and (row.stopped_at is None or _is_earlier(row, evidence, at))
    ]
    if not rows:
        return
    pauses = deadlines.pauses(uow.conn, [handoff_id]).get(handoff_id, ())
    for row in rows:
        deadlines.change(uow.conn, row, **stopped(time_of(uow, row), row, pauses, evidence, at))


def _is_earlier(row: Row[Any], evidence: str, at: datetime) -> bool:
    return evidence in ATTEMPTS and row.evidence in ATTEMPTS and at < row.stopped_at


def time_of(uow: UnitOfWork, row: Row[Any]) -> Time:
    """Return what a stored clock is counted on, as its calendar is now."""
    calendar = calendars.find_by_id(uow.conn, row.calendar_id) if row.calendar_id else None
    return EveryHour() if calendar is None else calendar.working


def stopped(
    time: Time, row: Row[Any], pauses: Sequence[Pause], evidence: str, at: datetime
) -> dict[str, Any]:
    """Return what is stored of a clock that stopped at ``at``, late or not."""
    took = spent(time, row.starts_at, at, pauses)
    late = spent(time, row.due_at, at, ())
    return {
        "ladder_step": None,
        "stopped_at": at,
        "evidence": evidence,
        "took_s": int(took.wall.total_seconds()),
        "took_working_s": int(took.counted.total_seconds()),
        "paused_s": int(took.paused.total_seconds()),
        "late_s": int(late.wall.total_seconds()),
        "late_working_s": int(late.counted.total_seconds()),
    }
