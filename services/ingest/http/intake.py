"""Group commit: many requests share one durable transaction.

A request puts its receipt into the queue and waits. One loop writes all that has gathered,
commits, and answers them together; meanwhile the next group gathers. So the cost of a
commit is shared by as many as wait for it, and nobody is answered before it.
"""

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from services.ingest.store.arrivals import Arrival, add_arrivals
from shared.clock import Clock
from shared.db import Database, after_commit
from shared.problem import Problem
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

PATIENCE_S = 2.0  # longer than this no sender waits for the database
GROUP = 1000
GROUP_BYTES = 16 * 1024 * 1024
BUSY = 8  # requests under way from which on others of the process give way

Waiting = tuple[Arrival, "asyncio.Future[None]"]


def overloaded(message: str) -> Problem:
    """Return the answer that makes senders come again soon."""
    return Problem(503, "overloaded", message, headers={"Retry-After": "1"})


class Intake:
    """Stores receipts; ``store`` returns after their commit."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        stored: Wakeup,
        most_waiting: int,
        is_disk_full: Callable[[], bool],
    ):
        self._db = db
        self._clock = clock
        self._stored = stored
        self._most_waiting = most_waiting
        self._is_disk_full = is_disk_full
        self._queue: list[Waiting] = []
        self._committing: list[Waiting] = []
        self._arrived = asyncio.Event()
        self._stuck = False

    def is_busy(self) -> bool:
        """Return whether requests queue."""
        return len(self._queue) >= BUSY or len(self._committing) >= BUSY

    async def store(self, arrival: Arrival) -> None:
        """Store a receipt and return once it is durable.

        Raises ``Problem`` (503) when it is not known to be stored.
        """
        if self._stuck or len(self._queue) >= self._most_waiting:
            raise overloaded("too many requests wait for the database; come again")
        if self._is_disk_full():
            raise overloaded("the disk is nearly full; events cannot be kept")
        answer = asyncio.get_running_loop().create_future()
        self._queue.append((arrival, answer))
        self._arrived.set()
        await answer

    async def run(self) -> None:
        """Commit for ever. Ends by cancellation."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                if not self._queue:
                    self._arrived.clear()
                    await self._arrived.wait()
                await self._gather(len(self._committing))
                self._committing = self._take()
                alarm = loop.call_later(PATIENCE_S, self._give_up)
                try:
                    await self._commit([arrival for arrival, _ in self._committing])
                except Exception:
                    log.exception("group_commit_failed", receipts=len(self._committing))
                    self._refuse(self._committing)
                finally:
                    alarm.cancel()
                    self._stuck = False
                for _, answer in self._committing:
                    if not answer.done():
                        answer.set_result(None)
        finally:
            self._refuse(self._committing + self._queue)
            self._committing, self._queue = [], []

    async def _gather(self, before: int) -> None:
        """Let requests in that are already here, when the group before was large.

        A commit costs the same for one as for many. Each turn of the event loop reads what
        has arrived on all connections; a turn that brings nobody new ends the gathering.
        """
        if before < BUSY:
            return
        count = 0
        while count < len(self._queue) < GROUP:
            count = len(self._queue)
            await asyncio.sleep(0)

    def _take(self) -> list[Waiting]:
        """Take the next group off the queue."""
        size, count = 0, 0
        for arrival, _ in self._queue[:GROUP]:
            size += len(arrival.body)
            if count and size > GROUP_BYTES:
                break
            count += 1
        group, self._queue = self._queue[:count], self._queue[count:]
        return group

    async def _commit(self, arrivals: list[Arrival]) -> None:
        now = self._clock.now()

        def write(conn: Connection) -> None:
            add_arrivals(conn, arrivals, now)
            after_commit(conn, self._stored.set)

        await self._db.write(write)

    def _give_up(self) -> None:
        """Answer everybody who waits for a database that does not move.

        Those in the group under way may be stored all the same: they send again, and the
        reading recognises it.
        """
        log.error("database_stuck", waiting=len(self._queue), committing=len(self._committing))
        self._stuck = True
        self._refuse(self._committing + self._queue)
        self._queue = []

    def _refuse(self, group: list[Waiting]) -> None:
        for _, answer in group:
            if not answer.done():
                answer.set_exception(overloaded("the database does not answer; come again"))
