"""Reviewed batches: the leads a version would call ready, and what people chose of them.

A lead is listed by its id alone: who it is, is read when somebody looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, func, select, tuple_, update

from services.handoff.store.tables import BATCH, BATCH_ITEM, LEAD, POLICY_VERSION
from shared import pages
from shared.bulk import bulk_insert
from shared.db import insert

# Of a batch.
MAKING = "making"
STOPPED = "stopped"  # half made or half handed over; what it lists can be handed over still
MADE = "made"
HANDING_OVER = "handing_over"
HANDED_OVER = "handed_over"
REPLACED = "replaced"  # another one was made of the same version
# Of an item; one that is handed over says HANDED_OVER.
LISTED = "listed"
WAITING = "waiting"  # to be handed over
SKIPPED = "skipped"

Sort = Literal["engagement", "fit"]
ITEM_COLUMNS = (
    "batch_id",
    "lead_id",
    "state",
    "gate",
    "tier",
    "engagement",
    "fit",
    "deciding",
    "why_not",
)


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items of a batch are meant; what is None does not matter."""

    leads: Sequence[str] | None = None
    gate: str | None = None
    tier: str | None = None
    state: str | None = None
    ticked: bool | None = None
    min_engagement: float | None = None
    min_fit: float | None = None

    def conditions(self, batch_id: str) -> list[ColumnElement[bool]]:
        """Return the filter as conditions on ``batch_item``."""
        item = BATCH_ITEM.c
        found: list[ColumnElement[bool]] = [item.batch_id == batch_id]
        if self.leads is not None:
            found.append(item.lead_id.in_(self.leads))
        if self.gate is not None:
            found.append(item.gate == self.gate)
        if self.tier is not None:
            found.append(item.tier == self.tier)
        if self.state is not None:
            found.append(item.state == self.state)
        if self.ticked is not None:
            found.append(item.ticked_by.is_not(None) if self.ticked else item.ticked_by.is_(None))
        if self.min_engagement is not None:
            found.append(item.engagement >= self.min_engagement)
        if self.min_fit is not None:
            found.append(item.fit >= self.min_fit)
        return found


def add_batch(conn: Connection, **values: Any) -> None:
    """Store a batch that is to be made."""
    conn.execute(insert(conn, BATCH).values(state=MAKING, done=0, **values))


def lock_batch(conn: Connection, batch_id: str) -> Row[Any]:
    """Return a batch that is known to exist, locked until the commit."""
    return conn.execute(select(BATCH).where(BATCH.c.batch_id == batch_id).with_for_update()).one()


def current_batch(conn: Connection, version_id: str) -> Row[Any] | None:
    """Return the batch of a version that people see: the one made last."""
    return conn.execute(_latest().where(BATCH.c.version_id == version_id).limit(1)).first()


def versions_of(conn: Connection, batch: Row[Any]) -> dict[str, Any]:
    """Return number and state of a batch's version, and the number of the one compared with."""
    version = POLICY_VERSION.c
    wanted = [one for one in (batch.version_id, batch.compared_id) if one is not None]
    rows = conn.execute(
        select(version.version_id, version.number, version.state).where(
            version.version_id.in_(wanted)
        )
    )
    found = {row.version_id: row for row in rows}
    compared = found.get(batch.compared_id)
    return {
        "number": found[batch.version_id].number,
        "version_state": found[batch.version_id].state,
        "compared_with": None if compared is None else compared.number,
    }


def batches_in(conn: Connection, state: str) -> list[Row[Any]]:
    """Return the batches in a state, the oldest first."""
    return list(reversed(conn.execute(_latest().where(BATCH.c.state == state)).all()))


def _latest() -> Select[Any]:
    return select(BATCH).order_by(BATCH.c.made_at.desc(), BATCH.c.batch_id.desc())


def change_batch(conn: Connection, batch_id: str, **values: Any) -> None:
    """Write what changed about a batch."""
    conn.execute(update(BATCH).where(BATCH.c.batch_id == batch_id).values(**values))


def roots_behind(conn: Connection, cursor: str | None, limit: int) -> list[str]:
    """Return the next leads behind ``cursor`` in the order of their ids, merged ones left out."""
    query = select(LEAD.c.lead_id).where(LEAD.c.lead_id == LEAD.c.root_id)
    if cursor is not None:
        query = query.where(LEAD.c.lead_id > cursor)
    return list(conn.execute(query.order_by(LEAD.c.lead_id).limit(limit)).scalars())


def add_items(conn: Connection, items: Sequence[tuple[Any, ...]]) -> None:
    """List leads, each with the values of ``ITEM_COLUMNS``."""
    bulk_insert(conn, BATCH_ITEM, ITEM_COLUMNS, items)


def counts(conn: Connection, batch_id: str) -> dict[str, int]:
    """Return how many items there are by state, and how many of the listed are ``ticked``."""
    item = BATCH_ITEM.c
    rows = conn.execute(
        select(item.state, func.count(), func.count(item.ticked_by))
        .where(item.batch_id == batch_id)
        .group_by(item.state)
    ).all()
    found = {state: count for state, count, _ in rows}
    return found | {"ticked": sum(ticked for state, _, ticked in rows if state == LISTED)}


