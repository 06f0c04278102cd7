"""Work on the past gives way to what happens today.

Receipts are read in the order they came, and leads are judged in the order of the bus. So
imports and retries of whole groups add to both only while little waits to be read, and at a
pace that leaves room: a lead who asks for a demo must not queue behind a year of history.
"""

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, select, update

from services.ingest.store.receipts import waiting_events
from services.ingest.store.tables import PACE
from shared.db import insert

MOST_WAITING = 5000
"""Events that may wait to be read before the past has to."""
LOOK_AT = 1000
AHEAD = timedelta(seconds=10)
"""What may be taken at once, as time at the pace: small files need not wait at all."""
THE_PAST = "past"


def seconds_to_wait(conn: Connection, now: datetime) -> int:
    """Return how long the past has to wait; 0 when more of it may be taken now.

    Whoever takes some, and says so by ``spend``, holds the pace until the commit.
    """
    if waiting_events(conn, LOOK_AT) >= MOST_WAITING:
        return 1
    conn.execute(insert(conn, PACE).values(name=THE_PAST, next_at=now).on_conflict_do_nothing())
    query = select(PACE.c.next_at).where(PACE.c.name == THE_PAST).with_for_update()
    free_at: datetime = conn.execute(query).scalar_one() - AHEAD
    return ceil(max(0.0, (free_at - now).total_seconds()))


def spend(conn: Connection, now: datetime, events: int, per_s: int) -> None:
    """Count events of the past that were taken; ``per_s`` is the pace."""
    before: datetime = conn.execute(
        select(PACE.c.next_at).where(PACE.c.name == THE_PAST)
    ).scalar_one()
    next_at = max(before, now) + timedelta(seconds=events / per_s)
    conn.execute(update(PACE).where(PACE.c.name == THE_PAST).values(next_at=next_at))
