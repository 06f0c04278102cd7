"""Accounts: the leads' companies, found by domain, joined with what others wrote meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from services.handoff.domain import knowledge
from services.handoff.domain.knowledge import Knowledge, Learned
from services.handoff.store.tables import ACCOUNT
from shared.db import chunks, insert
from shared.ids import new_id


@dataclass
class Account:
    """A company, found by its domain."""

    account_id: str
    domain: str
    facts: Knowledge
    is_new: bool = False
    is_changed: bool = False

    @property
    def values(self) -> dict[str, Any]:
        return knowledge.values(self.facts) | {"domain": self.domain}


def load_accounts(conn: Connection, accounts: dict[str, Account], domains: Iterable[str]) -> None:
    """Add the accounts of these domains to the batch, as far as they exist."""
    missing = sorted(set(domains) - accounts.keys())
    for some in chunks(missing):
        for row in conn.execute(select(ACCOUNT).where(ACCOUNT.c.domain.in_(some))):
            accounts[row.domain] = Account(row.account_id, row.domain, row.facts)


def find_account(conn: Connection, domain: str | None) -> Account | None:
    """Return the account of this domain, if it is known."""
    row = conn.execute(select(ACCOUNT).where(ACCOUNT.c.domain == domain)).first()
    return None if row is None else Account(row.account_id, row.domain, row.facts)


def learn_about_account(
    accounts: dict[str, Account], domain: str, facts: dict[str, Any], at: str, source: str
) -> bool:
    """Take in what an event says about a company; return whether anything is new."""
    account = accounts.get(domain)
    if account is None:
        account = accounts[domain] = Account(new_id(), domain, {}, is_new=True)
    learned = knowledge.learn_all(account.facts, facts, at, source)
    account.is_changed |= learned is not Learned.NOTHING
    return learned is Learned.VALUE or account.is_new


def save_accounts(conn: Connection, accounts: dict[str, Account], now: datetime) -> None:
    """Write new and changed accounts, joining with what others wrote meanwhile."""
    touched = [one for one in accounts.values() if one.is_new or one.is_changed]
    if not touched:
        return
    touched.sort(key=lambda account: account.domain)
    rows = [
        {"account_id": one.account_id, "domain": one.domain, "facts": {}, "created_at": now}
        for one in touched
        if one.is_new
    ]
    if rows:
        conn.execute(insert(conn, ACCOUNT).on_conflict_do_nothing(), rows)
    by_domain = {one.domain: one for one in touched}
    for some in chunks(list(by_domain)):
        current = conn.execute(
            select(ACCOUNT)
            .where(ACCOUNT.c.domain.in_(some))
            .order_by(ACCOUNT.c.domain)
            .with_for_update()
        ).all()
        for row in current:
            account = by_domain[row.domain]
            account.account_id = row.account_id
            account.facts = knowledge.union((row.facts, account.facts))
        conn.execute(
            update(ACCOUNT)
            .where(ACCOUNT.c.domain == bindparam("_domain"))
            .values(facts=bindparam("_facts")),
            [{"_domain": domain, "_facts": by_domain[domain].facts} for domain in some],
        )
