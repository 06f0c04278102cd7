"""A hand-off its owner did not answer goes to somebody else; the lead's own wait goes on."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.assignment import Choice
from services.handoff.domain.policy import ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.handlers.cards import assignment
from services.handoff.handlers.deadlines import start_shares
from services.handoff.handlers.next_owner import choose_another
from services.handoff.handlers.open_handoffs import assignment_row
from services.handoff.handlers.references import reference
from services.handoff.store import handoffs, people
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.store.tables import ASSIGNMENT
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract

CODE = "not_answered"
WHY = Titles("no hubo respuesta a tiempo", "there was no answer in time")


def was_reassigned_late(uow: UnitOfWork, row: Row[Any]) -> bool:
    """Return whether it was given away for want of an answer before."""
    codes = select(ASSIGNMENT.c.code).where(ASSIGNMENT.c.handoff_id == row.handoff_id)
    return CODE in set(uow.conn.execute(codes).scalars())


def reassign_late(
    uow: UnitOfWork, row: Row[Any], promised: ResponseTarget, deadline: contract.Deadline
) -> Choice | None:
    """Give it to somebody who has not had it; None where there is nobody.

    The lead is locked. Who gets it has to accept it, and has a share of time for that.
    """
    had = select(ASSIGNMENT.c.person_id).where(ASSIGNMENT.c.handoff_id == row.handoff_id)
    without = {row.owner_id, *uow.conn.execute(had).scalars()}
    choice = choose_another(uow, without)
    if choice is None:
        return None
    earlier = people.person(uow.conn, row.owner_id)
    assert earlier is not None, "an owner is a person"
    due = deadline.due_at.isoformat(timespec="minutes")
    reason = f"{earlier.name} had not answered, due {due}; "
    choice = replace(choice, code=CODE, reason=reason + choice.reason)
    handoffs.change_handoff(
        uow.conn,
        row.handoff_id,
        owner_id=choice.person_id,
        stage="assigned",
        accepted_by=None,
        accepted_at=None,
    )
    handoffs.add_assignment(uow.conn, assignment_row(row.handoff_id, choice, uow.now))
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    event = contract.Reassigned(
        handoff=ref,
        assignment=assignment(choice, uow.now),
        earlier_owner=earlier,
        deadlines=start_shares(uow, row, promised, tried=row.attempts > 0),
        why={"es": WHY.es, "en": WHY.en},
    )
    uow.stage([uow.envelope(event, batch.leads[ref.lead_id])])
    save_leads(uow.conn, batch)
    return choice
