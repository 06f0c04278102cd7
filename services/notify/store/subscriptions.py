"""Subscriptions: systems and team channels that want events."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from services.notify.domain.deliveries import Endpoint
from services.notify.store.tables import delivery, subscription, subscription_hour

LISTENING = select(subscription).where(subscription.c.state != "disabled")
SENDS_AGAIN = subscription.c.replay_next.is_not(None) | subscription.c.redeliver_next.is_not(None)
# Written at most once a minute while all is well.
NOTE_SUCCESS = (
    update(subscription)
    .where(
        subscription.c.id == bindparam("subscription_id"),
        subscription.c.failing_since.is_not(None)
        | subscription.c.last_success_at.is_(None)
        | (subscription.c.last_success_at < bindparam("stale")),
    )
    .values(last_success_at=bindparam("now"), failing_since=None, warned_at=None)
)


class SubscriptionStore:
    """The subscriptions in one transaction."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def all(self) -> list[Row[Any]]:
        """Return every subscription, oldest first."""
        return list(self._conn.execute(select(subscription).order_by(subscription.c.id)))

    def listening(self) -> list[Row[Any]]:
        """Return those that get events: active ones, and paused ones, whose events queue."""
        return list(self._conn.execute(LISTENING))

    def counts(self) -> list[tuple[str, int]]:
        """Return (state, number)."""
        rows = self._conn.execute(
            select(subscription.c.state, func.count()).group_by(subscription.c.state)
        )
        return [(row[0], row[1]) for row in rows]

    def is_replaying(self) -> bool:
        """Return whether a replay or a redelivery is under way."""
        some = select(subscription.c.id).where(SENDS_AGAIN, subscription.c.state == "active")
        return self._conn.execute(some.limit(1)).first() is not None

    def replaying(self) -> list[Row[Any]]:
        """Return the active ones that send again; nobody else takes their next step."""
        return list(
            self._conn.execute(
                select(subscription)
                .where(SENDS_AGAIN, subscription.c.state == "active")
                .order_by(subscription.c.id)
                .with_for_update(skip_locked=True)
            )
        )

    def get(self, subscription_id: str) -> Row[Any] | None:
        """Return one, locked against changes by others until the commit."""
        return self._conn.execute(
            select(subscription).where(subscription.c.id == subscription_id).with_for_update()
        ).first()

    def peek(self, subscription_id: str) -> Row[Any] | None:
        """Return one without a lock."""
        return self._conn.execute(
            select(subscription).where(subscription.c.id == subscription_id)
        ).first()

    def add(self, values: Mapping[str, Any]) -> None:
        self._conn.execute(insert(subscription).values(**values))

    def change(self, subscription_id: str, now: datetime, **values: Any) -> None:
        """Change some columns; the revision rises."""
        self._conn.execute(
            update(subscription)
            .where(subscription.c.id == subscription_id)
            .values(updated_at=now, revision=subscription.c.revision + 1, **values)
        )

    def advance(self, subscription_id: str, **values: Any) -> None:
        """Note how far sending again is. Nobody's change is out of date by it."""
        self._conn.execute(
            update(subscription).where(subscription.c.id == subscription_id).values(**values)
        )

    def note_success(self, subscription_id: str, now: datetime) -> None:
        """Remember that something arrived."""
        stale = now - timedelta(minutes=1)
        parameters = {"subscription_id": subscription_id, "stale": stale, "now": now}
        self._conn.execute(NOTE_SUCCESS, parameters)

    def note_failure(self, subscription_id: str, reason: str, now: datetime) -> None:
        """Remember since when nothing succeeds, and that it failed just now, and why."""
        since, last = subscription.c.failing_since, subscription.c.last_failure_at
        a_minute_ago = now - timedelta(minutes=1)
        self._conn.execute(
            update(subscription)
            # Written at most once a minute.
            .where(subscription.c.id == subscription_id)
            .where(since.is_(None) | last.is_(None) | (last < a_minute_ago))
            .values(
                failing_since=func.coalesce(since, now), last_failure_at=now, last_failure=reason
            )
        )

    def failing(self) -> list[Row[Any]]:
        """Return the ones in use to which nothing gets through."""
        return list(
            self._conn.execute(
                select(subscription).where(
                    subscription.c.state != "disabled", subscription.c.failing_since.is_not(None)
                )
            )
        )

    def disabled_untold(self) -> list[Row[Any]]:
        """Return the disabled ones whose contact does not know yet."""
        warned = subscription.c.warned_at
        return list(
            self._conn.execute(
                select(subscription).where(
                    subscription.c.state == "disabled",
                    warned.is_(None) | (warned < subscription.c.disabled_at),
                )
            )
        )

    def note_warned(self, ids: Sequence[str], now: datetime) -> None:
        if ids:
            self._conn.execute(
                update(subscription).where(subscription.c.id.in_(ids)).values(warned_at=now)
            )

    def remove(self, subscription_id: str) -> None:
        """Delete it with its deliveries."""
        for table in (delivery, subscription_hour):
            self._conn.execute(delete(table).where(table.c.subscription_id == subscription_id))
        self._conn.execute(delete(subscription).where(subscription.c.id == subscription_id))


def endpoint_of(row: Row[Any], now: datetime) -> Endpoint:
    """Return where and how to send for a subscription, with the secrets that are live."""
    live = [
        secret["secret"]
        for secret in row.secrets
        if secret["until"] is None or datetime.fromisoformat(secret["until"]) > now
    ]
    return Endpoint(
        subscription_id=row.id,
        channel=row.channel,
        url=row.url,
        headers=row.headers,
        secrets=tuple(live),
        language=row.language,
        zone=row.zone,
    )
