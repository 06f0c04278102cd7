"""Notify's core on a real database: handlers in real transactions, no HTTP, no bus."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Row, select

from services.notify.consumers import FeedReader
from services.notify.domain.attempts import Attempt, Reply
from services.notify.domain.deliveries import Delivery
from services.notify.handlers.claim_deliveries import claim_for_people, claim_for_subscription
from services.notify.handlers.copy_directory import copy_directory
from services.notify.handlers.manage_subscriptions import create_subscription
from services.notify.handlers.record_attempts import Finished, record_attempts
from services.notify.handlers.record_events import Lane, record_events
from services.notify.store import tables
from services.notify.store.subscriptions import SubscriptionStore
from services.notify.unit_of_work import Tuning, UnitOfWork
from shared.bus import open_bus
from shared.contracts import Envelope
from shared.db import Database
from shared.migrations import migrate
from shared.outbox import Outbox
from tests.builders import NOON, SetClock

T = TypeVar("T")
OK = Reply("sent", ok=True, status=200)
BUSY = Reply("sent", ok=False, status=503, reason="http 503")
GONE = Reply("sent", ok=False, status=410, reason="http 410")
REFUSED = Reply("sent", ok=False, status=404, reason="http 404", is_final=True)
UNKNOWN = Reply("unknown", ok=False, reason="no answer in time")


@dataclass
class Counter:
    """A desk that takes ``places`` lanes per queue and keeps what it is given."""

    places: int = 0
    lanes: deque[Lane] = field(default_factory=deque)
    woken: int = 0

    def room(self, queue: str) -> int:
        return self.places - sum(lane[0].queue == queue for lane in self.lanes)

    def give(self, lanes: Sequence[Lane]) -> None:
        self.lanes.extend(lanes)

    def wake(self) -> None:
        self.woken += 1


@dataclass
class World:
    """Events in, deliveries out, step by step, at the clock's time."""

    db: Database
    outbox: Outbox
    clock: SetClock
    desk: Counter
    usable: set[str] = field(default_factory=lambda: {"email", "slack", "teams", "inbox"})
    tuning: Tuning = field(default_factory=Tuning)
    growths: int = 0

    def unit(self, conn: Connection) -> UnitOfWork:
        return UnitOfWork(
            conn, self.db.now(conn), self.outbox, self.tuning, lambda name, _: name in self.usable
        )

    async def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run ``work`` in one transaction."""
        return await self.db.write(lambda conn: work(self.unit(conn)))

    async def take(self, *envelopes: Envelope) -> None:
        """Take events as one batch from the bus."""
        events = [FeedReader().read(envelope.to_bytes()) for envelope in envelopes]
        await self.run(lambda uow: record_events(uow, events, self.desk, self._grow))

    def _grow(self) -> None:
        self.growths += 1

    async def take_directory(self, *envelopes: Envelope) -> None:
        """Take people and keys."""
        await self.run(lambda uow: copy_directory(uow, envelopes))

    async def subscribe(self, *event_types: str, **values: Any) -> str:
        """Add a subscription and return its id."""
        given: dict[str, Any] = {
            "name": "crm",
            "channel": "webhook",
            "url": "https://crm.acme.com/hook",
            "event_types": list(event_types or ["*"]),
            "policies": None,
            "headers": {},
            "language": "en",
            "zone": "UTC",
            "contact_email": "ops@acme.com",
        }
        row, _ = await self.run(lambda uow: create_subscription(uow, "Ana", given | values))
        return str(row.id)

    async def claim(self, subscription_id: str | None, limit: int = 100) -> list[Delivery]:
        """Claim what is due now."""
        if subscription_id is None:
            return await self.run(lambda uow: claim_for_people(uow, limit))
        return await self.run(lambda uow: claim_for_subscription(uow, subscription_id, limit))

    async def record(self, *results: tuple[Delivery, Reply | None]) -> bool:
        """Write down how attempts went; None gives a delivery back."""
        now = self.clock.now()
        finished = [
            Finished(delivery, None if reply is None else Attempt(now, 5, reply))
            for delivery, reply in results
        ]
        return await self.run(lambda uow: record_attempts(uow, finished))

    async def attempt(self, subscription_id: str | None, reply: Reply) -> list[Delivery]:
        """Claim what is due, let each attempt end with ``reply``, and return the deliveries."""
        claimed = await self.claim(subscription_id)
        await self.record(*((delivery, reply) for delivery in claimed))
        return claimed

    async def deliveries(self, **columns: Any) -> list[Row[Any]]:
        """Return the deliveries with these columns, by position and age."""
        table = tables.delivery
        query = select(table).order_by(table.c.position, table.c.id)
        for name, value in columns.items():
            query = query.where(table.c[name] == value)
        return await self.db.read(lambda conn: list(conn.execute(query)))

    async def notifications(self) -> list[Row[Any]]:
        """Return all messages for people, oldest first."""
        query = select(tables.notification).order_by(tables.notification.c.id)
        return await self.db.read(lambda conn: list(conn.execute(query)))

    async def subscription(self, subscription_id: str) -> Any:
        return await self.db.read(lambda conn: SubscriptionStore(conn).peek(subscription_id))

    async def reports(self) -> list[dict[str, Any]]:
        """Return the data of the events staged about deliveries, with their type."""
        query = select(tables.outbox.c.payload).order_by(tables.outbox.c.id)
        payloads = await self.db.read(lambda conn: conn.execute(query).scalars().all())
        events = [orjson.loads(payload) for payload in payloads]
        return [{"type": event["type"]} | event["data"] for event in events]


@asynccontextmanager
async def open_world(database_url: str, bus_url: str) -> AsyncIterator[World]:
    """Open notify's tables, migrated, at noon."""
    clock = SetClock(NOON)
    db = Database(database_url, "notify", tables.TABLES, clock)
    await db.start()
    await migrate(db)
    outbox = Outbox(db, open_bus(bus_url), tables.outbox, tables.lease)
    yield World(db, outbox, clock, Counter())
    await db.stop()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
