"""Files the console was given are taken in part by part, whichever replica takes the next."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from services.ingest.handlers.import_files import Given, Part, opened, parts
from services.ingest.handlers.imports import existing_import, sift, source_of, take_part
from services.ingest.handlers.origins import origin_of
from services.ingest.handlers.reading import Origin
from services.ingest.store import import_files as store
from services.ingest.vendors.imported import Plan
from shared.db import Database, after_commit
from shared.exports import Export, Unusable
from shared.problem import Problem
from shared.wakeup import Wakeup

log = structlog.get_logger(__name__)

LOOK_S = 1.0
PAUSE_S = 0.05
HELD_UP = frozenset({"must_wait", "moved_on"})


@dataclass
class _Open:
    """The file that is being taken in by this process."""

    file_id: str
    export: Export
    left: Iterator[Part]
    next: Part | None


class Importer:
    """Takes in the files of the console."""

    def __init__(self, db: Database, asked: Wakeup, stored: Wakeup, per_s: int):
        self._db = db
        self._asked = asked
        self._stored = stored
        self._per_s = per_s
        self._open: _Open | None = None

    async def run(self) -> None:
        """Work for ever. Ends by cancellation."""
        while True:
            wait_s = await self.step()
            if wait_s is None:
                await self._asked.wait(LOOK_S)
            else:
                await asyncio.sleep(wait_s)

    async def step(self) -> float | None:
        """Take the next part of the oldest file; return how long to wait, None: nothing is left."""

        def load(conn: Connection) -> tuple[Row[Any], Row[Any], Origin, datetime] | None:
            file = store.next_file(conn)
            if file is None:
                return None
            row = existing_import(conn, file.import_id)
            return file, row, origin_of(source_of(conn, row)), self._db.now(conn)

        found = await self._db.read(load)
        if found is None:
            self._open = None
            return None
        file, row, origin, now = found
        part = None
        if row.finished_at is None:
            part = await self._part(file, row.position)
        if part is None:
            if row.finished_at is None:
                log.error("import_file_ended_early", import_id=row.id, position=row.position)
            await self._forget(file.id)
            return PAUSE_S
        return await self._take(file.id, row, part, origin, now)

    async def _forget(self, file_id: str) -> None:
        self._open = None
        await self._db.write(lambda conn: store.forget_file(conn, file_id))

    async def _take(
        self, file_id: str, row: Row[Any], part: Part, origin: Origin, now: datetime
    ) -> float:
        plan = Plan.model_validate(row.plan)
        assert self._open is not None
        headings = self._open.export.headings
        rows = [one.row for one in part.sent if one.row is not None]
        sifted = await asyncio.to_thread(sift, origin, plan, headings, rows, now)

        def work(conn: Connection) -> None:
            after_commit(conn, self._stored.set)
            count, who = len(part.records), row.started_by
            at = self._db.now(conn)
            take_part(conn, at, who, row.id, part.before, count, headings, sifted, self._per_s)

        try:
            await self._db.write(work)
        except Problem as fault:
            if fault.code not in HELD_UP:  # the source was archived meanwhile
                log.warning("import_stopped", import_id=row.id, code=fault.code)
                await self._forget(file_id)
            return LOOK_S
        self._open.next = next(self._open.left, None)
        return PAUSE_S

    async def _part(self, file: Row[Any], position: int) -> Part | None:
        """Return the rows behind ``position``; None where the file has none."""
        here = self._open
        if (
            here is None
            or here.file_id != file.id
            or here.next is None
            or here.next.before != position
        ):
            here = None
        if here is None:
            content = await self._db.read(lambda conn: store.content_of(conn, file.id))
            self._open = None
            try:
                here = self._open = await asyncio.to_thread(_begin, file, content, position)
            except Unusable:
                return None
        return here.next


def _begin(file: Row[Any], content: bytes, position: int) -> _Open:
    """Open a file behind its first ``position`` rows. Raises ``Unusable``."""
    export = opened(file.name, content, Given(**file.given))
    left = parts(export, position)
    return _Open(file.id, export, left, next(left, None))
