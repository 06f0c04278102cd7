"""Remembering what the doors refuse, so that whoever connects a tool sees what is wrong.

A refusal must cost little, because anybody can cause it: it is counted in memory, looked
into a few times a second for each source, and written once a second in one row per reason.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from services.ingest.store.refusals import NOBODY, Refused, add_refusals
from services.ingest.vendors.refusing import Refusal
from shared.body import clean_text
from shared.clock import Clock
from shared.db import Database

log = structlog.get_logger(__name__)

WRITE_S = 1.0
LOOKS = 5  # a second, for each source
Reasons = dict[tuple[str, str], Refused]


class Refusals:
    """What was refused and is not written yet."""

    def __init__(self, db: Database, clock: Clock):
        self._db = db
        self._clock = clock
        self._noted: Reasons = {}
        self._looks: dict[str, tuple[int, int, Refusal]] = {}
        self._came = asyncio.Event()

    def note(self, source_id: str, why: Callable[[], Refusal]) -> None:
        """Count a refusal. ``why`` is asked, unless others of this second were looked into."""
        now = self._clock.now()
        this_second = int(now.timestamp())
        second, looks, refusal = self._looks.get(source_id, (0, 0, Refusal("")))
        looks = looks if second == this_second else 0
        if looks < LOOKS:
            refusal = why()
        self._looks[source_id] = (this_second, looks + 1, refusal)
        key = (source_id, refusal.reason)
        known = self._noted.get(key, Refused(source_id, refusal.reason, 0, now, {}))
        self._noted[key] = replace(known, count=known.count + 1, last_at=now, detail=refusal.detail)
        self._came.set()

    def note_stranger(self, reason: str, path: str) -> None:
        """Count a refusal of a request that names no source of ours."""
        self.note(NOBODY, lambda: Refusal(reason, {"path": clean_text(path[:200])}))

    async def run(self) -> None:
        """Write for ever. Ends by cancellation."""
        while True:
            await self._came.wait()
            await self.write()
            await asyncio.sleep(WRITE_S)

    async def write(self) -> None:
        """Write what was noted. What cannot be written is forgotten: it is no event."""
        self._came.clear()
        noted, self._noted = list(self._noted.values()), {}
        if not noted:
            return
        try:
            await self._db.write(lambda conn: add_refusals(conn, noted))
        except Exception:
            log.exception("refusals_not_written", count=len(noted))
