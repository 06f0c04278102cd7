"""A bus that does everything it may, and often: for tests of what is built on a bus.

It wraps a real one, best the embedded one. From a seed it stores messages twice, loses
answers, refuses messages, gives a few records at a time, and takes partitions away while
their records are in work, to give them back a moment later. One act goes further than the
contract: a ``seek`` may begin earlier than asked, so that records come again which the
consumer's own position says it has had.

Each evil is dealt, not diced: one of every five occasions is struck, which one the seed
says. So each kind surely comes, however few polls the machine needs.
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
FEW = 20
ONE_OF = 5


class Evil:
    """One kind of evil: strikes once in every ``ONE_OF`` occasions, when the seed says."""

    def __init__(self, seed: str):
        self.random = Random(seed)
        self._hand: list[bool] = []

    def strikes(self) -> bool:
        if not self._hand:
            self._hand = [True] + [False] * (ONE_OF - 1)
            self.random.shuffle(self._hand)
        return self._hand.pop()


class AdversarialBus:
    """Strikes messages when they are published, and members; see the module."""

    def __init__(self, bus: Bus, seed: int):
        self._bus = bus
        self._seed = seed
        self._members = 0
        self._failures = Evil(f"{seed} failures")
        self._doubles = Evil(f"{seed} doubles")

    async def start(self) -> None:
        await self._bus.start()

    async def stop(self) -> None:
        await self._bus.stop()

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        await self._bus.ensure_topics(topics)

    async def ends(self, topic: str) -> dict[int, int]:
        return await self._bus.ends(topic)

    def member(self, group: str, topics: Sequence[str]) -> "AdversarialMember":
        self._members += 1
        return AdversarialMember(self._bus, group, topics, f"{self._seed} {self._members}")

    async def publish(self, messages: Sequence[Message]) -> list[PublishError | None]:
        results: list[PublishError | None] = [None] * len(messages)
        sent: list[int] = []
        failed: set[tuple[str, str]] = set()
        for place, message in enumerate(messages):
            key = (message.topic, message.key)
            if key in failed:
                results[place] = HeldBack(message.topic)
            elif self._failures.strikes():
                failed.add(key)
                results[place] = self._failures.random.choice(
                    [NotPublished("by the adversary"), OutcomeUnknown("by the adversary")]
                )
            if results[place] is None or isinstance(results[place], OutcomeUnknown):
                sent += [place] * (1 + self._doubles.strikes())
        stored = await self._bus.publish([messages[place] for place in sent])
        for place, error in zip(sent, stored, strict=True):
            results[place] = results[place] or error
        return results


class AdversarialMember:
    """A member whose partitions another one wants, again and again."""

    def __init__(self, bus: Bus, group: str, topics: Sequence[str], seed: str):
        self._bus = bus
        self._group = group
        self._topics = topics
        self._takeovers = Evil(f"{seed} takeovers")
        self._returns = Evil(f"{seed} returns")
        self._forgotten = Evil(f"{seed} forgotten")
        self._member: Member = bus.member(group, topics)

    async def start(self) -> None:
        await self._member.start()

    async def stop(self) -> None:
        await self._member.stop()

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        few = self._takeovers.random.randint(1, min(max_records, FEW))
        polled = await self._member.poll(few, timeout_s)
        if self._takeovers.strikes():
            await self._rebalance()  # what was just read may belong to somebody else now
        return polled

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        back = self._returns.random.randint(1, 5) if self._returns.strikes() else 0
        await self._member.seek(partition, max(0, offset - back))

    async def committed(self, partition: TopicPartition) -> int:
        return await self._member.committed(partition)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if not self._forgotten.strikes():
            await self._member.commit(offsets)

    def assignment(self) -> frozenset[TopicPartition]:
        return self._member.assignment()

    async def _rebalance(self) -> None:
        ghost = self._bus.member(self._group, self._topics)
        await ghost.start()
        await ghost.poll(1, GHOST_S)
        await ghost.stop()
