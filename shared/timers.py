"""Timers are rows: durable, fired once, never early.

Every replica looks for due rows, takes a batch by moving the moment of their next try, and
fires each in a short transaction of its own: the handler locks its lead, ``claim`` moves
the row from armed to fired under the database's clock (no: it was cancelled or re-armed,
or another replica did it), the guard is tested again, effects are written, and all of it
commits together. No leader, no truth in memory.

Taking a batch promises nothing, it only keeps replicas out of each other's way. A timer
that was taken and not fired, because its process died, is anybody's again after 10 s,
however often that happens. One whose handler fails is tried again after 10 s, 30 s, 2 min,
10 min and then every hour. Timers of one subject are tried in the order of their due
times, until the earlier one has failed twice.
"""

import asyncio
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
    exists,
    func,
    select,
    tuple_,
    update,
)

from shared import trace
from shared.db import Database, UtcDateTime, after_commit, chunks, id_column, insert, is_transient
from shared.ids import new_id
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

BATCH = 100
AT_ONCE = 5  # transactions that PostgreSQL runs side by side; SQLite has one writer
LONGEST_WAIT_S = 1.0  # other processes arm timers too
TAKEN_FOR = timedelta(seconds=10)
RETRY_WAITS = (
    timedelta(seconds=10),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
FAILS = 2  # failed tries after which a timer no longer holds back the later ones of its subject


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
        Column("tries", Integer, nullable=False),  # that failed
        Column("try_at", UtcDateTime, nullable=False),  # due_at, later once it was taken
        Column("settled_at", UtcDateTime),
        UniqueConstraint("subject", "kind", "step"),
    )
    armed = timer.c.state == "armed"
    Index("ix_timer_armed", timer.c.try_at, postgresql_where=armed, sqlite_where=armed)
    Index("ix_timer_armed_due", timer.c.due_at, postgresql_where=armed, sqlite_where=armed)
    return timer


class Timers:
    """One service's timers; ``handlers`` maps a kind to what fires it.

    A handler has to ``claim`` its timer: one that returns without doing so is called again.
    """

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
                "tries": 0,
                "try_at": timer.due_at,
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
                    "tries": 0,
                    "try_at": statement.excluded.try_at,
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

    def standing(self, conn: Connection) -> tuple[int, datetime | None]:
        """Return how many timers are armed, and when the next of them is due."""
        table, armed = self._table, self._table.c.state == "armed"
        count = conn.execute(select(func.count()).select_from(table).where(armed)).scalar_one()
        coming = select(func.min(table.c.due_at)).where(armed, table.c.due_at > self._db.now(conn))
        return count, conn.execute(coming).scalar()

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
        """Fire a batch of what is due now; return how long until the next look, in seconds."""
        wait_s = await self._db.read(self._until_next)
        if wait_s > 0:
            return min(wait_s, LONGEST_WAIT_S)
        taken = await self._db.write(self._take)
        for together in chunks(taken, AT_ONCE):
            await asyncio.gather(*(self._fire(timer) for timer in together))
        # Nothing to take although something is due: others have it, or it waits its turn.
        return 0 if taken else LONGEST_WAIT_S / 10

    async def _fire(self, timer: Timer) -> None:
        with trace.caused_by(None):  # nobody's request: a trace begins with the timer
            try:
                fire = self.handlers[timer.kind]
                await self._db.write(lambda conn: fire(conn, timer, self._db.now(conn)))
            except Exception as error:
                # The row is still armed, and tried again when its next try comes.
                if is_transient(error):
                    log.warning("timer_postponed", kind=timer.kind, timer_id=timer.id)
                    return
                log.exception("timer_failed", kind=timer.kind, timer_id=timer.id)
                await self._db.write(lambda conn: self._note_failure(conn, timer))

    def _note_failure(self, conn: Connection, timer: Timer) -> None:
        table = self._table
        mine = (table.c.id == timer.id, table.c.generation == timer.generation)
        armed = (*mine, table.c.state == "armed")
        tries = conn.execute(select(table.c.tries).where(*armed).with_for_update()).scalar()
        if tries is not None:
            again = self._db.now(conn) + wait_after(tries)
            conn.execute(update(table).where(*mine).values(tries=tries + 1, try_at=again))

    def _until_next(self, conn: Connection) -> float:
        armed = self._table.c.state == "armed"
        next_try = conn.execute(select(func.min(self._table.c.try_at)).where(armed)).scalar()
        if next_try is None:
            return LONGEST_WAIT_S
        wait: timedelta = next_try - self._db.now(conn)
        return wait.total_seconds()

    def _take(self, conn: Connection) -> list[Timer]:
        """Take the first due timer of each subject, at most a batch."""
        table, earlier, now = self._table, self._table.alias("earlier"), self._db.now(conn)
        waits = exists().where(
            earlier.c.subject == table.c.subject,
            earlier.c.state == "armed",
            earlier.c.tries < FAILS,
            tuple_(earlier.c.due_at, earlier.c.step, earlier.c.kind)
            < tuple_(table.c.due_at, table.c.step, table.c.kind),
        )
        due = (
            select(table)
            .where(table.c.state == "armed", table.c.try_at <= now, ~waits)
            .order_by(table.c.try_at)
            .limit(BATCH)
        )
        rows = conn.execute(due.with_for_update(skip_locked=True)).all()
        if rows:
            taken = table.c.id.in_([row.id for row in rows])
            conn.execute(update(table).where(taken).values(try_at=now + TAKEN_FOR))
        return [
            Timer(row.kind, row.subject, row.step, row.due_at, row.id, row.generation)
            for row in rows
        ]


def wait_after(tries: int) -> timedelta:
    """Return the wait for the next try of a timer that had failed ``tries`` times before."""
    return RETRY_WAITS[min(tries, len(RETRY_WAITS) - 1)]
