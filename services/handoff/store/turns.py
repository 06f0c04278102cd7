"""How a team's leads were dealt lately, and which hand-offs were given to whom, with why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from services.handoff.store.routing import HOURS_A_DAY, hour_of
from services.handoff.store.tables import ASSIGNMENT, HANDOFF, PERSON, TURN


@dataclass(frozen=True, slots=True)
class Dealt:
    """What somebody got of a team's leads in a window, and what their share of it was, in leads."""

    leads: int
    share: float


def dealt_in(conn: Connection, team_id: str, now: datetime, days: int) -> dict[str, Dealt]:
    """Return what was dealt by turn in the ``days`` before ``now``, by person."""
    since = hour_of(now) - days * HOURS_A_DAY
    rows = conn.execute(
        select(TURN.c.person_id, func.sum(TURN.c.dealt), func.sum(TURN.c.share))
        .where(TURN.c.team_id == team_id, TURN.c.hour > since)
        .group_by(TURN.c.person_id)
    )
    return {row[0]: Dealt(int(row[1]), float(row[2])) for row in rows}


def latest_assignments(conn: Connection, at_most: int) -> Sequence[Row[Any]]:
    """Return who got which hand-off last, the latest first; ids rise with time."""
    query: Select[Any] = (
        select(  # not everybody who was looked at: that is most of an assignment
            ASSIGNMENT.c.handoff_id,
            ASSIGNMENT.c.assigned_at,
            ASSIGNMENT.c.reason,
            ASSIGNMENT.c.words,
            HANDOFF.c.lead_name,
            PERSON.c.name.label("owner_name"),
        )
        .join(HANDOFF, HANDOFF.c.handoff_id == ASSIGNMENT.c.handoff_id)
        .join(PERSON, PERSON.c.person_id == ASSIGNMENT.c.person_id)
        .order_by(ASSIGNMENT.c.assignment_id.desc())
        .limit(at_most)
    )
    return conn.execute(query).all()
