"""A consumer that keeps to the bus's protocol and remembers what it was told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from shared.bus.port import BusUnavailable, Member, Poll, Record, TopicPartition

WITHIN_S = 30
POLL_S = 0.2
AGAIN_S = 0.1

Begin = Callable[[TopicPartition], Awaitable[int]]


class Reader:
    """Polls in the background; ``until`` waits for what shall come to pass.

    With every poll it checks the clauses about assignments: no partition is named twice
    without a loss between, and records are only those of partitions it has sought. A
    ``patient`` one polls again when the bus cannot be reached.
    """

    def __init__(self, member: Member, begin: Begin, *, patient: bool = False):
        self.member = member
        self.unavailable = 0
        self._patient = patient
        self.records: list[Record] = []
        self.gained: list[TopicPartition] = []
        self.lost: list[TopicPartition] = []
        self._begin = begin
        self._sought: set[TopicPartition] = set()
        self._awake = asyncio.Event()
        self._awake.set()
        self._asleep = asyncio.Event()
        self._changed = asyncio.Condition()

    @property
    def owned(self) -> frozenset[TopicPartition]:
        return self.member.assignment()

    def values(self) -> list[bytes]:
        return [record.value for record in self.records]

    async def run(self) -> None:
        while True:
            if not self._awake.is_set():
                self._asleep.set()
                await self._awake.wait()
            try:
                polled = await self.member.poll(500, POLL_S)
            except BusUnavailable:
                if not self._patient:
                    raise
                self.unavailable += 1
                await asyncio.sleep(AGAIN_S)
            else:
                await self._take(polled)

    async def until(self, condition: Callable[[], bool], within_s: float = WITHIN_S) -> None:
        async with asyncio.timeout(within_s), self._changed:
            await self._changed.wait_for(condition)

    async def freeze(self) -> None:
        """Stop polling, as a handler that hangs does; returns when the last poll is over."""
        self._asleep.clear()
        self._awake.clear()
        await self._asleep.wait()

    def thaw(self) -> None:
        self._awake.set()

    async def _take(self, polled: Poll) -> None:
        assert polled.revoked <= self._sought
        self._sought -= polled.revoked
        assert not polled.assigned & self._sought
        for partition in polled.assigned:
            await self.member.seek(partition, await self._begin(partition))
        self._sought |= polled.assigned
        named = polled.assigned | polled.revoked
        assert polled.records.keys() <= self._sought - named
        async with self._changed:
            self.gained += polled.assigned
            self.lost += polled.revoked
            for records in polled.records.values():
                self.records += records
            self._changed.notify_all()


@asynccontextmanager
async def reading(
    member: Member, begin: Begin | None = None, *, patient: bool = False
) -> AsyncIterator[Reader]:
    """Let a reader run over the block, from the committed offsets or where ``begin`` says."""
    reader = Reader(member, begin or member.committed, patient=patient)
    await member.start()
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(reader.run())
        try:
            yield reader
        finally:
            running.cancel()
            await asyncio.wait([running])
            await member.stop()


async def from_the_start(_partition: TopicPartition) -> int:
    return 0
