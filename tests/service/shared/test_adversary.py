"""Outbox and consumers over a bus that does all it may: each event has its effect once."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from shared import consumer as consumer_module
from shared import outbox as outbox_module
from shared.bus.sqlite import SqliteBus
from shared.lease import lease_table
from shared.outbox import Outbox, outbox_table
from tests.support.adversarial_bus import AdversarialBus
from tests.support.consuming import PARTITIONS, TABLES, TOPIC, Reading, note

OUTBOX = outbox_table(TABLES)
LEASE = lease_table(TABLES)
COUNT = 200
KEYS = 11


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(consumer_module, "POLL_S", 0.05)
    monkeypatch.setattr(consumer_module, "RETRY_WAITS_S", (0.01, 0.05))
    monkeypatch.setattr(outbox_module, "ERROR_WAIT_S", 0.01)
    monkeypatch.setattr(outbox_module, "POLL_ALONE_S", 0.05)


@asynccontextmanager
async def relaying(outbox):
    task = asyncio.create_task(outbox.relay())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("seed", range(3))
async def test_each_event_has_its_effect_once_in_the_order_of_its_key(
    open_database, tmp_path, seed
):
    real = SqliteBus(tmp_path)
    await real.start()
    await real.ensure_topics({TOPIC: PARTITIONS})
    bus = AdversarialBus(real, seed)
    db = await open_database(TABLES)
    outbox = Outbox(db, bus, OUTBOX, LEASE)
    readings = [Reading(await open_database(TABLES), bus, name) for name in ("one", "two")]
    events = [note(f"lead-{number % KEYS}", number) for number in range(COUNT)]
    await db.write(lambda conn: outbox.stage(conn, events, db.now(conn)))

    async with relaying(outbox):
        for reading in readings:
            reading.start()
        await asyncio.gather(*(reading.until_effects(COUNT) for reading in readings))

        async def all_marked():
            return (await db.read(outbox.waiting))[0] == 0

        await readings[0].until(all_marked)
    published = sum((await real.ends(TOPIC)).values())
    await readings[0].until_passed(published)
    for reading in readings:
        await reading.stop()
    await real.stop()

    effects = await readings[0].effects()
    assert sorted(number for _, number in effects) == list(range(COUNT))
    for key in {key for key, _ in effects}:
        numbers = [number for one, number in effects if one == key]
        assert numbers == sorted(numbers)
    assert published > COUNT, "the adversary doubled nothing"
    assert await readings[0].parked() == []
