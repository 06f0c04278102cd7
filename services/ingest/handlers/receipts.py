"""Forgetting receipts whose time is over."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.ingest.store import ledger
from services.ingest.store.items import forget_contents, forget_unmapped_names
from services.ingest.store.receipts import forget, settled_before

MOST_AT_ONCE = 1000
# For contents ten minutes would do if receipts never had to wait for the bus; signed tokens
# are kept with them, and have to outlive the signatures.
CONTENTS_KEPT = timedelta(days=1)


def prune(conn: Connection, now: datetime, kept: timedelta) -> bool:
    """Forget what is older than ``kept``, at most a thousand receipts; return whether more may be.

    With a receipt go the keys of its events: as long as it is kept a repeat is recognised.
    """
    rows = settled_before(conn, now - kept, MOST_AT_ONCE)
    forgotten = forget(conn, [row.id for row in rows])
    changes: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        counters = changes.setdefault((row.source_id, ledger.day_of(row.received_at)), Counter())
        if row.state == "parked":
            counters.update(parked=-row.parked, expired=row.parked)
    for source_id, count in forgotten.items():
        day = next(day for source, day in changes if source == source_id)
        changes[source_id, day].update(forgotten=count)  # which is not kept by day
    ledger.move(conn, changes)
    forget_contents(conn, now - CONTENTS_KEPT)
    forget_unmapped_names(conn, now - kept)
    return len(rows) == MOST_AT_ONCE
