"""Try-outs as rows: asked for, taken by one worker at a time, finished.

A worker holds a row by a lease it keeps renewing. When it dies, the next one begins the
try-out again: it takes seconds, and nothing of it was shown to anybody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from services.handoff.store.tables import HANDOFF, PERSON, TEAM, TEAM_MEMBER, TRYOUT
from shared import pages
from shared.db import insert

State = Literal["queued", "running", "done", "stopped", "failed"]
UNFINISHED = ("queued", "running")
LEASE = timedelta(seconds=15)
MOST_TRIES = 3
LATEST_CLOSED = 5_000  # hand-offs whose duration is looked at

_LISTED = tuple(column for column in TRYOUT.c if column.name not in ("text", "result"))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a try-out has come."""

    leads_done: int
    leads_total: int
    touches: int


def add_tryout(conn: Connection, values: dict[str, Any]) -> None:
    """Store a try-out that waits for a worker."""
    begun = {"state": "queued", "leads_done": 0, "touches": 0, "is_stopping": False, "tries": 0}
    conn.execute(insert(conn, TRYOUT).values(**begun, **values))


def count_unfinished(conn: Connection) -> int:
    """Return how many try-outs wait or run."""
    query = select(func.count()).where(TRYOUT.c.state.in_(UNFINISHED))
    return conn.execute(query).scalar_one()


def find_tryout(conn: Connection, tryout_id: str) -> Row[Any] | None:
    """Return a try-out with its result."""
    return conn.execute(select(TRYOUT).where(TRYOUT.c.tryout_id == tryout_id)).first()


def lock_tryout(conn: Connection, tryout_id: str) -> Row[Any] | None:
    """Return a try-out without its result, locked until the commit."""
    return conn.execute(
        select(*_LISTED).where(TRYOUT.c.tryout_id == tryout_id).with_for_update()
    ).first()


def page_of_tryouts(
    conn: Connection, policy: str | None, cursor: str | None, limit: int
) -> tuple[list[Row[Any]], str | None]:
    """Return try-outs without their results, newest first."""
    query = select(*_LISTED)
    if policy is not None:
        query = query.where(TRYOUT.c.policy == policy)
    query = pages.newest_first(query, TRYOUT.c.created_at, TRYOUT.c.tryout_id, cursor, limit)
    return pages.cut(list(conn.execute(query).all()), limit, "created_at", "tryout_id")


def ask_to_stop(conn: Connection, row: Row[Any], now: datetime) -> None:
    """End a try-out that waits; let the worker of a running one end it."""
    values: dict[str, Any] = {"is_stopping": True}
    if row.state == "queued":
        values |= {"state": "stopped", "finished_at": now}
    conn.execute(update(TRYOUT).where(TRYOUT.c.tryout_id == row.tryout_id).values(**values))


