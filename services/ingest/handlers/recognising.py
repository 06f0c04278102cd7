"""Telling new events from those that came before.

A batch of receipts is judged together: what was published earlier is looked up once, what
the batch itself repeats is seen in passing.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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

Verdict = Literal["new", "published", "duplicate", "variant", "forged"]
TOKENS_KNOWN_FOR = timedelta(hours=20)  # longer than any signature with a token is believed


@dataclass(frozen=True, slots=True)
class Candidate:
    """An event of the batch that may be new."""

    item: Item
    touch: IncomingTouch
    received_at: datetime

    @property
    def has_id(self) -> bool:
        return self.touch.source_event_id is not None

    @property
    def token(self) -> bytes | None:
        """The digest of the token the vendor signed for this event alone, if there is one."""
        if self.touch.token is None:
            return None
        return hashlib.sha256(b"token " + self.touch.token.encode()).digest()[:16]


@dataclass
class Recogniser:
    """Knows what the events of one batch can repeat; grows with each new one."""

    items: dict[tuple[str, str], Item] = field(default_factory=dict)
    positions: set[tuple[str, int]] = field(default_factory=set)
    contents: dict[tuple[str, bytes], Content] = field(default_factory=dict)
    tokens: dict[tuple[str, bytes], Content] = field(default_factory=dict)

    def judge(self, candidate: Candidate) -> Verdict:
        """Return what ``candidate`` is.

        ``published``: an earlier reading of this receipt published it. ``variant``: the id is
        known and the content differs; it is not published and not lost. ``forged``: a new event
        with the token of another.
        """
        item = candidate.item
        if (item.receipt_id, item.position) in self.positions:
            return "published"
        verdict = self._repeats(candidate)
        if verdict == "new" and candidate.token is not None:
            return "forged" if (item.source_id, candidate.token) in self.tokens else "new"
        return verdict

    def _repeats(self, candidate: Candidate) -> Verdict:
        item = candidate.item
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

    def remember(self, candidate: Candidate) -> list[Content]:
        """Let later events of the batch be compared with ``candidate``.

        Returns what later batches need for it beside its item.
        """
        item = candidate.item
        learnt = []
        if candidate.has_id:
            self.items[item.source_id, item.key] = item
        else:
            content = _content(candidate, item.fingerprint)
            self.contents[item.source_id, item.fingerprint] = content
            learnt.append(content)
        if (token := candidate.token) is not None:
            self.tokens[item.source_id, token] = _content(candidate, token)
            learnt.append(self.tokens[item.source_id, token])
        return learnt

    def _is_same_moment(self, first: Content, candidate: Candidate) -> bool:
        return abs(candidate.received_at - first.first_at) <= SAME_CONTENT_FOR


def _content(candidate: Candidate, digest: bytes) -> Content:
    item = candidate.item
    return Content(item.source_id, digest, candidate.received_at, item.receipt_id, item.position)


def recogniser_for(
    conn: Connection, candidates: Iterable[Candidate], read_before: list[str]
) -> Recogniser:
    """Return a recogniser that knows what ``candidates`` can repeat.

    ``read_before`` are the receipts among them that were read already and are retried.
    """
    keys: dict[str, set[str]] = {}
    contents: dict[str, set[bytes]] = {}
    tokens: dict[str, set[bytes]] = {}
    earliest: datetime | None = None
    for candidate in candidates:
        source_id = candidate.item.source_id
        earliest = min(earliest or candidate.received_at, candidate.received_at)
        if (token := candidate.token) is not None:
            tokens.setdefault(source_id, set()).add(token)
        if candidate.has_id:
            keys.setdefault(source_id, set()).add(candidate.item.key)
        else:
            contents.setdefault(source_id, set()).add(candidate.item.fingerprint)
    if earliest is None:
        return Recogniser()
    return Recogniser(
        items=known_items(conn, keys),
        positions=positions_published(conn, read_before),
        contents=recent_contents(conn, contents, earliest - SAME_CONTENT_FOR),
        tokens=recent_contents(conn, tokens, earliest - TOKENS_KNOWN_FOR),
    )
