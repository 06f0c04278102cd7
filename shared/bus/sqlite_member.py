"""A member of a consumer group on the embedded bus."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.bus.handover import Handover
from shared.bus.port import Poll, Record, SeekPastEnd, TopicPartition
from shared.bus.sqlite_groups import Group
from shared.bus.sqlite_log import Found, Span


class Log(Protocol):
    """What a member needs of its bus."""

    def span(self, name: TopicPartition, start: int) -> Span: ...
    async def read(self, spans: Sequence[Span], limit: int) -> Found: ...
    def committed(self, group: str, name: TopicPartition) -> int: ...
    def commit(self, group: str, offsets: Mapping[TopicPartition, int]) -> None: ...


class SqliteMember:
    """See ``shared.bus.port.Member``."""

    def __init__(self, log: Log, group_name: str, group: Group):
        self.handover = Handover()
        self._log = log
        self._group_name = group_name
        self._group = group
        self._wakeup = asyncio.Event()
        # Where to go on, the partition that waited longest first.
        self._positions: dict[TopicPartition, int] = {}

    async def start(self) -> None:
        """Join the group."""
        self._group.check_in(self)
        self._group.check_out(self)

    async def stop(self) -> None:
        """Leave the group; its partitions move on at once."""
        self._group.leave(self)

    def wake(self) -> None:
        """Let a waiting poll look again."""
        self._wakeup.set()

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        """Return changes or records, whatever is there first."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        try:
            while True:
                self._wakeup.clear()
                self._group.check_in(self)
                if self.handover.has_changes():
                    assigned, revoked = self.handover.changes()
                    return Poll(assigned=assigned, revoked=revoked)
                if records := await self._read(max_records):
                    return Poll(records)
                left_s = deadline - loop.time()
                if left_s <= 0:
                    return Poll()
                await self._wait(min(left_s, self._group.next_expiry_s()))
        finally:
            self._group.check_out(self)

    async def _wait(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._wakeup.wait()
        except TimeoutError:
            pass

    async def _read(self, max_records: int) -> dict[TopicPartition, list[Record]]:
        spans = self._unread()
        if not spans:
            return {}
        found = await self._log.read(spans, max_records)
        given: dict[TopicPartition, list[Record]] = {}
        for span in spans:
            records = found.get(span.partition)
            if records is None or not self.handover.is_open(span.partition):
                continue  # not looked at, or lost while we read
            del self._positions[span.partition]  # it comes last the next time
            self._positions[span.partition] = records[-1].offset + 1 if records else span.end
            if records:
                given[span.partition] = records
        return given

    def _unread(self) -> list[Span]:
        open_places = (
            place for place in self._positions.items() if self.handover.is_open(place[0])
        )
        spans = [self._log.span(*place) for place in open_places]
        for span in spans:
            if span.start > span.end:
                raise SeekPastEnd(span.partition, span.start, span.end)
        return [span for span in spans if span.start < span.end]

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        """Let the records of ``partition`` flow from ``offset`` on."""
        if self.handover.open(partition):
            self._positions[partition] = max(offset, 0)

    async def committed(self, partition: TopicPartition) -> int:
        """Return the group's committed offset, or 0."""
        return self._log.committed(self._group_name, partition)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Note the offsets of the partitions the member still owns."""
        owned = {name: at for name, at in offsets.items() if self._group.owner(name) is self}
        self._log.commit(self._group_name, owned)

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions named as assigned and not lost since."""
        return self.handover.told()
