"""One transaction of notify: its stores, its time, and what leaves with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from services.notify.store.deliveries import DeliveryStore
from services.notify.store.feed import FeedStore
from services.notify.store.handoffs import HandoffStore
from services.notify.store.notifications import NotificationStore
from services.notify.store.people import PeopleStore
from services.notify.store.subscriptions import SubscriptionStore
from services.notify.store.tables import audit
from shared.audit import Entry, write_down
from shared.contracts import Envelope
from shared.db import after_commit
from shared.outbox import Outbox


@dataclass(frozen=True)
class Tuning:
    """What the installation can choose."""

    fold_updates: timedelta = timedelta(minutes=5)
    feed_kept: timedelta = timedelta(days=90)
    deliveries_kept: timedelta = timedelta(days=30)


class UnitOfWork:
    """The stores bound to one connection. ``now`` is the database's time at its start."""

    def __init__(
        self,
        conn: Connection,
        now: datetime,
        outbox: Outbox,
        tuning: Tuning,
        is_usable: Callable[[str, str], bool],
    ):
        self.conn = conn
        self.now = now
        self.tuning = tuning
        self.is_usable = is_usable
        self.feed = FeedStore(conn)
        self.subscriptions = SubscriptionStore(conn)
        self.deliveries = DeliveryStore(conn)
        self.notifications = NotificationStore(conn)
        self.handoffs = HandoffStore(conn)
        self.people = PeopleStore(conn)
        self._outbox = outbox

    def report(self, envelopes: Iterable[Envelope]) -> None:
        """Stage events about deliveries. Nobody waits for them, so they gather a little."""
        self._outbox.stage(self.conn, envelopes, self.now, urgent=False)

    def audit(
        self,
        who: str,
        what: str,
        subject: str,
        why: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Write down who changed what, when and why."""
        write_down(self.conn, audit, self.now, Entry(who, what, subject, why, detail or {}))

    def after_commit(self, callback: Callable[[], None]) -> None:
        after_commit(self.conn, callback)
