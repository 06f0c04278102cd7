"""Reading parked receipts again after a fix: a whole group by one retry, in steps.

A retry passes over the receipts that were parked when it was asked for, once, in the order
they came: one that is parked again is behind it and stays so. Each step is a transaction
that holds the retry; only a parked receipt can be put back. So two people who ask at once
share one retry, two replicas take turns at its steps, and no receipt is read twice for it.
"""

from collections import Counter
from datetime import datetime
from typing import Any, Literal, NoReturn

from sqlalchemy import Connection, Row

from services.ingest.handlers.pacing import seconds_to_wait, spend
from services.ingest.store import ledger
from services.ingest.store import retries as store
from services.ingest.store.receipts import Discarding, find_receipt, take_parked
from services.ingest.store.tables import AUDIT
from shared.audit import Entry, write_down
from shared.db import RunAgain
from shared.ids import new_id
from shared.problem import Problem, not_found

STEP = 500
What = Literal["retry", "discard"]


def retry_one(conn: Connection, now: datetime, who: str, receipt_id: str) -> None:
    """Let a parked receipt be read again, or one that was discarded.

    Raises ``Problem``: 404, or 409 when it is not parked: read, or about to be.
    """
    if put_back(conn, take_parked(conn, 1, receipt_id=receipt_id)):
        write_down(conn, AUDIT, now, Entry(who, "receipt.retried", receipt_id))
        return
    _refuse(conn, receipt_id)


def discard_one(conn: Connection, now: datetime, who: str, receipt_id: str, why: str = "") -> None:
    """Say of a parked receipt that nobody wants it. It stays as long as others, unread.

    Raises ``Problem``: 404, or 409 when it is not parked.
    """
    discarded = Discarding(who, now, why)
    taken = take_parked(conn, 1, receipt_id=receipt_id, discarded=discarded)
    if not put_back(conn, taken, "discard"):
        _refuse(conn, receipt_id)
    write_down(conn, AUDIT, now, Entry(who, "receipt.discarded", receipt_id))


def _refuse(conn: Connection, receipt_id: str) -> NoReturn:
    row = find_receipt(conn, receipt_id)
    if row is None:
        raise not_found("receipt")
    raise Problem(409, "not_parked", f"the receipt is {row.state}, not parked")


def start_retry(
    conn: Connection,
    now: datetime,
    who: str,
    source_id: str | None,
    reason: str | None,
    per_s: int,
    what: What = "retry",
    why: str = "",
) -> Row[Any]:
    """Let a group of parked receipts be read again, or discard it; return the work begun.

    Its first step is done. Where the same is being done already, that work. ``per_s`` is the
    pace of the next steps; ``why`` is kept with every receipt that is discarded.
    """
    scope = f"{source_id or '*'} {'*' if reason is None else reason}"
    if what == "discard":
        scope = f"discard {scope}"
    running = store.open_retry(conn, scope)
    if running is not None:
        return running
    retry_id = new_id()
    is_new = store.add_retry(
        conn,
        id=retry_id,
        scope=scope,
        what=what,
        source_id=source_id,
        reason=reason,
        total=0,
        retried=0,
        asked_by=who,
        asked_at=now,
        why=why,
    )
    if not is_new:
        raise RunAgain("somebody asked for the same at the same moment")
    # Counted with the group's place taken: what another retry put back is not counted again.
    total, until = store.parked_count(conn, source_id, reason)
    store.change_retry(conn, retry_id, total=total, until=until, finished_at=None if total else now)
    if total:
        detail = {"count": total, "reason": reason}
        done = "receipts.retried" if what == "retry" else "receipts.discarded"
        write_down(conn, AUDIT, now, Entry(who, done, source_id or "all", detail=detail))
        seconds_to_wait(conn, now)  # holds the pace; the first step is taken anyway
        take_step(conn, now, retry_id, per_s)
    return existing_retry(conn, retry_id)


def existing_retry(conn: Connection, retry_id: str) -> Row[Any]:
    """Return a retry; raise ``Problem`` (404) when there is none."""
    row = store.find_retry(conn, retry_id)
    if row is None:
        raise not_found("retry")
    return row


def go_on(conn: Connection, now: datetime, per_s: int) -> bool:
    """Take the oldest open retry a step further; return whether one was taken."""
    row = store.open_retry(conn)
    if row is None or seconds_to_wait(conn, now):
        return False
    take_step(conn, now, row.id, per_s)
    return True


def take_step(conn: Connection, now: datetime, retry_id: str, per_s: int) -> None:
    """Put the next parked receipts of a retry back; note when there are no further ones."""
    row = store.find_retry(conn, retry_id, lock=True)
    if row is None or row.finished_at is not None:
        return
    taken = take_parked(
        conn,
        STEP,
        source_id=row.source_id,
        reason=row.reason,
        after=row.cursor,
        until=row.until,
        discarded=None if row.what == "retry" else Discarding(row.asked_by, now, row.why),
    )
    put_back(conn, taken, row.what)
    if row.what == "retry":
        spend(conn, now, sum(one.parked for one in taken), per_s)
    is_done = len(taken) < STEP
    store.change_retry(
        conn,
        retry_id,
        retried=row.retried + len(taken),
        cursor=taken[-1].id if taken else row.cursor,
        finished_at=now if is_done else None,
        # Each receipt has it now, and loses it with whom it names when that person is erased.
        why="" if is_done else row.why,
    )


def put_back(conn: Connection, taken: list[Any], what: What = "retry") -> int:
    """Move in the ledger what was taken as parked or discarded; return how many receipts."""
    changes: dict[tuple[str, str], Counter[str]] = {}
    for row in taken:
        counters = changes.setdefault((row.source_id, ledger.day_of(row.received_at)), Counter())
        counters.update({row.state: -row.parked})
        if what == "discard":
            counters.update(discarded=row.parked)
    ledger.move(conn, changes)
    return len(taken)
