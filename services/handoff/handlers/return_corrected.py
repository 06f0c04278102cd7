"""Sales sent a lead back because its data were wrong; once they changed it returns.

It returns without a cool-down: nobody talked with it, and nothing was its own doing. What
it did still has to make it ready. That is looked at in a transaction of its own, as when a
date has come.
"""

from collections.abc import Collection, Sequence

from services.handoff.handlers.ask_now import ask_about
from services.handoff.handlers.clocks import CORRECTED
from services.handoff.handlers.hand_over_again import hand_over_again
from services.handoff.handlers.holds import let_go
from services.handoff.handlers.judge_arrivals import Arrival
from services.handoff.handlers.overrides import locked, place_of
from services.handoff.handlers.requests import settled
from services.handoff.store import leads as leads_store
from services.handoff.store import overrides
from services.handoff.store.accounts import find_account
from services.handoff.store.history import known_now
from services.handoff.store.leads import Lead, LeadBatch
from services.handoff.unit_of_work import UnitOfWork
from shared.timers import Timer


def note_corrections(
    uow: UnitOfWork, batch: LeadBatch, arrivals: Sequence[Arrival], known_better: Collection[str]
) -> None:
    """Have the leads looked at of which this batch told something new."""
    told = {
        member.lead_id
        for one in arrivals
        if one.news or one.member.root_id in known_better
        for member in batch.lead_of(one.member.lead_id).members
        if not member.is_new
    }
    if told:
        waiting = overrides.waiting_for_facts(uow.conn, told)
        uow.parts.timers.arm(uow.conn, [Timer(CORRECTED, one, 1, uow.now) for one in waiting])


def return_corrected(uow: UnitOfWork, timer: Timer) -> None:
    """Let a lead go whose data were mended, and hand it over where it is ready."""
    row = overrides.find(uow.conn, timer.subject)
    if row is None:
        return
    batch, lead = locked(uow, row.lead_id)
    if not uow.parts.timers.claim(uow.conn, timer, uow.now):
        return
    row = overrides.find(uow.conn, timer.subject)
    if row is not None and row.lifted_at is None and row.known_digest != _digest(uow, lead):
        give_back(uow, lead, row.override_id, "relevo", "what is known of it has changed")
    leads_store.save_batch(uow.conn, batch)


def give_back(uow: UnitOfWork, lead: Lead, request_id: str, who: str, why: str) -> str | None:
    """Let a lead that waited for better data go; return the hand-off it comes back with, if any.

    The lead is locked.
    """
    row = overrides.find(uow.conn, request_id)
    assert row is not None, "who asks has just read it"
    let_go(uow, lead, [row], who, why, place_of(uow, lead))
    handoff_id = None
    in_force = {each.policy: each for each in uow.parts.shelf.in_force(uow.conn)}
    each = in_force.get(row.policy or "")
    if each is not None and lead.is_known:
        asked = ask_about(uow, each.version, lead, each.people_key)
        is_open = asked.cycle.open_handoff_id or asked.group.open_handoff_id
        if asked.evaluation.is_ready and asked.hold is None and not is_open:
            gate = asked.evaluation.gate
            assert gate is not None, "it is ready"
            reason = f"sent back as wrong data in hand-off {row.handoff_id}; {why}"
            handoff_id = hand_over_again(uow, each, asked, gate.tier, who, reason)
    settled(uow, lead, row, who, why, returned_as=handoff_id)
    return handoff_id


def _digest(uow: UnitOfWork, lead: Lead) -> int:
    return known_now(lead, find_account(uow.conn, lead.account_domain)).digest
