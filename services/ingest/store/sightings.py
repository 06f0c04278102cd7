"""What touches of one mail are judged by together, how many have which mark, and rejudgings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from services.ingest.domain.incoming import Mark
from services.ingest.domain.sightings import Sighting
from services.ingest.store.items import StoredMark
from services.ingest.store.tables import ITEM, MARK_COUNT, REJUDGING, SIGHTING
from shared.bulk import bulk_insert
from shared.db import chunks, insert
from shared.ids import new_id

Mail = tuple[str, bytes]
"""A source, and the digest of a mail at a recipient."""

COLUMNS = (
    *("source_id", "mail", "key", "receipt_id", "identity", "kind", "occurred_at", "link"),
    *("made_by", "made_by_reason", "settles_at"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A sighting as it is stored. ``told`` is the mark the others know, None: none."""

    source_id: str
    mail: bytes
    receipt_id: str
    identity: str
    sighting: Sighting
    told: StoredMark | None

    @property
    def neighbours(self) -> Mail:
        return self.source_id, self.mail


_OF_SOURCE = select(
    *(SIGHTING.c[name] for name in COLUMNS),
    ITEM.c.made_by.label("told_by"),
    ITEM.c.made_by_reason.label("told_reason"),
    ITEM.c.made_by_version.label("told_version"),
).join(ITEM, (ITEM.c.source_id == SIGHTING.c.source_id) & (ITEM.c.key == SIGHTING.c.key))
_END = (
    update(SIGHTING)
    .where(
        SIGHTING.c.source_id == bindparam("_source", type_=SIGHTING.c.source_id.type),
        SIGHTING.c.mail == bindparam("_mail", type_=SIGHTING.c.mail.type),
        SIGHTING.c.key == bindparam("_key"),
    )
    .values(settles_at=bindparam("_end", type_=SIGHTING.c.settles_at.type))
)


def seen_of(conn: Connection, mails: Iterable[Mail]) -> dict[Mail, list[Seen]]:
    """Return what was seen of each of these mails, by one statement for each source."""
    wanted: dict[str, set[bytes]] = {}
    for source_id, mail in mails:
        wanted.setdefault(source_id, set()).add(mail)
    found: dict[Mail, list[Seen]] = {}
    for source_id, digests in wanted.items():
        for some in chunks(sorted(digests)):
            query = _OF_SOURCE.where(SIGHTING.c.source_id == source_id, SIGHTING.c.mail.in_(some))
            for row in conn.execute(query):
                found.setdefault((source_id, bytes(row.mail)), []).append(_seen(row))
    return found


def _seen(row: Any) -> Seen:
    told = None
    if row.told_by is not None:
        told = StoredMark(row.told_by, row.told_reason, row.told_version)
    sighting = Sighting(
        row.key,
        row.kind,
        row.occurred_at,
        None if row.link is None else bytes(row.link),
        Mark(row.made_by, row.made_by_reason),
        row.settles_at,
    )
    return Seen(row.source_id, bytes(row.mail), row.receipt_id, row.identity, sighting, told)


def add_sightings(conn: Connection, seen: Sequence[Seen]) -> None:
    """Remember sightings; one that is there already stays."""
    bulk_insert(
        conn,
        SIGHTING,
        COLUMNS,
        [
            (
                *(one.source_id, one.mail, one.sighting.key, one.receipt_id, one.identity),
                *(one.sighting.kind, one.sighting.occurred_at, one.sighting.link),
                *(one.sighting.own.made_by, one.sighting.own.reason, one.sighting.settles_at),
            )
            for one in seen
        ],
    )


def forget_sightings(conn: Connection, receipt_ids: Iterable[str]) -> None:
    """Forget what was seen in these receipts."""
    for ids in chunks(list(receipt_ids)):
        conn.execute(delete(SIGHTING).where(SIGHTING.c.receipt_id.in_(ids)))


