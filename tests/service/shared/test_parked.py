"""Parked events on both databases: one key waits in its order, and nothing else does."""

import asyncio
from dataclasses import replace

import pytest
from pydantic import BaseModel
from sqlalchemy import delete, text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from shared import consumer as consumer_module
from shared.consumer import parked_count
from shared.contracts import UnreadableEvent
from shared.parked import BEHIND, RETRIES, retry_now, why
from shared.trace import trace_id
from tests.support.consuming import CONSUMER, TABLES, Reading, note, publish


class Broken(Exception):
    """The handler cannot do its work."""


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(consumer_module, "POLL_S", 0.02)
    monkeypatch.setattr(consumer_module, "PARKED_LOOK_S", 0.0)


@pytest.fixture
async def new_reading(open_database, bus, clock):
    readings: list[Reading] = []

    async def new_reading(name="one"):
        reading = Reading(await open_database(TABLES, clock), bus, name)
        readings.append(reading)
        return reading

    yield new_reading
    for reading in readings:
        await reading.stop()


@pytest.fixture
async def reading(new_reading):
    return (await new_reading()).start()


def breaks_on(*numbers):
    def fault(envelope):
        if envelope.data.number in numbers:
            raise Broken(f"number {envelope.data.number}")

    return fault


def works(_envelope):
    return None


async def person_retries(reading, clock, key=None):
    return await reading.db.write(lambda conn: retry_now(conn, CONSUMER.parked, clock.now(), key))


async def until_parked(reading, count):
    async def true():
        return len(await reading.parked()) == count

    await reading.until(true)


async def test_a_poison_event_parks_its_key_and_only_it(bus, reading):
    reading.fault = breaks_on(1)
    await publish(bus, *[note(f"lead-{number % 3}", number) for number in range(9)])
    await reading.until_passed(9)
    parked = await reading.parked()

    assert [(row.key, row.reason) for row in parked] == [
        ("lead-1", "Broken: number 1"),
        ("lead-1", BEHIND),
        ("lead-1", BEHIND),
    ]
    assert sorted(number for _, number in await reading.effects()) == [0, 2, 3, 5, 6, 8]


async def test_lines_about_an_event_name_its_trace_and_no_other(bus, reading, clock):
    causes = [f"00-{number + 1:032x}-00f067aa0ba902b7-01" for number in range(3)]
    reading.fault = breaks_on(1)
    with capture_logs([merge_contextvars]) as lines:
        notes = [replace(note(f"lead-{n}", n), traceparent=one) for n, one in enumerate(causes)]
        await publish(bus, *notes)
        await reading.until_passed(3)
        await person_retries(reading, clock)
        await until_failed(reading, 2)

    traces = {line["event"]: line.get("trace_id") for line in lines}
    assert traces["event_parked"] == trace_id(causes[1])
    assert traces["parked_event_failed_again"] == trace_id(causes[1])
    assert traces["batch_failed"] is None


async def until_failed(reading, times):
    async def true():
        return [row.failures for row in await reading.parked()] == [times]

    await reading.until(true)


async def test_after_the_fix_everything_of_the_key_follows_in_order(bus, reading, clock):
    reading.fault = breaks_on(0)
    await publish(bus, *[note("lead-1", number) for number in range(5)])
    await reading.until_passed(5)
    reading.fault = works
    concerned = await person_retries(reading, clock)
    await reading.until_effects(5)
    await publish(bus, note("lead-1", 5))
    await reading.until_effects(6)

    assert concerned == 1
    assert [number for _, number in await reading.effects()] == [0, 1, 2, 3, 4, 5]
    assert await reading.db.read(lambda conn: parked_count(conn, CONSUMER)) == 0


async def test_events_that_come_during_the_replay_stay_in_order(bus, reading, clock):
    reading.fault = breaks_on(0)
    await publish(bus, *[note("lead-1", number) for number in range(20)])
    await reading.until_passed(20)
    reading.fault = works
    await person_retries(reading, clock)
    for number in range(20, 60):
        await publish(bus, note("lead-1", number))
    await reading.until_effects(60)

    assert [number for _, number in await reading.effects()] == list(range(60))


async def test_a_later_event_that_fails_too_is_the_next_to_wait(bus, reading, clock):
    reading.fault = breaks_on(0, 2)
    await publish(bus, *[note("lead-1", number) for number in range(4)])
    await reading.until_passed(4)
    reading.fault = breaks_on(2)
    await person_retries(reading, clock)
    await until_parked(reading, 2)

    async def second_has_failed():
        return (await reading.parked())[0].failures == 1

    await reading.until(second_has_failed)
    first, second = await reading.parked()
    assert first.reason == "Broken: number 2"
    assert first.retry_at == clock.now() + RETRIES[0]
    assert (second.reason, second.retry_at) == (BEHIND, None)
    assert [number for _, number in await reading.effects()] == [0, 1]


