"""The adversarial bus is as evil as it says, and a consumer that keeps to the rules survives it."""

import pytest

from shared.bus.port import Bus, HeldBack, Message, OutcomeUnknown, TopicPartition
from shared.bus.sqlite import SqliteBus
from tests.contract.bus_reader import reading
from tests.support.adversarial_bus import AdversarialBus

COUNT = 300
MESSAGES = [Message("touches", f"lead-{n % 15}", str(n).encode()) for n in range(COUNT)]


class Positions:
    """The consumer's own database: moves only forward, whatever comes."""

    def __init__(self):
        self.next: dict[TopicPartition, int] = {}
        self.seen: dict[bytes, str] = {}
        self.repeats = 0

    async def stored(self, partition):
        return self.next.get(partition, 0)

    def take(self, record):
        partition = TopicPartition(record.topic, record.partition)
        if record.offset < self.next.get(partition, 0) or record.value in self.seen:
            self.repeats += 1
        self.next[partition] = max(record.offset + 1, self.next.get(partition, 0))
        self.seen.setdefault(record.value, record.key)


async def publish_all(bus: Bus) -> int:
    """Publish until everything is acknowledged, as the outbox does; return the failures."""
    waiting, failures = MESSAGES, 0
    while waiting:
        results = await bus.publish(waiting[:50])
        failures += sum(error is not None for error in results)
        waiting = [
            message for message, error in zip(waiting[:50], results, strict=True) if error
        ] + waiting[50:]
    return failures


@pytest.fixture
async def real(tmp_path):
    bus = SqliteBus(tmp_path)
    await bus.start()
    await bus.ensure_topics({"touches": 4})
    yield bus
    await bus.stop()


@pytest.mark.parametrize("seed", range(5))
async def test_each_message_arrives_and_those_of_a_key_in_order(real, seed):
    bus = AdversarialBus(real, seed)
    positions = Positions()
    async with reading(bus.member("handoff", ["touches"]), positions.stored) as reader:
        failures = await publish_all(bus)

        def everything_arrived():
            while reader.records:
                positions.take(reader.records.pop(0))
            return len(positions.seen) == COUNT

        await reader.until(everything_arrived)

    for lead in {message.key for message in MESSAGES}:
        numbers = [int(value) for value, key in positions.seen.items() if key == lead]
        assert numbers == sorted(numbers)
    assert failures > 0
    assert positions.repeats > 0
    assert len(reader.lost) > 0


async def test_the_same_seed_does_the_same(real):
    first = [type(result) for result in await AdversarialBus(real, 7).publish(MESSAGES)]
    second = [type(result) for result in await AdversarialBus(real, 7).publish(MESSAGES)]

    assert first == second
    assert {OutcomeUnknown, HeldBack, type(None)} <= set(first)
