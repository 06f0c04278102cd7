"""No event is lost or overtakes one of its key, whoever writes and whatever the bus answers."""

import asyncio
from collections import defaultdict

from sqlalchemy import select, update

from shared import outbox as outbox_module
from shared.bus.port import OutcomeUnknown
from tests.service.shared.outbox.processes import LEADS, number
from tests.support.consuming import note


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
