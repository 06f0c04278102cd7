"""The outbox on both databases and the embedded bus: no event lost, none before its commit."""

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import Column, Integer, Table, Text, func, select, update

from shared import lease as lease_module
from shared import outbox as outbox_module
from shared.bus.port import (
    Bus,
    HeldBack,
    MessageTooLarge,
    NotPublished,
    OutcomeUnknown,
    PublishError,
)
from shared.bus.sqlite import SqliteBus
from shared.db import metadata
from shared.lease import Lease, lease_table
from shared.outbox import KEPT, Outbox, outbox_table
from shared.wakeup import Wakeup
from tests.support.consuming import PARTITIONS, TOPIC, BusOf, note

TABLES = metadata()
OUTBOX = outbox_table(TABLES)
LEASE = lease_table(TABLES)
LEADS = Table(
    "lead",
    TABLES,
    Column("key", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
)


class FaultyBus(BusOf):
    """The real bus, with keys it refuses and a gate in front. Keeps what the port promises."""

    def __init__(self, bus):
        super().__init__(bus, lambda member: member)
        self.refused = set()
        self.error = NotPublished
        self.calls = 0
        self.reached = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.stores_refused = False

    async def publish(self, messages):
        self.calls += 1
        self.reached.set()
        await self.open.wait()
        results: dict[int, PublishError | None] = {}
        failed = set()
        for place, message in enumerate(messages):
            if message.key in failed:
                results[place] = HeldBack()
            elif message.key in self.refused:
                failed.add(message.key)
                results[place] = self.error("the broker says no")
        sent = [place for place in range(len(messages)) if place not in results]
        if self.stores_refused:
            sent = list(range(len(messages)))
        for place, result in zip(
            sent, await self._bus.publish([messages[p] for p in sent]), strict=True
        ):
            results.setdefault(place, result)
        return [results[place] for place in range(len(messages))]


class Process:
    """One process: its own connection, its own outbox, perhaps a running relay."""

    def __init__(self, db, bus):
        self.db = db
        self.bus = FaultyBus(bus)
        self.outbox = Outbox(db, cast("Bus", self.bus), OUTBOX, LEASE)

    async def stage(self, *envelopes, urgent=True):
        await self.db.write(
            lambda conn: self.outbox.stage(conn, envelopes, self.db.now(conn), urgent=urgent)
        )

    async def waiting(self):
        count, _ = await self.db.read(self.outbox.waiting)
        return count

    async def until_waiting(self, count):
        """Return once ``count`` events wait: those published are marked."""
        async with asyncio.timeout(30):
            while await self.waiting() != count:
                pass

    @asynccontextmanager
    async def relaying(self):
        task = asyncio.create_task(self.outbox.relay())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Log:
    """What is on the bus, read from its start."""

    def __init__(self, bus):
        self._member = bus.member("test", [TOPIC])
        self.records = []

    async def until(self, count):
        async with asyncio.timeout(30):
            while len(self.records) < count:
                polled = await self._member.poll(1_000, 5)
                for partition in polled.assigned:
                    await self._member.seek(partition, 0)
                for records in polled.records.values():
                    self.records += records
        return self.records

    async def rest(self):
        """Return also what came after."""
        polled = await self._member.poll(1_000, 0)
        for records in polled.records.values():
            self.records += records
        return self.records


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(outbox_module, "ERROR_WAIT_S", 0.05)
    monkeypatch.setattr(outbox_module, "STANDBY_S", 0.02)
    monkeypatch.setattr(lease_module, "STANDBY_S", 0.01)


@pytest.fixture
async def bus(tmp_path):
    bus = SqliteBus(tmp_path)
    await bus.start()
    await bus.ensure_topics({TOPIC: PARTITIONS})
    yield bus
    await bus.stop()


@pytest.fixture
async def log(bus):
    log = Log(bus)
    await log._member.start()
    return log


@pytest.fixture
async def new_process(open_database, bus):
    async def new_process(clock=None):
        return Process(await open_database(TABLES, clock), bus)

    return new_process


async def test_an_event_leaves_with_its_transaction_and_as_it_was_staged(new_process, log):
    process = await new_process()
    event = note("lead-1", 1)
    async with process.relaying():
        await process.stage(event)
        (record,) = await log.until(1)

    assert (record.topic, record.key, record.value) == (TOPIC, "lead-1", event.to_bytes())
    assert dict(record.headers) == {
        "content-type": b"application/cloudevents+json",
        "ce_id": event.id.encode(),
        "ce_type": b"note.taken.v1",
    }


async def test_an_event_of_a_failed_transaction_never_leaves(new_process, log):
    process = await new_process()

    def fails(conn):
        process.outbox.stage(conn, [note("lead-1", 1)], process.db.now(conn))
        raise LookupError

    async with process.relaying():
        with pytest.raises(LookupError):
            await process.db.write(fails)
        await process.stage(note("lead-1", 2))
        await log.until(1)

    assert [number(record) for record in await log.rest()] == [2]


def number(record):
    return int(record.value.rpartition(b'"number":')[2].rstrip(b"}"))


class WatchedWakeup(Wakeup):
    """The real one; tells when its loop has nothing left to do."""

    def __init__(self):
        super().__init__()
        self.idle = asyncio.Event()

    async def wait(self, timeout_s):
        self.idle.set()
        return await super().wait(timeout_s)


@pytest.fixture
def relay_wakeup(monkeypatch):
    """The wake-up of the outbox made next, whose relay looks for nothing unless it is woken."""
    for name in ("POLL_S", "POLL_ALONE_S"):
        monkeypatch.setattr(outbox_module, name, 3_600)
    wakeup = WatchedWakeup()
    monkeypatch.setattr(outbox_module, "Wakeup", lambda: wakeup)
    return wakeup


async def test_what_is_not_urgent_waits_to_leave_together(
    new_process, log, monkeypatch, relay_wakeup
):
    monkeypatch.setattr(outbox_module, "GATHER_S", 3_600)
    process = await new_process()
    async with process.relaying():
        await relay_wakeup.idle.wait()
        for count in (1, 2, 3):
            await process.stage(note(f"lead-{count}", 1), urgent=False)
        assert process.bus.calls == 0
        await process.stage(note("lead-4", 1))
        await log.until(4)

        assert process.bus.calls == 1


async def test_what_is_not_urgent_leaves_once_it_has_gathered(new_process, log, relay_wakeup):
    process = await new_process()
    async with process.relaying():
        await relay_wakeup.idle.wait()
        await process.stage(note("lead-1", 1), urgent=False)
        await log.until(1)


async def test_staging_wakes_the_relay(new_process, log, monkeypatch):
    monkeypatch.setattr(outbox_module, "POLL_S", 3_600)
    process = await new_process()
    async with process.relaying():
        for count in (1, 2, 3):
            await process.stage(note("lead-1", count))
            await log.until(count)


async def test_events_of_a_lead_keep_their_order_whoever_writes_them(new_process, log):
    """Every writer locks the lead before it takes the next number, as the services do."""
    processes = [await new_process() for _ in range(3)]
    keys = [f"lead-{number}" for number in range(5)]
    await processes[0].db.write(
        lambda conn: conn.execute(LEADS.insert(), [{"key": key, "sequence": 0} for key in keys])
    )

    def next_event(process, key):
        def work(conn):
            lead = select(LEADS.c.sequence).where(LEADS.c.key == key).with_for_update()
            sequence = conn.execute(lead).scalar_one() + 1
            conn.execute(update(LEADS).where(LEADS.c.key == key).values(sequence=sequence))
            process.outbox.stage(conn, [note(key, sequence)], process.db.now(conn))

        return process.db.write(work)

    async with processes[0].relaying(), processes[1].relaying(), processes[2].relaying():
        await asyncio.gather(
            *(next_event(process, key) for _ in range(10) for process in processes for key in keys)
        )
        await log.until(150)
    by_key: dict[str, dict[int, None]] = defaultdict(dict)
    for record in await log.rest():
        by_key[record.key].setdefault(number(record))  # a repeat is dropped, as consumers do

    assert {key: list(numbers) for key, numbers in by_key.items()} == {
        key: list(range(1, 31)) for key in keys
    }


async def test_a_failure_holds_back_its_key_and_nothing_else(new_process, log):
    process = await new_process()
    process.bus.refused = {"lead-1"}
    await process.stage(*(note(f"lead-{number % 3}", number) for number in range(9)))
    async with process.relaying():
        await log.until(6)
        await process.stage(note("lead-1", 10), note("lead-2", 11))
        others = [number(record) for record in await log.until(7)]
        process.bus.refused.clear()
        await log.until(11)
        await process.until_waiting(0)

    assert sorted(others) == [0, 2, 3, 5, 6, 8, 11]
    assert [number(one) for one in await log.rest() if one.key == "lead-1"] == [1, 4, 7, 10]


async def test_however_many_events_wait_for_one_key_the_others_are_reached(
    new_process, log, monkeypatch
):
    monkeypatch.setattr(outbox_module, "BATCH", 10)
    process = await new_process()
    process.bus.refused = {"stuck", "stuck too"}
    await process.stage(
        *(note("stuck", number) for number in range(45)),
        *(note("stuck too", number) for number in range(15)),
        *(note("free", number) for number in range(5)),
    )
    async with process.relaying():
        free = [number(record) for record in await log.until(5)]
        process.bus.refused.clear()
        await log.until(65)

    assert free == [0, 1, 2, 3, 4]
    assert [number(one) for one in await log.rest() if one.key == "stuck"] == list(range(45))


async def test_an_unknown_outcome_is_repeated_with_the_same_id(new_process, log):
    process = await new_process()
    process.bus.refused, process.bus.error = {"lead-1"}, OutcomeUnknown
    process.bus.stores_refused = True
    event = note("lead-1", 1)
    async with process.relaying():
        await process.stage(event)
        await log.until(1)
        process.bus.refused.clear()
        records = await log.until(2)

    assert {dict(record.headers)["ce_id"] for record in records} == {event.id.encode()}


async def test_a_relay_survives_a_bus_that_raises(new_process, log):
    process = await new_process()
    publish = process.bus.publish

    async def raises(messages):
        process.bus.publish = publish
        raise ConnectionError("away")

    process.bus.publish = raises
    async with process.relaying():
        await process.stage(note("lead-1", 1))
        await process.until_waiting(0)

    assert [number(record) for record in await log.until(1)] == [1]


async def test_of_two_relays_one_works_and_the_other_takes_over_at_once(new_process, log):
    first, second = await new_process(), await new_process()
    async with first.relaying():
        await first.stage(note("lead-1", 1))
        await log.until(1)
        async with second.relaying():
            await second.stage(note("lead-1", 2))
            await log.until(2)
            await first.until_waiting(0)  # a relay stopped before it marks repeats itself
            calls_while_waiting = second.bus.calls
    async with second.relaying():
        async with asyncio.timeout(5):  # the lease itself would run for ten seconds more
            await second.stage(note("lead-1", 3))
            await log.until(3)

    assert calls_while_waiting == 0
    assert [number(record) for record in await log.rest()] == [1, 2, 3]


async def test_a_relay_stopped_while_it_takes_the_lease_leaves_it_to_the_next(open_database):
    db = await open_database(TABLES)
    for turns in range(1, 30):
        stopped = Lease(db, LEASE, f"lease-{turns}")
        taking = asyncio.create_task(stopped.hold())
        for _ in range(turns):
            await asyncio.sleep(0)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        await stopped.release()

        assert await Lease(db, LEASE, f"lease-{turns}").hold()


async def test_a_relay_that_froze_and_lost_its_lease_marks_nothing(new_process, log, clock):
    frozen, owner = await new_process(clock), await new_process(clock)
    await frozen.stage(note("lead-1", 1))
    frozen.bus.open.clear()
    owner.bus.refused = {"lead-1"}
    async with frozen.relaying():
        await frozen.bus.reached.wait()
        clock.advance(seconds=11)
        async with owner.relaying():
            await owner.bus.reached.wait()
            frozen.bus.open.set()
            await log.until(1)
            await owner.stage(note("lead-1", 2))
            waiting = await owner.waiting()
            owner.bus.refused.clear()
            await log.until(3)

    assert waiting == 2, "what the frozen relay sent is not marked: the owner had not sent it"
    assert [number(record) for record in await log.rest()] == [1, 1, 2]


async def test_a_lease_has_one_holder_and_a_new_epoch_for_each(open_database, clock, monkeypatch):
    monkeypatch.setattr(lease_module, "STANDBY_S", 0.0)
    db = await open_database(TABLES, clock)
    first, second = Lease(db, LEASE, "outbox"), Lease(db, LEASE, "outbox")
    held = [await first.hold(), await second.hold()]
    clock.advance(seconds=10)
    late = await second.hold()

    assert held == [True, False]
    assert late
    assert not await db.write(first.is_held)
    assert await db.write(second.is_held)
    assert (first.epoch, second.epoch) == (1, 2)


async def test_racing_for_a_lease_gives_it_to_one(open_database):
    databases = [await open_database(TABLES) for _ in range(3)]
    racers = [Lease(db, LEASE, "outbox") for db in databases * 5]

    assert sum(await asyncio.gather(*(racer.hold() for racer in racers))) == 1


async def test_only_what_was_published_long_ago_is_pruned(new_process, log, clock):
    process = await new_process(clock)
    process.bus.refused = {"stuck"}
    await process.stage(note("lead-1", 1), note("stuck", 2))
    async with process.relaying():
        await process.until_waiting(1)
    clock.advance(seconds=KEPT.total_seconds())
    too_soon = await process.db.write(process.outbox.prune)
    clock.advance(seconds=1)
    pruned = await process.db.write(process.outbox.prune)

    assert (too_soon, pruned) == (0, 1)
    assert await process.waiting() == 1


async def test_the_relay_prunes_by_itself_slice_by_slice(new_process, log, clock, monkeypatch):
    monkeypatch.setattr(outbox_module, "PRUNED_AT_ONCE", 10)
    process = await new_process(clock)
    await process.stage(*(note("lead-1", number) for number in range(95)))
    old = update(OUTBOX).values(published_at=clock.now() - KEPT - timedelta(seconds=1))
    await process.db.write(lambda conn: conn.execute(old))
    async with process.relaying():
        await process.stage(note("lead-2", 1))
        await log.until(1)
    rows = await process.db.read(
        lambda conn: conn.execute(select(func.count()).select_from(OUTBOX)).scalar_one()
    )

    assert rows == 1


async def test_an_event_the_bus_would_never_take_is_refused_when_it_is_staged(new_process):
    process = await new_process()
    huge = note("k" * 1_100_000, 1)
    with pytest.raises(MessageTooLarge):
        await process.stage(note("lead-1", 1), huge)

    assert await process.waiting() == 0


async def test_what_waits_is_counted_and_how_long(new_process, clock):
    process = await new_process(clock)
    since = clock.now()
    await process.stage(note("lead-1", 1))
    clock.advance(minutes=5)
    await process.stage(note("lead-1", 2))

    assert await process.db.read(process.outbox.waiting) == (2, since)
