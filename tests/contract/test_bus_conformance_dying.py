"""What every bus promises of readers that freeze and die: clause 18 of ``shared/bus/port.py``."""

import pytest

from shared.bus.port import TopicPartition
from tests.contract.bus_clauses import numbered, publish
from tests.contract.bus_reader import from_the_start, reading
from tests.contract.bus_worlds import QUICK


@pytest.fixture
def times():
    return QUICK


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
