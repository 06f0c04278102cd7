"""A process of handoff that does nothing but fire timers, as the service does: to be killed.

``python -m tests.support.timer_process DATABASE_URL``. It is the service's own loop over the
service's own handlers; only the API and the bus are left out, so that it starts at once.
"""

import asyncio
import sys

from services.handoff.handlers.fire_timers import timer_handlers
from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.settings import HandoffSettings
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.tables import LEASE, OUTBOX, TABLES, TIMER
from services.handoff.unit_of_work import Parts
from shared.bus import open_bus
from shared.db import Database
from shared.outbox import Outbox
from shared.timers import Timers

OWNER = "boss@ours.com"


def parts_of(db: Database) -> Parts:
    """Return what handlers work with, and let its timers fire by them."""
    outbox, timers = Outbox(db, open_bus("sqlite:///unused"), OUTBOX, LEASE), Timers(db, TIMER)
    settings = HandoffSettings(owner_email=OWNER, owner_name="Boss")
    parts = Parts(db, settings, outbox, timers, PolicyShelf(compile_for_shelf))
    timers.handlers = timer_handlers(parts)
    return parts


async def main(url: str) -> None:
    """Fire timers until somebody ends the process."""
    db = Database(url, "handoff", TABLES)
    await db.start()
    await parts_of(db).timers.run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
