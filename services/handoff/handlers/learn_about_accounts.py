"""What events say about companies: brought to the account, or kept until there is one.

Facts about a company often come before anybody knows which company it is: a group call
about a browser, a form filled in under a private address. They wait among the lead's own
facts (``account.employees``) and move on once the lead has an account, so the order in
which things are told changes nothing.
"""

from collections.abc import Iterable

from services.handoff.domain.knowledge import DERIVED, learn_all
from services.handoff.store import accounts as accounts_store
from services.handoff.store.leads import ACCOUNT_FACT, Lead, LeadBatch, Member
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text
from shared.contracts.touches import Origin

WAITING = "account."


def learn_about_accounts(
    uow: UnitOfWork, batch: LeadBatch, told: Iterable[tuple[Member, Origin]], lock: bool = False
) -> set[str]:
    """Take in what events say about companies; return the leads whose company it changed.

    The leads of ``batch`` must have been joined: an account can be known to one half of a
    lead only. ``lock`` keeps the accounts to this transaction, for policies that ask about
    several people; it raises ``RunAgain`` where another one has just made one of them.
    """
    domains = {domain for lead in batch.leads.values() if (domain := lead.account_domain)}
    accounts_store.load_accounts(uow.conn, batch.accounts, domains, lock)
    for domain in sorted(domains - batch.accounts.keys()):
        accounts_store.learn_about_account(batch.accounts, domain, {}, DERIVED, "")
    changed = set()
    for member, data in told:
        facts = {name: value for name, value in data.account.items() if name != "domain"}
        lead = batch.lead_of(member.lead_id)
        at = to_text(data.occurred_at) if facts else ""
        if facts and (domain := lead.account_domain):
            if accounts_store.learn_about_account(batch.accounts, domain, facts, at, data.source):
                changed.add(lead.lead_id)
        elif facts:
            waiting = {f"{WAITING}{name}": value for name, value in facts.items()}
            if learn_all(member.facts, waiting, at, data.source):
                lead.learned(member)
    changed |= {lead.lead_id for lead in batch.leads.values() if _move_waiting(batch, lead)}
    accounts_store.save_accounts(uow.conn, batch.accounts, uow.now, alone=lock)
    return changed


def _move_waiting(batch: LeadBatch, lead: Lead) -> bool:
    """Bring what waits among a lead's facts to its account; return whether it was news there."""
    domain, is_news = lead.account_domain, False
    if domain is None:
        return False
    for member in lead.members:
        waiting = [name for name in member.facts if name.startswith(WAITING)]
        for name in waiting:
            if name != ACCOUNT_FACT:
                value, at, source = member.facts.pop(name)
                fact = {name.removeprefix(WAITING): value}
                is_news |= accounts_store.learn_about_account(
                    batch.accounts, domain, fact, at, source
                )
                lead.learned(member)
    return is_news
