"""The feed: every event in the order of its positions, as the bytes it came in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from services.notify.domain.events import FeedEvent
from services.notify.store.tables import feed_end, feed_event
from shared.bulk import bulk_insert

COLUMNS = (
    *("position", "event_id", "type", "key", "lead_id", "handoff_id", "policy"),
    *("traceparent", "stored_at", "payload"),
)
WITHOUT_BYTES = [column for column in feed_event.c if column.name != "payload"]
# Statements of hot paths are built once: building one costs more than running it.
TAKE = (
    update(feed_end)
    .values(position=feed_end.c.position + bindparam("count", type_=BigInteger))
    .returning(feed_end.c.position)
)


class FeedStore:
    """The feed in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def append(self, events: Sequence[FeedEvent], now: datetime) -> dict[str, int]:
        """Store the events behind the last one; return each one's position by its id.

        Locks the end of the feed until the commit.
        """
        first = self._take(len(events))
        positions = {event.id: first + place for place, event in enumerate(events)}
        rows = [
            (
                positions[event.id],
                event.id,
                event.type,
                event.key,
                event.lead_id,
                event.handoff_id,
                event.policy,
                event.traceparent,
                now,
                event.payload,
            )
            for event in events
        ]
        bulk_insert(self._conn, feed_event, COLUMNS, rows, existing="refuse")
        return positions

    def _take(self, count: int) -> int:
        end = self._conn.execute(TAKE, {"count": count}).scalar_one()
        return int(end) - count + 1

    def end(self) -> int:
        """Return the position of the last event, 0 when there has been none."""
        return int(self._conn.execute(select(feed_end.c.position)).scalar_one())

    def oldest(self) -> int | None:
        """Return the position of the oldest event still kept."""
        return self._conn.execute(select(func.min(feed_event.c.position))).scalar()

    def position_before(self, moment: datetime) -> int:
        """Return the cursor from which everything stored at or after ``moment`` follows."""
        first: int | None = self._conn.execute(
            select(feed_event.c.position)
            .where(feed_event.c.stored_at >= moment)
            .order_by(feed_event.c.stored_at, feed_event.c.position)
            .limit(1)
        ).scalar()
        return self.end() if first is None else first - 1

    def after(self, position: int, limit: int, types: Iterable[str] = ()) -> list[Row[Any]]:
        """Return up to ``limit`` events behind ``position``, oldest first."""
        return list(
            self._conn.execute(
                select(feed_event.c.position, feed_event.c.type, feed_event.c.payload)
                .where(feed_event.c.position > position, *_of_types(types))
                .order_by(feed_event.c.position)
                .limit(limit)
            )
        )

    def span(self, first: int, last: int, limit: int) -> list[Row[Any]]:
        """Return what is known of the events from ``first`` to ``last``, without their bytes."""
        return list(
            self._conn.execute(
                select(*WITHOUT_BYTES)
                .where(feed_event.c.position.between(first, last))
                .order_by(feed_event.c.position)
                .limit(limit)
            )
        )

    def at(self, positions: Iterable[int]) -> list[Row[Any]]:
        """Return what is known of the events at ``positions``, in order, without their bytes."""
        return list(
            self._conn.execute(
                select(*WITHOUT_BYTES)
                .where(feed_event.c.position.in_(list(positions)))
                .order_by(feed_event.c.position)
            )
        )

    def payloads(self, positions: Iterable[int]) -> Mapping[int, bytes]:
        """Return the bytes of the events at ``positions``; one no longer kept is missing."""
        rows = self._conn.execute(
            select(feed_event.c.position, feed_event.c.payload).where(
                feed_event.c.position.in_(list(positions))
            )
        )
        return {row.position: row.payload for row in rows}

    def prune(self, older_than: datetime, limit: int) -> int:
        """Delete some of the events stored before ``older_than``; return how many."""
        old = (
            select(feed_event.c.position)
            .where(feed_event.c.stored_at < older_than)
            .order_by(feed_event.c.stored_at)
            .limit(limit)
        )
        return self._conn.execute(delete(feed_event).where(feed_event.c.position.in_(old))).rowcount


def _of_types(types: Iterable[str]) -> list[ColumnElement[bool]]:
    column = feed_event.c.type
    parts = [
        column.startswith(kind[:-1], autoescape=True) if kind.endswith("*") else column == kind
        for kind in types
    ]
    return [or_(*parts)] if parts else []
