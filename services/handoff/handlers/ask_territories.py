"""Whose territory a lead is in, asked about a lead as it is stored. Writes nothing."""

from services.handoff.domain.facts import Facts
from services.handoff.domain.territories import Match, asked
from services.handoff.handlers.account_groups import facts_of_lead
from services.handoff.handlers.place_leads import lists_of, territory_facts
from services.handoff.readmodels import read_leads
from services.handoff.store import leads as leads_store
from services.handoff.store import territories
from services.handoff.store.accounts import find_account
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import not_found


def ask_territories(uow: UnitOfWork, lead_id: str, policy: str) -> list[Match]:
    """Return what each territory says about a lead of a policy, up to the one that has it.

    Raises ``Problem`` (404) for a lead nobody knows.
    """
    root = leads_store.root_of(uow.conn, lead_id)
    if root is None:
        raise not_found("lead")
    lead = read_leads(uow.conn, [root])[root]
    facts = facts_of_lead(lead, find_account(uow.conn, lead.account_domain))
    return ask_about(uow, facts, policy)


def ask_about(uow: UnitOfWork, facts: Facts, policy: str) -> list[Match]:
    """Return what each territory says about a lead of which these facts are known.

    ``facts`` are ``{"lead": {…}, "account": {…}}``.
    """
    there_are = territories.in_force(uow.conn)
    return asked(there_are, territory_facts(facts, policy, lists_of(uow, there_are)))
