"""Promises to leads: made with a moment by which they are to be kept, and kept."""

from datetime import datetime, timedelta

from services.handoff.store import handoffs, promises
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found

FARTHEST = timedelta(days=400)


def make_promise(
    uow: UnitOfWork, handoff_id: str, person_id: str, text: str, due_at: datetime
) -> str:
    """Remember what was promised to the lead of a hand-off; return the promise's id.

    Raises ``Problem``: 404, 409 for a closed hand-off, 422 for a moment that has passed.
    """
    row = handoffs.lock_handoff(uow.conn, handoff_id)
    if row is None:
        raise not_found("hand-off")
    if row.closed_at is not None:
        raise Problem(409, "handoff_closed", f"the hand-off is closed since {row.closed_at}")
    if not text.strip():
        raise invalid("/text", "say what was promised", "text_required")
    if not uow.now < due_at < uow.now + FARTHEST:
        raise invalid("/due_at", "has to be in the future, within 400 days", "not_in_future")
    promise_id = new_id()
    promises.add(
        uow.conn,
        {
            "promise_id": promise_id,
            "handoff_id": handoff_id,
            "person_id": person_id,
            "text": text.strip(),
            "due_at": due_at,
            "made_at": uow.now,
            "kept_at": None,
        },
    )
    detail = {"promise_id": promise_id}
    add_audit(uow.conn, uow.now, person_id, "promise.made", handoff_id, detail=detail)
    return promise_id


def keep_promise(uow: UnitOfWork, handoff_id: str, promise_id: str, person_id: str) -> None:
    """Say that a promise was kept. Saying so again changes nothing. Raises ``Problem`` (404)."""
    if handoffs.lock_handoff(uow.conn, handoff_id) is None:
        raise not_found("hand-off")
    row = promises.find(uow.conn, handoff_id, promise_id)
    if row is None:
        raise not_found("promise")
    if row.kept_at is None:
        promises.keep(uow.conn, promise_id, uow.now)
        detail = {"promise_id": promise_id}
        add_audit(uow.conn, uow.now, person_id, "promise.kept", handoff_id, detail=detail)
