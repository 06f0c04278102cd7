"""Runs try-outs, one at a time, in a thread of its own beside the traffic.

The thread reads with its own connections, in short transactions, and gives way to the
event loop between leads. What is written (progress, the lease, the result) is written by
the loop. Any replica may take a try-out; when one dies, another begins it again.
"""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from services.handoff.domain.history import LeadGroup, as_it_happened
from services.handoff.domain.tally import Tally
from services.handoff.domain.tryout_result import result_of
from services.handoff.handlers.tryouts import Job, finish_tryout, job_of
from services.handoff.store import tryouts
from services.handoff.store.past import Past, count_leads_to_replay
from services.handoff.store.past_rows import Wanted
from services.handoff.store.scoreboard_reading import sources_of
from services.handoff.store.tryouts import Progress
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.db import Database, is_transient
from shared.ids import new_id

log = structlog.get_logger(__name__)

LOOK_S = 2.0  # other replicas are asked for try-outs too
REPORT_S = 0.4
GIVE_WAY_S = 0.001


class TryoutWorker:
    """This process's worker."""

    def __init__(self, parts: Parts) -> None:
        """Prepare; ``run`` starts it."""
        self._parts = parts
        self._name = new_id()

    async def run(self) -> None:
        """Run what is asked for, for ever. Ends by cancellation."""
        while True:
            row = await self._parts.db.write(self._claim)
            if row is None:
                await self._parts.tryouts.wait(LOOK_S)
            else:
                await self._run(row)

    async def run_waiting(self) -> int:
        """Run what waits now; return how many that were."""
        count = 0
        while (row := await self._parts.db.write(self._claim)) is not None:
            await self._run(row)
            count += 1
        return count

    def _claim(self, conn: Connection) -> Row[Any] | None:
        return tryouts.claim_tryout(conn, self._name, self._parts.db.now(conn))

    async def _run(self, row: Row[Any]) -> None:
        try:
            await self._replay(row)
        except asyncio.CancelledError:
            await self._parts.db.write(lambda c: tryouts.give_back(c, row.tryout_id, self._name))
            raise
        except Exception as error:
            if is_transient(error):
                log.warning("tryout_postponed", tryout_id=row.tryout_id)
                return  # the lease runs out, and somebody begins it again
            log.exception("tryout_failed", tryout_id=row.tryout_id)
            reason = f"{type(error).__name__}: {error}"
            await self._end(row, "failed", error=reason)

    async def _end(self, row: Row[Any], state: tryouts.State, **more: Any) -> None:
        db = self._parts.db
        await db.write(
            lambda conn: tryouts.finish_tryout(
                conn, row.tryout_id, self._name, state, db.now(conn), **more
            )
        )

    async def _replay(self, row: Row[Any]) -> None:
        job = await self._parts.db.read(lambda conn: job_of(unit_of_work(self._parts, conn), row))
        pass_ = _Pass(job, self._parts.db.again())
        thread = ThreadPoolExecutor(1, thread_name_prefix="tryout")
        running = asyncio.get_running_loop().run_in_executor(thread, pass_.run)
        try:
            while not running.done():
                await asyncio.wait({running}, timeout=REPORT_S)
                if not await self._parts.db.write(lambda conn: self._note(conn, row, pass_)):
                    pass_.stop.set()
            tally = await running
        finally:
            pass_.stop.set()
            thread.shutdown(wait=False)
        if tally is None:
            await self._end(row, "stopped")
            return
        handed_over = {lead_id for one in tally.versions for lead_id in one.lead_ids}
        sources = await self._parts.db.read(lambda conn: sources_of(conn, handed_over))
        result = await asyncio.to_thread(result_of, tally, job.setting, sources)
        await self._parts.db.write(
            lambda conn: finish_tryout(unit_of_work(self._parts, conn), row, self._name, result)
        )

    def _note(self, conn: Connection, row: Row[Any], pass_: "_Pass") -> bool:
        now = self._parts.db.now(conn)
        return tryouts.note_progress(conn, row.tryout_id, self._name, now, pass_.progress)


class _Pass:
    """One pass through history, in a thread with a loop of its own."""

    def __init__(self, job: Job, db: Database) -> None:
        self.job = job
        self.stop = threading.Event()
        self.progress = Progress(0, 0, 0)
        self._db = db
        self._gave_way_at = 0.0

    def run(self) -> Tally | None:
        """Go through all leads; None when it was stopped."""
        return asyncio.run(self._go())

    async def _go(self) -> Tally | None:
        await self._db.start()
        try:
            return await self._go_through()
        finally:
            await self._db.stop()

    async def _go_through(self) -> Tally | None:
        replay, job = self.job.replay, self.job
        past = Past(
            Wanted(
                job.policy,
                replay.kinds,
                replay.about,
                replay.since_us(),
                replay.asks_about_people,
            )
        )
        tally = Tally(job.versions, replay.window)
        total, done = await self._db.read(count_leads_to_replay), 0
        while not past.is_over:
            groups, leads = await self._db.read(past.page)
            for group in groups:
                self._replay(group, tally)
            done += leads
            self.progress = Progress(done, max(done, total), tally.touches)
            if self.stop.is_set():
                return None
        return tally

    def _replay(self, group: LeadGroup, tally: Tally) -> None:
        if self.job.setting.lateness == "as_happened":
            group = as_it_happened(group)
        tally.add(group, self.job.replay.replay(group))
        # The event loop's thread may be waiting for the interpreter.
        if time.monotonic() - self._gave_way_at > GIVE_WAY_S:
            time.sleep(0)
            self._gave_way_at = time.monotonic()
