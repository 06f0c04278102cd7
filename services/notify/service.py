"""The composition root of notify: the only module that knows all its parts."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pydantic import SecretStr
from sqlalchemy import Connection

from services.notify import consumers
from services.notify.broadcast import Broadcast
from services.notify.channels import build_channels
from services.notify.channels.parts import Parts as ChannelParts
from services.notify.console.console import build_console
from services.notify.console.console import router as pages_router
from services.notify.console.operations import operations
from services.notify.console.tools import Installation, Tools
from services.notify.domain.deliveries import Delivery
from services.notify.domain.events import FeedEvent
from services.notify.handlers.claim_deliveries import claim_for_people, claim_for_subscription
from services.notify.handlers.copy_directory import copy_directory
from services.notify.handlers.record_attempts import Finished, record_attempts
from services.notify.handlers.record_events import record_events
from services.notify.http import deliveries, feed, inbox, subscriptions
from services.notify.settings import NotifySettings
from services.notify.store import tables
from services.notify.store.performance import prune as prune_hours
from services.notify.unit_of_work import Parts, Tuning, UnitOfWork
from services.notify.workers import upkeep
from services.notify.workers.post import AnswerPages, Post
from services.notify.workers.sender import Sender, Storage
from shared import addresses, metrics
from shared.access import KeyRing
from shared.bus.port import Bus
from shared.clock import Clock, SystemClock
from shared.console.operations import router as operations_pages
from shared.console.session_copies import forget_sessions
from shared.consumer import Consumer, parked_count, prune_inbox
from shared.contracts import Envelope
from shared.db import Database
from shared.egress import Egress
from shared.idempotency import forget_answers
from shared.lag import LagMeter
from shared.operations import audit_router, parked_router
from shared.outbox import Outbox
from shared.routes import gathered
from shared.service import Service
from shared.wakeup import Wakeup

NAME = "notify"
HOURS_KEPT = timedelta(days=30)
T = TypeVar("T")


def build(settings: NotifySettings, bus: Bus, clock: Clock | None = None) -> Service:
    """Return notify, wired and ready to start. ``clock`` replaces the time in tests."""
    now = (clock or SystemClock()).now
    db = Database(settings.database_url, NAME, tables.TABLES, clock)
    outbox = Outbox(db, bus, tables.outbox, tables.lease)
    keys = KeyRing(db, tables.api_key, _secret(settings.admin_key) or None)
    egress = Egress(addresses.networks(settings.egress_allow))
    channels = build_channels(
        ChannelParts(
            egress,
            now,
            smtp_url=_secret(settings.smtp_url),
            mail_from=settings.mail_from,
            webhook_secret=_secret(settings.personal_webhook_secret),
        )
    )
    seal = settings.link_seal() if settings.sends_links() else None
    pages = AnswerPages(seal, settings.public_url) if seal else None
    post = Post(egress, channels, now, settings.language, settings.zone, pages)
    tuning = Tuning(
        fold_updates=timedelta(seconds=settings.fold_updates_s),
        feed_kept=timedelta(days=settings.feed_kept_days),
        deliveries_kept=timedelta(days=settings.deliveries_kept_days),
    )
    feed_grew, replay_started = Broadcast(), Wakeup()

    def unit(conn: Connection) -> UnitOfWork:
        return UnitOfWork(conn, db.now(conn), outbox, tuning, post.is_usable)

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

    sender = Sender(Storage(next_due, claim, record), post.send, clock or SystemClock())

    def take_events(conn: Connection, events: list[FeedEvent]) -> None:
        record_events(unit(conn), events, sender, feed_grew.set)

    def take_directory(conn: Connection, envelopes: list[Envelope]) -> None:
        copy_directory(unit(conn), envelopes)
        keys.changes_with(conn)

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

    lag = LagMeter(db, bus, tables.consumer.position, [events, directory])

    async def measure() -> None:
        await read(lambda uow: _measure(uow, outbox))
        await lag.measure()

    async def close() -> None:
        await lag.close()
        await egress.close()

    async def is_replaying() -> bool:
        return await read(lambda uow: uow.subscriptions.is_replaying())

    async def prepare() -> None:
        if db.is_sqlite:  # one process owns the file: whatever was claimed, nobody sends it now
            await write(lambda uow: uow.deliveries.end_claims(uow.now))
        await keys.refresh()

    console = build_console(settings, db)
    parts = Parts(db, keys, egress, unit, post.send, post.say, sender.wake, replay_started.set)
    tools = Tools(console, parts, post.compose, _installation(settings), feed_grew)
    routers = (
        subscriptions.router(parts),
        deliveries.router(parts),
        feed.router(parts, feed_grew),
        inbox.router(parts, post.compose, settings.language, settings.zone),
        pages_router(tools),
        parked_router(NAME, db, tables.consumer.parked, tables.audit, keys),
        audit_router(f"/v1/operations/{NAME}/audit", db, tables.audit, keys),
        operations_pages(console, operations(db, outbox, lag)),
    )
    return Service(
        name=NAME,
        db=db,
        bus=bus,
        router=gathered(routers),
        loops={
            "take_events": events.run,
            "copy_directory": directory.run,
            "send": sender.run,
            "relay": outbox.relay,
            "refresh_keys": keys.run,
            "replay": partial(upkeep.replay, write, is_replaying, replay_started, sender.wake),
            "watch_subscriptions": upkeep.every(
                upkeep.WATCH_EVERY_S, partial(upkeep.watch, write, channels["email"])
            ),
            "prune": upkeep.every(upkeep.PRUNE_EVERY_S, partial(upkeep.prune, write, FORGET)),
        },
        prepare=prepare,
        measure=measure,
        close=close,
        refusal=console.refusal,
        migrate_on_start=settings.migrate_on_start,
    )


def _installation(settings: NotifySettings) -> Installation:
    return Installation(
        mail_from=settings.mail_from if settings.smtp_url else None,
        signs_webhooks=settings.personal_webhook_secret is not None,
        language=settings.language,
        zone=settings.zone,
    )


def _secret(setting: SecretStr | None) -> str:
    return setting.get_secret_value() if setting else ""


def _forget_rest(uow: UnitOfWork, _limit: int) -> int:
    forget_sessions(uow.conn, tables.console_session, uow.now)
    prune_inbox(uow.conn, tables.consumer, uow.now)
    forget_answers(uow.conn, tables.idempotent_answer, uow.now)
    return 0


FORGET: list[upkeep.Forget] = [
    lambda uow, limit: uow.feed.prune(uow.now - uow.tuning.feed_kept, limit),
    lambda uow, limit: uow.notifications.prune(uow.now - uow.tuning.feed_kept, limit),
    lambda uow, limit: uow.deliveries.prune(uow.now - uow.tuning.deliveries_kept, limit),
    lambda uow, limit: prune_hours(uow.conn, uow.now - HOURS_KEPT, limit),
    _forget_rest,
]


def _measure(uow: UnitOfWork, outbox: Outbox) -> None:
    waiting, oldest = outbox.waiting(uow.conn)
    metrics.OUTBOX_WAITING.labels(NAME).set(waiting)
    metrics.OUTBOX_OLDEST_SECONDS.labels(NAME).set(_age_s(oldest, uow.now))
    metrics.PARKED_EVENTS.labels(NAME).set(parked_count(uow.conn, tables.consumer))
    metrics.DELIVERIES_OPEN.clear()
    for channel, count in uow.deliveries.open_counts():
        metrics.DELIVERIES_OPEN.labels(channel).set(count)
    metrics.DELIVERIES_PARKED.set(uow.deliveries.parked_count())
    metrics.DELIVERIES_OLDEST_SECONDS.set(_age_s(uow.deliveries.oldest_open(), uow.now))
    metrics.FEED_POSITION.set(uow.feed.end())
    metrics.SUBSCRIPTIONS.clear()
    for state, count in uow.subscriptions.counts():
        metrics.SUBSCRIPTIONS.labels(state).set(count)


def _age_s(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0.0
