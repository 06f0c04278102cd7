"""A step of a ladder: nobody answered yet, so the next person hears of it, once.

The timer of a clock stands for its next step. Under the lead's lock it is looked at again
whether the clock still runs; then the step is taken, or skipped with a reason that is kept,
and the timer armed for the step after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.handoff import OPEN_STAGES
from services.handoff.domain.ladder import LadderStep
from services.handoff.domain.policy import ResponseTarget
from services.handoff.handlers.clocks import ACCEPT, LEADS, OWNERS
from services.handoff.handlers.deadlines import as_event, clocks
from services.handoff.handlers.reassign_late import reassign_late, was_reassigned_late
from services.handoff.handlers.recount_clocks import step_of
from services.handoff.handlers.references import reference
from services.handoff.handlers.who_hears import Hearer, away, last_resort_of, manager_of
from services.handoff.store import deadlines, handoffs, people
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract
from shared.contracts.clocks import Escalated, PassedOver, Reminded
from shared.contracts.handoffs import HandoffEvent
from shared.timers import Timer


@dataclass(frozen=True, slots=True)
class Late:
    """A clock nobody has stopped, at one step of its ladder."""

    uow: UnitOfWork
    handoff: Row[Any]
    clock: Row[Any]
    promised: ResponseTarget
    step: LadderStep
    at: datetime
    """When the step was due."""

    @property
    def deadline(self) -> contract.Deadline:
        return as_event(self.clock)

    @property
    def late(self) -> timedelta:
        since: timedelta = self.uow.now - self.clock.due_at
        return max(timedelta(0), since)


def climb(uow: UnitOfWork, timer: Timer) -> None:
    """Take the step a timer stands for, and arm it for the next one."""
    row = handoffs.lock_handoff(uow.conn, timer.subject)
    if row is None or not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    clock = deadlines.find(uow.conn, timer.subject, timer.kind, timer.step)
    if clock is None or clock.stopped_at is not None or not is_running(row, timer.kind):
        return
    promised = uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier]
    step = step_of(promised, clock.ladder_step)
    late = Late(uow, row, clock, promised, step, timer.due_at)
    because = _why_not(late)
    told = because is None and _take(late)
    if because is not None:
        _write_down(late, "ladder_skipped", {"because": because})
    if not _began_anew(late):
        _arm_next(late, {"told_at": uow.now} if told else {})


def is_running(row: Row[Any], kind: str) -> bool:
    """Return whether a hand-off still owes what a clock of this kind is about."""
    if kind == ACCEPT:
        return bool(row.stage == "assigned")
    return row.stage in OPEN_STAGES and row.attempts == 0


def _why_not(late: Late) -> str | None:
    """Return why a step is skipped; None: it is taken."""
    if _answer_is_owed(late):
        return "not_accepted"
    if late.step.name in ("remind", "reassign") and _owner_has_time(late):
        return "owner_has_a_share"
    if late.step.name != "reassign":
        return None
    if late.handoff.attempts > 0:
        return "at_work"
    return "given_away_once" if was_reassigned_late(late.uow, late.handoff) else None


def _answer_is_owed(late: Late) -> bool:
    """Return whether the ladder of the answer tells the same people of the same lead."""
    if late.clock.kind == ACCEPT or late.handoff.stage != "assigned":
        return False
    answer = deadlines.find(late.uow.conn, late.handoff.handoff_id, ACCEPT, LEADS)
    return answer is not None and answer.stopped_at is None


def _owner_has_time(late: Late) -> bool:
    """Return whether a later owner's share goes on, which has such steps of its own."""
    if late.clock.step != LEADS:
        return False
    share = deadlines.find(late.uow.conn, late.handoff.handoff_id, late.clock.kind, OWNERS)
    return share is not None and share.stopped_at is None and share.due_at > late.at


