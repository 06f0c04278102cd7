"""Members that share partitions, freeze, come late and take over."""

import asyncio

from sqlalchemy import select

from shared.bus.port import TopicPartition
from shared.bus.sqlite import SqliteBus
from shared.positions import Positions
from tests.support.consuming import (
    CONSUMER,
    PARTITIONS,
    TOPIC,
    BusOf,
    Freezing,
    Gate,
    Wrapped,
    note,
    publish,
    sample,
)


async def test_two_members_share_the_work_and_the_second_takes_over(bus, new_reading):
    members = []

    def seen(member):
        members.append(member)
        return member

    one, other = [await new_reading(name, bus=BusOf(bus, seen)) for name in ("one", "other")]

    async def each_has_its_share():
        return [len(member.assignment()) for member in members] == [PARTITIONS / 2] * 2

    one.start()
    other.start()
    await other.until(each_has_its_share)
    await publish(bus, *sample(200, keys=50))
    await one.until_passed(200)
    await one.stop()
    await publish(bus, *[note(f"lead-{number % 50}", number) for number in range(200, 300)])
    await other.until_passed(300)

    assert sorted(number for _, number in await other.effects()) == list(range(300))
    assert set(other.tries) > set(range(200, 300)), "it had its share before, and then all"


async def test_a_member_that_froze_and_lost_its_partitions_writes_nothing(tmp_path, new_reading):
    moment, gate = [0.0], Gate()
    bus = await bus_with_clock(tmp_path / "frozen", lambda: moment[0])
    await publish(bus, *sample(40))
    frozen = await new_reading("frozen", bus=BusOf(bus, lambda member: Freezing(member, gate)))
    frozen.start()
    async with asyncio.timeout(10):
        await gate.reached.wait()
    moment[0] = 11
    owner = (await new_reading("owner", bus=bus)).start()
    await owner.until_passed(40)
    gate.thaw.set()
    await publish(bus, *[note(f"lead-{number}", number) for number in range(40, 60)])
    await owner.until_passed(60)
    await frozen.stop()
    await owner.stop()
    await bus.stop()

    assert sorted(number for _, number in await owner.effects()) == list(range(60))
    assert not set(frozen.tries) & set(range(40)), "it never got as far as the handler"


async def bus_with_clock(directory, monotonic):
    directory.mkdir()
    bus = SqliteBus(directory, lease_s=10, monotonic=monotonic)
    await bus.start()
    await bus.ensure_topics({TOPIC: PARTITIONS})
    return bus


async def test_a_member_fenced_by_one_that_was_late_takes_its_partition_back(bus, new_reading):
    reading = (await new_reading()).start()
    await publish(bus, *sample(40, keys=20))
    await reading.until_passed(40)
    late = Positions(CONSUMER.position, "notes")
    taken = TopicPartition(TOPIC, 0)
    await reading.db.write(lambda conn: late.take_over(conn, taken))
    await publish(bus, *[note(f"lead-{number % 20}", number) for number in range(40, 140)])
    await reading.until_passed(140)

    assert sorted(number for _, number in await reading.effects()) == list(range(140))


async def test_a_member_takes_over_nothing_it_has_lost_meanwhile(tmp_path, new_reading):
    gate = Gate()
    bus = await bus_with_clock(tmp_path / "late", lambda: 0.0)  # nobody's lease runs out

    class LateToHear(Wrapped):
        async def poll(self, max_records, timeout_s):
            polled = await self.real.poll(max_records, timeout_s)
            if polled.assigned and not gate.reached.is_set():
                gate.reached.set()
                await gate.thaw.wait()
            return polled

    late = (await new_reading("late", bus=BusOf(bus, LateToHear))).start()
    async with asyncio.timeout(10):
        await gate.reached.wait()
    quick = (await new_reading("quick", bus=bus)).start()
    await publish(bus, *sample(40, keys=20))
    await quick.until_effects(1)
    gate.thaw.set()
    await quick.until_passed(40)
    epochs = await quick.db.read(
        lambda conn: conn.execute(select(CONSUMER.position.c.epoch)).scalars().all()
    )
    effects = await quick.effects()
    await late.stop()
    await quick.stop()
    await bus.stop()

    assert sorted(number for _, number in effects) == list(range(40))
    assert epochs == [1] * PARTITIONS
    assert late.tries
    assert quick.tries
