"""Counting the scoreboard again from what it tells of: where that stands, page by page.

Rows of hand-offs and leads are made anew in their place. Touches are tallied into a second
generation, beside the one that is read; who adds touches meanwhile adds them to both, as
far as their lead was counted again already. At the end the generations change places.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, literal, select, update

from services.handoff.store.scoreboard import hold_tallies
from services.handoff.store.scoreboard_tables import SCORE_STATE, SCORE_TOUCHES
from services.handoff.store.tables import HANDOFF, LEAD
from shared.bulk import is_in

ASKED, RUNNING, SWEEPING, DONE = "asked", "running", "sweeping", "done"


def state_of(conn: Connection) -> Row[Any]:
    """Return what counts now, and how far counting again has come."""
    return conn.execute(select(SCORE_STATE)).one()


def change_state(conn: Connection, **values: Any) -> None:
    """Write how far it has come."""
    conn.execute(update(SCORE_STATE).values(**values))


def begin(conn: Connection, now: datetime) -> None:
    """Start the second generation with what is counted of the erased."""
    row = hold_tallies(conn, alone=True)
    table, following = SCORE_TOUCHES, row.generation + 1
    conn.execute(delete(table).where(table.c.generation != row.generation))
    erased = [table.c[name] for name in ("erased_human", "erased_machine", "erased_unsure")]
    key = [table.c[name] for name in ("asset", "day", "source")]
    zeros = [literal(0) for _ in erased]
    kept = select(literal(following), *key, *zeros, *erased).where(
        table.c.generation == row.generation, erased[0] + erased[1] + erased[2] != 0
    )
    conn.execute(table.insert().from_select([column.name for column in table.c], kept))
    handoffs, leads = (
        conn.execute(select(func.count()).select_from(one)).scalar_one() for one in (HANDOFF, LEAD)
    )
    change_state(
        conn,
        state=RUNNING,
        phase="handoffs",
        cursor=None,
        done=0,
        total=handoffs + leads,
        started_at=now,
        finished_at=None,
    )


def finish(conn: Connection, generation: int, zone: str, now: datetime) -> None:
    """Let the second generation be read. The tallies are held alone."""
    change_state(
        conn, state=SWEEPING, generation=generation, zone=zone, cursor=None, finished_at=now
    )


def sweep(conn: Connection) -> None:
    """Delete the generation nobody reads."""
    generation = state_of(conn).generation
    conn.execute(delete(SCORE_TOUCHES).where(SCORE_TOUCHES.c.generation != generation))
    change_state(conn, state=DONE)


def handoffs_behind(conn: Connection, cursor: str | None, size: int) -> list[tuple[str, str]]:
    """Return the next hand-offs in the order of their ids, each with its lead (a member)."""
    query = select(HANDOFF.c.handoff_id, HANDOFF.c.lead_id).order_by(HANDOFF.c.handoff_id)
    if cursor is not None:
        query = query.where(HANDOFF.c.handoff_id > cursor)
    return [(row.handoff_id, row.lead_id) for row in conn.execute(query.limit(size))]


def leads_behind(
    conn: Connection, cursor: str | None, size: int | None = None, until: str | None = None
) -> list[str]:
    """Return the next leads (members) in the order of their ids, at most up to ``until``."""
    query = select(LEAD.c.lead_id).order_by(LEAD.c.lead_id).limit(size)
    if cursor is not None:
        query = query.where(LEAD.c.lead_id > cursor)
    if until is not None:
        query = query.where(LEAD.c.lead_id <= until)
    return list(conn.execute(query).scalars())


def together_with(conn: Connection, lead_ids: Sequence[str]) -> tuple[list[list[str]], set[str]]:
    """Return the members of the leads these are part of; and which members were erased."""
    roots = select(LEAD.c.root_id).where(is_in(LEAD.c.lead_id))
    query = select(LEAD.c.lead_id, LEAD.c.root_id, LEAD.c.erased_at)
    members: dict[str, list[str]] = {}
    erased = set()
    for row in conn.execute(query.where(LEAD.c.root_id.in_(roots)), {"wanted": list(lead_ids)}):
        members.setdefault(row.root_id, []).append(row.lead_id)
        if row.erased_at is not None:
            erased.add(row.lead_id)
    return list(members.values()), erased