def claim_tryout(conn: Connection, worker: str, now: datetime) -> Row[Any] | None:
    """Take the first try-out that waits, or whose worker is gone; None: there is none."""
    abandoned = and_(TRYOUT.c.state == "running", TRYOUT.c.leased_until < now)
    row = conn.execute(
        select(TRYOUT)
        .where(or_(TRYOUT.c.state == "queued", abandoned))
        .order_by(TRYOUT.c.created_at, TRYOUT.c.tryout_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    values: dict[str, Any] = {
        "state": "running",
        "worker": worker,
        "leased_until": now + LEASE,
        "started_at": now,
        "tries": row.tries + 1,
        "leads_done": 0,
        "touches": 0,
    }
    if row.is_stopping:
        values |= {"state": "stopped", "finished_at": now}
    elif row.tries >= MOST_TRIES:
        error = f"the process that ran it ended {row.tries} times"
        values |= {"state": "failed", "finished_at": now, "error": error}
    conn.execute(update(TRYOUT).where(TRYOUT.c.tryout_id == row.tryout_id).values(**values))
    return row if values["state"] == "running" else None


def note_progress(
    conn: Connection, tryout_id: str, worker: str, now: datetime, progress: Progress
) -> bool:
    """Keep the lease; return whether the worker shall go on: it is its own, nobody stops it."""
    kept = conn.execute(
        update(TRYOUT)
        .where(_mine(tryout_id, worker))
        .values(
            leased_until=now + LEASE,
            leads_done=progress.leads_done,
            leads_total=progress.leads_total,
            touches=progress.touches,
        )
    )
    if kept.rowcount != 1:
        return False
    stopping = select(TRYOUT.c.is_stopping).where(TRYOUT.c.tryout_id == tryout_id)
    return not conn.execute(stopping).scalar_one()


def finish_tryout(
    conn: Connection, tryout_id: str, worker: str, state: State, now: datetime, **more: Any
) -> bool:
    """Write how a try-out ended; False when another worker has it by now."""
    ended = conn.execute(
        update(TRYOUT)
        .where(_mine(tryout_id, worker))
        .values(state=state, finished_at=now, worker=None, leased_until=None, **more)
    )
    return ended.rowcount == 1


def give_back(conn: Connection, tryout_id: str, worker: str) -> None:
    """Let the next worker begin at once: this one is being stopped."""
    conn.execute(
        update(TRYOUT)
        .where(_mine(tryout_id, worker))
        .values(state="queued", worker=None, leased_until=None, tries=TRYOUT.c.tries - 1)
    )


def _mine(tryout_id: str, worker: str) -> Any:
    running = TRYOUT.c.state == "running"
    return and_(TRYOUT.c.tryout_id == tryout_id, TRYOUT.c.worker == worker, running)


def usual_duration(conn: Connection, policy: str) -> timedelta | None:
    """Return how long half of the latest closed hand-offs were open at most; None: none closed."""
    rows = conn.execute(
        select(HANDOFF.c.decided_at, HANDOFF.c.closed_at)
        .where(
            HANDOFF.c.policy == policy,
            HANDOFF.c.closed_at.is_not(None),
            HANDOFF.c.stage != "superseded",
        )
        .order_by(HANDOFF.c.decided_at.desc())
        .limit(LATEST_CLOSED)
    )
    open_s = [max(0.0, (closed - decided).total_seconds()) for decided, closed in rows]
    return timedelta(seconds=round(median(open_s))) if open_s else None


def count_reps(conn: Connection) -> int:
    """Return how many people take new leads in turn now."""
    return conn.execute(
        select(func.count())
        .select_from(TEAM)
        .join(TEAM_MEMBER, TEAM_MEMBER.c.team_id == TEAM.c.team_id)
        .join(PERSON, PERSON.c.person_id == TEAM_MEMBER.c.person_id)
        .where(TEAM.c.takes_leads, PERSON.c.active)
    ).scalar_one()


def team_loads(
    conn: Connection, policy: str, from_at: datetime, to_at: datetime
) -> list[tuple[str, int, int]]:
    """Return each team that takes leads: name, who take them in turn, hand-offs it got then."""
    got = (
        select(HANDOFF.c.team_id, func.count().label("handoffs"))
        .where(HANDOFF.c.policy == policy, HANDOFF.c.decided_at.between(from_at, to_at))
        .where(HANDOFF.c.stage != "superseded")
        .group_by(HANDOFF.c.team_id)
        .subquery()
    )
    rows = conn.execute(
        select(TEAM.c.name, func.count(PERSON.c.person_id), func.max(got.c.handoffs))
        .select_from(TEAM)
        .join(TEAM_MEMBER, TEAM_MEMBER.c.team_id == TEAM.c.team_id)
        .join(PERSON, PERSON.c.person_id == TEAM_MEMBER.c.person_id)
        .outerjoin(got, got.c.team_id == TEAM.c.team_id)
        .where(TEAM.c.takes_leads, PERSON.c.active)
        .group_by(TEAM.c.team_id, TEAM.c.name)
        .order_by(TEAM.c.name)
    )
    return [(name, reps, handoffs or 0) for name, reps, handoffs in rows]
