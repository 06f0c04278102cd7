"""What sales asks of marketing with a verdict: asked, seen, settled.

An open request is the hold it causes: the lead waits until it is settled.
"""

from typing import Any

from sqlalchemy import Row

from services.handoff.handlers.holds import hold
from services.handoff.handlers.references import reference
from services.handoff.store import people
from services.handoff.store.handoffs import add_step
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import HandoffRef
from shared.contracts.requests import (
    LeadRequestMade,
    LeadRequestSettled,
    RightPerson,
    Wanted,
)

WANTED: dict[str, Wanted] = {"fix": "fix", "ask_right_person": "right_person"}


def ask(
    uow: UnitOfWork,
    lead: Lead,
    ref: HandoffRef,
    effect: Any,
    person: Row[Any],
    text: str | None,
    known_digest: int | None = None,
    lead_id: str | None = None,
) -> LeadRequestMade:
    """Hold the lead back until marketing has what sales asks for; return what is told."""
    reason = text or f"sent back by {person.name} in hand-off {ref.handoff_id}"
    request_id = hold(
        uow,
        lead_id or lead.lead_id,
        effect,
        reason,
        person.name,
        uow.places(),
        policy=ref.policy,
        person_id=person.person_id,
        handoff_id=ref.handoff_id,
        known_digest=known_digest,
    )
    return LeadRequestMade(
        handoff=ref,
        request_id=request_id,
        wanted=WANTED[effect],
        text=text,
        by=people.as_person(person),
        at=uow.now,
    )


def settled(
    uow: UnitOfWork,
    lead: Lead,
    row: Row[Any],
    who: str,
    text: str,
    right_person: RightPerson | None = None,
    returned_as: str | None = None,
) -> None:
    """Tell that a request is settled; the lead is locked."""
    ref = reference(uow.conn, row.handoff_id)
    event = LeadRequestSettled(
        handoff=ref.model_copy(update={"lead_id": lead.lead_id}),
        request_id=row.override_id,
        wanted=WANTED[row.cause],
        by=who,
        text=text,
        right_person=right_person,
        returned_as=returned_as,
        at=uow.now,
    )
    uow.stage([uow.envelope(event, lead)])
    detail = {"wanted": WANTED[row.cause], "text": text, "returned_as": returned_as}
    if right_person is not None:
        detail |= {"right_person": right_person.lead_id, "to": right_person.handoff_id}
    add_step(uow.conn, row.handoff_id, "request_settled", who, uow.now, detail)
