"""The composition root of notify: the only module that knows all its parts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from fastapi import APIRouter
from pydantic import SecretStr
from sqlalchemy import Connection

from services.notify import consumers
from services.notify.channels import build_channels
from services.notify.channels.events import post_event
from services.notify.channels.parts import Parts as ChannelParts
from services.notify.domain.attempts import Reply
from services.notify.domain.deliveries import Delivery
from services.notify.domain.events import FeedEvent
from services.notify.handlers.claim_deliveries import claim_for_people, claim_for_subscription
from services.notify.handlers.copy_directory import copy_directory
from services.notify.handlers.record_attempts import Finished, record_attempts
from services.notify.handlers.record_events import record_events
from services.notify.settings import NotifySettings
from services.notify.store import tables
from services.notify.texts.compose import compose_event, compose_notice
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


def _secret(setting: SecretStr | None) -> str:
    return setting.get_secret_value() if setting else ""


def build(settings: NotifySettings, bus: Bus, clock: Clock | None = None) -> Service:
    """Return notify, wired and ready to start. ``clock`` replaces the time in tests."""
    db = Database(settings.database_url, NAME, tables.TABLES, clock)
    outbox = Outbox(db, bus, tables.outbox, tables.lease)
    keys = KeyRing(db, tables.api_key, _secret(settings.admin_key) or None)
    egress = Egress(addresses.networks(settings.egress_allow))
    now = (clock or SystemClock()).now
    tuning = Tuning(
        fold_updates=timedelta(seconds=settings.fold_updates_s),
        feed_kept=timedelta(days=settings.feed_kept_days),
        deliveries_kept=timedelta(days=settings.deliveries_kept_days),
    )

    channels = build_channels(
        ChannelParts(
            egress,
            now,
            smtp_url=_secret(settings.smtp_url),
            mail_from=settings.mail_from,
            webhook_secret=_secret(settings.personal_webhook_secret),
        )
    )

    def is_usable(channel: str, address: str) -> bool:
        return channel in channels and channels[channel].is_usable(address)

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
        endpoint, notice = delivery.endpoint, delivery.notice
        if endpoint is None:
            assert notice is not None
            message = compose_notice(notice, settings.language, settings.zone)
            channel = channels[delivery.channel]
            return await channel.send(delivery.address, message, notice.notification_id)
        if endpoint.channel == "webhook":
            return await post_event(egress, delivery, now())
        message = compose_event(delivery.payload, endpoint.language, endpoint.zone)
        return await channels[endpoint.channel].send(endpoint.url, message, delivery.event_id)

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
