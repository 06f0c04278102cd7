"""Answers of CRMs that tell them over the bus, and those that were told before."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from services.handoff.handlers.money import check_money, known_currency
from services.handoff.handlers.read_answers import KINDS, Answer, Besides
from services.handoff.store import people
from services.handoff.store.handoffs import add_step
from services.handoff.store.tables import STEP
from services.handoff.unit_of_work import UnitOfWork
from shared.body import clean_text
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.problem import Problem, invalid


def told_by_bus(conn: Connection, data: VerdictGiven | OutcomeReported, person: Row[Any]) -> Answer:
    """Return an answer as it came. Raises ``Problem`` (422) where it names nobody."""
    shared: dict[str, Any] = {
        "handoff_id": data.handoff_id,
        "text": _storable(data.text),
        "external_id": data.external_id,
    }
    if isinstance(data, OutcomeReported):
        try:
            check_money(data.amount, known_currency(data.currency))
        except ValueError as error:
            raise invalid("/amount", str(error)) from error
        fields = data.model_dump(include={"reason", "channel", "amount", "currency", "at"})
        fields["reason"] = _storable(data.reason)
        return Answer(kind=KINDS[data.outcome], person=person, **shared, **fields)
    right = data.right_person
    besides = Besides(
        returns_at=data.returns_at,
        returns_on=data.returns_on,
        right_name=None if right is None else right.name,
        right_email=None if right is None else right.email,
        same_as=data.same_as,
        works_on_it=colleague(conn, data.works_on_it),
    )
    return Answer(kind=data.verdict, person=person, reason=data.reason, besides=besides, **shared)


def _storable(text: str | None) -> str | None:
    return None if text is None else clean_text(text)


def colleague(conn: Connection, name: str | None) -> str | None:
    """Return the id of who works on a lead already. Raises ``Problem`` (422)."""
    if name is None:
        return None
    found = people.find_person(conn, name)
    if found is None:
        message = "nobody here has that id or e-mail address"
        errors = [{"pointer": "/works_on_it", "message": message}]
        raise Problem(422, "unknown_person", message, errors)
    return str(found.person_id)


def is_known(conn: Connection, given: Answer) -> bool:
    """Return whether the CRM told this very thing before: the same id, of the same kind."""
    if given.external_id is None:
        return False
    kinds = ("reject", "hand_back") if given.kind == "reject" else (given.kind,)
    steps = select(STEP.c.detail).where(
        STEP.c.handoff_id == given.handoff_id, STEP.c.kind.in_(kinds)
    )
    return any(
        detail.get("external_id") == given.external_id for detail in conn.execute(steps).scalars()
    )


def note_late(uow: UnitOfWork, given: Answer, at: datetime) -> bool:
    """Keep what was told behind what it leads to: CRMs report in any order.

    A stage that was passed already is a step of the hand-off all the same; what was told
    before is none. Returns whether it is one.
    """
    if given.kind not in ("sql", "opportunity"):
        return False
    told = select(STEP.c.step_id).where(
        STEP.c.handoff_id == given.handoff_id, STEP.c.kind == given.kind
    )
    if uow.conn.execute(told).first() is not None:
        return False
    detail = {**given.detail, "late": True}
    add_step(uow.conn, given.handoff_id, given.kind, given.person.person_id, at, detail)
    return True
