"""Accounts are folded for a version that asks about their people, a few at a time.

What an account remembers is complete from the moment a version decides, so nothing is kept
before. Until its turn comes, an account is folded when somebody of it is judged: this only
spares whoever comes first the wait. Killed anywhere, the next process goes on with those
that remember nothing yet.
"""

from services.handoff.handlers.account_groups import AccountGroups
from services.handoff.store import groups as store
from services.handoff.store.accounts import Account, load_accounts
from services.handoff.store.policies import InForce
from services.handoff.unit_of_work import UnitOfWork

AT_ONCE = 20
SWEPT_AT_ONCE = 500


def next_version(uow: UnitOfWork) -> InForce | None:
    """Return a version that decides and some of whose accounts are not folded; writes nothing."""
    for one in uow.parts.shelf.judging(uow.conn):
        if one.asks_about_people and store.accounts_to_fold(uow.conn, one.people_key, 1):
            return one
    return None


def fold_some(uow: UnitOfWork, in_force: InForce) -> int:
    """Fold the next accounts; return how many. Nobody becomes ready by this."""
    domains = store.accounts_to_fold(uow.conn, in_force.people_key, AT_ONCE)
    accounts: dict[str, Account] = {}
    load_accounts(uow.conn, accounts, domains, lock=True)
    groups = AccountGroups(uow, in_force.version, {}, accounts, in_force.people_key)
    groups.fold(accounts.keys())
    groups.save()
    return len(domains)


def accounts_left(uow: UnitOfWork, version_id: str) -> int | None:
    """Return how many accounts are still to be folded for a version.

    None for one that does not decide, or asks about nobody but the lead.
    """
    for one in uow.parts.shelf.judging(uow.conn):
        if one.version.version_id == version_id and one.asks_about_people:
            return store.count_accounts_to_fold(uow.conn, one.people_key)
    return None


def has_left(uow: UnitOfWork) -> bool:
    """Return whether accounts remember anything for a version that decides no more."""
    return store.has_left(uow.conn, _keys(uow))


def sweep(uow: UnitOfWork) -> None:
    """Delete some of that."""
    store.sweep_account_signals(uow.conn, _keys(uow), SWEPT_AT_ONCE)


def _keys(uow: UnitOfWork) -> set[bytes]:
    return {one.people_key for one in uow.parts.shelf.judging(uow.conn) if one.asks_about_people}
