"""Marketing says that a lead's data are mended: it goes on at once."""

from services.handoff.handlers.overrides import locked
from services.handoff.handlers.return_corrected import give_back
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import Problem, not_found


def mend(uow: UnitOfWork, request_id: str, who: str, text: str) -> tuple[str, str | None]:
    """Settle a request for better data; return the lead and the hand-off it came back with.

    Raises ``Problem``: 404 for no such request, 409 where it is settled already.
    """
    row = overrides.find(uow.conn, request_id)
    if row is None or row.cause != "fix":
        raise not_found("request")
    batch, lead = locked(uow, row.lead_id)
    row = overrides.find(uow.conn, request_id)
    if row is None or row.lifted_at is not None:
        raise Problem(409, "settled", "this request is settled already")
    handoff_id = give_back(uow, lead, request_id, who, text)
    leads_store.save_batch(uow.conn, batch)
    return lead.lead_id, handoff_id
