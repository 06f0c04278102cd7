"""What every bus promises: the numbered clauses of ``shared/bus/port.py``, on both buses."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner

from shared.bus.port import (
    MAX_MESSAGE_BYTES,
    HeldBack,
    Message,
    MessageTooLarge,
    Poll,
    Record,
    SeekPastEnd,
    TopicPartition,
    UnknownTopic,
)
from tests.contract.bus_reader import from_the_start, reading
from tests.contract.bus_worlds import kafka_world, sqlite_world

WITHIN_S = 30


@pytest.fixture(params=["sqlite", pytest.param("kafka", marks=pytest.mark.kafka)])
def kind(request):
    """Which bus; Kafka's broker is started before the event loop is in a test."""
    return request.param, request.getfixturevalue("kafka") if request.param == "kafka" else None


@pytest.fixture
async def world(kind, tmp_path):
    name, broker = kind
    async with sqlite_world(tmp_path) if name == "sqlite" else kafka_world(broker) as world:
        yield world


@pytest.fixture
def bus(world):
    return world.bus


@pytest.fixture
def group():
    return f"group-{uuid4()}"


@pytest.fixture
async def topic(bus):
    """A topic with four partitions, of this test alone."""
    return await new_topic(bus, 4)


async def new_topic(bus, partitions: int) -> str:
    name = f"topic-{uuid4()}"
    await bus.ensure_topics({name: partitions})
    return name


def numbered(topic: str, count: int, keys: int = 20) -> list[Message]:
    return [
        Message(topic, f"lead-{number % keys}", str(number).encode()) for number in range(count)
    ]


async def publish(bus, messages) -> None:
    assert await bus.publish(messages) == [None] * len(messages)


