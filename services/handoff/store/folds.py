"""The fold shapes states are stored of, and how far the leads are that were there before.

A state under a shape is stored only while the shape is listed here, and whoever adds
touches to a lead looks at the list after locking it. So no state is left behind: it is
folded on, or deleted.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from services.handoff.domain.policy import PolicyVersion
from services.handoff.store.tables import FOLD, LEAD, LEAD_SIGNALS, POLICY_VERSION
from shared.db import insert

FOLDING = "folding"  # old leads are being folded; new touches are folded in already
FOLDED = "folded"
LEAVING = "leaving"  # nobody asks for this shape any more: its states are deleted

_ALL = select(FOLD).order_by(FOLD.c.asked_at, FOLD.c.shape)


def all_folds(conn: Connection) -> dict[bytes, Row[Any]]:
    """Return every shape that may have states, the one that was asked for first in front."""
    return {row.shape: row for row in conn.execute(_ALL).all()}


def find_fold(conn: Connection, shape: bytes) -> Row[Any] | None:
    """Return how far the leads are folded for ``shape``; None when nobody asked for it."""
    return conn.execute(select(FOLD).where(FOLD.c.shape == shape)).first()


def list_fold(conn: Connection, version: PolicyVersion, who: str, now: datetime) -> None:
    """Note that states of the version's shape are stored from now on, unless it is known."""
    statement = insert(conn, FOLD).values(
        shape=version.fold_shape,
        version_id=version.version_id,
        state=FOLDING,
        done=0,
        asked_by=who,
        asked_at=now,
    )
    conn.execute(statement.on_conflict_do_nothing())


def want_fold(conn: Connection, version: PolicyVersion, who: str, now: datetime) -> None:
    """Let every lead be folded for the version's shape, and its states be kept.

    What is left of a shape that was leaving is complete, so it is folded on from there.
    """
    list_fold(conn, version, who, now)
    one = FOLD.c.shape == version.fold_shape
    from_the_start = dict.fromkeys(
        ("cursor", "total", "rate", "started_at", "moved_at", "finished_at")
    )
    conn.execute(
        update(FOLD)
        .where(one, FOLD.c.state == LEAVING)
        .values(state=FOLDING, done=0, **from_the_start)
    )
    conn.execute(
        update(FOLD).where(one).values(version_id=version.version_id, asked_by=who, asked_at=now)
    )


def lock_fold(conn: Connection, shape: bytes) -> Row[Any] | None:
    """Return how far the leads are folded for ``shape``, locked until the commit."""
    return conn.execute(select(FOLD).where(FOLD.c.shape == shape).with_for_update()).first()


def change_fold(conn: Connection, shape: bytes, **values: Any) -> None:
    """Write how far a shape is."""
    conn.execute(update(FOLD).where(FOLD.c.shape == shape).values(**values))


def leads_behind(conn: Connection, cursor: str | None, limit: int) -> list[str]:
    """Return the next leads (members) behind ``cursor``, in the order of their ids."""
    query = select(LEAD.c.lead_id).order_by(LEAD.c.lead_id).limit(limit)
    if cursor is not None:
        query = query.where(LEAD.c.lead_id > cursor)
    return list(conn.execute(query).scalars())


def count_members(conn: Connection) -> int:
    """Return how many leads there are, merged ones counted too."""
    return conn.execute(select(func.count()).select_from(LEAD)).scalar_one()


def leads_left(conn: Connection) -> int:
    """Return how many leads are still to be folded, over all shapes."""
    folding = [row for row in all_folds(conn).values() if row.state == FOLDING]
    if not folding:
        return 0
    members = count_members(conn)
    return sum(max(0, (row.total or members) - row.done) for row in folding)


def states_behind(conn: Connection, shape: bytes, cursor: str | None, limit: int) -> list[str]:
    """Return the next leads behind ``cursor`` that have a state of ``shape``."""
    signals = LEAD_SIGNALS.c
    query = select(signals.lead_id).where(signals.shape == shape)
    if cursor is not None:
        query = query.where(signals.lead_id > cursor)
    return list(conn.execute(query.order_by(signals.lead_id).limit(limit)).scalars())


def forget_fold(conn: Connection, shape: bytes) -> None:
    """Strike a shape off the list. It has no states any more."""
    conn.execute(delete(FOLD).where(FOLD.c.shape == shape, FOLD.c.state == LEAVING))


def versions_asking(conn: Connection, states: Sequence[str], since: datetime) -> list[Row[Any]]:
    """Return the versions in one of ``states``, and those succeeded after ``since``."""
    version = POLICY_VERSION.c
    asking = version.state.in_(states) | (
        (version.state == "succeeded") & (version.succeeded_at > since)
    )
    rows = conn.execute(select(POLICY_VERSION).where(asking).order_by(version.created_at))
    return list(rows.all())
