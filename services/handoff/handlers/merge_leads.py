"""Merging and unmerging by a person who knows better than the identifiers."""

from collections.abc import Iterable

from sqlalchemy import select, update

from services.handoff.handlers.account_groups import take_all_in
from services.handoff.handlers.ask_now import hold_accounts
from services.handoff.handlers.holds import heed_consent
from services.handoff.handlers.join_leads import join_leads
from services.handoff.handlers.keep_scoreboard import count_leads_again
from services.handoff.handlers.recount_cycles import recount_cycles
from services.handoff.store import leads as leads_store
from services.handoff.store.accounts import find_account
from services.handoff.store.handoffs import add_audit
from services.handoff.store.history import HistoryRow, add_history, new_knowledge
from services.handoff.store.leads import Lead
from services.handoff.store.tables import LEAD, MERGE
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.leads import LeadUnmerged
from shared.problem import Problem, not_found


def merge_leads(uow: UnitOfWork, one: str, other: str, who: str, why: str) -> str:
    """Make two leads one; return the one that goes on."""
    roots = {lead_id: leads_store.root_of(uow.conn, lead_id) for lead_id in (one, other)}
    if None in roots.values():
        raise not_found("lead")
    first, second = roots[one], roots[other]
    if first is None or second is None or first == second:
        raise Problem(409, "already_one", "these two are one lead already")
    batch = leads_store.lock_leads(uow.conn, [first, second], uow.now)
    if batch.has_erased:
        raise Problem(410, "erased", "one of these leads was erased")
    hold_accounts(uow, batch.leads.values())
    batch.resolver.join(first, second, f"{who}: {why}", limit=False)
    place = uow.places()
    join_leads(uow, batch, place)
    _heed(uow, [batch.lead_of(first)])
    _note_knowledge(uow, [batch.lead_of(first)], place)
    leads_store.save_batch(uow.conn, batch)
    take_all_in(uow, batch)
    count_leads_again(uow, [batch.lead_of(first)])
    return batch.resolver.root(first)


def unmerge_lead(uow: UnitOfWork, lead_id: str, who: str) -> None:
    """Let a merged lead stand for itself again, with all it did and all that is known of it.

    What came in after the merge is with the lead whose identifier it carried. Hand-offs
    are with the lead they were opened for; one that the merge closed stays closed, and its
    lead can be handed over anew.
    """
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        raise not_found("lead")
    batch = leads_store.lock_leads(uow.conn, [root], uow.now)
    merge = uow.conn.execute(
        select(MERGE)
        .where(MERGE.c.lead_id == root, MERGE.c.merged_lead_id == lead_id)
        .where(MERGE.c.undone_at.is_(None))
        .order_by(MERGE.c.merged_at.desc())
        .limit(1)
    ).first()
    if merge is None:
        raise Problem(409, "not_merged", "this lead is not merged into another one")
    hold_accounts(uow, batch.leads.values())
    place = uow.places()
    uow.conn.execute(
        update(MERGE)
        .where(MERGE.c.merge_id == merge.merge_id)
        .values(undone_at=uow.now, undone_place=place)
    )
    uow.conn.execute(update(LEAD).where(LEAD.c.lead_id.in_(merge.members)).values(root_id=lead_id))
    add_audit(uow.conn, uow.now, who, "lead.unmerged", lead_id, f"was part of {root}")
    event = LeadUnmerged(lead_id=root, unmerged_lead_id=lead_id, by=who, at=uow.now)
    uow.stage([uow.envelope(event, batch.leads[root])])
    for member in batch.members.values():
        if member.lead_id in merge.members:
            member.root_id = lead_id
    stay = batch.members.keys() - set(merge.members)
    recount_cycles(uow, {root: stay, lead_id: merge.members})
    leads_store.save_batch(uow.conn, batch)
    parted = leads_store.lock_leads(uow.conn, [root, lead_id], uow.now)
    _note_knowledge(uow, parted.leads.values(), place)
    _heed(uow, parted.leads.values())
    leads_store.save_batch(uow.conn, parted)
    take_all_in(uow, parted)
    count_leads_again(uow, parted.leads.values())


def _heed(uow: UnitOfWork, leads: Iterable[Lead]) -> None:
    """Let what each lead says now of being contacted count from here on."""
    for lead in leads:
        if any(member.consent for member in lead.members):
            heed_consent(uow, lead, uow.places())


def _note_knowledge(uow: UnitOfWork, leads: Iterable[Lead], place: int) -> None:
    """Write down what is known of leads that were merged or parted by hand."""
    for lead in leads:
        known = new_knowledge(lead, find_account(uow.conn, lead.account_domain))
        if known:
            add_history(uow.conn, [HistoryRow(lead.lead_id, place, "known", uow.now, known)])
