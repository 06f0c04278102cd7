"""What every bus promises who publishes: clauses 1 to 10 of ``shared/bus/port.py``."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.bus.port import (
    MAX_MESSAGE_BYTES,
    HeldBack,
    Message,
    MessageTooLarge,
    UnknownTopic,
)
from tests.contract.bus_clauses import (
    new_topic,
    numbered,
    publish,
    read_all,
)
from tests.contract.bus_reader import from_the_start, reading


async def test_clause_1_the_key_decides_the_partition_as_in_kafkas_default_partitioner(bus, topic):
    keys = ["", "a", "email:ana@acme.com", "ñandú@acme.es", "x" * 200, *map(str, range(50))]
    await publish(bus, [Message(topic, key, b"-") for key in keys])

    records = await read_all(bus, topic, len(keys))

    expected = {key: DefaultPartitioner()(key.encode(), [0, 1, 2, 3], []) for key in keys}
    assert {record.key: record.partition for record in records} == expected


async def test_clause_2_an_existing_topic_stays_as_it_is(bus, topic):
    await publish(bus, numbered(topic, 10))
    other = f"{topic}-other"

    await bus.ensure_topics({topic: 9, other: 2})

    assert sorted(await bus.ends(topic)) == [0, 1, 2, 3]
    assert sum((await bus.ends(topic)).values()) == 10
    assert sorted(await bus.ends(other)) == [0, 1]


async def test_clause_3_what_was_acknowledged_is_in_the_log_for_everybody(world, topic):
    await publish(world.bus, numbered(topic, 100))

    records = await read_all(await world.reopened(), topic, 100)

    assert Counter(int(record.value) for record in records) == Counter(range(100))


async def test_clause_3_every_message_has_its_own_result(bus, topic):
    messages = [
        Message(topic, "a", b"fine"),
        Message("no-such-topic", "b", b"lost"),
        Message(topic, "c", bytes(MAX_MESSAGE_BYTES)),
        Message(topic, "d", b"fine too"),
    ]

    results = await bus.publish(messages)

    assert [type(result) for result in results] == [
        type(None),
        UnknownTopic,
        MessageTooLarge,
        type(None),
    ]
    records = await read_all(bus, topic, 2)
    assert sorted(record.value for record in records) == [b"fine", b"fine too"]


async def test_clause_3_publishing_nothing_is_nothing(bus):
    assert await bus.publish([]) == []


async def test_clause_4_offsets_are_dense_also_with_many_publishers_at_once(bus, topic):
    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(publish(bus, numbered(topic, 25)))

    records = await read_all(bus, topic, 500)

    for partition, end in (await bus.ends(topic)).items():
        offsets = [record.offset for record in records if record.partition == partition]
        assert offsets == list(range(end))
    assert len(records) == 500


async def test_clause_5_messages_of_a_key_keep_their_order(bus, topic):
    for start in range(0, 300, 100):
        await publish(bus, numbered(topic, 300)[start : start + 100])

    records = await read_all(bus, topic, 300)

    for key in {record.key for record in records}:
        numbers = [int(record.value) for record in records if record.key == key]
        assert numbers == sorted(numbers)
        assert len(numbers) == 15


async def test_clause_5_behind_a_failed_message_those_of_its_key_are_held_back(bus, topic):
    messages = [
        Message(topic, "ana", b"first"),
        Message(topic, "ana", bytes(MAX_MESSAGE_BYTES)),
        Message(topic, "ana", b"behind"),
        Message(topic, "luis", b"another"),
    ]

    results = await bus.publish(messages)

    assert [type(result) for result in results] == [
        type(None),
        MessageTooLarge,
        HeldBack,
        type(None),
    ]
    records = await read_all(bus, topic, 2)
    assert sorted(record.value for record in records) == [b"another", b"first"]


async def test_clause_6_a_message_published_again_is_there_twice(bus, topic):
    message = Message(topic, "ana", b"once more")
    await publish(bus, [message])
    await publish(bus, [message])

    records = await read_all(bus, topic, 2)

    assert [(record.offset, record.value) for record in records] == [
        (0, b"once more"),
        (1, b"once more"),
    ]


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(("ana", b"plain", ()), id="no headers"),
        pytest.param(("", b"", ()), id="nothing at all"),
        pytest.param(("ñ\u0000é🙂", b'{"a":1}', (("ce_type", b"touch"),)), id="any text as key"),
        pytest.param(("k", bytes(range(256)), (("h", bytes(range(256))),)), id="any bytes"),
        pytest.param(("k", b"v", (("h", b"1"), ("h", b"2"), ("ñ", b""))), id="repeated headers"),
    ],
)
async def test_clause_7_a_message_comes_back_as_it_was_given(bus, topic, message):
    key, value, headers = message
    before = datetime.now(UTC)
    await publish(bus, [Message(topic, key, value, headers)])

    (record,) = await read_all(bus, topic, 1)

    assert (record.topic, record.key, record.value, record.headers) == (topic, key, value, headers)
    skew = timedelta(seconds=1)
    assert before - skew <= record.timestamp <= datetime.now(UTC) + skew


async def test_clause_8_a_message_of_exactly_the_limit_passes_and_one_byte_more_does_not(
    bus, topic
):
    headers = (("h" * 10, b"v" * 100),)
    largest = bytes(MAX_MESSAGE_BYTES - 3 - 110)
    small = Message(topic, "key", b"-")

    results = await bus.publish(
        [
            small,
            Message(topic, "key", largest, headers),
            Message(topic, "yek", largest + b"-", headers),
        ]
    )

    assert results[:2] == [None, None]
    assert isinstance(results[2], MessageTooLarge)
    records = await read_all(bus, topic, 2)
    assert sorted(len(record.value) for record in records) == [1, len(largest)]


async def test_clause_9_retention_forgets_the_oldest_and_offsets_go_on(world):
    topic = await new_topic(world.bus, 1)
    for number in range(3):
        await publish(world.bus, [Message(topic, "ana", f"{number}-{n}".encode()) for n in (0, 1)])
    records = await read_all(world.bus, topic, 6)

    await world.forget_through(records[3])
    await publish(world.bus, [Message(topic, "ana", b"new")])

    kept = await read_all(world.bus, topic, 3)
    assert [(record.offset, record.value) for record in kept] == [
        (4, b"2-0"),
        (5, b"2-1"),
        (6, b"new"),
    ]
    assert await world.bus.ends(topic) == {0: 7}


async def test_clause_9_offsets_go_on_when_nothing_is_left(world, group):
    topic = await new_topic(world.bus, 1)
    await publish(world.bus, numbered(topic, 5))
    records = await read_all(world.bus, topic, 5)

    await world.forget_through(records[-1])
    bus = await world.reopened()

    assert await bus.ends(topic) == {0: 5}
    async with reading(bus.member(group, [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.owned) == 1)
        await publish(bus, [Message(topic, "ana", b"new")])
        await reader.until(lambda: len(reader.records) == 1)
    assert [(record.offset, record.value) for record in reader.records] == [(5, b"new")]


async def test_clause_10_ends_are_the_next_offsets(bus, topic):
    assert await bus.ends(topic) == {0: 0, 1: 0, 2: 0, 3: 0}

    await publish(bus, numbered(topic, 100))
    records = await read_all(bus, topic, 100)

    counts = Counter(record.partition for record in records)
    assert await bus.ends(topic) == {partition: counts[partition] for partition in range(4)}