def page_of_items(
    conn: Connection,
    batch_id: str,
    wanted: ItemFilter,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> tuple[list[Row[Any]], str | None]:
    """Return items, the highest score first."""
    query = select(BATCH_ITEM).where(*wanted.conditions(batch_id))
    query = pages.newest_first(query, BATCH_ITEM.c[sort], BATCH_ITEM.c.lead_id, cursor, limit)
    return pages.cut(conn.execute(query).all(), limit, sort, "lead_id")


def tick(conn: Connection, batch_id: str, wanted: ItemFilter, who: str, now: datetime) -> int:
    """Choose items; return how many. One that was skipped can be chosen again."""
    item = BATCH_ITEM.c
    changed = conn.execute(
        update(BATCH_ITEM)
        .where(
            *wanted.conditions(batch_id),
            ((item.state == LISTED) & item.ticked_by.is_(None)) | (item.state == SKIPPED),
        )
        .values(state=LISTED, ticked_by=who, ticked_at=now, reason=None, settled_at=None)
    )
    return changed.rowcount


def untick(conn: Connection, batch_id: str, wanted: ItemFilter) -> int:
    """Take a choice back, also of one that waits for its hand-over; return how many."""
    item = BATCH_ITEM.c
    changed = conn.execute(
        update(BATCH_ITEM)
        .where(
            *wanted.conditions(batch_id),
            item.state.in_([LISTED, WAITING]),
            item.ticked_by.is_not(None),
        )
        .values(state=LISTED, ticked_by=None, ticked_at=None)
    )
    return changed.rowcount


def move_items(conn: Connection, batch_id: str, before: str, after: str, **values: Any) -> int:
    """Bring all items from one state to another, the ticked ones of those listed; count them."""
    item = BATCH_ITEM.c
    some = (item.batch_id == batch_id) & (item.state == before)
    if before == LISTED:
        some &= item.ticked_by.is_not(None)
    return conn.execute(update(BATCH_ITEM).where(some).values(state=after, **values)).rowcount


def next_waiting(conn: Connection, batch_id: str, limit: int) -> list[str]:
    """Return the leads to be handed over next, the most engaged first."""
    item = BATCH_ITEM.c
    rows = conn.execute(
        select(item.lead_id)
        .where(item.batch_id == batch_id, item.state == WAITING)
        .order_by(item.engagement.desc(), item.lead_id)
        .limit(limit)
    )
    return list(rows.scalars())


def lock_waiting(conn: Connection, batch_id: str, lead_ids: Sequence[str]) -> list[Row[Any]]:
    """Return those of these items that still wait, locked until the commit."""
    item = BATCH_ITEM.c
    rows = conn.execute(
        select(BATCH_ITEM)
        .where(item.batch_id == batch_id, item.lead_id.in_(lead_ids), item.state == WAITING)
        .order_by(item.engagement.desc(), item.lead_id)
        .with_for_update()
    )
    return list(rows.all())


def settle_item(conn: Connection, batch_id: str, lead_id: str, **values: Any) -> None:
    """Write what became of an item."""
    item = BATCH_ITEM.c
    one = (item.batch_id == batch_id) & (item.lead_id == lead_id)
    conn.execute(update(BATCH_ITEM).where(one).values(**values))


def handed_over_since(conn: Connection, since: datetime) -> int:
    """Return how many leads all batches together handed over after ``since``."""
    item = BATCH_ITEM.c
    recent = (item.state == HANDED_OVER) & (item.settled_at > since)
    return conn.execute(select(func.count()).select_from(BATCH_ITEM).where(recent)).scalar_one()


def waiting_count(conn: Connection) -> int:
    """Return how many leads wait to be handed over from batches."""
    running = select(BATCH.c.batch_id).where(BATCH.c.state == HANDING_OVER)
    waiting = (BATCH_ITEM.c.state == WAITING) & BATCH_ITEM.c.batch_id.in_(running)
    return conn.execute(select(func.count()).select_from(BATCH_ITEM).where(waiting)).scalar_one()


def has_replaced(conn: Connection) -> bool:
    """Return whether a batch that was replaced still lists leads nobody chose."""
    return conn.execute(_replaced_items(1)).first() is not None


def drop_items(conn: Connection, limit: int) -> None:
    """Delete some of these leads' items."""
    key = tuple_(BATCH_ITEM.c.batch_id, BATCH_ITEM.c.lead_id)
    conn.execute(delete(BATCH_ITEM).where(key.in_(_replaced_items(limit))))


def _replaced_items(limit: int) -> Select[Any]:
    item = BATCH_ITEM.c
    replaced = select(BATCH.c.batch_id).where(BATCH.c.state == REPLACED)
    return (
        select(item.batch_id, item.lead_id)
        .where(item.batch_id.in_(replaced), item.state == LISTED)
        .limit(limit)
    )
