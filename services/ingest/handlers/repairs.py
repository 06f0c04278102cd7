"""Repairing a parked receipt: its body is written anew, and it is read again.

What it was is kept. A repair has to make something readable that was not, and must leave
what an earlier reading published as it is and in its place: it is out in the world already,
and its place is what tells that it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from services.ingest.domain.incoming import Unreadable
from services.ingest.handlers.origins import adapter_for, origin_of
from services.ingest.handlers.reading import event_of, key_of, payload_of, tell
from services.ingest.handlers.retries import put_back
from services.ingest.handlers.sources import source_of_receipt
from services.ingest.store import repairs as store
from services.ingest.store.heads import read_head
from services.ingest.store.items import known_items, positions_published
from services.ingest.store.receipts import Waiting, find_receipt, take_parked
from services.ingest.store.sources import Source
from services.ingest.store.tables import AUDIT
from shared.audit import Entry, write_down
from shared.contracts.touches import LeadIdentified, TouchRecorded
from shared.problem import Problem, not_found

LONGEST_WHY = 500
MOST_ERRORS = 20
PACKED = ("content-encoding", "content-length")
"""Headers that tell of bytes which a repair replaces by plain ones."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One event of a receipt as it would be read now: what it says, or what is wrong with it."""

    position: int
    key: str
    fingerprint: bytes
    data: TouchRecorded | LeadIdentified | None
    fault: Unreadable | None


def waiting_of(row: Row[Any], body: bytes | None = None) -> Waiting:
    """Return a stored receipt as the reading takes it; with another, plain body where given."""
    head = read_head(bytes(row.request))
    if body is not None:
        kept = {name: one for name, one in head.headers.items() if name not in PACKED}
        head = replace(head, headers=kept)
    return Waiting(
        id=row.id,
        source_id=row.source_id,
        vendor=row.vendor,
        received_at=row.received_at,
        head=head,
        body=bytes(row.body) if body is None else body,
        events=row.events,
        published=row.published,
        duplicates=row.duplicates,
        was_read=row.read_at is not None,
    )


def look_through(waiting: Waiting, source: Source) -> Iterator[Looked]:
    """Yield the events of a receipt as the reading would find them. Nothing is published."""
    origin = origin_of(source)
    vendor, options = adapter_for(waiting, origin)
    for told in tell(waiting, vendor, options):
        if isinstance(told.event, Unreadable):
            yield Looked(told.position, "", b"", None, told.event)
            continue
        key = key_of(told.event, waiting.id, told.position)
        found: TouchRecorded | LeadIdentified | None = None
        fault = None
        try:
            envelope, _ = event_of(told.event, waiting, origin, key)
            payload_of(envelope, told.event.place)
            assert isinstance(envelope.data, TouchRecorded | LeadIdentified)
            found = envelope.data
        except Unreadable as unreadable:
            fault = unreadable
        yield Looked(told.position, key, told.event.fingerprint, found, fault)


def check_repair(conn: Connection, row: Row[Any], source: Source, body: bytes) -> list[Looked]:
    """Return what a receipt would tell with another body.

    Raises ``Problem`` (422) when it would tell no more than was published already, or when
    something published would not be in its place.
    """
    looked = list(look_through(waiting_of(row, body), source))
    readable = {one.position: one for one in looked if one.fault is None}
    published = {position for _, position in positions_published(conn, [row.id])}
    keys = {one.key for position, one in readable.items() if position in published}
    items = known_items(conn, {row.source_id: keys})
    for position in sorted(published):
        one = readable.get(position)
        item = None if one is None else items.get((row.source_id, one.key))
        is_same = item is not None and one is not None and item.fingerprint == one.fingerprint
        if item is None or not is_same or item.place != (row.id, position):
            message = f"event {position} was published already: leave it as it is, in its place"
            raise Problem(422, "moved", message, [{"pointer": "/body", "message": message}])
    if len(readable) <= len(published):
        faults = [one.fault for one in looked if one.fault is not None]
        if not faults:
            faults = [Unreadable("tells_nothing", "it tells nothing of anybody")]
        errors = [
            {"pointer": f"/body{fault.place}", "code": fault.code, "message": fault.message}
            for fault in faults[:MOST_ERRORS]
        ]
        first = faults[0].message
        raise Problem(422, "still_unreadable", f"it could not be read either: {first}", errors)
    return looked


def parked_receipt(conn: Connection, receipt_id: str, *, lock: bool = False) -> Row[Any]:
    """Return a receipt that can be repaired. Raises ``Problem``: 404, 409 when it is not parked."""
    row = store.lock_receipt(conn, receipt_id) if lock else find_receipt(conn, receipt_id)
    if row is None:
        raise not_found("receipt")
    if row.state not in ("parked", "discarded"):
        raise Problem(409, "not_parked", f"the receipt is {row.state}, not parked")
    return row


def repair_receipt(
    conn: Connection, now: datetime, who: str, receipt_id: str, body: bytes, why: str
) -> list[Looked]:
    """Replace the body of a parked receipt, keep the one it had, and let it be read again.

    Raises ``Problem``: 404, 409 when it is not parked, 422 as ``check_repair``.
    """
    row = parked_receipt(conn, receipt_id, lock=True)
    if body == bytes(row.body):
        raise Problem(
            422,
            "unchanged",
            "the body is as it was: change it, or retry the receipt as it is",
            [{"pointer": "/body", "message": "is as it was"}],
        )
    looked = check_repair(conn, row, source_of_receipt(conn, row), body)
    head = waiting_of(row, body).head
    lines = [f"{head.method} {head.url}", *(f"{name}: {one}" for name, one in head.headers.items())]
    request = "\n".join(lines).encode("latin-1", "replace")
    store.replace_content(conn, row, request, body, who, now, why[:LONGEST_WHY])
    put_back(conn, take_parked(conn, 1, receipt_id=receipt_id))
    detail = {"bytes_before": len(row.body), "bytes": len(body)}
    write_down(conn, AUDIT, now, Entry(who, "receipt.repaired", receipt_id, detail=detail))
    return looked
