"""Each event has its effect once, in the order of its key, whatever comes again."""

from sqlalchemy import func, select

from shared import consumer as consumer_module
from shared import inbox
from shared.bus.sqlite import SqliteBus
from tests.support.consuming import (
    CONSUMER,
    PARTITIONS,
    TOPIC,
    BusOf,
    Rewinding,
    note,
    publish,
    sample,
)


async def test_every_event_has_its_effect_once_and_in_the_order_of_its_key(bus, new_reading):
    await publish(bus, *sample(100))
    reading = (await new_reading()).start()
    await reading.until_passed(100)
    effects = await reading.effects()

    assert sorted(number for _, number in effects) == list(range(100))
    for key in {key for key, _ in effects}:
        numbers = [number for one, number in effects if one == key]
        assert numbers == sorted(numbers)


async def test_records_that_come_again_have_no_second_effect(bus, new_reading):
    await publish(bus, *sample(60))
    first = (await new_reading()).start()
    await first.until_passed(60)
    await first.stop()
    again = (await new_reading(bus=BusOf(bus, Rewinding))).start()
    await publish(bus, note("lead-0", 60))
    await again.until_passed(61)

    assert sorted(number for _, number in await again.effects()) == list(range(61))


async def test_an_event_published_twice_has_one_effect(bus, new_reading):
    events = sample(20)
    await publish(bus, *events, *events[:10])
    await publish(bus, *events)
    reading = (await new_reading()).start()
    await reading.until_passed(50)

    assert sorted(number for _, number in await reading.effects()) == list(range(20))


async def test_a_restarted_consumer_goes_on_where_its_database_stands(bus, new_reading):
    await publish(bus, *sample(10))
    reading = (await new_reading()).start()
    await reading.until_passed(10)
    await reading.stop()
    await publish(bus, *[note("lead-0", number) for number in range(10, 15)])
    reading.start()
    await reading.until_passed(15)

    assert sorted(reading.tries) == list(range(15))


async def test_a_log_that_was_lost_is_read_from_its_start(bus, new_reading, tmp_path):
    events = sample(20)
    await publish(bus, *events)
    reading = (await new_reading()).start()
    await reading.until_passed(20)
    await reading.stop()
    (tmp_path / "restored").mkdir()
    empty = SqliteBus(tmp_path / "restored")
    await empty.start()
    await empty.ensure_topics({TOPIC: PARTITIONS})
    after = (await new_reading(bus=empty)).start()
    await publish(empty, events[0], *[note(f"lead-{n}", 100 + n) for n in range(7)])
    await after.until_effects(27)

    assert sorted(n for _, n in await after.effects()) == [*range(20), *range(100, 107)]
    await after.stop()
    await empty.stop()


async def test_the_inbox_forgets_what_is_too_old_to_come_back(bus, new_reading, clock, monkeypatch):
    monkeypatch.setattr(consumer_module, "PRUNE_EVERY_S", 0.0)
    monkeypatch.setattr(inbox, "PRUNED_AT_ONCE", 2)
    await publish(bus, *sample(5))
    reading = (await new_reading(clock=clock)).start()
    await reading.until_passed(5)
    clock.advance(days=inbox.KEPT.days)
    await publish(bus, note("lead-1", 6))
    await reading.until_passed(6)
    kept = await remembered(reading)
    clock.advance(seconds=1)

    async def forgotten():
        return await remembered(reading) == 1

    await reading.until(forgotten)
    assert kept == 6


async def remembered(reading):
    count = select(func.count()).select_from(CONSUMER.inbox)
    return await reading.db.read(lambda conn: conn.execute(count).scalar_one())
