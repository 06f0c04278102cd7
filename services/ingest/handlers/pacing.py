"""Work on the past gives way to what happens today.

Receipts are read in the order they came, and what is put back is the oldest. So imports and
retries of whole groups add to what waits only while little does.
"""

from sqlalchemy import Connection

from services.ingest.store.receipts import waiting_events

MOST_WAITING = 5000
"""Events that may wait to be read before the past has to: a second or two of reading."""
LOOK_AT = 1000


def must_wait(conn: Connection) -> bool:
    """Return whether too much waits to be read already."""
    return waiting_events(conn, LOOK_AT) >= MOST_WAITING
