"""What was published, so that what comes again is recognised."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from services.ingest.domain.incoming import MadeBy
from services.ingest.store.tables import ITEM, RECENT_CONTENT, UNMAPPED
from shared.bulk import bulk_insert
from shared.db import chunks, insert


class StoredMark(NamedTuple):
    """A touch's mark as the others know it, and the version of the heuristics that gave it."""

    made_by: MadeBy
    reason: str
    version: int


@dataclass(frozen=True, slots=True)
class Item:
    """One published event: which one it was, and where it was read."""

    source_id: str
    key: str
    fingerprint: bytes
    receipt_id: str
    position: int
    mark: StoredMark | None = None
    """Who made it, as it was told last; None where nobody did anything."""

    @property
    def place(self) -> tuple[str, int]:
        """Which event of which receipt it is."""
        return self.receipt_id, self.position


@dataclass(frozen=True, slots=True)
class Content:
    """The first of some equal events without an id, and when it came."""

    source_id: str
    fingerprint: bytes
    first_at: datetime
    receipt_id: str
    position: int


def known_items(conn: Connection, keys: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], Item]:
    """Return the items already published among ``keys``, which are given per source."""
    found: dict[tuple[str, str], Item] = {}
    for source_id, wanted in keys.items():
        for some in chunks(list(wanted)):
            query = select(ITEM).where(ITEM.c.source_id == source_id, ITEM.c.key.in_(some))
            for row in conn.execute(query):
                found[source_id, row.key] = Item(
                    source_id,
                    row.key,
                    bytes(row.fingerprint),
                    row.receipt_id,
                    row.position,
                    mark_of(row),
                )
    return found


def positions_published(conn: Connection, receipt_ids: Sequence[str]) -> set[tuple[str, int]]:
    """Return which events of these receipts an earlier reading published."""
    found: set[tuple[str, int]] = set()
    for ids in chunks(receipt_ids):
        query = select(ITEM.c.receipt_id, ITEM.c.position).where(ITEM.c.receipt_id.in_(ids))
        found |= {(row.receipt_id, row.position) for row in conn.execute(query)}
    return found


def recent_contents(
    conn: Connection, fingerprints: Mapping[str, Iterable[bytes]], since: datetime
) -> dict[tuple[str, bytes], Content]:
    """Return the contents seen first after ``since``, among those given per source."""
    found: dict[tuple[str, bytes], Content] = {}
    for source_id, wanted in fingerprints.items():
        for some in chunks(list(wanted)):
            query = select(RECENT_CONTENT).where(
                RECENT_CONTENT.c.source_id == source_id,
                RECENT_CONTENT.c.fingerprint.in_(some),
                RECENT_CONTENT.c.first_at >= since,
            )
            for row in conn.execute(query):
                digest = bytes(row.fingerprint)
                found[source_id, digest] = Content(
                    source_id, digest, row.first_at, row.receipt_id, row.position
                )
    return found


def add_items(conn: Connection, items: Sequence[Item]) -> None:
    """Remember what was published."""
    bulk_insert(
        conn,
        ITEM,
        (
            *("source_id", "key", "fingerprint", "receipt_id", "position"),
            *("made_by", "made_by_reason", "made_by_version"),
        ),
        [
            (
                *(i.source_id, i.key, i.fingerprint, i.receipt_id, i.position),
                *(i.mark or (None, None, None)),
            )
            for i in items
        ],
    )


def mark_of(row: Row[Any]) -> StoredMark | None:
    """Return the mark in an item's row; None for one that has none."""
    if row.made_by is None:
        return None
    return StoredMark(row.made_by, row.made_by_reason, row.made_by_version)


def mark_items(conn: Connection, marks: Mapping[tuple[str, str], StoredMark]) -> None:
    """Remember other marks of touches: (source, key) → mark."""
    if marks:
        conn.execute(
            _MARK,
            [
                {"_source": source, "_key": key, "_by": by, "_reason": reason, "_version": version}
                for (source, key), (by, reason, version) in sorted(marks.items())
            ],
        )


_MARK = (
    update(ITEM)
    .where(
        ITEM.c.source_id == bindparam("_source", type_=ITEM.c.source_id.type),
        ITEM.c.key == bindparam("_key"),
    )
    .values(
        made_by=bindparam("_by"),
        made_by_reason=bindparam("_reason"),
        made_by_version=bindparam("_version"),
    )
)


def add_contents(conn: Connection, contents: Sequence[Content]) -> None:
    """Remember the content of events without an id, instead of an equal one long ago."""
    rows = [{name: getattr(one, name) for name in Content.__slots__} for one in contents]
    if not rows:
        return
    statement = insert(conn, RECENT_CONTENT)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "fingerprint"],
            set_={
                name: statement.excluded[name] for name in ("first_at", "receipt_id", "position")
            },
        ),
        rows,
    )


def forget_contents(conn: Connection, before: datetime) -> int:
    """Delete contents that identify nothing any more."""
    return conn.execute(delete(RECENT_CONTENT).where(RECENT_CONTENT.c.first_at < before)).rowcount


def count_unmapped_names(
    conn: Connection, names: Mapping[tuple[str, str], tuple[int, str]], now: datetime
) -> None:
    """Add to the counts of event names without a kind: (source, name) → (count, receipt)."""
    rows = [
        {
            "source_id": source_id,
            "name": name,
            "count": count,
            "last_at": now,
            "receipt_id": receipt_id,
        }
        for (source_id, name), (count, receipt_id) in sorted(names.items())
    ]
    if not rows:
        return
    statement = insert(conn, UNMAPPED)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["source_id", "name"],
            set_={
                "count": UNMAPPED.c.count + statement.excluded.count,
                "last_at": statement.excluded.last_at,
                "receipt_id": statement.excluded.receipt_id,
            },
        ),
        rows,
    )


def forget_unmapped_names(conn: Connection, before: datetime) -> int:
    """Delete names that have not come for long."""
    return conn.execute(delete(UNMAPPED).where(UNMAPPED.c.last_at < before)).rowcount
