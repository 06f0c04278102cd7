"""A hand-off its owner did not answer goes to somebody else; the lead's own wait goes on."""

from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain.policy import ResponseTarget
from services.handoff.domain.questions import Titles
from services.handoff.domain.routing import Choice, Staff
from services.handoff.handlers.cards import assignment
from services.handoff.handlers.deadlines import start_shares, team_after
from services.handoff.handlers.fall_back import fell_back
from services.handoff.handlers.references import reference
from services.handoff.handlers.routing import choose_owner
from services.handoff.store import handoffs, people
from services.handoff.store.assignments import assignment_row, said
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.store.tables import ASSIGNMENT
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts import handoffs as contract

CODE = "not_answered"
WHY = Titles("no hubo respuesta a tiempo", "there was no answer in time")
HAD_IT = Titles("no respondió a tiempo", "did not answer in time")


def was_reassigned_late(uow: UnitOfWork, row: Row[Any]) -> bool:
    """Return whether it was given away for want of an answer before."""
    codes = select(ASSIGNMENT.c.code).where(ASSIGNMENT.c.handoff_id == row.handoff_id)
    return CODE in set(uow.conn.execute(codes).scalars())


def reassign_late(
    uow: UnitOfWork, row: Row[Any], promised: ResponseTarget, deadline: contract.Deadline
) -> Staff | None:
    """Give it to somebody who has not had it; None where there is nobody.

    The lead is locked. Who gets it has to accept it, and has a share of time for that.
    """
    had = select(ASSIGNMENT.c.person_id).where(ASSIGNMENT.c.handoff_id == row.handoff_id)
    without = dict.fromkeys({row.owner_id, *uow.conn.execute(had).scalars()}, HAD_IT)
    choice = choose_owner(uow, row, without)
    if choice.person.person_id in without:  # the last resort, who had it
        return None
    earlier = people.person(uow.conn, row.owner_id)
    assert earlier is not None, "an owner is a person"
    team_id = team_after(uow, row, choice.team_id)
    handoffs.change_handoff(
        uow.conn,
        row.handoff_id,
        owner_id=choice.person.person_id,
        team_id=team_id,
        stage="assigned",
        accepted_by=None,
        accepted_at=None,
    )
    told = _not_answered(choice, earlier.name, deadline)
    handoffs.add_assignment(uow.conn, assignment_row(row.handoff_id, choice, uow.now) | told)
    ref = reference(uow.conn, row.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    given = assignment(choice, uow.now).model_copy(update=told)
    event = contract.Reassigned(
        handoff=ref,
        assignment=given,
        earlier_owner=earlier,
        deadlines=start_shares(uow, row.handoff_id, team_id, promised, tried=row.attempts > 0),
        why=said(WHY),
    )
    lead = batch.leads[ref.lead_id]
    uow.stage([uow.envelope(event, lead)])
    if choice.fell_back:
        fell_back(uow, ref, lead, given)
    save_leads(uow.conn, batch)
    return choice.person


def _not_answered(choice: Choice, earlier: str, deadline: contract.Deadline) -> dict[str, Any]:
    """Return what an assignment says of an owner who did not answer, and of the next one."""
    due = deadline.due_at.isoformat(timespec="minutes")
    words = Titles(
        f"{earlier} no había respondido, vencía {due}; {choice.words.es}",
        f"{earlier} had not answered, due {due}; {choice.words.en}",
    )
    return {"code": CODE, "reason": words.en, "words": said(words)}
