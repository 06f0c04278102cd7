"""The alarm where nobody of a team could take a lead, so that a named person got it."""

from typing import Any

from services.handoff.metrics import FELL_BACK
from services.handoff.store import people
from services.handoff.store.handoffs import add_audit, add_step
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Assignment, HandoffRef, Person
from shared.contracts.routing import FellBack
from shared.db import after_commit

TOLD_ROLE = "manager"


def fell_back(
    uow: UnitOfWork,
    handoff: HandoffRef,
    lead: Lead,
    assignment: Assignment,
    traceparent: str | None = None,
) -> None:
    """Tell the managers, keep it with the hand-off and count it. The lead is locked."""
    event = FellBack(handoff=handoff, assignment=assignment, to=_told(uow))
    uow.stage([uow.envelope(event, lead, traceparent=traceparent)])
    detail: dict[str, Any] = {
        "to": handoff.owner.person_id,
        "code": assignment.code,
        "why": assignment.words or {"en": assignment.reason},
        "told": [one.person_id for one in event.to],
    }
    add_step(uow.conn, handoff.handoff_id, "fell_back", "relevo", uow.now, detail)
    what = "handoff.fell_back"
    add_audit(uow.conn, uow.now, "relevo", what, handoff.handoff_id, assignment.reason, detail)
    after_commit(uow.conn, lambda: FELL_BACK.labels(assignment.code).inc())


def _told(uow: UnitOfWork) -> list[Person]:
    """Return the managers; the last resort where there are none."""
    staff = [one for one in people.everybody(uow.conn) if one.active]
    told = [one for one in staff if TOLD_ROLE in one.roles]
    email = uow.parts.settings.owner_email
    return [
        Person(person_id=one.person_id, name=one.name, email=one.email)
        for one in told or [one for one in staff if one.email == email]
    ]
