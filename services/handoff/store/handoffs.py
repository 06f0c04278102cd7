"""Hand-offs, their cycles, assignments and steps."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, or_, select, update

from services.handoff.domain.context import COMPLAINTS, Seen
from services.handoff.domain.cycle import PastHandoff
from services.handoff.store.tables import (
    ASSIGNMENT,
    AUDIT,
    CYCLE,
    HANDOFF,
    LEAD,
    PERSON,
    STEP,
    TOUCH,
)
from shared.audit import Entry, write_down
from shared.bulk import Replace, bulk_insert, is_in
from shared.db import insert
from shared.ids import new_id

PAST = tuple(HANDOFF.c[each.name] for each in fields(PastHandoff))
"""The columns of a ``PastHandoff``, in its order."""
CONTEXT_TOUCHES = 500  # looked at for interests and content; the timeline shows the latest 100


@dataclass(frozen=True, slots=True)
class History:
    """What a lead did, newest first, and how much there is in all.

    ``touches`` are the latest 500. ``telling`` are those that are told however old they are:
    the ones asked for by id, and complaints.
    """

    touches: list[Seen]
    telling: list[Seen]
    total: int
    first_source: str | None


def load_cycles(conn: Connection, policy: str, roots: Iterable[str]) -> dict[str, Row[Any]]:
    """Return the cycle record of each lead that has one under ``policy``."""
    wanted = sorted(set(roots))
    if not wanted:
        return {}
    rows = conn.execute(_CYCLES, {"wanted": wanted, "policy": policy}).all()
    return {row.lead_id: row for row in rows}


_CYCLES = select(CYCLE).where(CYCLE.c.policy == bindparam("policy"), is_in(CYCLE.c.lead_id))
_CYCLE_KEY = ("lead_id", "policy")
_CYCLE_STATE = ("number", "open_handoff_id", "closed_at", "returns_at")


def save_cycles(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write cycle records, each with every column of ``cycle``."""
    columns = (*_CYCLE_KEY, *_CYCLE_STATE)
    values = [tuple(row[name] for name in columns) for row in rows]
    bulk_insert(conn, CYCLE, columns, values, Replace(_CYCLE_KEY, _CYCLE_STATE))


def _numbered_touches() -> Select[Any]:
    """Each lead's latest touches with their rank and number, and its very first."""
    lead = TOUCH.c.lead_id
    latest_first = (TOUCH.c.occurred_at.desc(), TOUCH.c.touch_id.desc())
    nth = func.row_number().over(partition_by=lead, order_by=latest_first).label("nth")
    total = func.count().over(partition_by=lead).label("total")
    numbered = select(*TOUCH.c, nth, total).where(is_in(lead)).subquery()
    return select(numbered).where(
        or_(
            numbered.c.nth <= CONTEXT_TOUCHES,
            numbered.c.nth == numbered.c.total,
            numbered.c.kind.in_(COMPLAINTS),
            is_in(numbered.c.touch_id, "telling"),
        )
    )


_TOUCHES = _numbered_touches()


def histories(
    conn: Connection, members: dict[str, str], telling: Collection[str]
) -> dict[str, History]:
    """Return what each lead did; ``members`` maps the leads touches are kept under to roots.

    ``telling`` are ids of touches that are wanted however old they are.
    """
    found: dict[str, list[Seen]] = {}
    totals: dict[str, int] = {}
    firsts: dict[str, tuple[datetime, str]] = {}
    given = {"wanted": sorted(members), "telling": sorted(telling)}
    for row in conn.execute(_TOUCHES, given).all():
        root = members[row.lead_id]
        found.setdefault(root, []).append(seen(row))
        if row.nth == row.total:
            totals[root] = totals.get(root, 0) + row.total
            first = (row.occurred_at, row.source)
            firsts[root] = min(first, firsts.get(root, first))
    histories = {}
    for root, touches in found.items():
        touches.sort(key=lambda one: (one.occurred_at, one.touch_id), reverse=True)
        told = [one for one in touches if one.touch_id in telling or one.kind in COMPLAINTS]
        latest = touches[:CONTEXT_TOUCHES]
        histories[root] = History(latest, told, totals[root], firsts[root][1])
    return histories