def _take(late: Late) -> bool:
    """Take the step; return whether somebody was told who did not own the hand-off."""
    uow, row = late.uow, late.handoff
    if late.step.name == "reassign":
        given = reassign_late(uow, row, late.promised, late.deadline)
        if given is None:
            return _tell(late, manager_of(uow, row))
        _write_down(late, "reassigned", {"to": given.person_id, "from": row.owner_id})
        return True
    if late.step.name == "last_resort":
        return _tell(late, last_resort_of(uow, row))
    if late.step.name == "manager":
        return _tell(late, manager_of(uow, row))
    [owner] = people.rows_by_id(uow.conn, [row.owner_id]).values()
    reason = away(uow.conn, owner, uow.now)
    if reason is not None:
        passed = PassedOver(person=people.as_person(owner), reason=reason)
        return _tell(late, manager_of(uow, row, [passed]))
    _stage(
        late,
        Reminded(
            handoff=reference(uow.conn, row.handoff_id),
            deadline=late.deadline,
            left_s=max(0, int((late.clock.due_at - uow.now).total_seconds())),
            share=late.clock.step,
        ),
    )
    _write_down(late, "reminded", {"to": owner.person_id})
    return False


def _tell(late: Late, hearer: Hearer) -> bool:
    """Tell somebody who is not the owner."""
    uow, clock = late.uow, late.clock
    _stage(
        late,
        Escalated(
            handoff=reference(uow.conn, late.handoff.handoff_id),
            deadline=late.deadline,
            step=late.step.number,
            to=people.as_person(hearer.person),
            late_s=int(late.late.total_seconds()),
            name=late.step.name,
            share=clock.step,
            passed_over=list(hearer.passed_over),
        ),
    )
    over = [{"person_id": one.person.person_id, "reason": one.reason} for one in hearer.passed_over]
    _write_down(late, "escalated", {"to": hearer.person.person_id, "passed_over": over})
    return True


def _began_anew(late: Late) -> bool:
    """Return whether the step gave the lead to somebody whose share took this one's place."""
    clock = late.clock
    if clock.step != OWNERS or late.step.name != "reassign":
        return False
    there = deadlines.find(late.uow.conn, clock.handoff_id, clock.kind, clock.step)
    return there is not None and bool(there.starts_at != clock.starts_at)


def _stage(late: Late, event: HandoffEvent) -> None:
    uow, lead_id = late.uow, event.handoff.lead_id
    batch = lock_leads(uow.conn, [lead_id], uow.now)
    uow.stage([uow.envelope(event, batch.leads[lead_id])])
    save_leads(uow.conn, batch)


def _write_down(late: Late, what: str, detail: dict[str, Any]) -> None:
    uow, row, clock = late.uow, late.handoff, late.clock
    where = {"clock": clock.kind, "share": clock.step, "step": late.step.name}
    handoffs.add_step(uow.conn, row.handoff_id, what, "relevo", uow.now, where | detail)
    due = clock.due_at.isoformat(timespec="seconds")
    word = "no answer by" if late.late else "no answer yet, due"
    why = f"{word} {due}"
    handoffs.add_audit(
        uow.conn, uow.now, "relevo", f"handoff.{what}", row.handoff_id, why, where | detail
    )


def _arm_next(late: Late, changes: dict[str, Any]) -> None:
    uow, clock = late.uow, late.clock
    step = late.promised.steps.after(late.step.name, is_share=clock.step == OWNERS)
    deadlines.change(uow.conn, clock, ladder_step=step.name if step else None, **changes)
    if step is None:
        return
    counting = clocks(uow, late.handoff.team_id, [clock.asked])[clock.asked]
    pauses = deadlines.pauses(uow.conn, [clock.handoff_id]).get(clock.handoff_id, ())
    at = counting.at(step, clock.starts_at, timedelta(seconds=clock.within_s), pauses)
    uow.parts.timers.arm(uow.conn, [Timer(clock.kind, clock.handoff_id, clock.step, at)])
