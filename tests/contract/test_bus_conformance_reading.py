"""What every bus promises who reads: clauses 11 to 17 and 19 of ``shared/bus/port.py``."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from itertools import pairwise
from uuid import uuid4

import pytest

from shared.bus.port import Message, Poll, Record, SeekPastEnd, TopicPartition
from tests.contract.bus_clauses import (
    WITHIN_S,
    new_topic,
    next_poll,
    numbered,
    publish,
    until_assigned,
)
from tests.contract.bus_reader import from_the_start, reading


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
