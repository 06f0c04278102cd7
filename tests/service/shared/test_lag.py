"""The lag of consumers, on both buses: what they have not taken, and nothing made up."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from shared import lag as lag_module
from shared.bus.port import BusUnavailable
from shared.consumer import Consumer
from shared.db import Database
from shared.lag import LagMeter
from tests.contract.bus_worlds import kafka_world, sqlite_world
from tests.support.consuming import (
    CATALOGUE,
    CONSUMER,
    PARTITIONS,
    TABLES,
    TOPIC,
    Reading,
    message,
    note,
)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request):
    """Kafka's broker is started before the event loop is in a test."""
    return request.getfixturevalue("kafka") if request.param == "kafka" else None


@pytest.fixture
async def bus(broker, tmp_path):
    async with sqlite_world(tmp_path) if broker is None else kafka_world(broker) as world:
        await world.bus.ensure_topics({TOPIC: PARTITIONS})
        yield world.bus
    if broker is not None:
        await broker.clear()


@pytest.fixture
async def reading(bus, sqlite_url):
    db = Database(sqlite_url, "sample", TABLES)
    await db.start()
    await db.write(TABLES.create_all)
    reading = Reading(db, bus)
    yield reading
    await reading.stop()
    await db.stop()


def shown() -> float | None:
    return REGISTRY.get_sample_value("relevo_consumer_lag", {"consumer": "notes", "topic": TOPIC})


async def test_what_was_published_and_not_taken_is_the_lag(bus, reading):
    meter = LagMeter(reading.db, bus, CONSUMER.position, [reading.consumer])
    assert not any(await bus.publish([message(note(f"lead-{n}", n)) for n in range(20)]))
    await meter.measure()
    assert shown() == 20
    reading.start()
    await reading.until_passed(20)
    await meter.measure()
    assert shown() == 0
    await reading.stop()
    assert not any(await bus.publish([message(note("lead-1", 21))]))
    await meter.measure()

    assert shown() == 1


class Away:
    """A bus that cannot be reached, or does not answer."""

    def __init__(self, answers: bool):
        self._answers = answers
        self.asked = 0

    async def ends(self, topic: str) -> dict[int, int]:
        self.asked += 1
        if self._answers:
            raise BusUnavailable("nobody there")
        await asyncio.Event().wait()
        raise AssertionError("nobody answers")


@pytest.mark.parametrize("answers", [True, False], ids=["unreachable", "silent"])
async def test_who_asks_for_metrics_does_not_wait_for_a_bus_that_is_away(monkeypatch, answers):
    monkeypatch.setattr(lag_module, "PATIENCE_S", 0.05)
    before = shown()
    bus: Any = Away(answers)
    db = Database("sqlite:///unused", "sample", TABLES)
    consumer = Consumer("notes", db, bus, CONSUMER, CATALOGUE, [TOPIC], lambda conn, notes: None)
    meter = LagMeter(db, bus, CONSUMER.position, [consumer])
    await meter.measure()
    await meter.measure()
    await meter.close()

    assert shown() == before
    assert bus.asked == (2 if answers else 1), "one question at a time"
