"""The clocks of a hand-off are paused for a named reason until a moment, and run on from there.

What was left when the pause began is left when it ends; the due times are known at once. A
pause is counted apart, it cannot hide that somebody is late, and there are only so many.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.handoff import STAGE_LABELS
from services.handoff.domain.pauses import (
    LONGEST_PAUSE,
    MOST_PAUSES,
    REASON_TITLES,
    PauseReason,
)
from services.handoff.handlers.climb_ladder import is_running
from services.handoff.handlers.deadlines import clocks
from services.handoff.handlers.recount_clocks import Why, count_again
from services.handoff.handlers.references import reference
from services.handoff.store import deadlines, handoffs
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.clocks import PauseTold, Rescheduled
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found


@dataclass(frozen=True, slots=True)
class NewPause:
    """What somebody asks for. ``until`` is when the clocks run on."""

    reason: PauseReason
    until: datetime
    text: str | None = None


def pause_clocks(uow: UnitOfWork, handoff_id: str, person: Row[Any], asked: NewPause) -> None:
    """Pause what runs.

    Raises ``Problem``: 404, 422 where the end is not one, 409 where nothing runs, something is
    late already, it is paused, or it was paused too often.
    """
    row = _open_handoff(uow, handoff_id)
    if not uow.now < asked.until <= uow.now + LONGEST_PAUSE:
        days = LONGEST_PAUSE.days
        raise invalid("/until", f"a moment to come, at most {days} days ahead", "pause_end")
    running = _running(uow, row)
    if not running:
        raise Problem(409, "no_clock_running", "no clock of this hand-off runs")
    late = [one for one in running if one.due_at <= uow.now]
    if late:
        due = late[0].due_at.isoformat(timespec="seconds")
        message = f"too late for a pause: `{late[0].kind}` was due at {due}"
        raise Problem(409, "already_late", message)
    before = deadlines.pauses_of(uow.conn, handoff_id)
    if _present(uow, before) is not None:
        raise Problem(409, "already_paused", f"it is paused until {before[-1].until.isoformat()}")
    if len(before) >= MOST_PAUSES:
        message = f"it was paused {MOST_PAUSES} times already: answer it, or give it to somebody"
        raise Problem(409, "too_many_pauses", message)
    deadlines.add_pause(
        uow.conn,
        pause_id=new_id(),
        handoff_id=handoff_id,
        reason=asked.reason,
        text=asked.text,
        began_at=uow.now,
        until=asked.until,
        by=person.person_id,
        ended_by=None,
    )
    _move(uow, row, running, person, "paused")


def resume_clocks(uow: UnitOfWork, handoff_id: str, person: Row[Any]) -> None:
    """Let the clocks run on before the pause is over. Raises ``Problem``: 404, 409."""
    row = _open_handoff(uow, handoff_id)
    one = _present(uow, deadlines.pauses_of(uow.conn, handoff_id))
    if one is None:
        raise Problem(409, "not_paused", "no pause of this hand-off is on")
    deadlines.end_pause(uow.conn, one.pause_id, uow.now, person.person_id)
    _move(uow, row, _running(uow, row), person, "resumed")


def _open_handoff(uow: UnitOfWork, handoff_id: str) -> Row[Any]:
    row = handoffs.lock_handoff(uow.conn, handoff_id)
    if row is None:
        raise not_found("hand-off")
    if row.closed_at is not None:
        stage = STAGE_LABELS[row.stage].en.lower()
        raise Problem(409, "handoff_closed", f"the hand-off is closed: {stage}")
    return row


def _running(uow: UnitOfWork, row: Row[Any]) -> list[Row[Any]]:
    found = deadlines.of_handoff(uow.conn, row.handoff_id)
    return [one for one in found if one.stopped_at is None and is_running(row, one.kind)]


def _present(uow: UnitOfWork, pauses: Any) -> Row[Any] | None:
    return next((one for one in pauses if one.until > uow.now), None)


def _move(
    uow: UnitOfWork, row: Row[Any], running: list[Row[Any]], person: Row[Any], why: Why
) -> None:
    """Count the running clocks again, and tell and write down what happened."""
    told = _told(deadlines.pauses_of(uow.conn, row.handoff_id)[-1])
    pauses = deadlines.pauses(uow.conn, [row.handoff_id])[row.handoff_id]
    armed = deadlines.armed(uow.conn, row.handoff_id)
    promised = uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier]
    counting = clocks(uow, row.team_id, {one.asked for one in running})
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    lead = batch.leads[ref.lead_id]
    for one in running:
        step_due_at = armed.get((one.kind, one.step))
        moved = count_again(uow, one, counting[one.asked], promised, pauses, step_due_at, why)
        if moved is not None:
            event = Rescheduled(
                handoff=ref, deadline=moved, earlier_due_at=one.due_at, why=why, pause=told
            )
            uow.stage([uow.envelope(event, lead)])
    save_leads(uow.conn, batch)
    detail = {
        "reason": told.reason,
        "text": told.text,
        "until": told.until.isoformat(),
        "pause_id": told.pause_id,
    }
    handoffs.add_step(uow.conn, row.handoff_id, why, person.person_id, uow.now, detail)
    handoffs.add_audit(
        uow.conn, uow.now, person.person_id, f"handoff.{why}", row.handoff_id, told.reason, detail
    )


def _told(row: Row[Any]) -> PauseTold:
    title = REASON_TITLES[row.reason]
    return PauseTold(
        pause_id=row.pause_id,
        reason=row.reason,
        reason_title={"es": title.es, "en": title.en},
        text=row.text,
        began_at=row.began_at,
        until=row.until,
        by=row.by,
        ended_by=row.ended_by,
    )
