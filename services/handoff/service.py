"""Handoff, put together: the one module that knows all its parts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import Connection

from services.handoff.answering import pages
from services.handoff.console import console as pages_for_people
from services.handoff.console.provider import Provider
from services.handoff.consumers import build_consumers
from services.handoff.fields.placed import LARGEST
from services.handoff.handlers.calendars import ensure_calendar
from services.handoff.handlers.console_sessions import end_unused_sessions
from services.handoff.handlers.directory import ensure_last_resort, republish_directory
from services.handoff.handlers.ensure_clocks import ensure_clocks
from services.handoff.handlers.fire_timers import timer_handlers
from services.handoff.handlers.first_policy import ensure_policy
from services.handoff.handlers.leave import ensure_last_days
from services.handoff.handlers.move_handoffs import ensure_no_owner_has_left
from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.handlers.policy_reviews import look_at_every_policy
from services.handoff.handlers.rebuild_scoreboard import ask_for_other_zone
from services.handoff.handlers.sign_in import first_link
from services.handoff.http import (
    agreement,
    batches,
    calendars,
    consent,
    folds,
    handoff_clocks,
    handoffs,
    invitations,
    keys,
    leads,
    leaks,
    lists,
    operations,
    overrides,
    own_hours,
    people,
    people_import,
    policies,
    policy_goals,
    policy_reviews,
    policy_texts,
    promises,
    requests,
    retirement,
    routing,
    scoreboard,
    teams,
    territories,
    tryouts,
)
from services.handoff.metrics import measure_changing, measure_leaks
from services.handoff.settings import HandoffSettings
from services.handoff.store.answer_links import forget_used
from services.handoff.store.forms import forget_forms
from services.handoff.store.identities import forget_returns
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.routing import forget_turns
from services.handoff.store.sessions import forget_old
from services.handoff.store.tables import (
    API_KEY,
    CONSUMER,
    IDEMPOTENCY,
    LEASE,
    OUTBOX,
    TABLES,
    TIMER,
)
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from services.handoff.workers.changing import Changing
from services.handoff.workers.tryouts import TryoutWorker
from shared.access import KeyRing
from shared.body import LIMIT
from shared.bus.port import Bus
from shared.clock import Clock
from shared.consumer import parked_count, prune_inbox
from shared.db import Database
from shared.idempotency import forget_answers
from shared.lag import LagMeter
from shared.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_WAITING, PARKED_EVENTS, TIMERS_OVERDUE
from shared.outbox import Outbox
from shared.routes import gathered
from shared.service import Service
from shared.timers import Timers

NAME = "handoff"
PRUNE_S = 3600.0
LEAKS_S = 60.0
SESSIONS_S = 60.0
REPUBLISH_S = 86_400.0


def build(settings: HandoffSettings, bus: Bus, clock: Clock | None = None) -> Service:
    """Return the service, wired and not yet started."""
    db = Database(settings.database_url, NAME, TABLES, clock)
    outbox = Outbox(db, bus, OUTBOX, LEASE)
    timers = Timers(db, TIMER)
    parts = Parts(db, settings, outbox, timers, PolicyShelf(compile_for_shelf))
    timers.handlers = timer_handlers(parts)
    admin_key = settings.admin_key.get_secret_value() if settings.admin_key else None
    ring = KeyRing(db, API_KEY, admin_key)

    notices: list[str] = []

    def prepare_rows(conn: Connection) -> str | None:
        uow = unit_of_work(parts, conn)
        ensure_last_resort(uow)
        ensure_calendar(uow)
        ensure_policy(uow)
        look_at_every_policy(uow)
        ensure_last_days(uow)
        ensure_no_owner_has_left(uow)
        ensure_clocks(uow)
        ask_for_other_zone(uow)
        return first_link(uow)

    async def prepare() -> None:
        token = await db.write(prepare_rows)
        notices[:] = [] if token is None else _way_in(settings, token)
        await ring.refresh()

    def measure_rows(conn: Connection) -> None:
        waiting, oldest = outbox.waiting(conn)
        OUTBOX_WAITING.labels(NAME).set(waiting)
        age_s = (db.now(conn) - oldest).total_seconds() if oldest else 0.0
        OUTBOX_OLDEST_SECONDS.labels(NAME).set(age_s)
        PARKED_EVENTS.labels(NAME).set(parked_count(conn, CONSUMER))
        TIMERS_OVERDUE.labels(NAME).set(timers.overdue(conn)[0])
        measure_changing(conn)

    def look_for_leaks(conn: Connection) -> None:
        measure_leaks(conn, db.now(conn))

    def prune(conn: Connection) -> None:
        outbox.prune(conn)
        prune_inbox(conn, CONSUMER, db.now(conn))
        forget_answers(conn, IDEMPOTENCY, db.now(conn))
        forget_turns(conn, db.now(conn))
        forget_used(conn, db.now(conn) - timedelta(days=settings.link_days))
        forget_old(conn, db.now(conn))
        forget_returns(conn, db.now(conn))
        forget_forms(conn, db.now(conn))

    # Try-outs come first: behind `/v1/policies/` stands the name of any policy.
    life = (tryouts, policies, agreement, retirement, folds, batches)
    of_policies = (*life, policy_texts, policy_goals, policy_reviews, lists)
    of_colleagues = (people, people_import, invitations, teams, territories)
    of_people = (*of_colleagues, calendars, own_hours, keys, leaks)
    of_leads = (leads, overrides, consent, requests)
    of_handoffs = (handoffs, handoff_clocks, routing, promises, scoreboard)
    modules = (*of_leads, *of_handoffs, *of_policies, *of_people, operations)
    consumers = build_consumers(parts, bus)
    lag = LagMeter(db, bus, CONSUMER.position, consumers)
    provider = Provider(settings) if settings.has_provider else None
    console = pages_for_people.build_console(parts)
    routers = [module.router(parts, ring) for module in modules]
    routers += [
        pages.router(parts),
        pages_for_people.router(console, parts, lag, ring, provider),
    ]

    async def measure() -> None:
        await db.read(measure_rows)
        await lag.measure()

    async def close() -> None:
        await lag.close()
        if provider is not None:
            await provider.close()

    return Service(
        name=NAME,
        db=db,
        bus=bus,
        router=gathered(routers),
        loops={
            **{consumer.name: consumer.run for consumer in consumers},
            "outbox": outbox.relay,
            "timers": timers.run,
            "changing": Changing(parts).run,
            "keys": ring.run,
            "tryouts": TryoutWorker(parts).run,
            "directory": _every(REPUBLISH_S, lambda: db.write(_with(parts, republish_directory))),
            "sessions": _every(SESSIONS_S, lambda: db.write(_with(parts, end_unused_sessions))),
            "leaks": _every(LEAKS_S, lambda: db.read(look_for_leaks)),
            "prune": _every(PRUNE_S, lambda: db.write(prune)),
        },
        prepare=prepare,
        measure=measure,
        close=close,
        migrate_on_start=settings.migrate_on_start,
        refusal=console.refusal,
        largest={
            "/people/import": 2 * LARGEST + LIMIT
        },  # a text has two characters for a line's end
        notices=notices,
    )


def _way_in(settings: HandoffSettings, token: str) -> list[str]:
    """Say how the first person gets into the console."""
    return [
        f"Nobody can sign in to the console yet. {settings.owner_email} sets a password, once, at",
        f"  {invitations.invitation_link(settings.public_url, token)}",
    ]


def _with(parts: Parts, handle: Callable[[UnitOfWork], None]) -> Callable[[Connection], None]:
    return lambda conn: handle(unit_of_work(parts, conn))


def _every(interval_s: float, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    async def loop() -> None:
        while True:
            await work()
            await asyncio.sleep(interval_s)

    return loop
