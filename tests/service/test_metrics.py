"""What ``/metrics`` tells of all three services, in states that are known."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, Table, insert, update

from services.handoff.store.tables import OUTBOX, TIMER
from services.notify.store import tables as notify
from services.parts import NAMES, build, settings_class
from shared.bus import open_bus
from shared.bus.port import Bus
from shared.contracts import TOPICS
from shared.ids import new_id
from shared.migrations import migrate
from shared.outbox import to_message
from shared.service import Service
from shared.web import build_app
from tests.builders import Lead
from tests.support.inside import READS
from tests.support.waiting import eventually

Metrics = dict[tuple[str, ...], float]
CONSUMERS = {"handoff.touches", "handoff.answers", "handoff.deliveries", "take_events"}
CONSUMERS |= {"directory", "copy_directory"}


@dataclass
class Product:
    bus: Bus
    services: dict[str, Service]
    http: httpx.AsyncClient

    async def metrics(self) -> Metrics:
        """Return each value by the metric's name and the values of its labels."""
        text = (await self.http.get("/metrics")).text
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def add(self, service: str, table: Table, *rows: dict[str, Any]) -> None:
        def work(conn: Connection) -> None:
            conn.execute(insert(table), list(rows))

        await self.services[service].db.write(work)

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[None]:
        """Let every consumer run."""
        tasks = [
            asyncio.ensure_future(loop())
            for service in self.services.values()
            for name, loop in service.loops.items()
            if name in CONSUMERS and not (service.name == "handoff" and name == "directory")
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Product]:
    """The three services on empty databases. Nothing runs: what is there stays as it is."""
    url = f"sqlite:///{tmp_path}"
    bus = open_bus(url)
    await bus.start()
    await bus.ensure_topics(TOPICS)
    services = {
        name: build(name, settings_class(name)(database_url=url, bus_url=url), bus)
        for name in NAMES
    }
    for service in services.values():
        await service.db.start()
        await migrate(service.db)
        await service.prepare()
    transport = httpx.ASGITransport(app=build_app(list(services.values()), "test"))
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as http:
        yield Product(bus, services, http)
    for service in services.values():
        await service.db.stop()
    await bus.stop()


async def test_the_lag_of_each_consumer_is_what_it_has_not_taken(product):
    await product.bus.publish(list(messages()))
    assert set(await lags(product)) == {3}

    async def is_taken() -> bool:
        return set(await lags(product)) == {0}

    async with product.consuming():
        await eventually(is_taken, 20)


async def lags(product: Product) -> list[float]:
    """Return the lag of each of our consumers."""
    metrics = await product.metrics()
    return [metrics["relevo_consumer_lag", consumer, topic] for _, consumer, topic in READS]


def messages() -> Iterator[Any]:
    """Yield three messages for each topic, of a type that nobody here knows yet."""
    for topic in TOPICS:
        for _ in range(3):
            event = Lead().accepted()
            kind = "added.later.v1"
            payload = event.to_bytes().replace(event.type.encode(), kind.encode())
            yield to_message(topic, event.key, event.id, kind, payload)


async def test_events_that_wait_in_an_outbox_are_counted_with_the_age_of_the_oldest(product):
    before = await product.metrics()
    db = product.services["handoff"].db
    staged_at = await db.read(db.now) - timedelta(hours=1)
    await product.add("handoff", OUTBOX, *(waiting(staged_at) for _ in range(4)))
    await product.add("notify", notify.outbox, waiting(staged_at))
    after = await product.metrics()

    for service, more in (("handoff", 4), ("notify", 1)):
        grown = after["relevo_outbox_waiting", service] - before["relevo_outbox_waiting", service]
        assert grown == more
        assert 3600 <= after["relevo_outbox_oldest_seconds", service] < 3700


def waiting(staged_at: Any) -> dict[str, Any]:
    event = Lead().accepted()
    return {
        "event_id": event.id,
        "type": event.type,
        "topic": event.topic,
        "key": event.key,
        "payload": event.to_bytes(),
        "staged_at": staged_at,
    }


@pytest.mark.parametrize("service", NAMES)
async def test_parked_events_are_counted_in_every_service(product, service):
    db = product.services[service].db
    now = await db.read(db.now)
    rows = [
        {
            "consumer": "some",
            "topic": "relevo.touches.v1",
            "partition": 0,
            "offset": place,
            "key": "lead",
            "event_id": new_id(),
            "type": "touch.recorded.v1",
            "payload": b"{}",
            "reason": "unknown",
            "failures": 1,
            "parked_at": now,
        }
        for place in range(2)
    ]
    await product.add(service, db.tables.tables["parked_event"], *rows)

    metrics = await product.metrics()
    assert {name: metrics["relevo_parked_events", name] for name in NAMES} == {
        name: 2 if name == service else 0 for name in NAMES
    }


async def test_timers_that_are_due_and_have_not_fired_are_counted(product):
    db = product.services["handoff"].db
    now = await db.read(db.now)
    overdue = ("relevo_timers_overdue", "handoff")
    # Nothing fires here, so the first look at the starter policy's review waits already.
    assert (await product.metrics())[overdue] == 1
    await product.add(
        "handoff",
        TIMER,
        timer("armed", now - timedelta(minutes=1)),
        timer("armed", now + timedelta(hours=1)),
        timer("fired", now - timedelta(minutes=1)),
    )

    assert (await product.metrics())[overdue] == 2


def timer(state: str, due_at: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": "accept",
        "subject": new_id(),
        "step": 1,
        "due_at": due_at,
        "state": state,
        "generation": 1,
        "tries": 0,
        "try_at": due_at,
    }


async def test_deliveries_and_subscriptions_are_counted_by_their_state(product):
    db = product.services["notify"].db
    now = await db.read(db.now)
    subscriptions = [subscription(state, now) for state in ("active", "active", "disabled")]
    await product.add("notify", notify.subscription, *subscriptions)
    hour_ago = now - timedelta(hours=1)
    rows = [
        delivery(subscriptions[0]["id"], place, hour_ago, state, settled_at)
        for place, (state, settled_at) in enumerate(
            [("pending", None), ("waiting", None), ("parked", now), ("delivered", now)]
        )
    ]
    await product.add("notify", notify.delivery, *rows)
    await db.write(lambda conn: conn.execute(update(notify.feed_end).values(position=7)) and None)

    metrics = await product.metrics()
    assert metrics["relevo_deliveries_open", "webhook"] == 2
    assert metrics["relevo_deliveries_parked",] == 1
    assert 3600 <= metrics["relevo_deliveries_oldest_seconds",] < 3700
    assert metrics["relevo_feed_position",] == 7
    states = {key[1]: n for key, n in metrics.items() if key[0] == "relevo_subscriptions"}
    assert states == {"active": 2, "disabled": 1}


def subscription(state: str, now: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "name": "crm",
        "channel": "webhook",
        "url": "https://crm.acme.com/hook",
        "event_types": ["*"],
        "headers": {},
        "language": "en",
        "zone": "UTC",
        "state": state,
        "secrets": [],
        "revision": 1,
        "created_at": now,
        "updated_at": now,
    }


def delivery(
    subscription_id: str, position: int, created_at: Any, state: str, settled_at: Any
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "subscription_id": subscription_id,
        "position": position,
        "event_id": new_id(),
        "event_type": "handoff.accepted.v1",
        "key": f"lead-{position}",
        "channel": "webhook",
        "state": state,
        "next_attempt_at": created_at,
        "created_at": created_at,
        "settled_at": settled_at,
    }
