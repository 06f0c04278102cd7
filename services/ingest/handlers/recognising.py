"""Telling new events from those that came before.

A batch of receipts is judged together: what was published earlier is looked up once, what
the batch itself repeats is seen in passing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from services.ingest.domain.incoming import IncomingTouch
from services.ingest.handlers.reading import SAME_CONTENT_FOR
from services.ingest.store.items import (
    Content,
    Item,
    known_items,
    positions_published,
    recent_contents,
)
from services.ingest.vendors.imported import NOT_COMPARED

Verdict = Literal["new", "published", "duplicate", "variant"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event of the batch that may be new."""

    item: Item
    touch: IncomingTouch
    received_at: datetime

    @property
    def has_id(self) -> bool:
        return self.touch.source_event_id is not None


@dataclass
class Recogniser:
    """Knows what the events of one batch can repeat; grows with each new one."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    positions: set[tuple[str, int]] = field(default_factory=set)
    contents: dict[tuple[str, bytes], Content] = field(default_factory=dict)

    def judge(self, candidate: Candidate) -> Verdict:
        """Return what ``candidate`` is.

        ``published``: an earlier reading of this receipt published it. ``variant``: the id is
        known and the content differs; it is not published and not lost.
        """
        item = candidate.item
        if (item.receipt_id, item.position) in self.positions:
            return "published"
        if not candidate.has_id:
            first = self.contents.get((item.source_id, item.fingerprint))
            if first is not None and self._is_same_moment(first, candidate):
                return "duplicate"
            return "new"
        known = self.items.get((item.source_id, item.key))
        if known is None:
            return "new"
        if NOT_COMPARED in (known.fingerprint, item.fingerprint):
            return "duplicate"
        return "duplicate" if known.fingerprint == item.fingerprint else "variant"

    def remember(self, candidate: Candidate) -> Content | None:
        """Let later events of the batch be compared with ``candidate``."""
        item = candidate.item
        if candidate.has_id:
            self.items[item.source_id, item.key] = item
            return None
        content = Content(
            item.source_id, item.fingerprint, candidate.received_at, item.receipt_id, item.position
        )
        self.contents[item.source_id, item.fingerprint] = content
        return content

    def _is_same_moment(self, first: Content, candidate: Candidate) -> bool:
        return abs(candidate.received_at - first.first_at) <= SAME_CONTENT_FOR


def recogniser_for(
    conn: Connection, candidates: Iterable[Candidate], read_before: list[str]
) -> Recogniser:
    """Return a recogniser that knows what ``candidates`` can repeat.

    ``read_before`` are the receipts among them that were read already and are retried.
    """
    keys: dict[str, set[str]] = {}
    contents: dict[str, set[bytes]] = {}
    earliest: datetime | None = None
    for candidate in candidates:
        source_id = candidate.item.source_id
        if candidate.has_id:
            keys.setdefault(source_id, set()).add(candidate.item.key)
        else:
            contents.setdefault(source_id, set()).add(candidate.item.fingerprint)
            earliest = min(earliest or candidate.received_at, candidate.received_at)
    return Recogniser(
        items=known_items(conn, keys),
        positions=positions_published(conn, read_before),
        contents=(recent_contents(conn, contents, earliest - SAME_CONTENT_FOR) if earliest else {}),
    )
