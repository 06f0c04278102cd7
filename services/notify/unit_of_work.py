"""One transaction of notify: its stores, its time, and what leaves with it; what makes one."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from services.notify.domain.messages import Message
from services.notify.domain.notifications import Route
from services.notify.store.deliveries import DeliveryStore
from services.notify.store.feed import FeedStore
from services.notify.store.handoffs import HandoffStore
from services.notify.store.notifications import NotificationStore
from services.notify.store.people import PeopleStore
from services.notify.store.subscriptions import SubscriptionStore
from services.notify.store.tables import audit
from shared.access import KeyRing
from shared.audit import Entry, write_down
from shared.contracts import Envelope
from shared.db import Database, after_commit
from shared.egress import Egress
from shared.outbox import Outbox

T = TypeVar("T")


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


@dataclass(frozen=True)
class Parts:
    """What routes and pages are made of: database and keys, and the ways into the rest."""

    db: Database
    keys: KeyRing
    egress: Egress
    unit: Callable[..., UnitOfWork]
    send: Callable[[Delivery], Awaitable[Reply]]
    say: Callable[[Route, Message], Awaitable[Reply]]
    wake_sender: Callable[[], None]
    wake_replay: Callable[[], None]

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in one transaction."""
        return await self.db.write(lambda conn: work(self.unit(conn)))

    async def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` on one snapshot; it must write nothing."""
        return await self.db.read(lambda conn: work(self.unit(conn)))
