"""Consuming on both databases: each event has its effect once, whatever repeats or fails."""

import asyncio
import sqlite3

import pytest
from sqlalchemy import func, select, text

from shared import consumer as consumer_module
from shared import db_sqlite, inbox
from shared.bus.port import BusUnavailable, Message, TopicPartition
from shared.bus.sqlite import SqliteBus
from shared.db import Database
from shared.positions import Positions
from tests.support.consuming import (
    CONSUMER,
    PARTITIONS,
    TABLES,
    TOPIC,
    BusOf,
    Freezing,
    Gate,
    Reading,
    Rewinding,
    Wrapped,
    message,
    note,
)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(consumer_module, "POLL_S", 0.05)
    monkeypatch.setattr(consumer_module, "PARKED_LOOK_S", 0.0)
    monkeypatch.setattr(consumer_module, "RETRY_WAITS_S", (0.01, 0.05))


@pytest.fixture
async def bus(tmp_path):
    bus = SqliteBus(tmp_path)
    await bus.start()
    await bus.ensure_topics({TOPIC: PARTITIONS})
    yield bus
    await bus.stop()


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


async def publish(bus, *envelopes):
    results = await bus.publish([message(one) for one in envelopes])
    assert not any(results)


def sample(count, keys=7):
    return [note(f"lead-{number % keys}", number) for number in range(count)]


async def test_every_event_has_its_effect_once_and_in_the_order_of_its_key(bus, new_reading):
    await publish(bus, *sample(100))
    reading = (await new_reading()).start()
    await reading.until_passed(100)
    effects = await reading.effects()

    assert sorted(number for _, number in effects) == list(range(100))
    for key in {key for key, _ in effects}:
        numbers = [number for one, number in effects if one == key]
        assert numbers == sorted(numbers)


async def test_records_that_come_again_have_no_second_effect(bus, new_reading):
    await publish(bus, *sample(60))
    first = (await new_reading()).start()
    await first.until_passed(60)
    await first.stop()
    again = (await new_reading(bus=BusOf(bus, Rewinding))).start()
    await publish(bus, note("lead-0", 60))
    await again.until_passed(61)

    assert sorted(number for _, number in await again.effects()) == list(range(61))


async def test_an_event_published_twice_has_one_effect(bus, new_reading):
    events = sample(20)
    await publish(bus, *events, *events[:10])
    await publish(bus, *events)
    reading = (await new_reading()).start()
    await reading.until_passed(50)

    assert sorted(number for _, number in await reading.effects()) == list(range(20))


async def test_a_restarted_consumer_goes_on_where_its_database_stands(bus, new_reading):
    await publish(bus, *sample(10))
    reading = (await new_reading()).start()
    await reading.until_passed(10)
    await reading.stop()
    await publish(bus, *[note("lead-0", number) for number in range(10, 15)])
    reading.start()
    await reading.until_passed(15)

    assert sorted(reading.tries) == list(range(15))


async def test_a_log_that_was_lost_is_read_from_its_start(bus, new_reading, tmp_path):
    events = sample(20)
    await publish(bus, *events)
    reading = (await new_reading()).start()
    await reading.until_passed(20)
    await reading.stop()
    (tmp_path / "restored").mkdir()
    empty = SqliteBus(tmp_path / "restored")
    await empty.start()
    await empty.ensure_topics({TOPIC: PARTITIONS})
    after = (await new_reading(bus=empty)).start()
    await publish(empty, events[0], *[note(f"lead-{n}", 100 + n) for n in range(7)])
    await after.until_effects(27)

    assert sorted(n for _, n in await after.effects()) == [*range(20), *range(100, 107)]
    await after.stop()
    await empty.stop()


async def test_two_members_share_the_work_and_the_second_takes_over(bus, new_reading):
    one, other = await new_reading("one"), await new_reading("other")
    one.start()
    other.start()
    await publish(bus, *sample(200, keys=50))
    await one.until_passed(200)
    await one.stop()
    await publish(bus, *[note(f"lead-{number % 50}", number) for number in range(200, 300)])
    await other.until_passed(300)

    assert sorted(number for _, number in await other.effects()) == list(range(300))
    assert set(other.tries) > set(range(200, 300)), "it had its share before, and then all"


