"""Handing over by what a verdict said: the mended lead itself, or the right person instead."""

from services.handoff.handlers.ask_now import Asked
from services.handoff.handlers.open_handoffs import open_handoffs
from services.handoff.handlers.overrides import place_of
from services.handoff.handlers.qualified import ByHand
from services.handoff.handlers.reconsider_lead import qualified
from services.handoff.store import overrides
from services.handoff.store.accounts import find_account
from services.handoff.store.handoffs import add_audit, add_step
from services.handoff.store.history import HistoryRow, add_history, new_knowledge
from services.handoff.store.policies import InForce
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Override
from shared.ids import new_id


def hand_over_again(
    uow: UnitOfWork,
    in_force: InForce,
    asked: Asked,
    tier: str,
    who: str,
    reason: str,
    person_id: str | None = None,
) -> str:
    """Hand a lead over without a cool-down; return the hand-off's id. The lead is locked.

    It stands beside the policy's view as a person's word does, so a replay of history takes
    it over as it was.
    """
    lead = asked.lead
    place = place_of(uow, lead)
    known = new_knowledge(lead, find_account(uow.conn, lead.account_domain))
    if known:
        add_history(uow.conn, [HistoryRow(lead.lead_id, place, "known", uow.now, known)])
    told = Override(
        ready=True,
        policy=in_force.policy,
        reason=reason,
        by=who,
        person_id=person_id,
        at=uow.now,
    )
    policies = uow.parts.shelf.in_force(uow.conn)
    cycle = asked.cycle.number + 1
    one = qualified(uow, in_force, asked, cycle, policies, place, ByHand(told, tier))
    overrides.add_override(
        uow.conn,
        override_id=new_id(),
        lead_id=lead.lead_id,
        policy=in_force.policy,
        ready=True,
        cause="person",
        reason=reason,
        made_by=who,
        person_id=person_id,
        made_at=uow.now,
        place=place,
        until=None,
        handoff_id=one.handoff_id,
    )
    open_handoffs(uow, [one])
    detail = {"policy": in_force.policy, "handoff_id": one.handoff_id}
    add_step(uow.conn, one.handoff_id, "override", who, uow.now, {"reason": reason})
    add_audit(uow.conn, uow.now, who, "lead.handed_over", lead.lead_id, reason, detail)
    return one.handoff_id
