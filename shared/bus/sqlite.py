"""The embedded bus: a log in one SQLite file with Kafka's semantics, for one process.

A commit wakes the members that wait for its partitions, so there is no polling interval
between publishing and reading. What touches the file is in ``sqlite_file`` (threads) and
``sqlite_log`` (SQL), who owns which partition in ``sqlite_groups``.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from shared.bus import sqlite_log
from shared.bus.outgoing import sort_out
from shared.bus.port import (
    BusUnavailable,
    Message,
    NotPublished,
    OutcomeUnknown,
    PublishError,
    TopicPartition,
)
from shared.bus.sqlite_file import CommitFailed, DiskFailed, LogFile
from shared.bus.sqlite_groups import Group
from shared.bus.sqlite_log import Entry, Span
from shared.bus.sqlite_member import SqliteMember
from shared.clock import Clock, SystemClock

log = structlog.get_logger(__name__)

RETENTION = timedelta(days=7)
PRUNE_EVERY_S = 3_600
LEASE_S = 10.0
SAVE_COMMITTED_S = 1.0  # committed offsets are hints: many of them share a transaction


@dataclass(slots=True)
class Partition:
    """A partition's id in the file, and the offset its next record will have."""

    id: int
    end: int


class SqliteBus:
    """The bus of the embedded world, ``DIR/bus.db``.

    ``lease_s`` is how long a member may stay away from ``poll``, measured by ``monotonic``;
    ``retention`` is how long records are kept, by ``clock``.
    """

    def __init__(
        self,
        directory: Path,
        *,
        lease_s: float = LEASE_S,
        retention: timedelta = RETENTION,
        clock: Clock | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ):
        self._file = LogFile(directory)
        self._lease_s = lease_s
        self._retention = retention
        self._clock = clock or SystemClock()
        self._monotonic = monotonic
        self._partitions: dict[TopicPartition, Partition] = {}
        self._by_id: dict[int, TopicPartition] = {}
        self._counts: dict[str, int] = {}
        self._groups: dict[str, tuple[frozenset[str], Group]] = {}
        self._committed: dict[tuple[str, int], int] = {}
        self._unsaved: dict[tuple[str, int], int] = {}
        self._upkeep: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Open the file; raises ``BusInUse`` and ``BusNotDurable``."""
        await self._file.open()
        self._learn(await self._file.read(sqlite_log.read_partitions))
        self._committed = await self._file.read(sqlite_log.read_committed)
        self._upkeep = [
            asyncio.create_task(self._save_committed_regularly()),
            asyncio.create_task(self._prune_regularly()),
        ]

    async def stop(self) -> None:
        """Store what is queued and close the file."""
        for task in self._upkeep:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        with suppress(sqlite3.Error, CommitFailed, DiskFailed):
            await self._save_committed()
        await self._file.close()

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        """Create the missing topics; groups that read them get the partitions at once."""
        await self._file.write(lambda conn: sqlite_log.create_partitions(conn, topics))
        self._learn(await self._file.read(sqlite_log.read_partitions))

    def _learn(self, partitions: Mapping[TopicPartition, tuple[int, int]]) -> None:
        new = {
            name: Partition(*found)
            for name, found in partitions.items()
            if name not in self._partitions
        }
        self._partitions |= new
        for name, partition in new.items():
            self._by_id[partition.id] = name
            self._counts[name.topic] = self._counts.get(name.topic, 0) + 1
        for topics, group in self._groups.values():
            group.add(name for name in new if name.topic in topics)

    async def publish(self, messages: Sequence[Message]) -> list[PublishError | None]:
        """Store the messages in one transaction, perhaps together with other callers'."""
        outgoing = sort_out(messages, self._counts)
        entries = [
            Entry(self._partitions[partition].id, message.key, message.headers, message.value)
            for partition, places in outgoing.accepted.items()
            for message in (messages[place] for place in places)
        ]
        error = await self._append(entries) if entries else None
        for places in outgoing.accepted.values():
            for place in places:
                outgoing.results[place] = error
        return outgoing.results

    async def _append(self, entries: list[Entry]) -> PublishError | None:
        now = self._clock.now()
        try:
            await self._file.write(
                lambda conn: sqlite_log.append(conn, entries, now),
                self._move_ends,
                size=sum(len(entry.value) for entry in entries),
            )
        except CommitFailed as error:
            return _caused(OutcomeUnknown(str(error)), error)
        except (sqlite3.Error, DiskFailed) as error:
            return _caused(NotPublished(str(error)), error)
        return None

    def _move_ends(self, ends: Mapping[int, int]) -> None:
        for partition_id, end in ends.items():
            name = self._by_id[partition_id]
            self._partitions[name].end = end
            for _, group in self._groups.values():
                if (owner := group.owner(name)) is not None:
                    owner.wake()

    def member(self, group: str, topics: Sequence[str]) -> SqliteMember:
        """Return a new member of ``group``; all members of a group read the same topics."""
        known = self._groups.get(group)
        if known is None:
            partitions = [name for name in self._partitions if name.topic in topics]
            known = frozenset(topics), Group(partitions, self._lease_s, self._monotonic)
            self._groups[group] = known
        if known[0] != frozenset(topics):
            raise ValueError(f"group {group!r} reads {sorted(known[0])}, not {sorted(topics)}")
        return SqliteMember(self, group, known[1])

    async def ends(self, topic: str) -> dict[int, int]:
        """Return each partition's next offset; raises ``BusUnavailable`` after a disk error."""
        if self._file.failure is not None:
            raise BusUnavailable(str(self._file.failure))
        return {
            name.partition: partition.end
            for name, partition in self._partitions.items()
            if name.topic == topic
        }

    def span(self, name: TopicPartition, start: int) -> Span:
        """Return what there is to read of a partition from ``start`` on."""
        partition = self._partitions[name]
        return Span(name, partition.id, start, partition.end)

    async def read(self, spans: Sequence[Span], limit: int) -> sqlite_log.Found:
        """Return up to ``limit`` records of the spans."""
        return await self._file.read(lambda conn: sqlite_log.read(conn, spans, limit))

    def committed(self, group: str, name: TopicPartition) -> int:
        """Return the group's committed offset, or 0."""
        return self._committed.get((group, self._partitions[name].id), 0)

    def commit(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Note the group's offsets; they reach the file within ``SAVE_COMMITTED_S``."""
        noted = {(group, self._partitions[name].id): at for name, at in offsets.items()}
        self._committed |= noted
        self._unsaved |= noted

    async def _save_committed_regularly(self) -> None:
        while True:
            await asyncio.sleep(SAVE_COMMITTED_S)
            try:
                await self._save_committed()
            except (sqlite3.Error, CommitFailed, DiskFailed) as error:
                log.warning("bus_offsets_not_saved", error=str(error))

    async def _save_committed(self) -> None:
        unsaved, self._unsaved = self._unsaved, {}
        if unsaved:
            await self._file.write(lambda conn: sqlite_log.save_committed(conn, unsaved))

    async def prune(self, older_than: datetime) -> int:
        """Delete the records appended before ``older_than``; return how many."""
        deleted = 0
        for name in list(self._partitions):
            deleted += await self._prune_partition(self.span(name, 0), older_than)
        return deleted

    async def _prune_partition(self, span: Span, older_than: datetime) -> int:
        before = await self._file.read(lambda conn: sqlite_log.first_kept(conn, span, older_than))
        deleted = 0
        while now := await self._file.write(
            lambda conn: sqlite_log.delete_some(conn, span.partition_id, before)
        ):
            deleted += now
        return deleted

    async def _prune_regularly(self) -> None:
        while True:
            try:
                if deleted := await self.prune(self._clock.now() - self._retention):
                    log.info("bus_pruned", records=deleted)
            except (sqlite3.Error, CommitFailed, DiskFailed) as error:
                log.warning("bus_not_pruned", error=str(error))
            await asyncio.sleep(PRUNE_EVERY_S)


def _caused(result: PublishError, cause: Exception) -> PublishError:
    result.__cause__ = cause
    return result