async def test_a_member_that_froze_and_lost_its_partitions_writes_nothing(tmp_path, new_reading):
    moment, gate = [0.0], Gate()
    bus = await bus_with_clock(tmp_path / "frozen", lambda: moment[0])
    await publish(bus, *sample(40))
    frozen = await new_reading("frozen", bus=BusOf(bus, lambda member: Freezing(member, gate)))
    frozen.start()
    async with asyncio.timeout(10):
        await gate.reached.wait()
    moment[0] = 11
    owner = (await new_reading("owner", bus=bus)).start()
    await owner.until_passed(40)
    gate.thaw.set()
    await publish(bus, *[note(f"lead-{number}", number) for number in range(40, 60)])
    await owner.until_passed(60)
    await frozen.stop()
    await owner.stop()
    await bus.stop()

    assert sorted(number for _, number in await owner.effects()) == list(range(60))
    assert not set(frozen.tries) & set(range(40)), "it never got as far as the handler"


async def bus_with_clock(directory, monotonic):
    directory.mkdir()
    bus = SqliteBus(directory, lease_s=10, monotonic=monotonic)
    await bus.start()
    await bus.ensure_topics({TOPIC: PARTITIONS})
    return bus


async def test_a_member_fenced_by_one_that_was_late_takes_its_partition_back(bus, new_reading):
    reading = (await new_reading()).start()
    await publish(bus, *sample(40, keys=20))
    await reading.until_passed(40)
    late = Positions(CONSUMER.position, "notes")
    taken = TopicPartition(TOPIC, 0)
    await reading.db.write(lambda conn: late.take_over(conn, taken))
    await publish(bus, *[note(f"lead-{number % 20}", number) for number in range(40, 140)])
    await reading.until_passed(140)

    assert sorted(number for _, number in await reading.effects()) == list(range(140))


async def test_a_member_takes_over_nothing_it_has_lost_meanwhile(bus, new_reading):
    gate = Gate()

    class LateToHear(Wrapped):
        async def poll(self, max_records, timeout_s):
            polled = await self.real.poll(max_records, timeout_s)
            if polled.assigned and not gate.reached.is_set():
                gate.reached.set()
                await gate.thaw.wait()
            return polled

    late = (await new_reading("late", bus=BusOf(bus, LateToHear))).start()
    async with asyncio.timeout(10):
        await gate.reached.wait()
    quick = (await new_reading("quick")).start()
    await publish(bus, *sample(40, keys=20))
    await quick.until_effects(1)
    gate.thaw.set()
    await quick.until_passed(40)
    epochs = await quick.db.read(
        lambda conn: conn.execute(select(CONSUMER.position.c.epoch)).scalars().all()
    )

    assert sorted(number for _, number in await quick.effects()) == list(range(40))
    assert epochs == [1] * PARTITIONS
    assert late.tries
    assert quick.tries


