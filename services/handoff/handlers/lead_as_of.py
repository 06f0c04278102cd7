"""Asking a policy about a lead as it stood at an earlier moment. Writes nothing.

What had been received by then counts, with what was known then. Who is one person now is
taken to have been one then, and lists to have held what they hold now.
"""

from dataclasses import dataclass
from datetime import datetime

from services.handoff.domain.account_fold import nobody_did, remembered_leads, take_in
from services.handoff.domain.colleagues import NO_COLLEAGUES, AccountPeople, Colleagues
from services.handoff.domain.evaluation import Evaluation, evaluate, profile_of
from services.handoff.domain.facts import Facts
from services.handoff.domain.fold import fold
from services.handoff.domain.history import first_place
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import no_signals
from services.handoff.domain.touches import epoch_us
from services.handoff.handlers.account_groups import facts_of_lead
from services.handoff.store.accounts import find_account
from services.handoff.store.groups import leads_of_accounts
from services.handoff.store.history import known_at
from services.handoff.store.lead_reading import leads_of
from services.handoff.store.leads import Lead, read_members
from services.handoff.store.signals import touches_until
from services.handoff.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class AsOf:
    """What a version said, or would have said, of a lead at a moment."""

    evaluation: Evaluation
    facts_are_of_now: bool
    """What was known then was not kept: it is what is known now."""


def evaluate_as_of(uow: UnitOfWork, version: PolicyVersion, lead: Lead, at: datetime) -> AsOf:
    """Ask ``version`` about ``lead`` at ``at``."""
    touches = touches_until(uow.conn, lead.member_ids, at)
    state = fold(version, no_signals(version), touches)
    facts, facts_are_of_now = _facts_as_of(uow, lead, at)
    colleagues = _colleagues_as_of(uow, version, lead, facts, at)
    return AsOf(evaluate(version, facts, state, at, colleagues), facts_are_of_now)


def _facts_as_of(uow: UnitOfWork, lead: Lead, at: datetime) -> tuple[Facts, bool]:
    """Return what was known of a lead, and whether that is what is known now."""
    known = known_at(uow.conn, lead.member_ids, first_place(epoch_us(at) + 1))
    if known is not None:
        return known, False
    return facts_of_lead(lead, find_account(uow.conn, lead.account_domain)), True


def _colleagues_as_of(
    uow: UnitOfWork, version: PolicyVersion, lead: Lead, facts: Facts, at: datetime
) -> Colleagues:
    """Return whom a gate could count beside ``lead``, of whom is at its company now."""
    domain = facts["account"].get("domain")
    if not version.people_positions or domain is None:
        return NO_COLLEAGUES
    others = leads_of(read_members(uow.conn, leads_of_accounts(uow.conn, [domain])))
    remembered = nobody_did(version)
    lead_of: dict[str, str] = {}
    facts_of: dict[str, Facts] = {}
    for other in others:
        for member_id in other.member_ids:
            did = fold(version, no_signals(version), touches_until(uow.conn, [member_id], at))
            remembered = take_in(version, remembered, member_id, did)
    did_something = remembered_leads(version, remembered)
    for other in others:
        if not other.is_known or did_something.isdisjoint(other.member_ids):
            continue
        known, _ = _facts_as_of(uow, other, at)
        if known["account"].get("domain") == domain and profile_of(version, known).is_meant:
            lead_of |= dict.fromkeys(other.member_ids, other.lead_id)
            facts_of[other.lead_id] = known
    return Colleagues(
        lead.lead_id,
        lambda signal: remembered.at(version.position_of[signal]).certain,
        AccountPeople(lead_of, facts_of),
    )
