"""States stay complete: touches are folded into every state their lead has, or it is deleted.

The versions in force fold what arrives while they judge. Here is the rest: shapes that will
decide soon, or did until lately and may again.
"""

from collections.abc import Iterable, Mapping, Sequence

import structlog
from sqlalchemy import Row

from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, no_signals
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.store import folds
from services.handoff.store.accounts import load_accounts
from services.handoff.store.groups import companies_of, delete_account_signals
from services.handoff.store.signals import (
    delete_signals,
    save_signals,
    stored_signals,
    stored_touches,
)
from services.handoff.unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

Touches = Mapping[str, Sequence[TouchFact]]
"""What arrived, by the lead (a member) it is recorded under."""


def keep_folds(
    uow: UnitOfWork,
    touches: Touches,
    new: set[str],
    judged: Iterable[tuple[PolicyVersion, set[str]]],
) -> None:
    """Fold ``touches`` into the states nobody judged by. The leads' locks are held.

    ``judged``: each version in force with the leads whose states it folded itself. ``new``
    leads have nothing but what arrived.
    """
    listed = folds.all_folds(uow.conn)  # after the leads were locked: see ``store.folds``
    done: dict[bytes, set[str]] = {}
    for version, lead_ids in judged:
        done.setdefault(version.fold_shape, set()).update(lead_ids)
        if version.fold_shape not in listed:
            folds.list_fold(uow.conn, version, "relevo", uow.now)
    for shape, row in listed.items():
        others = touches.keys() - done.get(shape, set())
        if not others:
            continue
        kept = kept_version(uow, row)
        if kept is None:
            delete_signals(uow.conn, others, shape)
        else:
            _fold_in(uow, kept, {lead_id: touches[lead_id] for lead_id in others}, new)


def _fold_in(uow: UnitOfWork, version: PolicyVersion, touches: Touches, new: set[str]) -> None:
    """Fold into the states there are; a lead without one is folded when its turn comes."""
    states = stored_signals(uow.conn, version, touches.keys() - new)
    states |= {lead_id: no_signals(version) for lead_id in touches.keys() & new}
    after = {lead_id: fold(version, state, touches[lead_id]) for lead_id, state in states.items()}
    changed = {lead_id: state for lead_id, state in after.items() if state is not states[lead_id]}
    save_signals(uow.conn, version, changed)


def refold_leads(uow: UnitOfWork, lead_ids: Iterable[str]) -> None:
    """Throw away what these leads (members) remember, and fold it again from their touches.

    For touches that were changed or taken away. The leads' locks must be held. Nobody
    becomes ready by this; their next arrival is judged by the new states.
    """
    wanted = sorted(set(lead_ids))
    delete_signals(uow.conn, wanted)
    companies = companies_of(uow.conn, wanted)
    load_accounts(uow.conn, {}, companies, lock=True)
    delete_account_signals(uow.conn, companies)
    kept = [kept_version(uow, row) for row in folds.all_folds(uow.conn).values()]
    versions = [version for version in kept if version is not None]
    states: list[dict[str, LeadSignals]] = [
        dict.fromkeys(wanted, no_signals(version)) for version in versions
    ]
    for lead_id, facts in stored_touches(uow.conn, wanted):
        for version, found in zip(versions, states, strict=True):
            found[lead_id] = fold(version, found[lead_id], facts)
    for version, found in zip(versions, states, strict=True):
        save_signals(uow.conn, version, found)


def kept_version(uow: UnitOfWork, row: Row[object]) -> PolicyVersion | None:
    """Return a version to fold by for a shape's row; None when its states are not to be kept."""
    if row.state == folds.LEAVING:
        return None
    try:
        version = uow.parts.shelf.by_id(uow.conn, row.version_id)
    except UnusablePolicy:
        log.warning("fold_without_version", version_id=row.version_id)
        return None
    return version if version.fold_shape == row.shape else None
