"""Consumers that wait for nothing long, started as often as a test likes."""

import pytest

from shared import consumer as consumer_module
from tests.support.consuming import TABLES, Reading


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(consumer_module, "POLL_S", 0.05)
    monkeypatch.setattr(consumer_module, "PARKED_LOOK_S", 0.0)
    monkeypatch.setattr(consumer_module, "RETRY_WAITS_S", (0.01, 0.05))


@pytest.fixture
async def new_reading(open_database, bus):
    """Start a consumer with a database connection of its own, as another process would."""
    readings: list[Reading] = []

    async def new_reading(name="one", clock=None, bus=bus):
        reading = Reading(await open_database(TABLES, clock), bus, name)
        readings.append(reading)
        return reading

    yield new_reading
    for reading in readings:
        await reading.stop()
