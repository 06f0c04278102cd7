"""Both buses, for the tests of what every bus promises."""

from uuid import uuid4

import pytest

from tests.contract.bus_clauses import new_topic
from tests.contract.bus_worlds import PATIENT, kafka_world, sqlite_world


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def kind(request):
    """Which bus; Kafka's broker is started before the event loop is in a test."""
    return request.param, request.getfixturevalue("kafka") if request.param == "kafka" else None


@pytest.fixture
def times():
    """How long a member may be silent before another takes over."""
    return PATIENT


@pytest.fixture
async def world(kind, tmp_path, times):
    name, broker = kind
    opened = sqlite_world(tmp_path, times) if name == "sqlite" else kafka_world(broker, times)
    async with opened as world:
        yield world


@pytest.fixture
def bus(world):
    return world.bus


@pytest.fixture
def group():
    return f"group-{uuid4()}"


@pytest.fixture
async def topic(bus):
    """A topic with four partitions, of this test alone."""
    return await new_topic(bus, 4)