def waiting_mails(conn: Connection, now: datetime, limit: int) -> set[Mail]:
    """Return mails with a sighting that has waited long enough."""
    query = (
        select(SIGHTING.c.source_id, SIGHTING.c.mail)
        .where(SIGHTING.c.settles_at <= now)
        .order_by(SIGHTING.c.settles_at)
        .limit(limit)
    )
    return {(row.source_id, bytes(row.mail)) for row in conn.execute(query)}


def end_waiting(conn: Connection, ends: Iterable[tuple[Seen, datetime | None]]) -> None:
    """Write until when sightings wait; None: no longer."""
    rows = [
        {
            "_source": one.source_id,
            "_mail": one.mail,
            "_key": one.sighting.key,
            "_end": end,
        }
        for one, end in ends
    ]
    if rows:
        conn.execute(_END, rows)


def count_marks(conn: Connection, changes: Mapping[tuple[str, StoredMark], int]) -> None:
    """Add to how many touches of a source have a mark: (source, mark) → by how much."""
    rows = [
        {
            "source_id": source_id,
            "made_by": mark.made_by,
            "made_by_reason": mark.reason,
            "made_by_version": mark.version,
            "count": change,
        }
        for (source_id, mark), change in sorted(changes.items())
        if change
    ]
    if rows:
        statement = insert(conn, MARK_COUNT)
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=[column.name for column in MARK_COUNT.primary_key],
                set_={"count": MARK_COUNT.c.count + statement.excluded.count},
            ),
            rows,
        )


def mark_counts(conn: Connection) -> list[Row[Any]]:
    """Return how many touches of each source have which mark, the most frequent first."""
    counted = MARK_COUNT.c["count"]
    query = select(MARK_COUNT).where(counted > 0)
    return list(conn.execute(query.order_by(MARK_COUNT.c.source_id, counted.desc())))


def made_by_counts(conn: Connection) -> dict[str, dict[str, int]]:
    """Return how many touches of each source were made by whom."""
    query = select(
        MARK_COUNT.c.source_id, MARK_COUNT.c.made_by, func.sum(MARK_COUNT.c["count"])
    ).group_by(MARK_COUNT.c.source_id, MARK_COUNT.c.made_by)
    found: dict[str, dict[str, int]] = {}
    for source_id, made_by, count in conn.execute(query):
        found.setdefault(source_id, {})[made_by] = int(count)
    return found


def add_rejudging(
    conn: Connection, source_id: str | None, since: datetime | None, who: str, now: datetime
) -> str:
    """Let touches be judged again out of the receipts there are; return the rejudging's id."""
    rejudging_id = new_id()
    conn.execute(
        insert(conn, REJUDGING).values(
            id=rejudging_id,
            source_id=source_id,
            since=since,
            last_receipt_id=rejudging_id,  # ids of receipts rise with time, as this one's
            receipts=0,
            touches=0,
            changed=0,
            asked_by=who,
            asked_at=now,
        )
    )
    return rejudging_id


def rejudgings(conn: Connection, limit: int | None) -> list[Row[Any]]:
    """Return the latest rejudgings (None: all), the newest first."""
    return list(conn.execute(select(REJUDGING).order_by(REJUDGING.c.id.desc()).limit(limit)))


def next_rejudging(conn: Connection) -> Row[Any] | None:
    """Return the oldest rejudging that is not finished."""
    query = select(REJUDGING).where(REJUDGING.c.finished_at.is_(None))
    return conn.execute(query.order_by(REJUDGING.c.id).limit(1)).first()


def running_rejudging(
    conn: Connection, source_id: str | None, since: datetime | None
) -> Row[Any] | None:
    """Return one of the very same touches that has not begun, if there is any."""
    table = REJUDGING.c
    query = select(REJUDGING).where(
        table.finished_at.is_(None),
        table.cursor.is_(None),
        table.source_id.is_not_distinct_from(source_id),
        table.since.is_not_distinct_from(since),
    )
    return conn.execute(query.limit(1)).first()


def move_rejudging(conn: Connection, rejudging_id: str, **values: Any) -> None:
    """Write how far a rejudging is."""
    conn.execute(update(REJUDGING).where(REJUDGING.c.id == rejudging_id).values(**values))
