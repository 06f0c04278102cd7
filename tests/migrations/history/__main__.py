"""Runs the sample history over the database it is given: a process for the tests to kill."""

import asyncio
import sys

from shared.migrations import migrate
from tests.migrations.history import sample_database


async def main(url: str) -> None:
    db = sample_database(url)
    await db.start()
    await migrate(db)
    await db.stop()


asyncio.run(main(sys.argv[1]))