def seen(row: Row[Any]) -> Seen:
    """Return a stored touch as the context reads it."""
    return Seen(
        row.touch_id,
        row.kind,
        row.name,
        row.source,
        row.occurred_at,
        row.made_by,
        row.properties,
    )


_EARLIER = select(HANDOFF).where(is_in(HANDOFF.c.lead_id)).order_by(HANDOFF.c.decided_at.desc())


def earlier(conn: Connection, members: dict[str, str]) -> dict[str, list[Row[Any]]]:
    """Return the hand-offs each lead (root) already had, the latest first."""
    found: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(_EARLIER, {"wanted": sorted(members)}).all():
        found.setdefault(members[row.lead_id], []).append(row)
    return found


def lock_handoff(conn: Connection, handoff_id: str) -> Row[Any] | None:
    """Lock the lead of a hand-off, then return the hand-off as it is then."""
    lead_id = conn.execute(
        select(HANDOFF.c.lead_id).where(HANDOFF.c.handoff_id == handoff_id)
    ).scalar()
    if lead_id is None:
        return None
    root = select(LEAD.c.root_id).where(LEAD.c.lead_id == lead_id).scalar_subquery()
    conn.execute(select(LEAD.c.lead_id).where(LEAD.c.lead_id == root).with_for_update())
    return conn.execute(select(HANDOFF).where(HANDOFF.c.handoff_id == handoff_id)).one()


def change_handoff(conn: Connection, handoff_id: str, **values: Any) -> None:
    """Write what changed about a hand-off. Its lead must be locked."""
    conn.execute(update(HANDOFF).where(HANDOFF.c.handoff_id == handoff_id).values(**values))


def add_handoffs(
    conn: Connection, handoffs: list[dict[str, Any]], assignments: list[dict[str, Any]]
) -> None:
    """Store new hand-offs with their first assignment."""
    for table, rows in ((HANDOFF, handoffs), (ASSIGNMENT, assignments)):
        columns = tuple(rows[0])
        bulk_insert(conn, table, columns, [tuple(row.values()) for row in rows], "refuse")


def add_assignment(conn: Connection, assignment: dict[str, Any]) -> None:
    """Store who owns a hand-off from now on, and why."""
    conn.execute(insert(conn, ASSIGNMENT).values(**assignment))


def open_of(conn: Connection, person_id: str, at_most: int) -> Sequence[Row[Any]]:
    """Return open hand-offs of a person, each with the ``root_id`` of its lead."""
    query = (
        select(HANDOFF, LEAD.c.root_id)
        .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
        .where(HANDOFF.c.owner_id == person_id, HANDOFF.c.closed_at.is_(None))
    )
    return conn.execute(query.order_by(HANDOFF.c.handoff_id).limit(at_most)).all()


def count_open(conn: Connection, person_id: str) -> int:
    """Return how many open hand-offs a person owns."""
    query = select(func.count()).where(
        HANDOFF.c.owner_id == person_id, HANDOFF.c.closed_at.is_(None)
    )
    return int(conn.execute(query).scalar_one())


def owners_gone(conn: Connection) -> Sequence[str]:
    """Return the people who have left and own open hand-offs."""
    gone = select(PERSON.c.person_id).where(PERSON.c.active.is_(False))
    query = select(HANDOFF.c.owner_id).where(
        HANDOFF.c.closed_at.is_(None), HANDOFF.c.owner_id.in_(gone)
    )
    return conn.execute(query.distinct().order_by(HANDOFF.c.owner_id)).scalars().all()


def add_step(
    conn: Connection, handoff_id: str, kind: str, by: str, at: datetime, detail: dict[str, Any]
) -> None:
    """Remember what happened to a hand-off."""
    conn.execute(
        insert(conn, STEP).values(
            step_id=new_id(), handoff_id=handoff_id, kind=kind, by=by, happened_at=at, detail=detail
        )
    )


def add_audit(
    conn: Connection,
    now: datetime,
    who: str,
    what: str,
    subject: str,
    why: str = "",
    detail: dict[str, Any] | None = None,
) -> None:
    """Write down who changed what, when and why. Nothing in the product changes such a row."""
    write_down(conn, AUDIT, now, Entry(who, what, subject, why, detail or {}))
