"""Hand-offs of before get the clocks they lack, at the start of a release that runs them.

A clock that was not promised then starts now: nobody is late for what nobody counted.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, exists, select

from services.handoff.domain.calendars import ALWAYS
from services.handoff.handlers.clocks import ACCEPT, FIRST_ATTEMPT, LEADS
from services.handoff.handlers.deadlines import Clock, clocks, deadline_row, start
from services.handoff.store import deadlines
from services.handoff.store.tables import HANDOFF, HANDOFF_DEADLINE
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Deadline

BATCH = 500
TALKING = ("sql", "opportunity")


def ensure_clocks(uow: UnitOfWork) -> None:
    """Start what open hand-offs lack: what they owe is looked at by the stage they are in."""
    while rows := _lacking(uow, FIRST_ATTEMPT):
        for row in rows:
            _start_first_attempt(uow, row)
    while rows := _lacking(uow, ACCEPT):
        deadlines.save(uow.conn, [_accept_of_before(uow, row) for row in rows])


def _lacking(uow: UnitOfWork, kind: str) -> list[Row[Any]]:
    has = exists().where(
        HANDOFF_DEADLINE.c.handoff_id == HANDOFF.c.handoff_id, HANDOFF_DEADLINE.c.kind == kind
    )
    query = select(HANDOFF).where(HANDOFF.c.closed_at.is_(None), ~has)
    query = query.order_by(HANDOFF.c.handoff_id).limit(BATCH).with_for_update(of=HANDOFF)
    return list(uow.conn.execute(query).all())


def _start_first_attempt(uow: UnitOfWork, row: Row[Any]) -> None:
    promised = uow.parts.shelf.by_id(uow.conn, row.version_id).response[row.tier]
    clock = clocks(uow, row.team_id, [promised.calendar])[promised.calendar]
    started = start(clock, promised, row.handoff_id, FIRST_ATTEMPT, LEADS, uow.now)
    if row.attempts or row.stage in TALKING:
        done = row.first_attempt_at or uow.now
        evidence = "attempt" if row.attempts else row.stage
        settled = {"ladder_step": None, "stopped_at": done, "evidence": evidence}
        deadlines.save(uow.conn, [started.row | settled])
        return
    deadlines.save(uow.conn, [started.row])
    uow.parts.timers.arm(uow.conn, started.timers)


def _accept_of_before(uow: UnitOfWork, row: Row[Any]) -> dict[str, Any]:
    """Return the clock a hand-off of before calendars had; its timer is armed, or has fired."""
    within = max(row.due_at - row.decided_at, timedelta(0))
    one = Deadline(
        kind=ACCEPT,
        due_at=row.due_at,
        within_s=int(within.total_seconds()),
        calendar=ALWAYS,
        starts_at=row.decided_at,
        explanation=None,
    )
    answered = row.stage != "assigned"
    return deadline_row(row.handoff_id, LEADS, Clock(ALWAYS, None), one) | {
        "explanation": {},
        "ladder_step": None if answered else "manager",
        "stopped_at": (row.accepted_at or uow.now) if answered else None,
        "evidence": "accept" if answered else None,
    }
