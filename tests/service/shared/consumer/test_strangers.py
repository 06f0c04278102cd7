"""What others write into a topic is read, passed over or parked, and stops nothing."""

import pytest

from shared.bus.port import Message
from tests.support.consuming import TOPIC, note, publish


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