async def test_types_nobody_here_reads_are_passed_over(bus, new_reading):
    stranger = Message(
        TOPIC, "lead-1", b'{"type": "x.y.v1"}', (("ce_id", b"1"), ("ce_type", b"x.y.v1"))
    )
    unlabelled = Message(
        TOPIC, "lead-1", b'{"specversion":"1.0","id":"2","source":"s","type":"x.y.v1"}'
    )
    await bus.publish([stranger, unlabelled])
    await publish(bus, note("lead-1", 1))
    reading = (await new_reading()).start()
    await reading.until_passed(3)

    assert await reading.effects() == [("lead-1", 1)]
    assert await reading.parked() == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(b"\xff\xfe not json", "not a CloudEvent in structured JSON", id="no JSON"),
        pytest.param(b'["a", "list"]', "not a CloudEvent in structured JSON", id="a list"),
        pytest.param(
            b'{"type": {"a": 1}}', "not a CloudEvent in structured JSON", id="a strange type"
        ),
        pytest.param(b"", "not a CloudEvent in structured JSON", id="nothing"),
        pytest.param(
            b'{"specversion":"1.0","id":"1","source":"s","type":"note.taken.v1","data":{"number":"many"}}',
            "note.taken.v1: data.number: Input should be a valid integer",
            id="data that breaks the contract",
        ),
    ],
)
async def test_bytes_nobody_can_read_are_parked_with_the_reason(bus, new_reading, value, reason):
    await bus.publish([Message(TOPIC, "lead-1", value)])
    await publish(bus, note("lead-2", 1))
    reading = (await new_reading()).start()
    await reading.until_passed(2)
    (parked,) = await reading.parked()

    assert parked.reason.startswith(reason)
    assert parked.payload == value
    assert await reading.effects() == [("lead-2", 1)]


async def test_a_stranger_without_headers_is_read_by_the_event_itself(bus, new_reading):
    first, second = note("lead-1", 1), note("lead-1", 2)
    bare = [Message(TOPIC, "lead-1", event.to_bytes()) for event in (first, second, first)]
    await bus.publish(bare)
    reading = (await new_reading()).start()
    await reading.until_passed(3)

    assert await reading.effects() == [("lead-1", 1), ("lead-1", 2)]


async def test_the_same_id_from_two_sources_is_two_events(bus, new_reading):
    event = note("lead-1", 1)
    headers = [(("ce_id", b"7"), ("ce_source", source)) for source in (b"crm", b"erp", b"crm")]
    await bus.publish([Message(TOPIC, "lead-1", event.to_bytes(), one) for one in headers])
    reading = (await new_reading()).start()
    await reading.until_passed(3)

    assert len(await reading.effects()) == 2


@pytest.mark.parametrize("broken", [False, True], ids=["handled", "parked"])
@pytest.mark.parametrize(
    ("key", "event_id", "kind"),
    [
        pytest.param("a\x00b", b"a\x00b", b"note.taken.v1", id="NUL"),
        pytest.param(
            "k" * 20_000, b"i" * 20_000, b"note.taken.v1", id="longer than an index takes"
        ),
        pytest.param("k", b"\xff\xfe", b"note.taken.v1", id="not UTF-8"),
        pytest.param("", b"", b"note.taken.v1", id="empty"),
    ],
)
async def test_nothing_a_stranger_writes_around_an_event_stops_the_partition(
    bus, new_reading, key, event_id, kind, broken
):
    headers = (("ce_id", event_id), ("ce_type", kind))
    value = b"?" if broken else note("lead", 1).to_bytes()
    await bus.publish([Message(TOPIC, key, value, headers)] * 2)
    await publish(bus, note("lead-2", 2))
    reading = (await new_reading()).start()
    await reading.until_passed(3)

    assert len(await reading.parked()) == (1 if broken else 0)
    assert [number for _, number in await reading.effects()] == ([2] if broken else [1, 2])


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


async def test_the_inbox_forgets_what_is_too_old_to_come_back(bus, new_reading, clock, monkeypatch):
    monkeypatch.setattr(consumer_module, "PRUNE_EVERY_S", 0.0)
    monkeypatch.setattr(inbox, "PRUNED_AT_ONCE", 2)
    await publish(bus, *sample(5))
    reading = (await new_reading(clock=clock)).start()
    await reading.until_passed(5)
    clock.advance(days=inbox.KEPT.days)
    await publish(bus, note("lead-1", 6))
    await reading.until_passed(6)
    kept = await remembered(reading)
    clock.advance(seconds=1)

    async def forgotten():
        return await remembered(reading) == 1

    await reading.until(forgotten)
    assert kept == 6


async def remembered(reading):
    count = select(func.count()).select_from(CONSUMER.inbox)
    return await reading.db.read(lambda conn: conn.execute(count).scalar_one())
