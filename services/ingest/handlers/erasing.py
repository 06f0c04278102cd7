"""Receipts that name an erased person are emptied, a page at a time.

Handoff says whom by digests. Each receipt is read again to see whom it names, because only
its vendor's adapter knows where it says so. A receipt about several people is emptied too:
what the others did was told long ago.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from services.ingest.domain.incoming import Unreadable
from services.ingest.handlers.identities import former_emails, identifiers
from services.ingest.handlers.origins import adapter_for, load_origins
from services.ingest.handlers.reading import Origin, tell
from services.ingest.store.erasing import empty_receipts, move_order, next_order
from services.ingest.store.heads import read_head
from services.ingest.store.receipts import Waiting, read_receipts
from services.ingest.store.repairs import contents_before
from services.ingest.store.tables import AUDIT
from shared.audit import RELEVO, Entry, write_down

PAGE = 50
CHANGED = "email.changed"
PAGE_BYTES = 512 * 1024


@dataclass(frozen=True)
class Page:
    """The next receipts of an order."""

    order: Row[Any]
    receipts: list[Waiting]
    origins: Mapping[str, Origin]
    before: Mapping[str, Sequence[Waiting]]
    """What repaired ones among the receipts were before, by their ids."""


def load_page(conn: Connection) -> Page | None:
    """Return the next receipts of the oldest order; None when there is nothing to do."""
    order = next_order(conn)
    if order is None:
        return None
    receipts = read_receipts(
        conn,
        PAGE,
        PAGE_BYTES,
        after=order.cursor,
        last=order.last_receipt_id,
        source_id=None,
        since=None,
    )
    by_id = {one.id: one for one in receipts}
    before: dict[str, list[Waiting]] = {}
    for row in contents_before(conn, list(by_id)):
        head, body = read_head(bytes(row.request)), bytes(row.body)
        earlier = replace(by_id[row.receipt_id], head=head, body=body)
        before.setdefault(earlier.id, []).append(earlier)
    return Page(order, receipts, load_origins(conn), before)


def names_the_person(waiting: Waiting, page: Page) -> bool:
    """Return whether a receipt says anything about whom the order is about, or did once."""
    contents = (waiting, *page.before.get(waiting.id, ()))
    return any(_names_the_person(content, page) for content in contents)


def _names_the_person(waiting: Waiting, page: Page) -> bool:
    origin, salt = page.origins[waiting.source_id], page.order.salt
    wanted = frozenset(page.order.digests)
    vendor, options = adapter_for(waiting, origin)
    for told in tell(waiting, vendor, options):
        if isinstance(told.event, Unreadable):
            continue
        emails = (*told.event.other_emails, *former_emails(told.event, CHANGED))
        found, _ = identifiers(replace(told.event, other_emails=emails), origin.name)
        if any(hashlib.sha256(f"{salt}{one}".encode()).hexdigest() in wanted for one in found):
            return True
    return False


def save_page(conn: Connection, page: Page, naming: Sequence[str], now: datetime) -> None:
    """Empty the receipts ``naming`` the person, and move on."""
    order = page.order
    empty_receipts(conn, naming)
    receipts = order.receipts + len(naming)
    if page.receipts:
        move_order(conn, order.id, cursor=page.receipts[-1].id, receipts=receipts)
        return
    move_order(conn, order.id, finished_at=now)
    entry = Entry(RELEVO, "receipts.erased", order.id, detail={"receipts": receipts})
    write_down(conn, AUDIT, now, entry)
