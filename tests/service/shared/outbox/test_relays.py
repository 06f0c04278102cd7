"""Of several relays one works: the lease it holds, loses and leaves to the next."""

import asyncio

from shared import lease as lease_module
from shared.lease import Lease
from tests.service.shared.outbox.processes import LEASE, TABLES, number
from tests.support.consuming import note


async def test_of_two_relays_one_works_and_the_other_takes_over_at_once(new_process, log, clock):
    first, second = await new_process(clock), await new_process(clock)
    async with first.relaying():
        await first.stage(note("lead-1", 1))
        await log.until(1)
        async with second.relaying():
            await second.stage(note("lead-1", 2))
            await log.until(2)
            await first.until_waiting(0)  # a relay stopped before it marks repeats itself
            calls_while_waiting = second.bus.calls
    async with second.relaying():
        await second.stage(note("lead-1", 3))
        await log.until(3)  # by the clock, which stands still, the lease itself would never end

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