async def test_a_parked_event_is_tried_again_by_the_schedule_and_then_left_alone(
    bus, reading, clock
):
    reading.fault = breaks_on(1)
    await publish(bus, note("lead-1", 1))
    await until_parked(reading, 1)
    tries = []
    for wait in RETRIES:
        clock.advance(seconds=wait.total_seconds() - 1)
        await looked(reading)
        tries.append(len(reading.tries))
        clock.advance(seconds=1)
        await tried(reading, tries[-1] + 1)
    clock.advance(days=30)
    await looked(reading)
    (parked,) = await reading.parked()

    # Twice to begin with: in its batch, then by itself.
    assert tries == [2, 3, 4, 5, 6]
    assert len(reading.tries) == 7
    assert (parked.failures, parked.retry_at) == (6, None)


async def looked(reading):
    """Return once the consumer has looked for due events at least once from now."""
    done = asyncio.Event()
    replay = reading.consumer._replay

    async def seen():
        await replay()
        done.set()

    reading.consumer._replay = seen
    async with asyncio.timeout(10):
        await done.wait()
    reading.consumer._replay = replay


async def tried(reading, count):
    async def true():
        return len(reading.tries) >= count

    await reading.until(true)
    await looked(reading)


async def test_keys_stay_parked_for_whoever_owns_the_partition_next(bus, new_reading, clock):
    first = (await new_reading("first")).start()
    first.fault = breaks_on(0)
    await publish(bus, note("lead-1", 0))
    await until_parked(first, 1)
    await first.stop()
    second = (await new_reading("second")).start()
    await publish(bus, note("lead-1", 1), note("lead-2", 2))
    await second.until_passed(3)
    parked = [row.reason for row in await second.parked()]
    await person_retries(second, clock)
    await second.until_effects(3)

    assert parked == ["Broken: number 0", BEHIND]
    assert await second.effects() == [("lead-2", 2), ("lead-1", 0), ("lead-1", 1)]


async def test_a_restart_in_the_middle_of_a_replay_forgets_nothing(bus, reading, clock):
    reading.fault = breaks_on(0)
    await publish(bus, *[note("lead-1", number) for number in range(4)])
    await reading.until_passed(4)

    def interrupted(envelope):
        if envelope.data.number == 2:
            raise asyncio.CancelledError

    reading.fault = interrupted
    await person_retries(reading, clock)
    await reading.until_effects(2)
    await reading.stop()
    reading.fault = works
    reading.start()
    await reading.until_effects(4)

    assert [number for _, number in await reading.effects()] == [0, 1, 2, 3]


async def test_a_key_whose_parked_events_are_gone_is_free_again(bus, reading, clock):
    reading.fault = breaks_on(0)
    await publish(bus, note("lead-1", 0))
    await until_parked(reading, 1)
    await reading.db.write(lambda conn: conn.execute(delete(CONSUMER.parked)))
    await publish(bus, note("lead-1", 1))
    await reading.until_effects(1)

    assert await reading.parked() == []


async def test_a_person_can_retry_one_key_alone(bus, reading, clock):
    reading.fault = breaks_on(1, 2)
    await publish(bus, note("lead-1", 1), note("lead-2", 2))
    await until_parked(reading, 2)
    reading.fault = works
    concerned = await person_retries(reading, clock, key="lead-2")
    await reading.until_effects(1)

    assert concerned == 1
    assert await reading.effects() == [("lead-2", 2)]
    assert [row.key for row in await reading.parked()] == ["lead-1"]


async def test_a_parked_event_repeated_by_the_bus_is_parked_once(bus, reading, clock):
    event = note("lead-1", 1)
    reading.fault = breaks_on(1)
    await publish(bus, event, event)
    await publish(bus, event, note("lead-2", 2))
    await reading.until_passed(4)

    assert [row.event_id for row in await reading.parked()] == [event.id]


async def test_what_the_database_refuses_is_parked_without_the_values(bus, reading):
    db = reading.db
    handle = reading.consumer._handle

    def inserts_twice(conn, envelopes):
        handle(conn, envelopes)
        conn.execute(
            text("INSERT INTO effect (id, key, number, by) VALUES (1, 'Ana García', 1, '')")
        )
        conn.execute(
            text("INSERT INTO effect (id, key, number, by) VALUES (1, 'Ana García', 1, '')")
        )

    reading.consumer._handle = inserts_twice
    await publish(bus, note("lead-1", 1))
    await until_parked(reading, 1)
    (parked,) = await reading.parked()

    assert db.is_sqlite == ("IntegrityError (SQLITE_CONSTRAINT" in parked.reason)
    assert db.is_sqlite or parked.reason == "UniqueViolationError (23505)"


class Form(BaseModel):
    age: int


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(
            UnreadableEvent("x.v1: data: missing"), "x.v1: data: missing", id="unreadable"
        ),
        pytest.param(ValueError("ana@acme.com is odd"), "ValueError: [e-mail] is odd", id="e-mail"),
        pytest.param(ValueError("a\x00b"), "ValueError: a\ufffdb", id="NUL"),
        pytest.param(ValueError("\ud800"), "ValueError: ?", id="surrogate"),
        pytest.param(ValueError("x" * 9_999), "ValueError: " + "x" * 488, id="long"),
    ],
)
def test_a_reason_can_be_stored_and_read(error, reason):
    assert why(error) == reason


def test_the_reason_of_an_invalid_model_leaves_out_its_input():
    with pytest.raises(ValueError, match="Form") as caught:
        Form.model_validate({"age": "García"})

    assert why(caught.value).startswith("Form: age: Input should be a valid integer")
    assert "García" not in why(caught.value)