async def read_all(bus, topic: str, count: int):
    async with reading(bus.member(f"all-{uuid4()}", [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) >= count)
    return reader.records


async def next_poll(member, **kind):
    """Return the next poll that tells anything."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            polled = await member.poll(500, 1)
            if polled.records or polled.assigned or polled.revoked:
                return polled


async def until_assigned(member):
    await member.start()
    polled = await next_poll(member)
    assert polled.assigned
    assert not polled.records
    return polled.assigned


# --- publishing ----------------------------------------------------------------------------


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


# --- reading -------------------------------------------------------------------------------


async def test_clause_11_every_group_reads_every_record(bus, topic):
    await publish(bus, numbered(topic, 50))

    async with (
        reading(bus.member(f"group-{uuid4()}", [topic])) as one,
        reading(bus.member(f"group-{uuid4()}", [topic])) as other,
    ):
        await one.until(lambda: len(one.records) == 50)
        await other.until(lambda: len(other.records) == 50)

    assert Counter(one.values()) == Counter(other.values())


async def test_clause_11_a_group_reads_all_its_topics(bus, group):
    topics = [await new_topic(bus, 2) for _ in range(2)]
    for name in topics:
        await publish(bus, numbered(name, 10))

    async with reading(bus.member(group, topics)) as reader:
        await reader.until(lambda: len(reader.records) == 20)

    assert {record.topic for record in reader.records} == set(topics)


@pytest.mark.parametrize("members", [2, 3])
async def test_clause_12_members_share_the_partitions_evenly(bus, topic, group, members):
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(reading(bus.member(group, [topic])))
            for _ in range(members)
        ]
        shares = [4 // members + (number < 4 % members) for number in range(members)]
        for reader in readers:
            await reader.until(
                lambda: sorted((len(one.owned) for one in readers), reverse=True) == shares
            )
        for reader in readers:
            reader.records.clear()
        await publish(bus, numbered(topic, 200, keys=200))
        for reader in readers:
            await reader.until(lambda: sum(len(one.records) for one in readers) >= 200)

        assert frozenset.union(*(reader.owned for reader in readers)) == {
            TopicPartition(topic, number) for number in range(4)
        }
        assert Counter(value for reader in readers for value in reader.values()) == Counter(
            str(number).encode() for number in range(200)
        )


async def test_clause_12_a_member_that_leaves_hands_over_at_once(bus, topic, group):
    async with reading(bus.member(group, [topic])) as stays:
        async with reading(bus.member(group, [topic])) as leaves:
            await leaves.until(lambda: len(leaves.owned) == 2)
            await stays.until(lambda: len(stays.owned) == 2)
        await stays.until(lambda: len(stays.owned) == 4)


async def test_clause_13_no_record_comes_before_the_seek(bus, topic, group):
    await publish(bus, numbered(topic, 40))
    member = bus.member(group, [topic])
    assigned = await until_assigned(member)

    silent = await member.poll(500, 1)
    for partition in assigned:
        await member.seek(partition, 0)
    polled = await next_poll(member)
    await member.stop()

    assert not silent.records
    assert not silent.assigned
    assert polled.records.keys() <= assigned
    assert all(records[0].offset == 0 for records in polled.records.values())


async def test_clause_14_a_partition_won_again_has_to_be_sought_again(bus, topic, group):
    member = bus.member(group, [topic])
    for partition in await until_assigned(member):
        await member.seek(partition, 0)
    lost: set[TopicPartition] = set()
    won_again: set[TopicPartition] = set()
    async with reading(bus.member(group, [topic])) as other:
        while len(lost) < 2 or len(other.owned) < 2:
            lost |= (await member.poll(500, 0.2)).revoked
    while not (won_again >= lost and len(member.assignment()) == 4):
        won_again |= (await next_poll(member)).assigned

    await publish(bus, numbered(topic, 40))
    silent = [await member.poll(500, 0.2) for _ in range(3)]
    for partition in won_again:
        await member.seek(partition, 0)
    polled = await next_poll(member)
    await member.stop()

    assert not any(poll.records.keys() & won_again for poll in silent)
    assert polled.records


async def test_clause_15_polling_goes_on_behind_the_last_record_whatever_was_committed(
    bus, topic, group
):
    await publish(bus, numbered(topic, 100))
    member = bus.member(group, [topic])
    for partition in await until_assigned(member):
        await member.seek(partition, 0)

    records: list[Record] = []
    while len(records) < 100:
        polled = await member.poll(7, 5)
        assert sum(map(len, polled.records.values())) <= 7
        for batch in polled.records.values():
            records += batch
        await member.commit(dict.fromkeys(polled.records, 0))
    await member.stop()

    for partition in range(4):
        offsets = [record.offset for record in records if record.partition == partition]
        assert all(second == first + 1 for first, second in pairwise(offsets))
    assert len(records) == 100


@pytest.mark.parametrize("offset", [0, 1, 13, 19, 20])
async def test_clause_16_a_seek_replays_from_any_offset(bus, group, offset):
    topic = await new_topic(bus, 1)
    await publish(bus, numbered(topic, 20))
    async with reading(bus.member(group, [topic]), from_the_start) as reader:
        await reader.until(lambda: len(reader.records) == 20)
        await reader.freeze()
        await reader.member.seek(TopicPartition(topic, 0), offset)
        reader.thaw()
        await publish(bus, [Message(topic, "ana", b"the end")])
        await reader.until(lambda: reader.records[-1].value == b"the end")

    assert [record.offset for record in reader.records[20:]] == list(range(offset, 21))


async def test_clause_16_a_seek_past_the_end_is_told_until_there_is_a_better_one(bus, group):
    topic = await new_topic(bus, 1)
    await publish(bus, numbered(topic, 3))
    member = bus.member(group, [topic])
    (partition,) = await until_assigned(member)

    await member.seek(partition, 4)
    with pytest.raises(SeekPastEnd, match=r"offset 4 .* past its end 3") as first:
        await member.poll(500, 1)
    with pytest.raises(SeekPastEnd):
        await member.poll(500, 1)
    await member.seek(partition, first.value.end)
    await publish(bus, [Message(topic, "ana", b"new")])
    polled = await next_poll(member)
    await member.stop()

    assert [record.value for record in polled.records[partition]] == [b"new"]


async def test_clause_16_a_seek_elsewhere_does_nothing(bus, topic, group):
    await publish(bus, numbered(topic, 10))
    member = bus.member(group, [topic])
    await member.start()

    await member.seek(TopicPartition(topic, 0), 0)  # not its own yet
    assigned = await until_assigned(member)
    await member.seek(TopicPartition("no-such-topic", 0), 0)
    silent = await member.poll(500, 1)
    await member.stop()

    assert len(assigned) == 4
    assert not silent.records


async def test_clause_17_the_next_owner_begins_at_the_committed_offsets(bus, topic, group):
    await publish(bus, numbered(topic, 60))
    async with reading(bus.member(group, [topic])) as first:
        await first.until(lambda: len(first.records) == 60)
        await first.freeze()
        seen = {TopicPartition(topic, record.partition) for record in first.records}
        await first.member.commit(dict.fromkeys(seen, 2))

    async with reading(bus.member(group, [topic])) as second:
        await second.until(lambda: len(second.records) == 60 - 2 * len(seen))

    assert min(record.offset for record in second.records) == 2


async def test_clause_17_what_was_not_committed_comes_again(bus, topic, group):
    await publish(bus, numbered(topic, 10))
    async with reading(bus.member(group, [topic])) as first:
        await first.until(lambda: len(first.records) == 10)

    async with reading(bus.member(group, [topic])) as second:
        await second.until(lambda: len(second.records) == 10)

    assert Counter(second.values()) == Counter(first.values())


async def test_clause_18_a_frozen_member_is_replaced_and_told_when_it_comes_back(bus, topic, group):
    await publish(bus, numbered(topic, 40))
    async with (
        reading(bus.member(group, [topic]), from_the_start) as frozen,
        reading(bus.member(group, [topic]), from_the_start) as other,
    ):
        await frozen.until(lambda: len(frozen.owned) == 2)
        await other.until(lambda: len(other.owned) == 2)
        had = frozen.owned
        await frozen.freeze()
        await other.until(lambda: len(other.owned) == 4)

        # Its late word about what it did counts nothing.
        await frozen.member.commit(dict.fromkeys(had, 10))
        frozen.thaw()
        await frozen.until(lambda: had <= set(frozen.lost))
        await frozen.until(lambda: len(frozen.owned) == 2)
        await other.freeze()
        committed = [
            await other.member.committed(TopicPartition(topic, number)) for number in range(4)
        ]

    assert committed == [0, 0, 0, 0]


async def test_clause_18_a_dead_member_is_replaced(world, topic, group):
    dying = world.dying_member(group, topic)
    async with reading(world.bus.member(group, [topic])) as reader:
        await reader.until(lambda: len(reader.owned) == 4)
        await dying.join()
        await reader.until(lambda: len(reader.owned) == 2)

        dying.kill()
        await reader.until(lambda: len(reader.owned) == 4)

        await publish(world.bus, numbered(topic, 40))
        await reader.until(lambda: len(reader.records) >= 40)


async def test_clause_19_a_publish_wakes_a_waiting_poll(bus, topic, group):
    member = bus.member(group, [topic])
    for partition in await until_assigned(member):
        await member.seek(partition, 0)
    await member.poll(500, 0)
    waiting = asyncio.create_task(member.poll(500, 3600))
    await asyncio.wait([waiting], timeout=0.3)
    assert not waiting.done()

    await publish(bus, [Message(topic, "ana", b"wake up")])
    async with asyncio.timeout(WITHIN_S):
        polled = await waiting
    await member.stop()

    assert [record.value for batch in polled.records.values() for record in batch] == [b"wake up"]


async def test_clause_19_a_change_of_the_assignment_wakes_a_waiting_poll(bus, topic, group):
    member = bus.member(group, [topic])
    await until_assigned(member)
    waiting = asyncio.create_task(member.poll(500, 3600))

    async with reading(bus.member(group, [topic])), asyncio.timeout(WITHIN_S):
        polled = await waiting
    await member.stop()

    assert polled.revoked


async def test_an_idle_poll_returns_empty_when_its_time_is_over(bus, topic, group):
    member = bus.member(group, [topic])
    for partition in await until_assigned(member):
        await member.seek(partition, 0)

    async with asyncio.timeout(WITHIN_S):
        polled = await member.poll(500, 0.1)
    await member.stop()

    assert polled == Poll()
