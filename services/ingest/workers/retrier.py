"""Retries of large groups go on in the background, whichever replica takes the next step."""

import asyncio

from sqlalchemy import Connection

from services.ingest.handlers.retries import go_on
from shared.db import Database, after_commit
from shared.wakeup import Wakeup

LOOK_S = 1.0
PAUSE_S = 0.05


class Retrier:
    """Takes open retries further."""

    def __init__(self, db: Database, asked: Wakeup, stored: Wakeup, per_s: int):
        self._db = db
        self._asked = asked  # somebody asked for a retry here
        self._per_s = per_s
        self._stored = stored  # there is something to read

    async def run(self) -> None:
        """Work for ever. Ends by cancellation."""
        while True:
            if await self.step():
                await asyncio.sleep(PAUSE_S)
            else:
                await self._asked.wait(LOOK_S)

    async def step(self) -> bool:
        """Take the oldest open retry a step further; return whether there was one to take."""

        def work(conn: Connection) -> bool:
            after_commit(conn, self._stored.set)
            return go_on(conn, self._db.now(conn), self._per_s)

        return await self._db.write(work)
