"""Deadlines of hand-offs, each with the calendar and revision it was counted on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from services.handoff.store.tables import CALENDAR, HANDOFF, HANDOFF_DEADLINE, LEAD, TEAM, TIMER
from shared.bulk import Replace, bulk_insert

_KEY = ("handoff_id", "kind", "step")
_REST = tuple(column.name for column in HANDOFF_DEADLINE.c if column.name not in _KEY)


def save(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store deadlines, each with every column; a later clock of the same step replaces one."""
    columns = (*_KEY, *_REST)
    values = [tuple(row[name] for name in columns) for row in rows]
    bulk_insert(conn, HANDOFF_DEADLINE, columns, values, Replace(_KEY, _REST))


def find(conn: Connection, handoff_id: str, kind: str, step: int) -> Row[Any] | None:
    """Return one deadline."""
    table = HANDOFF_DEADLINE
    return conn.execute(
        select(table).where(
            table.c.handoff_id == handoff_id, table.c.kind == kind, table.c.step == step
        )
    ).first()


def of_handoff(conn: Connection, handoff_id: str) -> Sequence[Row[Any]]:
    """Return a hand-off's deadlines, as they are counted now."""
    table = HANDOFF_DEADLINE
    query = select(table).where(table.c.handoff_id == handoff_id)
    return conn.execute(query.order_by(table.c.kind, table.c.step)).all()


def outdated(conn: Connection, subject: str, now: datetime, at_most: int) -> Sequence[Row[Any]]:
    """Return running deadlines still ahead that were counted on what is no longer so.

    ``subject`` is a calendar that has a newer revision, or a team that has another calendar.
    Each row has the root of its lead as ``lead_id``, and the hand-off's ``team_id``.
    """
    return conn.execute(
        _OUTDATED.where(HANDOFF_DEADLINE.c.due_at > now)
        .where(
            or_(
                and_(
                    HANDOFF_DEADLINE.c.calendar_id == subject,
                    HANDOFF_DEADLINE.c.revision < CALENDAR.c.revision,
                ),
                and_(
                    HANDOFF.c.team_id == subject,
                    HANDOFF_DEADLINE.c.asked == "team",
                    HANDOFF_DEADLINE.c.calendar_id.is_distinct_from(TEAM.c.calendar_id),
                ),
            )
        )
        .limit(at_most)
    ).all()


def _running() -> Select[Any]:
    deadline = HANDOFF_DEADLINE
    return (
        select(deadline, LEAD.c.root_id.label("lead_id"), HANDOFF.c.team_id)
        .join(HANDOFF, HANDOFF.c.handoff_id == deadline.c.handoff_id)
        .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
        .join(
            TIMER,
            and_(
                TIMER.c.subject == deadline.c.handoff_id,
                TIMER.c.kind == deadline.c.kind,
                TIMER.c.step == deadline.c.step,
                TIMER.c.state == "armed",
            ),
        )
        .outerjoin(CALENDAR, CALENDAR.c.calendar_id == deadline.c.calendar_id)
        .outerjoin(TEAM, TEAM.c.team_id == HANDOFF.c.team_id)
        .order_by(deadline.c.handoff_id, deadline.c.kind, deadline.c.step)
    )


_OUTDATED = _running()
