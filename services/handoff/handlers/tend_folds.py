"""Which fold shapes are needed: listed when a version asks, let go when none does any more.

What a version decided by until lately is kept for a while, complete, so that going back to
it costs nothing. Then its states are deleted in small steps.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers.keep_folds import kept_version
from services.handoff.handlers.policies import UnusablePolicy
from services.handoff.store import folds
from services.handoff.store.signals import delete_signals
from services.handoff.unit_of_work import UnitOfWork

DECIDING = ("in_force", "scheduled")
"""States of a version whose shape is needed."""
KEPT = timedelta(days=7)
"""How long states are kept that nobody needs: of the version before, of a draft's trial."""
GRACE = timedelta(minutes=10)
"""Longer than any transaction: afterwards nobody writes states of a shape that leaves."""
SWEPT_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoldChanges:
    """What the list of shapes should be told: which to have, and which to let go."""

    wanted: list[PolicyVersion]
    leaving: list[bytes]

    def __bool__(self) -> bool:
        return bool(self.wanted or self.leaving)


def fold_changes(uow: UnitOfWork) -> FoldChanges:
    """Compare the shapes there are states of with those that are needed; writes nothing."""
    since = uow.now - KEPT
    listed = folds.all_folds(uow.conn)
    needed: dict[bytes, PolicyVersion] = {}
    for row in folds.versions_asking(uow.conn, DECIDING, since):
        try:
            version = uow.parts.shelf.by_id(uow.conn, row.version_id)
        except UnusablePolicy:
            continue
        needed.setdefault(version.fold_shape, version)
    kept = {shape for shape, row in listed.items() if row.state != folds.LEAVING}
    asked = {shape for shape, row in listed.items() if row.asked_at > since}
    usable = {shape for shape, row in listed.items() if kept_version(uow, row) is not None}
    return FoldChanges(
        [version for shape, version in needed.items() if shape not in kept & usable],
        sorted(kept - (needed.keys() | (asked & usable))),
    )


def change_folds(uow: UnitOfWork) -> None:
    """Bring the list of shapes to what is needed."""
    changes = fold_changes(uow)
    for version in changes.wanted:
        folds.want_fold(uow.conn, version, "relevo", uow.now)
    for shape in changes.leaving:
        folds.change_fold(
            uow.conn, shape, state=folds.LEAVING, cursor=None, rate=None, moved_at=uow.now
        )


def next_sweep(uow: UnitOfWork) -> Row[Any] | None:
    """Return a shape whose states can be deleted now."""
    leaving = (row for row in folds.all_folds(uow.conn).values() if row.state == folds.LEAVING)
    return next((row for row in leaving if uow.now - row.moved_at >= GRACE), None)


def sweep(uow: UnitOfWork, shape: bytes) -> None:
    """Delete some of a shape's states; strike it off the list behind the last."""
    row = folds.lock_fold(uow.conn, shape)
    if row is None or row.state != folds.LEAVING:
        return
    some = folds.states_behind(uow.conn, shape, row.cursor, SWEPT_AT_ONCE)
    if some:
        delete_signals(uow.conn, some, shape)
        folds.change_fold(uow.conn, shape, cursor=some[-1])
    else:
        folds.forget_fold(uow.conn, shape)
