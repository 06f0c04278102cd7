"""A bus that does everything it may, and often: for tests of what is built on a bus.

It wraps a real one, best the embedded one. From a seed it stores messages twice, loses
answers, refuses messages, gives a few records at a time, and takes partitions away while
their records are in work, to give them back a moment later. One act goes further than the
contract: a ``seek`` may begin earlier than asked, so that records come again which the
consumer's own position says it has had.
"""

from collections.abc import Mapping, Sequence
from random import Random

from shared.bus.port import (
    Bus,
    HeldBack,
    Member,
    Message,
    NotPublished,
    OutcomeUnknown,
    Poll,
    PublishError,
    TopicPartition,
)

GHOST_S = 0.01


class AdversarialBus:
    """``rate`` is how often each evil happens: to a message, to a poll, to a seek."""

    def __init__(self, bus: Bus, seed: int, rate: float = 0.2):
        self._bus = bus
        self._random = Random(seed)
        self._rate = rate

    async def start(self) -> None:
        await self._bus.start()

    async def stop(self) -> None:
        await self._bus.stop()

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        await self._bus.ensure_topics(topics)

    async def ends(self, topic: str) -> dict[int, int]:
        return await self._bus.ends(topic)

    def member(self, group: str, topics: Sequence[str]) -> "AdversarialMember":
        return AdversarialMember(self._bus, group, topics, self._random, self._rate)

    async def publish(self, messages: Sequence[Message]) -> list[PublishError | None]:
        results: list[PublishError | None] = [None] * len(messages)
        sent: list[int] = []
        failed: set[tuple[str, str]] = set()
        for place, message in enumerate(messages):
            key = (message.topic, message.key)
            if key in failed:
                results[place] = HeldBack(message.topic)
            elif self._strikes():
                failed.add(key)
                results[place] = self._random.choice(
                    [NotPublished("by the adversary"), OutcomeUnknown("by the adversary")]
                )
            if results[place] is None or isinstance(results[place], OutcomeUnknown):
                sent += [place] * (1 + self._strikes())
        stored = await self._bus.publish([messages[place] for place in sent])
        for place, error in zip(sent, stored, strict=True):
            results[place] = results[place] or error
        return results

    def _strikes(self) -> bool:
        return self._random.random() < self._rate


class AdversarialMember:
    """A member whose partitions another one wants, again and again."""

    def __init__(self, bus: Bus, group: str, topics: Sequence[str], random: Random, rate: float):
        self._bus = bus
        self._group = group
        self._topics = topics
        self._random = random
        self._rate = rate
        self._member: Member = bus.member(group, topics)

    async def start(self) -> None:
        await self._member.start()

    async def stop(self) -> None:
        await self._member.stop()

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        polled = await self._member.poll(self._random.randint(1, max_records), timeout_s)
        if self._strikes():
            await self._rebalance()  # what was just read may belong to somebody else now
        return polled

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        back = self._random.randint(1, 5) if self._strikes() else 0
        await self._member.seek(partition, max(0, offset - back))

    async def committed(self, partition: TopicPartition) -> int:
        return await self._member.committed(partition)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not self._strikes():
            await self._member.commit(offsets)

    def assignment(self) -> frozenset[TopicPartition]:
        return self._member.assignment()

    async def _rebalance(self) -> None:
        ghost = self._bus.member(self._group, self._topics)
        await ghost.start()
        await ghost.poll(1, GHOST_S)
        await ghost.stop()

    def _strikes(self) -> bool:
        return self._random.random() < self._rate
