"""Timers are rows: durable, fired once, never early.

Every replica looks for due rows without a lock, then fires each in a short transaction of
its own: the handler locks its lead, ``claim`` moves the row from armed to fired under the
database's clock (no row: another replica did it), the guard is tested again, effects are
written, and all of it commits together. No leader, no truth in memory.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    update,
)

from shared.db import Database, UtcDateTime, after_commit, id_column, insert
from shared.ids import new_id
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

BATCH = 100
LONGEST_WAIT_S = 1.0  # other processes arm timers too


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do at a moment, for a subject. ``step`` counts a ladder's steps from 1."""

    kind: str
    subject: str
    step: int
    due_at: datetime
    id: str = ""
    generation: int = 1


Fire = Callable[[Connection, Timer, datetime], None]


def timer_table(metadata: MetaData) -> Table:
    """Add the timers to a service's tables."""
    timer = Table(
        "timer",
        metadata,
        id_column(primary_key=True),
        Column("kind", Text, nullable=False),
        id_column("subject", nullable=False),
        Column("step", Integer, nullable=False),
        Column("due_at", UtcDateTime, nullable=False),
        Column("state", Text, nullable=False),  # armed, fired or cancelled
        Column("generation", Integer, nullable=False),
        Column("settled_at", UtcDateTime),
        UniqueConstraint("subject", "kind", "step"),
    )
    armed = timer.c.state == "armed"
    Index("ix_timer_armed", timer.c.due_at, postgresql_where=armed, sqlite_where=armed)
    return timer


class Timers:
    """One service's timers; ``handlers`` maps a kind to what fires it."""

    def __init__(self, db: Database, table: Table):
        self._db = db
        self._table = table
        self._wakeup = Wakeup()
        self.handlers: Mapping[str, Fire] = {}

    def arm(self, conn: Connection, timers: Iterable[Timer]) -> None:
        """Arm each timer; one armed before for the same subject, kind and step is re-armed."""
        rows = [
            {
                "id": new_id(),
                "kind": timer.kind,
                "subject": timer.subject,
                "step": timer.step,
                "due_at": timer.due_at,
                "state": "armed",
                "generation": 1,
            }
            for timer in timers
        ]
        if not rows:
            return
        statement = insert(conn, self._table)
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["subject", "kind", "step"],
                set_={
                    "due_at": statement.excluded.due_at,
                    "state": "armed",
                    "generation": self._table.c.generation + 1,
                    "settled_at": None,
                },
            ),
            rows,
        )
        after_commit(conn, self._wakeup.set)

    def cancel(self, conn: Connection, subject: str, kinds: Iterable[str], now: datetime) -> None:
        """Cancel the subject's armed timers of these kinds."""
        conn.execute(
            update(self._table)
            .where(
                self._table.c.subject == subject,
                self._table.c.kind.in_(list(kinds)),
                self._table.c.state == "armed",
            )
            .values(state="cancelled", settled_at=now)
        )

    def claim(self, conn: Connection, timer: Timer, now: datetime) -> bool:
        """Mark the timer fired; False when it is cancelled, re-armed or already fired.

        Call it after locking what the timer is about: everybody locks in that order.
        """
        table = self._table
        claimed = conn.execute(
            update(table)
            .where(
                table.c.id == timer.id,
                table.c.generation == timer.generation,
                table.c.state == "armed",
                table.c.due_at <= now,
            )
            .values(state="fired", settled_at=now)
        )
        return claimed.rowcount == 1

    def overdue(self, conn: Connection) -> tuple[int, datetime | None]:
        """Return how many armed timers are due, and since when the oldest is."""
        table = self._table
        count, oldest = conn.execute(
            select(func.count(), func.min(table.c.due_at)).where(
                table.c.state == "armed", table.c.due_at <= self._db.now(conn)
            )
        ).one()
        return count, oldest

    async def run(self) -> None:
        """Fire timers for ever. Ends by cancellation."""
        while True:
            try:
                wait_s = await self.fire_due()
            except Exception:
                log.exception("timers_failed", service=self._db.service)
                wait_s = LONGEST_WAIT_S
            if wait_s > 0:
                await self._wakeup.wait(wait_s)

    async def fire_due(self) -> float:
        """Fire what is due now; return how long until the next look, in seconds."""
        now, candidates = await self._db.read(self._candidates)
        due = [timer for timer in candidates if timer.due_at <= now]
        for timer in due:
            await self._fire(timer)
        if len(due) == BATCH:
            return 0
        later = [timer.due_at - now for timer in candidates if timer.due_at > now]
        return min([LONGEST_WAIT_S, *(wait.total_seconds() for wait in later)])

    async def _fire(self, timer: Timer) -> None:
        fire = self.handlers[timer.kind]
        try:
            await self._db.write(lambda conn: fire(conn, timer, self._db.now(conn)))
        except Exception:
            # The row is still armed: it is due again at the next look, here or elsewhere.
            log.exception("timer_failed", kind=timer.kind, timer_id=timer.id)

    def _candidates(self, conn: Connection) -> tuple[datetime, list[Timer]]:
        table, now = self._table, self._db.now(conn)
        soon = now + timedelta(seconds=LONGEST_WAIT_S)
        rows = conn.execute(
            select(table)
            .where(table.c.state == "armed", table.c.due_at <= soon)
            .order_by(table.c.due_at, table.c.step)
            .limit(BATCH)
        )
        return now, [
            Timer(row.kind, row.subject, row.step, row.due_at, row.id, row.generation)
            for row in rows
        ]
