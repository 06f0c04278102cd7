"""Repairing and forgetting receipts."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.ingest.store import ledger
from services.ingest.store.items import forget_contents, forget_unmapped_names
from services.ingest.store.receipts import find_receipt, forget, settled_before, take_parked
from shared.problem import Problem, not_found

MOST_AT_ONCE = 1000
# For contents ten minutes would do if receipts never had to wait for the bus; signed tokens
# are kept with them, and have to outlive the signatures.
CONTENTS_KEPT = timedelta(days=1)


def retry_one(conn: Connection, receipt_id: str) -> None:
    """Let a parked receipt be read again.

    Raises ``Problem``: 404, or 409 when it is not parked: read, or about to be.
    """
    if _take(conn, 1, receipt_id=receipt_id):
        return
    row = find_receipt(conn, receipt_id)
    if row is None:
        raise not_found("receipt")
    raise Problem(409, "not_parked", f"the receipt is {row.state}, not parked")


def retry_many(conn: Connection, source_id: str | None, reason: str | None) -> int:
    """Let parked receipts be read again, at most a thousand; return how many."""
    return _take(conn, MOST_AT_ONCE, source_id=source_id, reason=reason)


def _take(
    conn: Connection,
    limit: int,
    *,
    receipt_id: str | None = None,
    source_id: str | None = None,
    reason: str | None = None,
) -> int:
    taken = take_parked(conn, limit, receipt_id=receipt_id, source_id=source_id, reason=reason)
    changes: dict[str, Counter[str]] = {}
    for row in taken:
        changes.setdefault(row.source_id, Counter()).update(parked=-row.parked)
    ledger.move(conn, changes)
    return len(taken)


def prune(conn: Connection, now: datetime, kept: timedelta) -> bool:
    """Forget what is older than ``kept``, at most a thousand receipts; return whether more may be.

    With a receipt go the keys of its events: as long as it is kept a repeat is recognised.
    """
    rows = settled_before(conn, now - kept, MOST_AT_ONCE)
    forgotten = forget(conn, [row.id for row in rows])
    changes = {source_id: Counter(forgotten=count) for source_id, count in forgotten.items()}
    for row in rows:
        changes.setdefault(row.source_id, Counter()).update(parked=-row.parked, expired=row.parked)
    ledger.move(conn, changes)
    forget_contents(conn, now - CONTENTS_KEPT)
    forget_unmapped_names(conn, now - kept)
    return len(rows) == MOST_AT_ONCE
