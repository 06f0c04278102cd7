"""A bus, a database or a file that is away for a while loses nothing and parks nothing."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import text

from shared import db_sqlite
from shared.bus.port import BusUnavailable
from shared.db import Database
from tests.support.consuming import TABLES, BusOf, Reading, Wrapped, note, publish, sample


async def test_a_bus_that_is_away_for_a_while_ends_nothing(bus, new_reading):
    class Away(Wrapped):
        failures = 0

        async def poll(self, max_records, timeout_s):
            if Away.failures < 3:
                Away.failures += 1
                raise BusUnavailable("not now")
            return await self.real.poll(max_records, timeout_s)

    await publish(bus, *sample(5))
    reading = (await new_reading(bus=BusOf(bus, Away))).start()
    await reading.until_passed(5)

    assert Away.failures == 3


@pytest.mark.postgres
async def test_a_database_that_crashes_loses_nothing_and_parks_nothing(bus, postgres):
    if not postgres.is_ours:
        pytest.skip("a given server cannot be crashed")
    async with postgres.database() as url:
        db = Database(url, "sample", TABLES)
        await db.write(lambda conn: conn.execute(text("CREATE SCHEMA relevo_sample")))
        await db.write(TABLES.create_all)
        reading = Reading(db, bus).start()
        await publish(bus, *sample(50))
        await reading.until_passed(50)
        postgres.crash()
        await publish(bus, *[note("lead-1", number) for number in range(50, 100)])
        await postgres.start_again()
        await reading.until_passed(100)
        effects, parked = await reading.effects(), await reading.parked()
        await reading.stop()
        await db.stop()

    assert sorted(number for _, number in effects) == list(range(100))
    assert parked == []


async def test_a_sqlite_file_held_by_another_process_makes_the_batch_wait(
    bus, sqlite_url, tmp_path, monkeypatch
):
    monkeypatch.setattr(db_sqlite, "BUSY_TIMEOUT_S", 0.01)
    db = Database(sqlite_url, "sample", TABLES)
    await db.start()
    await db.write(TABLES.create_all)
    reading = Reading(db, bus).start()
    await publish(bus, *sample(5))
    await reading.until_passed(5)
    other_process = sqlite3.connect(tmp_path / "sample.db", isolation_level=None)
    other_process.execute("BEGIN IMMEDIATE")
    await publish(bus, *[note("lead-1", number) for number in range(5, 10)])
    refused = asyncio.Event()
    waits = reading.consumer._patiently

    async def seen(attempt):
        async def watched():
            try:
                return await attempt()
            except Exception:
                refused.set()
                raise

        return await waits(watched)

    monkeypatch.setattr(reading.consumer, "_patiently", seen)
    async with asyncio.timeout(10):
        await refused.wait()
    before = await reading.passed()
    other_process.execute("ROLLBACK")
    other_process.close()
    await reading.until_passed(10)
    effects, parked = await reading.effects(), await reading.parked()
    await reading.stop()
    await db.stop()

    assert before == 5
    assert sorted(number for _, number in effects) == list(range(10))
    assert parked == []
