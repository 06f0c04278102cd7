"""Running clocks are counted again: a calendar changed, or a pause began or ended."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Row

from services.handoff.domain.clock import Pause
from services.handoff.domain.ladder import LadderStep
from services.handoff.domain.policy import ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.handlers.clocks import ACCEPT, LEADS
from services.handoff.handlers.deadlines import (
    Clock,
    as_event,
    clocks,
    deadline_row,
    recount_later,
    said,
    with_note,
)
from services.handoff.handlers.references import references
from services.handoff.store import deadlines, handoffs
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract
from shared.contracts.clocks import Rescheduled
from shared.timers import Timer

BATCH = 200
Why = Literal["calendar", "paused", "resumed"]

TIME_IS_UP = Titles(
    "; con el calendario cambiado ya había vencido, y vence en el momento del cambio",
    "; by the changed calendar it was over already, so it is due at the moment of the change",
)
PAUSE_ENDS = Titles(
    "; con el calendario cambiado ya había vencido, y vence al terminar la pausa",
    "; by the changed calendar it was over already, so it is due when the pause ends",
)


def recount(uow: UnitOfWork, timer: Timer) -> None:
    """Count a batch of clocks again; go on until none is left that an older revision gave."""
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    found = deadlines.outdated(uow.conn, timer.subject, uow.now, BATCH)
    if not found:
        return
    batch = lock_leads(uow.conn, sorted({row.lead_id for row in found}), uow.now)
    # Answered, merged or fired while we waited for the locks: no longer ours to touch.
    still = deadlines.outdated(uow.conn, timer.subject, uow.now, BATCH)
    rows = [row for row in still if row.lead_id in batch.leads]
    known = references(uow.conn, (row.handoff_id for row in rows))
    pauses = deadlines.pauses(uow.conn, known)
    counting: dict[tuple[str | None, str], Clock] = {}
    for row in rows:
        key = row.team_id, row.asked
        if key not in counting:
            counting[key] = clocks(uow, row.team_id, [row.asked])[row.asked]
        promised = uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier]
        step_due_at = row.step_due_at
        moved = count_again(
            uow, row, counting[key], promised, pauses.get(row.handoff_id, ()), step_due_at
        )
        if moved is not None:
            event = Rescheduled(
                handoff=known[row.handoff_id], deadline=moved, earlier_due_at=row.due_at
            )
            uow.stage([uow.envelope(event, batch.leads[row.lead_id])])
    save_leads(uow.conn, batch)
    recount_later(uow, timer.subject)


def count_again(
    uow: UnitOfWork,
    row: Row[Any],
    clock: Clock,
    promised: ResponseTarget,
    pauses: Sequence[Pause],
    step_due_at: Any,
    why: Why = "calendar",
) -> contract.Deadline | None:
    """Store a clock as it counts now; return the deadline where its time is another.

    A deadline that has passed stays as it is; the step of the ladder that is still ahead
    moves all the same. Nothing becomes due before now, or while it is paused.
    """
    earliest = max((pause.until for pause in pauses), default=uow.now)
    earliest, over = (earliest, PAUSE_ENDS) if earliest > uow.now else (uow.now, TIME_IS_UP)
    within = timedelta(seconds=row.within_s)
    one = as_event(row)
    if row.due_at > uow.now:
        one = clock.deadline(row.starts_at, within, row.kind, pauses)
        if one.due_at < earliest:  # nobody is late before the calendar said so
            explanation = said(with_note(Titles(**(one.explanation or {})), over))
            one = one.model_copy(update={"due_at": earliest, "explanation": explanation})
    values = deadline_row(row.handoff_id, row.step, clock, one)
    if row.due_at <= uow.now:
        counted_with = ("calendar", "calendar_id", "revision")
        values |= {name: getattr(row, name) for name in counted_with}
    deadlines.change(uow.conn, row, **values)
    if step_due_at is not None:
        step = step_of(promised, row.ladder_step)
        at = max(clock.at(step, row.starts_at, within, pauses), earliest)
        if at != step_due_at:
            uow.parts.timers.arm(uow.conn, [Timer(row.kind, row.handoff_id, row.step, at)])
    if one.due_at == row.due_at:
        return None
    if (row.kind, row.step) == (ACCEPT, LEADS):
        handoffs.change_handoff(uow.conn, row.handoff_id, due_at=one.due_at)
    detail = {
        "kind": row.kind,
        "step": row.step,
        "why": why,
        "calendar": one.calendar,
        "from": row.due_at.isoformat(),
        "to": one.due_at.isoformat(),
    }
    handoffs.add_step(uow.conn, row.handoff_id, "rescheduled", "relevo", uow.now, detail)
    what = "handoff.rescheduled"
    handoffs.add_audit(uow.conn, uow.now, "relevo", what, row.handoff_id, detail=detail)
    return one


def step_of(promised: ResponseTarget, name: str | None) -> LadderStep:
    """Return a step by its stored name; a timer of before ladders told the manager when due."""
    named = (step for step in promised.steps.steps if step.name == name)
    return next(named, LadderStep("manager", 100))
