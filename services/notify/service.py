"""The composition root of notify: the only module that knows all its parts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from fastapi import APIRouter
from sqlalchemy import Connection

from services.notify import consumers
from services.notify.channels.events import post_event
from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from services.notify.domain.events import FeedEvent
from services.notify.handlers.claim_deliveries import claim_for_people, claim_for_subscription
from services.notify.handlers.copy_directory import copy_directory
from services.notify.handlers.record_attempts import Finished, record_attempts
from services.notify.handlers.record_events import record_events
from services.notify.settings import NotifySettings
from services.notify.store import tables
from services.notify.unit_of_work import Tuning, UnitOfWork
from services.notify.workers.sender import Sender, Storage
from shared import addresses
from shared.access import KeyRing
from shared.bus.port import Bus
from shared.clock import Clock, SystemClock
from shared.consumer import Consumer
from shared.contracts import Envelope
from shared.db import Database
from shared.egress import Egress
from shared.outbox import Outbox
from shared.service import Service
from shared.wakeup import Wakeup

NAME = "notify"
T = TypeVar("T")


def build(settings: NotifySettings, bus: Bus, clock: Clock | None = None) -> Service:
    """Return notify, wired and ready to start. ``clock`` replaces the time in tests."""
    db = Database(settings.database_url, NAME, tables.TABLES, clock)
    outbox = Outbox(db, bus, tables.outbox, tables.lease)
    keys = KeyRing(
        db,
        tables.api_key,
        settings.admin_key.get_secret_value() if settings.admin_key else None,
    )
    egress = Egress(addresses.networks(settings.egress_allow))
    now = (clock or SystemClock()).now
    tuning = Tuning(
        fold_updates=timedelta(seconds=settings.fold_updates_s),
        feed_kept=timedelta(days=settings.feed_kept_days),
        deliveries_kept=timedelta(days=settings.deliveries_kept_days),
    )

    def is_usable(channel: str, address: str) -> bool:
        return channel == "inbox"

    def unit(conn: Connection) -> UnitOfWork:
        return UnitOfWork(conn, db.now(conn), outbox, tuning, is_usable)

    async def write(work: Callable[[UnitOfWork], T]) -> T:
        return await db.write(lambda conn: work(unit(conn)))

    async def read(work: Callable[[UnitOfWork], T]) -> T:
        return await db.read(lambda conn: work(unit(conn)))

    async def next_due() -> tuple[datetime, Mapping[str | None, datetime]]:
        return await read(lambda uow: (uow.now, uow.deliveries.next_due()))

    async def claim(subscription_id: str | None, limit: int) -> list[Delivery]:
        if subscription_id is None:
            return await write(lambda uow: claim_for_people(uow, limit))
        return await write(lambda uow: claim_for_subscription(uow, subscription_id, limit))

    async def record(finished: Sequence[Finished]) -> bool:
        return await write(lambda uow: record_attempts(uow, finished))

    async def send(delivery: Delivery) -> Reply:
        if delivery.endpoint is not None:
            return await post_event(egress, delivery, now())
        return Reply("sent", ok=True)

    sender = Sender(Storage(next_due, claim, record), send, clock or SystemClock())
    feed_grew = Wakeup()

    def take_events(conn: Connection, events: list[FeedEvent]) -> None:
        record_events(unit(conn), events, sender, feed_grew.set)

    def take_directory(conn: Connection, envelopes: list[Envelope]) -> None:
        copy_directory(unit(conn), envelopes)

    events = Consumer(
        NAME, db, bus, tables.consumer, consumers.FeedReader(), [consumers.HANDOFFS], take_events
    )
    directory = Consumer(
        f"{NAME}.directory",
        db,
        bus,
        tables.consumer,
        consumers.directory_events,
        [consumers.DIRECTORY],
        take_directory,
    )

    async def prepare() -> None:
        await keys.refresh()

    async def measure() -> None:
        pass

    return Service(
        name=NAME,
        db=db,
        bus=bus,
        router=APIRouter(),
        loops={
            "take_events": events.run,
            "copy_directory": directory.run,
            "send": sender.run,
            "relay": outbox.relay,
            "refresh_keys": keys.run,
        },
        prepare=prepare,
        measure=measure,
        close=egress.close,
        migrate_on_start=settings.migrate_on_start,
    )
