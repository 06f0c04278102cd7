"""Deliveries: added with the event, claimed by a sender, settled or put off.

All statements are set-based. A sender's results are written only where its claim still
holds, so one that froze and comes back changes nothing.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    tuple_,
    update,
)

from services.notify.domain.deliveries import CLAIM
from services.notify.store.tables import (
    IS_OPEN,
    IS_PARKED,
    IS_PENDING,
    delivery,
    feed_event,
    subscription,
)
from shared.bulk import bulk_insert
from shared.db import chunks, insert
from shared.ids import first_id_at

# Statements of hot paths are built once: building one costs more than running it.
IN_LANES = (
    IS_OPEN,
    delivery.c.subscription_id.in_(bindparam("subscriptions", expanding=True)),
    delivery.c.key.in_(bindparam("keys", expanding=True)),
)
LANE = (delivery.c.subscription_id, delivery.c.key)
LANES = select(*LANE).where(*IN_LANES).distinct()
TAILS = select(*LANE, func.max(delivery.c.position)).where(*IN_LANES).group_by(*LANE)
LOCK_TAILS = (
    select(*LANE)
    .where(tuple_(*LANE, delivery.c.position).in_(TAILS), IS_OPEN)
    .with_for_update(read=True)
)
HEADS = (
    select(*LANE, func.min(delivery.c.position).label("position")).where(*IN_LANES).group_by(*LANE)
)
HELD = (
    select(delivery.c.id, delivery.c.claim)
    .where(delivery.c.id.in_(bindparam("ids", expanding=True)), IS_OPEN)
    .with_for_update()
)
RECORDED = ("state", "failures", "attempts", "next_attempt_at", "settled_at", "reason")
RECORD = (
    update(delivery)
    .where(delivery.c.id == bindparam("delivery_id"))
    .values({name: bindparam(name) for name in RECORDED} | {"claimed_until": None})
)


class DeliveryStore:
    """The deliveries in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store new deliveries; all of one call have the same columns."""
        if rows:
            columns = tuple(rows[0])
            values = [tuple(row[column] for column in columns) for row in rows]
            bulk_insert(self._conn, delivery, columns, values, existing="refuse")

    def busy(self, subscriptions: Iterable[str], keys: Iterable[str]) -> set[tuple[str, str]]:
        """Return the lanes, (subscription, key), in which something is not settled yet.

        What is busy stays so until the commit: who settles the last delivery of a lane has
        to see the one that was added behind it.
        """
        busy: set[tuple[str, str]] = set()
        among = sorted(subscriptions)
        for some in chunks(sorted(set(keys))):
            given = {"subscriptions": among, "keys": some}
            if self._conn.dialect.name == "postgresql":
                busy |= self._hold_lanes(given)
            else:
                busy |= self._lanes(LANES, given)
        return busy

    def _hold_lanes(self, given: Mapping[str, Any]) -> set[tuple[str, str]]:
        """Return the busy lanes, the last delivery of each locked.

        While one of them was waited for, others can have been settled and added; a later
        statement sees that. It is so until every lane that looks busy is held.
        """
        held: set[tuple[str, str]] = set()
        while True:
            held |= self._lanes(LOCK_TAILS, given)
            if self._lanes(LANES, given) <= held:
                return held

    def _lanes(self, query: Select[Any], given: Mapping[str, Any]) -> set[tuple[str, str]]:
        rows = self._conn.execute(query, given)
        return {(row.subscription_id, row.key) for row in rows}

    def get(self, delivery_id: str) -> Row[Any] | None:
        """Return one, locked until the commit."""
        return self._conn.execute(
            select(delivery).where(delivery.c.id == delivery_id).with_for_update()
        ).first()

    def open_count(self, subscription_id: str, most: int) -> int:
        """Return how many deliveries of a subscription are not settled, counted up to ``most``."""
        some = (
            select(delivery.c.id)
            .where(IS_OPEN, delivery.c.subscription_id == subscription_id)
            .limit(most)
        )
        return self._conn.execute(select(func.count()).select_from(some.subquery())).scalar_one()

    def parked(self, subscription_id: str, first: int, before: datetime, limit: int) -> list[int]:
        """Return positions from ``first`` on whose delivery was parked by ``before``, in order."""
        rows = self._conn.execute(
            select(delivery.c.position)
            .where(
                delivery.c.subscription_id == subscription_id,
                IS_PARKED,
                delivery.c.position >= first,
                delivery.c.settled_at <= before,
            )
            .order_by(delivery.c.position)
            .limit(limit)
        )
        return list(rows.scalars())

    def parked_of(self, subscription_id: str) -> int:
        """Return how many deliveries of a subscription are parked."""
        some = delivery.c.subscription_id == subscription_id
        return self._conn.execute(
            select(func.count()).select_from(delivery).where(some, IS_PARKED)
        ).scalar_one()

    def reopen(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add deliveries; a settled one of the same event is tried again from the start."""
        if not rows:
            return
        statement = insert(self._conn, delivery)
        given = statement.excluded
        self._conn.execute(
            statement.on_conflict_do_update(
                index_elements=["subscription_id", "position"],
                set_={
                    "state": given.state,
                    "failures": 0,
                    "next_attempt_at": given.next_attempt_at,
                    "settled_at": None,
                    "reason": None,
                },
                where=delivery.c.settled_at.is_not(None),
            ),
            list(rows),
        )

    # --- claiming ------------------------------------------------------------------------

    def next_due(self) -> dict[str | None, datetime]:
        """Return when each active subscription, and people (None), next need a sender.

        One look at the head of each queue, however long the queues are.
        """
        first = (
            select(func.min(delivery.c.next_attempt_at))
            .where(IS_PENDING, delivery.c.subscription_id == subscription.c.id)
            .scalar_subquery()
        )
        rows = self._conn.execute(
            select(subscription.c.id, first.label("due")).where(subscription.c.state == "active")
        )
        due: dict[str | None, datetime] = {row.id: row.due for row in rows if row.due is not None}
        people = self._conn.execute(
            select(func.min(delivery.c.next_attempt_at)).where(
                IS_PENDING, delivery.c.subscription_id.is_(None)
            )
        ).scalar()
        if people is not None:
            due[None] = people
        return due

    def claim(self, subscription_id: str | None, limit: int, now: datetime) -> list[Row[Any]]:
        """Take up to ``limit`` due deliveries that nobody else holds, those due longest first."""
        mine = (
            delivery.c.subscription_id.is_(None)
            if subscription_id is None
            else delivery.c.subscription_id == subscription_id
        )
        rows = self._conn.execute(
            select(delivery)
            .where(
                IS_PENDING,
                mine,
                delivery.c.next_attempt_at <= now,
                (delivery.c.claimed_until.is_(None)) | (delivery.c.claimed_until <= now),
            )
            .order_by(delivery.c.next_attempt_at, delivery.c.position)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if rows:
            self._conn.execute(
                update(delivery)
                .where(delivery.c.id.in_([row.id for row in rows]))
                # Also the moment of the next look at it, should this sender never come back.
                .values(
                    claim=delivery.c.claim + 1,
                    claimed_until=now + CLAIM,
                    next_attempt_at=now + CLAIM,
                )
            )
        return list(rows)

    def end_claims(self, now: datetime) -> None:
        """Let every claim end now, where nobody can be sending any more."""
        self._conn.execute(
            update(delivery)
            .where(IS_OPEN, delivery.c.claimed_until > now)
            .values(claimed_until=now, next_attempt_at=now)
        )

    def release(self, claims: Mapping[str, int], now: datetime) -> None:
        """Give back what was claimed and not begun."""
        if claims:
            self._conn.execute(
                update(delivery)
                .where(tuple_(delivery.c.id, delivery.c.claim).in_(list(claims.items())))
                .values(claimed_until=None, next_attempt_at=now)
            )

    def held(self, claims: Mapping[str, int]) -> set[str]:
        """Return which of the claims still hold, and keep them so until the commit."""
        rows = self._conn.execute(HELD, {"ids": list(claims)})
        return {row.id for row in rows if claims[row.id] == row.claim}

    def keep_logs(self, logs: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Write down what is known of earlier attempts, by id."""
        if logs:
            self._conn.execute(
                update(delivery)
                .where(delivery.c.id == bindparam("delivery_id"))
                .values(attempts=bindparam("attempts")),
                [{"delivery_id": each, "attempts": log} for each, log in logs.items()],
            )

    # --- settling ------------------------------------------------------------------------

    def record(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write how attempts went: state, failures, log and the next moment, by id."""
        if rows:
            self._conn.execute(RECORD, list(rows))

    def promote(self, lanes: Collection[tuple[str, str]], now: datetime) -> int:
        """Let the first waiting delivery of each (subscription, key) go; return how many.

        One that its sender has claimed together with those before it goes by that claim, and
        is anybody's once the claim has run out: the sender may have died in between.
        """
        heads = [
            (head.subscription_id, head.position)
            for head in self._heads(lanes)
            if (head.subscription_id, head.key) in lanes
        ]
        if not heads:
            return 0
        return self._conn.execute(
            update(delivery)
            .where(
                tuple_(delivery.c.subscription_id, delivery.c.position).in_(heads),
                delivery.c.state == "waiting",
            )
            .values(
                state="pending",
                next_attempt_at=case(
                    (delivery.c.claimed_until > now, delivery.c.claimed_until),
                    else_=literal(now, delivery.c.next_attempt_at.type),
                ),
            )
        ).rowcount

    def _heads(self, lanes: Iterable[tuple[str, str]]) -> list[Row[Any]]:
        """Return the first open delivery in each lane, and in some lanes besides."""
        subscriptions = sorted({subscription_id for subscription_id, _ in lanes})
        heads: list[Row[Any]] = []
        for keys in chunks(sorted({key for _, key in lanes})):
            given = {"subscriptions": subscriptions, "keys": keys}
            heads += self._conn.execute(HEADS, given)
        return heads

    def park_all(self, subscription_id: str, reason: str, now: datetime) -> int:
        """Park what a subscription has not got yet; return how many deliveries."""
        return self._conn.execute(
            update(delivery)
            .where(delivery.c.subscription_id == subscription_id, IS_OPEN)
            .values(
                state="parked",
                reason=reason,
                claim=delivery.c.claim + 1,
                claimed_until=None,
                settled_at=now,
            )
        ).rowcount

    def settle_unneeded(self, ids: Sequence[str], now: datetime) -> None:
        """Settle messages that were overtaken by what happened meanwhile."""
        if ids:
            self._conn.execute(
                update(delivery)
                .where(delivery.c.id.in_(ids))
                .values(
                    state="not_needed",
                    reason="overtaken: the hand-off has moved on",
                    claimed_until=None,
                    settled_at=now,
                )
            )

    # --- what a sender needs besides the rows -------------------------------------------

    def payloads(self, rows: Iterable[Row[Any]]) -> dict[int, tuple[bytes, str | None]]:
        """Return event and trace context of subscriptions' deliveries, by position."""
        positions = {row.position for row in rows if row.position is not None}
        found = self._conn.execute(
            select(feed_event.c.position, feed_event.c.payload, feed_event.c.traceparent).where(
                feed_event.c.position.in_(positions)
            )
        )
        return {row.position: (row.payload, row.traceparent) for row in found}

    def open_counts(self) -> list[tuple[str, int]]:
        """Return (channel, number) of the deliveries that are not settled."""
        rows = self._conn.execute(
            select(delivery.c.channel, func.count()).where(IS_OPEN).group_by(delivery.c.channel)
        )
        return [(row[0], row[1]) for row in rows]

    def parked_count(self) -> int:
        return self._conn.execute(
            select(func.count()).select_from(delivery).where(IS_PARKED)
        ).scalar_one()

    def oldest_open(self) -> datetime | None:
        return self._conn.execute(select(func.min(delivery.c.created_at)).where(IS_OPEN)).scalar()

    def prune(self, older_than: datetime, limit: int) -> int:
        """Delete some deliveries settled before ``older_than``; return how many."""
        old = (
            select(delivery.c.id)
            # Ids rise with time, so this is a short range of the primary key.
            .where(delivery.c.id < first_id_at(older_than), delivery.c.settled_at < older_than)
            .limit(limit)
        )
        return self._conn.execute(delete(delivery).where(delivery.c.id.in_(old))).rowcount
