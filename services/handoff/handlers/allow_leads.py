"""Taking back what a verdict caused: to err is human, for whoever gave it too."""

from services.handoff.domain.consent import EVERY_CHANNEL, REFUSED, UNKNOWN
from services.handoff.domain.knowledge import learn
from services.handoff.handlers.account_owners import is_marked, mark_customer
from services.handoff.handlers.holds import OF_VERDICTS, let_go
from services.handoff.handlers.note_consent import consent_changed
from services.handoff.handlers.overrides import locked, look_again, place_of
from services.handoff.handlers.requests import WANTED, settled
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.handoffs import add_audit
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from shared.clock import to_text
from shared.problem import Problem


def allow(uow: UnitOfWork, caller: Caller, lead_id: str, policy: str | None, why: str) -> list[str]:
    """Let a lead be handed over again that a verdict ruled out; return what was taken back.

    ``policy`` takes back what was caused under that policy alone; None everything: a refusal
    of all contact that sales wrote down, and the mark of a customer, too. What the lead
    itself said through a source stays. It is handed over where it is ready and its cool-down
    is over.

    Raises ``Problem``: 404 for an unknown lead, 409 where no verdict holds it back.
    """
    batch, lead = locked(uow, lead_id)
    place = place_of(uow, lead)
    holds = [
        row
        for row in overrides.holds_on(uow.conn, lead.member_ids, uow.now)
        if row.cause in OF_VERDICTS and policy in (None, row.policy)
    ]
    let_go(uow, lead, holds, caller.name, why, place)
    taken_back = [row.cause for row in holds]
    for row in holds:
        if row.cause in WANTED:
            settled(uow, lead, row, caller.name, why)
    said = lead.consent.get(EVERY_CHANNEL) if policy is None else None
    if said is not None and said[0] == REFUSED and said[2] == "sales":
        earlier = [dict(lead.consent)]
        learn(lead.root.consent, EVERY_CHANNEL, UNKNOWN, to_text(uow.now), caller.name)
        lead.root.is_changed = True
        holds += consent_changed(uow, lead, earlier, uow.places(), because=why)
        taken_back.append("opt_out")
    if policy is None and is_marked(uow, lead):
        mark_customer(uow, lead, is_customer=False, source=caller.name)
        taken_back.append("owner")
    if not taken_back:
        raise Problem(409, "not_held_back", "no verdict of sales holds this lead back")
    detail = {"policy": policy, "taken_back": taken_back}
    add_audit(uow.conn, uow.now, caller.name, "lead.allowed", lead.lead_id, why, detail)
    if holds:
        look_again(uow, lead, holds)
    leads_store.save_batch(uow.conn, batch)
    return taken_back
