"""What keeps ingest in order while nobody looks: retention, the audit of the ledger, the disk."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from services.ingest.handlers.receipts import prune
from services.ingest.metrics import (
    IMPORTED,
    LEDGER,
    LEDGER_GAP,
    OLDEST_PENDING_SECONDS,
    PARKED_RECEIPTS,
    RETRY_LEFT,
    TOUCHES_MADE_BY,
    UNMAPPED_NAMES,
)
from services.ingest.store import ledger
from services.ingest.store.import_files import forget_files
from services.ingest.store.receipts import hold
from services.ingest.store.refusals import forget_refusals
from services.ingest.store.retries import Group, parked_groups, retries_left
from services.ingest.store.sources import all_sources, count_unmapped
from services.ingest.store.tables import CONSOLE_SESSION, CONSUMER_TABLES, IDEMPOTENCY, LEASE
from shared.console.session_copies import forget_sessions
from shared.consumer import prune_inbox
from shared.db import Database
from shared.idempotency import forget_answers
from shared.lease import Lease

log = structlog.get_logger(__name__)

ROUND_S = 3600.0
REFUSALS_KEPT = timedelta(days=1)
FILES_KEPT = timedelta(days=1)  # given to the console and not taken in
LEDGER_STATES = ("received", "published", "duplicates", "parked", "discarded", "expired", "pending")


class Upkeep:
    """The hourly round. One process makes it, by a lease."""

    def __init__(self, db: Database, kept: timedelta):
        self._db = db
        self._kept = kept
        self._lease = Lease(db, LEASE, "upkeep")

    async def run(self) -> None:
        """Make the round for ever. Ends by cancellation."""
        try:
            while True:
                if await self._lease.hold():
                    await self.make_round()
                await asyncio.sleep(ROUND_S)
        finally:
            await asyncio.shield(self._lease.release())

    async def make_round(self) -> None:
        """Forget what is old, let go what is held by mistake, and count everything again."""
        more = True
        while more:
            more = await self._db.write(lambda conn: prune(conn, self._db.now(conn), self._kept))
        await self._db.write(self._tidy)
        for source_id, missing in (await self._db.read(ledger.unaccounted_items)).items():
            log.error("ledger_differs_from_items", source_id=source_id, missing=missing)

    def _tidy(self, conn: Connection) -> None:
        prune_inbox(conn, CONSUMER_TABLES, self._db.now(conn))
        forget_answers(conn, IDEMPOTENCY, self._db.now(conn))
        forget_sessions(conn, CONSOLE_SESSION, self._db.now(conn))
        forget_refusals(conn, self._db.now(conn) - REFUSALS_KEPT)
        forget_files(conn, self._db.now(conn) - FILES_KEPT)
        # A process that had not heard yet may have held receipts of a source just resumed.
        for source in all_sources(conn):
            if source.state != "paused":
                hold(conn, source.id, back=False)


class DiskWatch:
    """Knows whether SQLite's disk has room for more; always so for PostgreSQL."""

    def __init__(self, directory: Path | None, least_free: int):
        self._directory = directory
        self._least_free = least_free
        self._full = False

    def is_full(self) -> bool:
        return self._full

    async def run(self) -> None:
        """Look every two seconds. Ends by cancellation."""
        while True:
            self.look()
            await asyncio.sleep(2.0)

    def look(self) -> None:
        """Look how much is free."""
        if self._directory is None:
            return
        full = shutil.disk_usage(self._directory).free < self._least_free
        if full and not self._full:
            log.error("disk_nearly_full", least_free_bytes=self._least_free)
        self._full = full


class _Measured(NamedTuple):
    """What the gauges show, of one moment."""

    lines: list[ledger.Line]
    unmapped: dict[str, int]
    groups: list[Group]
    retries_left: int
    now_s: float


async def measure(db: Database) -> None:
    """Set the gauges from the ledger; a gap is also logged, because it is an alarm."""

    def read(conn: Connection) -> _Measured:
        return _Measured(
            ledger.lines(conn),
            count_unmapped(conn),
            parked_groups(conn),
            retries_left(conn),
            db.now(conn).timestamp(),
        )

    found = await db.read(read)
    names = {line.source_id: line.source for line in found.lines}
    RETRY_LEFT.set(found.retries_left)
    PARKED_RECEIPTS.clear()  # a group that was mended is gone
    for group in found.groups:
        PARKED_RECEIPTS.labels(names[group.source_id], group.reason).set(group.receipts)
    for line in found.lines:
        IMPORTED.labels(line.source).set(line.imported)
        for state in LEDGER_STATES:
            LEDGER.labels(line.source, state).set(getattr(line, state))
        LEDGER_GAP.labels(line.source).set(line.gap)
        for made_by, count in line.made_by.items():
            TOUCHES_MADE_BY.labels(line.source, made_by).set(count)
        oldest = line.oldest_pending_at
        age_s = max(0.0, found.now_s - oldest.timestamp()) if oldest else 0.0
        OLDEST_PENDING_SECONDS.labels(line.source).set(age_s)
        UNMAPPED_NAMES.labels(line.source).set(found.unmapped.get(line.source_id, 0))
        if line.gap:
            log.error("ledger_gap", source=line.source, gap=line.gap)
