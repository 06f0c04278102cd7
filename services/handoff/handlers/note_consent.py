"""Consent that changed: heeded, told to everybody, and to the owners of open hand-offs at once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from services.handoff.domain import consent, knowledge
from services.handoff.domain.knowledge import Knowledge
from services.handoff.handlers.holds import heed_consent
from services.handoff.handlers.judge_arrivals import Arrival
from services.handoff.handlers.references import references
from services.handoff.store.handoffs import add_step
from services.handoff.store.lead_reading import identifiers_of
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.consent import ConsentSaid, HandoffConsentChanged, LeadConsentChanged


def note_consent(
    uow: UnitOfWork, batch: LeadBatch, arrivals: Iterable[Arrival], place: int
) -> None:
    """Look at the leads whose consent this batch can have changed, by news or by a merge."""
    told = (batch.lead_of(one.member.lead_id) for one in arrivals)
    leads = {lead.lead_id: lead for lead in told}
    for lead in leads.values():
        if any(member.consent for member in lead.members):
            consent_changed(uow, lead, before(lead), place)


def before(lead: Lead) -> list[Knowledge]:
    """Return what each of the leads that ``lead`` consists of had said before this transaction."""
    bodies: dict[str, list[Knowledge]] = {}
    for member in lead.members:
        bodies.setdefault(member.before.root_id, []).append(member.before.consent)
    return [knowledge.union(each) for each in bodies.values()]


def consent_changed(
    uow: UnitOfWork,
    lead: Lead,
    earlier: Sequence[Knowledge],
    place: int,
    because: str | None = None,
) -> list[Row[Any]]:
    """Let what a lead says now count, from ``place`` on; return the holds that ended by it.

    ``earlier`` is what it, or each of those it was, had said before. Nothing is told where
    the same channels may be used.
    """
    now = lead.consent
    bodies = list(earlier)
    lifted = []
    if any(map(consent.nobody_may, [now, *bodies])):
        lifted = heed_consent(uow, lead, place, because)
    refused = consent.refused(now)
    changed = sorted(set(refused) ^ set(consent.refused(knowledge.union(bodies))))
    if changed or because is not None:
        _tell(uow, lead, [_said(now, one) for one in changed or consent.CHANNELS], because)
    return lifted


def _tell(uow: UnitOfWork, lead: Lead, said: list[ConsentSaid | None], because: str | None) -> None:
    changes = [one for one in said if one is not None]
    refused = list(consent.refused(lead.consent))
    names = identifiers_of(uow.conn, [lead])[lead.lead_id]
    event = LeadConsentChanged(
        lead_id=lead.lead_id,
        identifiers=names,
        changes=changes,
        refused=refused,
        because=because,
        at=uow.now,
    )
    envelopes = [uow.envelope(event, lead)]
    of_lead = select(HANDOFF.c.handoff_id).where(
        HANDOFF.c.lead_id.in_(lead.member_ids), HANDOFF.c.closed_at.is_(None)
    )
    open_ids = sorted(uow.conn.execute(of_lead).scalars())
    for handoff_id, ref in references(uow.conn, open_ids).items():
        told = HandoffConsentChanged(
            handoff=ref.model_copy(update={"lead_id": lead.lead_id}),
            changes=changes,
            refused=refused,
            at=uow.now,
        )
        envelopes.append(uow.envelope(told, lead))
        add_step(uow.conn, handoff_id, "consent", "relevo", uow.now, {"refused": refused})
    uow.stage(envelopes)


def _said(said: Knowledge, channel: str) -> ConsentSaid | None:
    found = consent.statement(said, channel)
    if found is None:
        return None
    status, at, source = found
    return ConsentSaid(channel=channel, status=status, source=source, at=datetime.fromisoformat(at))
