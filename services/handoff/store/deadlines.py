"""Deadlines of hand-offs, each with the calendar and revision it was counted on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    or_,
    select,
    update,
)

from services.handoff.domain.clock import Pause
from services.handoff.store.tables import (
    CALENDAR,
    HANDOFF,
    HANDOFF_DEADLINE,
    HANDOFF_PAUSE,
    LEAD,
    TEAM,
    TIMER,
)
from shared.bulk import Replace, bulk_insert, is_in
from shared.db import insert

_KEY = ("handoff_id", "kind", "step")
_REST = tuple(column.name for column in HANDOFF_DEADLINE.c if column.name not in _KEY)


def save(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store deadlines; a later clock of the same step replaces one with all it had."""
    columns = (*_KEY, *_REST)
    values = [tuple(row.get(name) for name in columns) for row in rows]
    bulk_insert(conn, HANDOFF_DEADLINE, columns, values, Replace(_KEY, _REST))


def change(conn: Connection, row: Row[Any], **values: Any) -> None:
    """Write what changed about one deadline. The hand-off's lead must be locked."""
    changed = {name: value for name, value in values.items() if name not in _KEY}
    conn.execute(_CHANGE.values(**changed), {f"_{name}": getattr(row, name) for name in _KEY})


_IS_IT = and_(*(HANDOFF_DEADLINE.c[name] == bindparam(f"_{name}") for name in _KEY))
_CHANGE = update(HANDOFF_DEADLINE).where(_IS_IT)
_FIND = select(HANDOFF_DEADLINE).where(_IS_IT)


def find(conn: Connection, handoff_id: str, kind: str, step: int) -> Row[Any] | None:
    """Return one deadline."""
    return conn.execute(_FIND, {"_handoff_id": handoff_id, "_kind": kind, "_step": step}).first()


def of_handoff(conn: Connection, handoff_id: str) -> Sequence[Row[Any]]:
    """Return a hand-off's deadlines, as they are counted now."""
    return conn.execute(_OF_HANDOFF, {"handoff_id": handoff_id}).all()


_OF_HANDOFF = (
    select(HANDOFF_DEADLINE)
    .where(HANDOFF_DEADLINE.c.handoff_id == bindparam("handoff_id"))
    .order_by(HANDOFF_DEADLINE.c.kind, HANDOFF_DEADLINE.c.step)
)


def armed(conn: Connection, handoff_id: str) -> Mapping[tuple[str, int], datetime]:
    """Return when each armed timer of a hand-off is due, by kind and step."""
    rows = conn.execute(_ARMED, {"subject": handoff_id})
    return {(row.kind, row.step): row.due_at for row in rows}


_ARMED = select(TIMER.c.kind, TIMER.c.step, TIMER.c.due_at).where(
    TIMER.c.subject == bindparam("subject"), TIMER.c.state == "armed"
)

# --- pauses -------------------------------------------------------------------------------


def add_pause(conn: Connection, **values: Any) -> None:
    """Store a pause."""
    conn.execute(insert(conn, HANDOFF_PAUSE).values(**values))


def end_pause(conn: Connection, pause_id: str, at: datetime, by: str) -> None:
    """Let a pause end earlier than it was to."""
    conn.execute(
        update(HANDOFF_PAUSE)
        .where(HANDOFF_PAUSE.c.pause_id == pause_id)
        .values(until=at, ended_by=by)
    )


def forget_pauses(conn: Connection, handoff_id: str) -> None:
    """Take away what people wrote about a hand-off's pauses."""
    there = HANDOFF_PAUSE.c.handoff_id == handoff_id
    conn.execute(update(HANDOFF_PAUSE).where(there).values(text=None))


def pauses_of(conn: Connection, handoff_id: str) -> Sequence[Row[Any]]:
    """Return a hand-off's pauses, in order."""
    return conn.execute(_PAUSES, {"wanted": [handoff_id]}).all()


def pauses(conn: Connection, handoff_ids: Iterable[str]) -> Mapping[str, tuple[Pause, ...]]:
    """Return the pauses of those of these hand-offs that have any."""
    found: dict[str, tuple[Pause, ...]] = {}
    for row in conn.execute(_PAUSES, {"wanted": sorted(set(handoff_ids))}):
        one = Pause(row.began_at, row.until)
        found[row.handoff_id] = (*found.get(row.handoff_id, ()), one)
    return found


_PAUSES = (
    select(HANDOFF_PAUSE)
    .where(is_in(HANDOFF_PAUSE.c.handoff_id))
    .order_by(HANDOFF_PAUSE.c.began_at, HANDOFF_PAUSE.c.pause_id)
)

# --- counted again ------------------------------------------------------------------------


def outdated(conn: Connection, subject: str, now: datetime, at_most: int) -> Sequence[Row[Any]]:
    """Return running clocks with something ahead that was counted on what is no longer so.

    ``subject`` is a calendar that has a newer revision, or a team that has another calendar.
    Each row has the root of its lead as ``lead_id``, and the hand-off's ``team_id``, ``tier``
    and ``version_id``; ``step_due_at`` is when the armed timer is due, None without one.
    """
    return conn.execute(_OUTDATED, {"subject": subject, "now": now, "at_most": at_most}).all()


def _outdated() -> Select[Any]:
    deadline = HANDOFF_DEADLINE
    # A passed deadline stays as it was counted, while its steps ahead are counted again.
    has_step = deadline.c.ladder_step.is_not(None)
    counted_on = case((has_step, deadline.c.step_calendar_id), else_=deadline.c.calendar_id)
    revision = case((has_step, deadline.c.step_revision), else_=deadline.c.revision)
    now: BindParameter[Any] = bindparam("now")
    subject: BindParameter[Any] = bindparam("subject")
    return (
        select(
            deadline,
            LEAD.c.root_id.label("lead_id"),
            HANDOFF.c.team_id,
            HANDOFF.c.tier,
            HANDOFF.c.version_id,
            TIMER.c.due_at.label("step_due_at"),
        )
        .join(HANDOFF, HANDOFF.c.handoff_id == deadline.c.handoff_id)
        .join(LEAD, LEAD.c.lead_id == HANDOFF.c.lead_id)
        .outerjoin(
            TIMER,
            and_(
                TIMER.c.subject == deadline.c.handoff_id,
                TIMER.c.kind == deadline.c.kind,
                TIMER.c.step == deadline.c.step,
                TIMER.c.state == "armed",
            ),
        )
        .outerjoin(CALENDAR, CALENDAR.c.calendar_id == counted_on)
        .outerjoin(TEAM, TEAM.c.team_id == HANDOFF.c.team_id)
        .where(
            deadline.c.stopped_at.is_(None),
            HANDOFF.c.closed_at.is_(None),
            or_(deadline.c.due_at > now, TIMER.c.due_at > now),
            or_(
                and_(CALENDAR.c.calendar_id == subject, revision < CALENDAR.c.revision),
                and_(
                    HANDOFF.c.team_id == subject,
                    deadline.c.asked == "team",
                    counted_on.is_distinct_from(TEAM.c.calendar_id),
                ),
            ),
        )
        .order_by(deadline.c.handoff_id, deadline.c.kind, deadline.c.step)
        .limit(bindparam("at_most"))
    )


_OUTDATED = _outdated()
