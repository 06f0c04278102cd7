"""Accounts: the leads' companies, found by domain, joined with what others wrote meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.handoff.domain import knowledge
from services.handoff.domain.knowledge import Knowledge, Learned
from services.handoff.store.tables import ACCOUNT
from shared.bulk import Replace, bulk_insert, is_in
from shared.db import RunAgain
from shared.ids import new_id


@dataclass
class Account:
    """A company, found by its domain."""

    account_id: str
    domain: str
    facts: Knowledge
    is_new: bool = False
    is_changed: bool = False
    facts_before: Knowledge = field(init=False)
    """What was known before this transaction."""

    def __post_init__(self) -> None:
        self.facts_before = dict(self.facts)

    @property
    def values(self) -> dict[str, Any]:
        return knowledge.values(self.facts) | {"domain": self.domain}


def load_accounts(
    conn: Connection, accounts: dict[str, Account], domains: Iterable[str], lock: bool = False
) -> None:
    """Add the accounts of these domains to the batch, as far as they exist.

    ``lock`` keeps what their people do together to this transaction; the leads are locked.
    """
    missing = sorted(set(domains) - accounts.keys())
    if missing:
        for row in conn.execute(_LOCK if lock else _FIND, {"wanted": missing}).all():
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


def save_accounts(
    conn: Connection, accounts: dict[str, Account], now: datetime, alone: bool = False
) -> None:
    """Write new and changed accounts, joining with what others wrote meanwhile.

    ``alone``: raises ``RunAgain`` where another transaction has just made one of the new ones.
    """
    touched = [one for one in accounts.values() if one.is_new or one.is_changed]
    if not touched:
        return
    touched.sort(key=lambda account: account.domain)
    new = [(one.account_id, one.domain, one.facts, now) for one in touched if one.is_new]
    columns = ("account_id", "domain", "facts", "created_at")
    made = bulk_insert(conn, ACCOUNT, columns, new)
    if made == len(touched):
        return
    if alone and made != len(new):
        raise RunAgain("another transaction made the same account")
    by_domain = {one.domain: one for one in touched}
    for row in conn.execute(_LOCK, {"wanted": list(by_domain)}).all():
        account = by_domain[row.domain]
        account.account_id = row.account_id
        account.facts = knowledge.union((row.facts, account.facts))
    rows = [(one.account_id, one.domain, one.facts, now) for one in touched]
    bulk_insert(conn, ACCOUNT, columns, rows, Replace(("domain",), ("facts",)))


_FIND = select(ACCOUNT).where(is_in(ACCOUNT.c.domain))
_LOCK = _FIND.order_by(ACCOUNT.c.domain).with_for_update()
