"""Whom nobody may hand over, by the lead's own wish or by what sales has said of it."""

from services.handoff.store import handoffs
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork

NEVER = ("opt_out", "suppress", "exclude")
"""Effects of reject reasons after which a lead is not handed over again."""
EVERY_CHANNEL = "all"


def why_never(uow: UnitOfWork, lead: Lead) -> str | None:
    """Return why nobody may hand a lead over; None where somebody may."""
    consent = lead.consent.get(EVERY_CHANNEL)
    if consent is not None and consent[0] == "refused":
        return f"they asked not to be contacted on any channel, said {consent[2]}"
    members = dict.fromkeys(lead.member_ids, lead.lead_id)
    for row in handoffs.earlier(uow.conn, members).get(lead.lead_id, ()):
        reasons = uow.parts.shelf.by_id(uow.conn, row.version_id).reasons_by_name
        reason = reasons.get(row.reason or "")
        if row.stage in ("rejected", "recycled") and reason and reason.effect in NEVER:
            return f"hand-off {row.handoff_id} was sent back as {reason.name}"
    return None
