"""Old leads are folded for a version's questions, a page at a time, while traffic goes on.

A page is read and folded from a snapshot, without a lock. Then a short transaction locks its
leads, looks whether any of them did something meanwhile (those are folded again), and stores
states and progress together. Killed anywhere, the next process goes on behind the last page.
Until its turn comes, a lead is folded when it is judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row

from services.handoff.domain.fold import fold
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.signals import LeadSignals, no_signals
from services.handoff.handlers.keep_folds import kept_version
from services.handoff.handlers.policies import UnusablePolicy, find_version
from services.handoff.store import folds
from services.handoff.store.leads import lock_roots
from services.handoff.store.signals import (
    count_touches,
    save_signals,
    stored_signals,
    stored_touches,
)
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import Problem

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FoldPage:
    """Some leads (members) in the order of their ids, folded as of one snapshot."""

    version: PolicyVersion
    cursor: str | None
    """Behind which lead the page begins."""
    lead_ids: list[str]
    states: dict[str, LeadSignals]
    """Of those that had none yet."""
    touches: Mapping[str, int]
    """How many touches each of these states was folded from."""


def ask_for_fold(uow: UnitOfWork, who: str, policy: str, number: int) -> PolicyVersion:
    """Let every lead be folded for a version, so that nobody waits when it decides.

    Raises ``Problem`` (404, or 422 when it cannot be used any more).
    """
    version = version_of(uow, find_version(uow, policy, number))
    folds.want_fold(uow.conn, version, who, uow.now)
    return version


def version_of(uow: UnitOfWork, row: Row[Any]) -> PolicyVersion:
    """Return a stored version, compiled. Raises ``Problem`` (422)."""
    try:
        return uow.parts.shelf.by_id(uow.conn, row.version_id)
    except UnusablePolicy as error:
        raise Problem(422, "policy_has_errors", str(error)) from error


def read_page(uow: UnitOfWork, version: PolicyVersion, cursor: str | None, size: int) -> FoldPage:
    """Fold the next leads that have no state of the version's shape; writes nothing."""
    lead_ids = folds.leads_behind(uow.conn, cursor, size)
    there = stored_signals(uow.conn, version, lead_ids)
    missing = [lead_id for lead_id in lead_ids if lead_id not in there]
    states, touches = _fold_all(uow, version, missing)
    return FoldPage(version, cursor, lead_ids, states, touches)


def _fold_all(
    uow: UnitOfWork, version: PolicyVersion, lead_ids: Sequence[str]
) -> tuple[dict[str, LeadSignals], dict[str, int]]:
    """Return the states of these leads from all they did, and from how many touches each.

    A lead whose touches cannot be folded is left out: judging it fails as well, and parks
    its events with the reason.
    """
    states, touches = dict.fromkeys(lead_ids, no_signals(version)), dict.fromkeys(lead_ids, 0)
    for lead_id, facts in stored_touches(uow.conn, lead_ids):
        touches[lead_id] += len(facts)
        if lead_id not in states:
            continue
        try:
            states[lead_id] = fold(version, states[lead_id], facts)
        except Exception:
            log.exception("lead_not_folded", lead_id=lead_id, version_id=version.version_id)
            del states[lead_id]
    return states, touches


def store_page(uow: UnitOfWork, page: FoldPage, rate: float | None) -> None:
    """Store a page and move on behind it. ``rate``: leads a second, of late."""
    shape, conn = page.version.fold_shape, uow.conn
    there = lock_roots(conn, page.states) if page.states else set()
    row = folds.lock_fold(conn, shape)
    if row is None or row.state != folds.FOLDING or row.cursor != page.cursor:
        return  # it was asked for anew, or left
    states = {lead_id: state for lead_id, state in page.states.items() if lead_id in there}
    counts = count_touches(conn, list(states))
    moved = [one for one in states if counts.get(one, 0) != page.touches[one]]
    again, _ = _fold_all(uow, page.version, moved)
    kept = {one: state for one, state in states.items() if one not in moved} | again
    save_signals(conn, page.version, kept, replace=False)
    total = folds.count_members(conn) if row.started_at is None else row.total
    done = row.done + len(page.lead_ids)
    if page.lead_ids:
        folds.change_fold(
            conn,
            shape,
            cursor=page.lead_ids[-1],
            done=done,
            total=max(total, done),
            rate=rate,
            started_at=row.started_at or uow.now,
            moved_at=uow.now,
        )
    else:
        folds.change_fold(
            conn,
            shape,
            state=folds.FOLDED,
            total=done,
            rate=None,
            started_at=row.started_at or uow.now,
            moved_at=uow.now,
            finished_at=uow.now,
        )


def next_fold(uow: UnitOfWork) -> tuple[PolicyVersion, str | None] | None:
    """Return what to fold for next, and behind which lead; None when all is done.

    What decides now goes before what may one day.
    """
    waiting = [
        (row, version)
        for row in folds.all_folds(uow.conn).values()
        if row.state == folds.FOLDING and (version := kept_version(uow, row)) is not None
    ]
    if not waiting:
        return None
    in_force = {one.version.fold_shape for one in uow.parts.shelf.in_force(uow.conn)}
    row, version = min(waiting, key=lambda one: (one[0].shape not in in_force, one[0].asked_at))
    return version, row.cursor
