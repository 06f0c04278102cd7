"""Work beside the reading: touches judged together or again, receipts of the erased emptied.

Works inside of the reading loop, under its lease: one process judges, between two batches,
and what it could not tell is judged again.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

import structlog
from sqlalchemy import Connection

from services.ingest.handlers import erasing, rejudging
from services.ingest.handlers.judging import (
    Judgement,
    Key,
    judge_mails,
    judged_events,
    save_judgement,
)
from services.ingest.store.sightings import Seen, waiting_mails
from services.ingest.store.sources import all_sources
from shared.bus.port import Bus, Message
from shared.contracts import Envelope
from shared.db import Database
from shared.lease import Lease
from shared.outbox import to_message

log = structlog.get_logger(__name__)

MAILS_AT_ONCE = 500
ERROR_WAIT_S = 1.0


class Judging:
    """Judges touches by their neighbours, and tells what changes."""

    def __init__(self, db: Database, bus: Bus, lease: Lease):
        self._db = db
        self._bus = bus
        self._lease = lease

    async def judge_new(self, fresh: Sequence[Seen]) -> Judgement | None:
        """Judge the mails of touches that were published just now, and tell what changes.

        Returns what is to be written in the transaction that remembers ``fresh``.
        """
        if not fresh:
            return None

        mails = {one.neighbours for one in fresh}
        judgement = await self._db.read(
            lambda conn: judge_mails(conn, mails, fresh, self._db.now(conn))
        )
        return judgement.without(await self._tell(judgement))

    async def turn(self) -> bool:
        """Do the next piece of work beside the reading; return whether there was any.

        Touches that have waited long enough come first, then receipts to be emptied, then
        touches to be judged again.
        """
        began = perf_counter()
        work = await self._db.read(self._look)
        if work is None:
            return False
        if isinstance(work, Judgement):
            return await self._settle_waiting(work)
        if isinstance(work, erasing.Page):
            await self._erase_page(work)
        elif not await self._rejudge_page(work):
            return False
        await asyncio.sleep(perf_counter() - began)  # none of it is urgent: half for the others
        return True

    def _look(self, conn: Connection) -> Judgement | erasing.Page | rejudging.Page | None:
        now = self._db.now(conn)
        if mails := waiting_mails(conn, now, MAILS_AT_ONCE):
            return judge_mails(conn, mails, (), now)
        return erasing.load_page(conn) or rejudging.load_page(conn)

    async def _settle_waiting(self, judgement: Judgement) -> bool:
        failed = await self._tell(judgement)
        told = judgement.without(failed)
        await self._write(lambda conn: save_judgement(conn, told))
        return await self._went_well(failed)

    async def _erase_page(self, page: erasing.Page) -> None:
        naming = []
        for receipt in page.receipts:
            if erasing.names_the_person(receipt, page):
                naming.append(receipt.id)
            await asyncio.sleep(0)
        await self._write(lambda conn: erasing.save_page(conn, page, naming, self._db.now(conn)))

    async def _rejudge_page(self, page: rejudging.Page) -> bool:
        found: list[rejudging.Found] = []
        for receipt in page.receipts:
            found += rejudging.touches_in(receipt, page.origins[receipt.source_id])
            await asyncio.sleep(0)
        judged = await self._db.read(
            lambda conn: rejudging.judge_page(conn, page, found, self._db.now(conn))
        )
        failed = await self._tell(judged.judgement)
        if not failed:
            await self._write(lambda conn: rejudging.save_page(conn, judged))
        return await self._went_well(failed)

    async def _went_well(self, failed: set[Key]) -> bool:
        if failed:
            await asyncio.sleep(ERROR_WAIT_S)
        return not failed

    async def _tell(self, judgement: Judgement) -> set[Key]:
        """Publish the changes; return the touches whose change the bus did not take."""
        changes = judgement.changes
        if not changes:
            return set()
        names = await self._db.read(_names)
        envelopes = judged_events(changes, names, judgement.now)
        results = await self._bus.publish([_message(one) for one in envelopes])
        failed = [
            (one, error) for one, error in zip(changes, results, strict=True) if error is not None
        ]
        if failed:
            log.warning("publish_failed", failed=len(failed), error=repr(failed[0][1]))
        return {(one.source_id, one.key) for one, _ in failed}

    async def _write(self, work: Callable[[Connection], None]) -> None:
        def fenced(conn: Connection) -> None:
            if self._lease.is_held(conn):
                work(conn)

        await self._db.write(fenced)


def _message(envelope: Envelope) -> Message:
    return to_message(envelope.topic, envelope.key, envelope.id, envelope.type, envelope.to_bytes())


def _names(conn: Connection) -> dict[str, str]:
    return {source.id: source.name for source in all_sources(conn)}
