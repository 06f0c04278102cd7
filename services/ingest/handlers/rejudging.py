"""Touches judged again out of their receipts: by better heuristics, or by changed settings.

A page of receipts is read anew with its neighbours. What changes is told as ``touch.judged``;
what a touch is and whom it is about stays as it was published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from services.ingest.domain.incoming import Unreadable
from services.ingest.handlers.judging import (
    Change,
    Judgement,
    changed,
    judge_mails,
    save_judgement,
    sighting_of,
)
from services.ingest.handlers.origins import adapter_for, load_origins
from services.ingest.handlers.reading import Origin, event_of, key_of, tell
from services.ingest.handlers.seeing import Look
from services.ingest.store.items import Item, known_items
from services.ingest.store.receipts import Waiting, read_receipts
from services.ingest.store.sightings import (
    Seen,
    add_rejudging,
    forget_sightings,
    move_rejudging,
    next_rejudging,
    running_rejudging,
)
from services.ingest.store.tables import AUDIT
from shared.audit import Entry, write_down
from shared.contracts.touches import TouchRecorded

PAGE = 50
PAGE_BYTES = 512 * 1024


@dataclass(frozen=True)
class Page:
    """The next receipts of a rejudging."""

    job: Row[Any]
    receipts: list[Waiting]
    origins: Mapping[str, Origin]


Found = tuple[Item, Look, TouchRecorded]
"""A touch in a receipt, and what tells who made it."""


@dataclass
class Rejudged:
    """A page, judged and not told yet."""

    page: Page
    fresh: list[Seen]
    touches: int
    judgement: Judgement


def ask_for_rejudging(
    conn: Connection, now: datetime, who: str, source_id: str | None, since: datetime | None
) -> str:
    """Let touches be judged again; return the rejudging, one that waits already included."""
    running = running_rejudging(conn, source_id, since)
    if running is not None:
        return str(running.id)
    rejudging_id = add_rejudging(conn, source_id, since, who, now)
    detail = {"since": None if since is None else since.isoformat()}
    entry = Entry(who, "touches.rejudged", source_id or "all", detail=detail)
    write_down(conn, AUDIT, now, entry)
    return rejudging_id


def load_page(conn: Connection) -> Page | None:
    """Return the next receipts of the oldest rejudging; None when there is none."""
    job = next_rejudging(conn)
    if job is None:
        return None
    receipts = read_receipts(
        conn,
        PAGE,
        PAGE_BYTES,
        after=job.cursor,
        last=job.last_receipt_id,
        source_id=job.source_id,
        since=job.since,
    )
    return Page(job, receipts, load_origins(conn))


def touches_in(waiting: Waiting, origin: Origin) -> list[Found]:
    """Return the touches in a receipt, each with what tells who made it."""
    vendor, options = adapter_for(waiting, origin)
    found = []
    for told in tell(waiting, vendor, options):
        if isinstance(told.event, Unreadable):
            continue
        key = key_of(told.event, waiting.id, told.position)
        item = Item(origin.id, key, told.event.fingerprint, waiting.id, told.position)
        try:
            envelope, look = event_of(told.event, waiting, origin, key)
        except Unreadable:
            continue
        if look is not None and isinstance(envelope.data, TouchRecorded):
            found.append((item, look, envelope.data))
    return found


def judge_page(conn: Connection, page: Page, found: Sequence[Found], now: datetime) -> Rejudged:
    """Judge the touches found in a page again, together with their neighbours."""
    keys: dict[str, set[str]] = {}
    for item, _, _ in found:
        keys.setdefault(item.source_id, set()).add(item.key)
    items = known_items(conn, keys)
    received = {waiting.id: waiting.received_at for waiting in page.receipts}
    fresh: list[Seen] = []
    alone: list[Change] = []
    touches = 0
    for item, look, touch in found:
        stored = items.get((item.source_id, item.key))
        if stored is None or stored.place != item.place:
            continue  # a repetition: the first counts
        touches += 1
        origin = page.origins[item.source_id]
        seen = sighting_of(stored, look, touch, origin, received[item.receipt_id])
        if seen is not None:
            fresh.append(seen)
            continue
        change = changed(item.source_id, item.key, touch.identity, stored.mark, look.own)
        if change is not None:
            alone.append(change)
    judgement = judge_mails(conn, {one.neighbours for one in fresh}, fresh, now)
    judgement.changes += alone
    return Rejudged(page, fresh, touches, judgement)


def save_page(conn: Connection, done: Rejudged) -> None:
    """Write a page that was told, and move on behind it."""
    page, now = done.page, done.judgement.now
    forget_sightings(conn, [waiting.id for waiting in page.receipts])
    save_judgement(conn, done.judgement, done.fresh)
    if page.receipts:
        move_rejudging(
            conn,
            page.job.id,
            cursor=page.receipts[-1].id,
            receipts=page.job.receipts + len(page.receipts),
            touches=page.job.touches + done.touches,
            changed=page.job.changed + len(done.judgement.changes),
            moved_at=now,
        )
    else:
        move_rejudging(conn, page.job.id, moved_at=now, finished_at=now)
