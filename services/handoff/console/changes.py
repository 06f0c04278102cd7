"""Who looks at a list hears of it when it has changed.

Handoff's own events say that something has: they are staged with every change, by whichever
replica. One look a second, while anybody listens, asks for the newest; then each listener
compares the fingerprint of what it shows. The fingerprint is also what a browser sends back
when it reconnects, so nothing is missed however long it was away, and there is no position
in a log that could pass an event by.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from sqlalchemy import Connection, func, select

from services.handoff.store.tables import OUTBOX
from shared.db import Database

LOOK_S = 1.0
LOOK_ANYWAY = 15
"""Looks after which the fingerprint is compared though no event is newer: a transaction that
began earlier can commit later."""


class Changes:
    """The newest event, looked up for all listeners together."""

    def __init__(self, db: Database):
        self._db = db
        self._newest = 0
        self._looked_at = float("-inf")
        self._looking = asyncio.Lock()

    async def newest(self) -> int:
        """Return the number of the newest event, at most ``LOOK_S`` old."""
        async with self._looking:
            clock = asyncio.get_running_loop().time
            if clock() - self._looked_at >= LOOK_S:
                self._newest = await self._db.read(_newest)
                self._looked_at = clock()
            return self._newest

    async def follow(
        self, fingerprint: Callable[[Connection], str | None], known: str | None
    ) -> AsyncIterator[str | None]:
        """Yield the fingerprint each time it is another than ``known``, and None in between.

        Ends when it becomes None: there is nobody any more who may look.
        """
        seen, looks = -1, 0
        while True:
            newest = await self.newest()
            looks += 1
            if newest != seen or looks >= LOOK_ANYWAY:
                seen, looks = newest, 0
                now = await self._db.read(fingerprint)
                if now is None:
                    return
                if now != known:
                    known = now
                    yield now
                else:
                    yield None
            await asyncio.sleep(LOOK_S)


def _newest(conn: Connection) -> int:
    return conn.execute(select(func.max(OUTBOX.c.id))).scalar() or 0
