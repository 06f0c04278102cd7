"""The reading loop: pending receipts → events on the bus → remembered as published.

One reader works at a time, by a lease. It reads a batch, publishes, and then writes in one
transaction what became of it. A crash before that transaction repeats the batch, and the
same bytes give the same event ids, so consumers drop what they have; one frozen past its
lease writes nothing. What the bus does not take stays pending.

The doors come first: the reader works in small steps and lets waiting requests pass, more
of them the busier the doors are. What has to wait is safe, it is stored.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import structlog
from sqlalchemy import Connection

from services.ingest.domain.incoming import Unreadable
from services.ingest.domain.made_by import VERSION
from services.ingest.handlers.judging import Judgement, save_judgement, sighting_of
from services.ingest.handlers.origins import adapter_for, load_origins
from services.ingest.handlers.reading import (
    Origin,
    event_of,
    forged,
    is_unmapped,
    key_of,
    payload_of,
    tell,
)
from services.ingest.handlers.recognising import Candidate, recogniser_for
from services.ingest.handlers.settling import Tally, settle
from services.ingest.store.items import Item, StoredMark
from services.ingest.store.receipts import Waiting, waiting_receipts
from services.ingest.store.sightings import Seen
from services.ingest.store.tables import LEASE
from services.ingest.workers.judging import Judging
from shared.bus.port import Bus, Message
from shared.contracts.touches import TouchRecorded
from shared.db import Database
from shared.lease import STANDBY_S, Lease
from shared.outbox import to_message
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

BATCH = 200
BATCH_BYTES = 1024 * 1024
STEP_S = 0.002
PATIENCE = 9  # while the doors are busy, nine tenths of the time are theirs
LONGEST_WAIT_S = 0.5
ERROR_WAIT_S = 1.0
# How soon receipts other processes stored are seen; those of this one wake the reader.
POLL_ALONE_S = 1.0
POLL_S = 0.05
BATCHES_A_LOOK = 10


@dataclass(slots=True)
class _New:
    """An event to be published, and what is remembered of it."""

    item: Item
    message: Message
    unmapped: str | None
    seen: Seen | None


class Reader:
    """Reads receipts for ever."""

    def __init__(self, db: Database, bus: Bus, wakeup: Wakeup, doors_are_busy: Callable[[], bool]):
        self._db = db
        self._bus = bus
        self._wakeup = wakeup
        self._doors_are_busy = doors_are_busy
        self._lease = Lease(db, LEASE, "reader")
        self._judging = Judging(db, bus, self._lease)
        self._batches = 0  # read since nothing was left to read
        self._step_began = 0.0
        self._gave_way_s = 0.0

    async def run(self) -> None:
        """Read for ever. Ends by cancellation."""
        poll_s = POLL_ALONE_S if self._db.is_sqlite else POLL_S
        try:
            while True:
                if await self.catch_up():
                    await self._wakeup.wait(poll_s)
                else:
                    await asyncio.sleep(STANDBY_S)
        finally:
            await asyncio.shield(self._lease.release())

    async def catch_up(self) -> bool:
        """Read until nothing waits; return False when it is another process's turn to read."""
        while await self._lease.hold():
            has_read = await self.read_batch()
            self._batches = self._batches + 1 if has_read else 0
            if self._batches % BATCHES_A_LOOK:
                continue  # what waits to be judged is looked for when all is read, or now and then
            if not await self._judging.turn() and not has_read:
                return True
        return False

    async def read_batch(self) -> bool:
        """Read what waits, up to a batch; return whether there was anything."""

        def load(conn: Connection) -> tuple[list[Waiting], dict[str, Origin]]:
            receipts = waiting_receipts(conn, BATCH, BATCH_BYTES)
            return receipts, load_origins(conn) if receipts else {}

        began = self._step_began = perf_counter()
        self._gave_way_s = 0.0
        receipts, origins = await self._db.read(load)
        if not receipts:
            return False
        tallies, candidates = await self._open(receipts, origins)
        new = await self._sift(tallies, candidates, origins)
        unpublished = await self._publish(new)
        settled = [tally for tally in tallies.values() if tally.waiting.id not in unpublished]
        fresh = [
            one.seen
            for one in new
            if one.seen is not None and one.seen.receipt_id not in unpublished
        ]
        judgement = await self._judging.judge_new(fresh)
        await self._db.write(lambda conn: self._settle(conn, settled, judgement, fresh))
        if unpublished:
            await asyncio.sleep(ERROR_WAIT_S)
        elif self._doors_are_busy():
            worked_s = perf_counter() - began - self._gave_way_s
            owed_s = PATIENCE * worked_s - self._gave_way_s
            await asyncio.sleep(min(max(owed_s, 0), LONGEST_WAIT_S))
        return True

    async def _open(
        self, receipts: Sequence[Waiting], origins: Mapping[str, Origin]
    ) -> tuple[dict[str, Tally], list[Candidate]]:
        """Let the adapters read the receipts; park what they cannot."""
        tallies, candidates = {}, []
        for waiting in receipts:
            tally = tallies[waiting.id] = Tally(waiting)
            origin = origins[waiting.source_id]
            vendor, options = adapter_for(waiting, origin)
            for told in tell(waiting, vendor, options):
                if isinstance(told.event, Unreadable):
                    tally.park(told.position, told.event)
                else:
                    key = key_of(told.event, waiting.id, told.position)
                    item = Item(origin.id, key, told.event.fingerprint, waiting.id, told.position)
                    candidates.append(Candidate(item, told.event, waiting.received_at))
                await self._let_others_work()
        return tallies, candidates

    async def _sift(
        self,
        tallies: Mapping[str, Tally],
        candidates: Sequence[Candidate],
        origins: Mapping[str, Origin],
    ) -> list[_New]:
        """Return the new events among ``candidates``, ready for the bus."""
        read_before = [tally.waiting.id for tally in tallies.values() if tally.waiting.was_read]
        recogniser = await self._db.read(lambda conn: recogniser_for(conn, candidates, read_before))
        new = []
        for candidate in candidates:
            item = candidate.item
            tally = tallies[item.receipt_id]
            verdict = recogniser.judge(candidate)
            if verdict == "published":
                tally.published += 1
            elif verdict in ("duplicate", "variant"):
                tally.repeat(candidate, differs=verdict == "variant")
            elif verdict == "forged":
                tally.park(item.position, forged(candidate.touch))
            else:
                try:
                    one = self._open_new(candidate, tally, origins[item.source_id])
                except Unreadable as fault:
                    tally.park(item.position, fault)
                    continue
                new.append(one)
                learnt = recogniser.remember(candidate)
                tally.publish(candidate, one.item.mark, learnt, one.unmapped)
            await self._let_others_work()
        return new

    def _open_new(self, candidate: Candidate, tally: Tally, origin: Origin) -> _New:
        """Return an event ready for the bus. Raises ``Unreadable``."""
        item = candidate.item
        envelope, look = event_of(candidate.touch, tally.waiting, origin, item.key)
        payload = payload_of(envelope, candidate.touch.place)
        seen = None
        if look is not None and isinstance(data := envelope.data, TouchRecorded):
            mark = StoredMark(look.first.made_by, look.first.reason, VERSION)
            item = replace(item, mark=mark)
            seen = sighting_of(item, look, data, origin, candidate.received_at)
        message = to_message(envelope.topic, envelope.key, envelope.id, envelope.type, payload)
        return _New(item, message, is_unmapped(envelope), seen)

    async def _publish(self, new: Sequence[_New]) -> set[str]:
        """Publish; return the receipts with an event the bus did not take."""
        if not new:
            return set()
        results = await self._bus.publish([one.message for one in new])
        failed = [(one, error) for one, error in zip(new, results, strict=True) if error]
        if failed:
            log.warning("publish_failed", failed=len(failed), error=repr(failed[0][1]))
        return {one.item.receipt_id for one, _ in failed}

    def _settle(
        self,
        conn: Connection,
        tallies: Sequence[Tally],
        judgement: Judgement | None,
        fresh: Sequence[Seen],
    ) -> None:
        if self._lease.is_held(conn):
            settle(conn, tallies, self._db.now(conn))
            if judgement is not None:
                save_judgement(conn, judgement, fresh)

    async def _let_others_work(self) -> None:
        """Give way after each step; for long while requests queue at the doors."""
        worked_s = perf_counter() - self._step_began
        if worked_s < STEP_S:
            return
        await asyncio.sleep(PATIENCE * worked_s if self._doors_are_busy() else 0)
        resumed = perf_counter()
        self._gave_way_s += resumed - self._step_began - worked_s
        self._step_began = resumed
