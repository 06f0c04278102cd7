"""Whom nobody may hand over, by the lead's own wish or by what sales has said of it."""

from services.handoff.handlers.holds import FOR_GOOD
from services.handoff.store import overrides
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork


def why_never(uow: UnitOfWork, lead: Lead, policy: str) -> str | None:
    """Return why nobody may hand a lead over under ``policy``; None where somebody may.

    ``relevo leads allow`` takes back what a verdict caused.
    """
    for row in overrides.holds_on(uow.conn, lead.member_ids, uow.now):
        if row.cause in FOR_GOOD and row.policy in (None, policy):
            return str(row.reason)
    return None
