"""What happens when a clock runs out."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from services.handoff.handlers.clocks import (
    ACCEPT,
    HOLD_ENDS,
    LAST_DAY,
    MOVE,
    RECONSIDER,
    RECOUNT,
    REVIEW,
    START_POLICY,
)
from services.handoff.handlers.deadlines import passed, recount
from services.handoff.handlers.leave import last_day_ends
from services.handoff.handlers.move_handoffs import move_handoffs
from services.handoff.handlers.overrides import hold_ends
from services.handoff.handlers.policy_reviews import look_at_policy
from services.handoff.handlers.reconsider_lead import reconsider
from services.handoff.handlers.references import reference
from services.handoff.handlers.start_policies import start_scheduled
from services.handoff.store import handoffs, people
from services.handoff.store import leads as leads_store
from services.handoff.unit_of_work import Parts, UnitOfWork
from shared.contracts.handoffs import Escalated
from shared.timers import Fire, Timer


def timer_handlers(parts: Parts) -> Mapping[str, Fire]:
    """Return what fires each kind of timer."""

    def escalate_late(conn: Connection, timer: Timer, now: datetime) -> None:
        escalate(UnitOfWork(conn, now, parts), timer)

    def reconsider_lead(conn: Connection, timer: Timer, now: datetime) -> None:
        reconsider(UnitOfWork(conn, now, parts), timer)

    def end_hold(conn: Connection, timer: Timer, now: datetime) -> None:
        hold_ends(UnitOfWork(conn, now, parts), timer)

    def start_policy(conn: Connection, timer: Timer, now: datetime) -> None:
        start_scheduled(UnitOfWork(conn, now, parts), timer)

    def review_policy(conn: Connection, timer: Timer, now: datetime) -> None:
        look_at_policy(UnitOfWork(conn, now, parts), timer)

    def recount_deadlines(conn: Connection, timer: Timer, now: datetime) -> None:
        recount(UnitOfWork(conn, now, parts), timer)

    def let_leave(conn: Connection, timer: Timer, now: datetime) -> None:
        last_day_ends(UnitOfWork(conn, now, parts), timer)

    def move(conn: Connection, timer: Timer, now: datetime) -> None:
        move_handoffs(UnitOfWork(conn, now, parts), timer)

    return {
        LAST_DAY: let_leave,
        MOVE: move,
        ACCEPT: escalate_late,
        RECOUNT: recount_deadlines,
        RECONSIDER: reconsider_lead,
        HOLD_ENDS: end_hold,
        START_POLICY: start_policy,
        REVIEW: review_policy,
    }


def escalate(uow: UnitOfWork, timer: Timer) -> None:
    """Nobody answered in time: tell a named person, once."""
    row = handoffs.lock_handoff(uow.conn, timer.subject)
    if row is None or not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    if row.stage != "assigned":
        return
    version = uow.parts.shelf.by_id(uow.conn, row.version_id)
    promised = version.response[row.tier]
    told = people.fallback_of(uow.conn, row.team_id, uow.parts.settings.owner_email)
    ref = reference(uow.conn, row.handoff_id)
    event = Escalated(
        handoff=ref,
        deadline=passed(uow, timer, promised),
        step=timer.step,
        to=people.as_person(told),
        late_s=max(0, int((uow.now - timer.due_at).total_seconds())),
    )
    batch = leads_store.lock_leads(uow.conn, [ref.lead_id], uow.now)
    uow.stage([uow.envelope(event, batch.leads[ref.lead_id])])
    detail = {"to": told.person_id, "step": timer.step}
    handoffs.add_step(uow.conn, row.handoff_id, "escalated", "relevo", uow.now, detail)
    why = f"no answer by {timer.due_at.isoformat(timespec='seconds')}"
    handoffs.add_audit(
        uow.conn, uow.now, "relevo", "handoff.escalated", row.handoff_id, why, detail
    )
    leads_store.save_batch(uow.conn, batch)
