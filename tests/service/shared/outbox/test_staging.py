"""An event leaves with its transaction, as it was staged, at once or gathered with others."""

import asyncio

import pytest

from shared import outbox as outbox_module
from shared.bus.port import MessageTooLarge
from shared.wakeup import Wakeup
from tests.service.shared.outbox.processes import number
from tests.support.consuming import TOPIC, note


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
