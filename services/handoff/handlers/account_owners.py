"""Who looks after a company that buys already, and that it does."""

from typing import Any

from sqlalchemy import Row

from services.handoff.domain import knowledge
from services.handoff.handlers.ask_now import hold_accounts
from services.handoff.store import accounts, people
from services.handoff.store.accounts import Account
from services.handoff.store.history import HistoryRow, add_history, new_knowledge
from services.handoff.store.leads import Lead
from services.handoff.unit_of_work import UnitOfWork
from shared.clock import to_text

OWNER_FACTS = ("owner", "owner_email", "account_owner")
CUSTOMER = "customer"


def account_owner(uow: UnitOfWork, lead: Lead) -> Row[Any] | None:
    """Return who owns the lead's account: a fact of the account, or of the lead, names them.

    The fact is an e-mail address or a person's id. None where nobody who works here is named.
    """
    account = accounts.find_account(uow.conn, lead.account_domain)
    known = {} if account is None else knowledge.values(account.facts)
    told = [known.get(name) for name in OWNER_FACTS] + [lead.facts.get("account_owner")]
    for name in told:
        found = people.find_person(uow.conn, name) if isinstance(name, str) else None
        if found is not None and found.active:
            return found
    return None


def mark_customer(uow: UnitOfWork, lead: Lead, is_customer: bool, source: str) -> None:
    """Let the account be known as a customer's, or as none; policies may ask for it.

    The lead is locked. One without a company has nothing to mark.
    """
    domain = lead.account_domain
    if domain is None:
        return
    hold_accounts(uow, [lead])
    found: dict[str, Account] = {}
    accounts.load_accounts(uow.conn, found, [domain])
    said = {CUSTOMER: is_customer}
    accounts.learn_about_account(found, domain, said, to_text(uow.now), source)
    accounts.save_accounts(uow.conn, found, uow.now)
    known = new_knowledge(lead, found[domain])
    if known:
        place = uow.places()
        add_history(uow.conn, [HistoryRow(lead.lead_id, place, "known", uow.now, known)])


def is_marked(uow: UnitOfWork, lead: Lead) -> bool:
    """Return whether it was sales who said that the account is a customer's."""
    account = accounts.find_account(uow.conn, lead.account_domain)
    said = None if account is None else account.facts.get(CUSTOMER)
    return said is not None and said[0] is True and said[2] == "sales"
