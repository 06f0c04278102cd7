"""Answers of CRMs as they come over the bus: each is taken, or told to be none that counts.

Over HTTP who answers is refused to their face. Here nobody waits, and later answers of the
hand-off come behind: they must neither wait for one that never can count, nor may that be
tried again when everything has changed, and count then.
"""

from collections.abc import Sequence

from services.handoff.handlers.answer_handoffs import take_answers
from services.handoff.handlers.references import reference
from services.handoff.store import people
from services.handoff.store.handoffs import add_step
from services.handoff.store.leads import lock_leads
from services.handoff.store.leads import save_batch as save_leads
from services.handoff.unit_of_work import UnitOfWork
from shared import trace
from shared.contracts import Envelope
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.contracts.requests import AnswerRefused
from shared.problem import Problem

UNKNOWN = ("not_found", "unknown_person")


def hear_answers(uow: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Take answers; say of each that cannot count why, with its time and who was first.

    Raises ``Problem`` for one that can still count: the hand-off or the person is not known,
    or nobody has accepted yet. It is parked and tried again.
    """
    for envelope in envelopes:
        try:
            with uow.conn.begin_nested():
                take_answers(uow, [envelope])
        except Problem as problem:
            if problem.code in UNKNOWN or _is_early(uow, envelope, problem):
                raise
            with trace.caused_by(envelope.traceparent):
                _tell(uow, envelope, problem)


def _is_early(uow: UnitOfWork, envelope: Envelope, problem: Problem) -> bool:
    """Return whether it tells what became of a hand-off that waits to be accepted."""
    if problem.code != "not_allowed_in_stage":
        return False
    data = envelope.data
    assert isinstance(data, VerdictGiven | OutcomeReported), "nothing else is read here"
    return reference(uow.conn, data.handoff_id).stage == "assigned"


def _tell(uow: UnitOfWork, envelope: Envelope, problem: Problem) -> None:
    data = envelope.data
    assert isinstance(data, VerdictGiven | OutcomeReported), "nothing else is read here"
    person = people.find_person(uow.conn, data.person)
    assert person is not None, "of nobody it would have been parked"
    ref = reference(uow.conn, data.handoff_id)
    batch = lock_leads(uow.conn, [ref.lead_id], uow.now)
    said = data.verdict if isinstance(data, VerdictGiven) else data.outcome
    told = AnswerRefused(
        handoff=ref,
        event_id=envelope.id,
        answer=said,
        person=people.as_person(person),
        external_id=data.external_id,
        code=problem.code,
        message=problem.message,
        at=uow.now,
    )
    uow.stage([uow.envelope(told, batch.leads[ref.lead_id])])
    save_leads(uow.conn, batch)
    detail = {"answer": said, "code": problem.code, "external_id": data.external_id}
    add_step(uow.conn, ref.handoff_id, "answer_refused", person.person_id, uow.now, detail)
