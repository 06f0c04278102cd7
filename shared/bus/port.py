"""The bus: what its two implementations promise, as numbered clauses.

``tests/contract/test_bus_conformance.py`` proves every clause over both, and its tests
name the clauses they prove. Whoever uses the bus may rely on these and on nothing else.

Publishing

1.  A message goes to partition ``(murmur2(key) & 0x7fffffff) % partitions``: the choice of
    Kafka's default partitioner, so any Kafka client agrees with us.
2.  ``ensure_topics`` creates what is missing and leaves what exists as it is. It comes before
    a topic is published to or read, in every service that does either.
3.  ``publish`` returns once every message is durable or has failed, with one result per
    message: None, or the error. One message's failure is not the others'.
4.  Offsets count from 0 in each partition without a gap, and records are never changed.
5.  Messages of one topic and key keep their order: when one fails, the later ones of the
    call are ``HeldBack``. Between partitions no order is promised.
6.  After ``OutcomeUnknown`` the message may be stored or not: publish it again. So the bus
    may hold a message twice, at two offsets, and consumers drop repeats by the event's id.
7.  Key, value and headers come back as given; ``Record.timestamp`` is when it was appended.
8.  A message of more than ``MAX_MESSAGE_BYTES`` fails with ``MessageTooLarge``.
9.  Retention removes the oldest records of a partition; offsets go on counting.
10. ``ends`` gives the offset the next record of each partition will have.

Reading

11. Every group reads every record; groups know nothing of each other.
12. A partition has at most one owner in a group, and the members' shares are even.
13. ``Poll.assigned`` names a partition once, when the member has become its owner. Its
    records flow only after ``seek``. Between the two the consumer raises the epoch in its
    own database and looks up the position there: nothing can have been read before.
14. ``Poll.revoked`` names a partition once the member lost it. A partition in both was
    lost and won again, and needs ``seek`` again. No poll carries records of a partition it
    names in either. A batch handed out before may still be in work when the new owner
    begins: the epoch in the consumer's database is what keeps the late one out.
15. ``poll`` goes on behind the records it gave last, whatever was committed. Records of a
    partition come in the order of their offsets.
16. ``seek`` to any kept offset replays from there, and to a removed one from the oldest
    kept. After one past the end ``poll`` raises ``SeekPastEnd``, until a ``seek`` elsewhere:
    the log was lost or replaced, and reading on would skip new records without a word. For
    a partition not owned ``seek`` does nothing.
17. ``commit`` is a hint that ``committed`` gives to the partition's next owner. It may be
    forgotten (records come again), and from a member that lost the partition it is ignored.
18. A member that stays away from ``poll`` longer than its lease, dead or frozen, loses its
    partitions to the others. When it comes back it is told so, and may win them again.
19. ``publish`` wakes a waiting ``poll`` at once; so does a change of the assignment.

Any number of tasks may publish at the same time. A member belongs to one task.

Errors::

    BusError
    ├── PublishError         the result of one message
    │   ├── MessageTooLarge  it will never fit
    │   ├── UnknownTopic     ensure_topics has not been called for it
    │   ├── HeldBack         an earlier message of the same key failed
    │   ├── NotPublished     refused or not sent; the cause says why
    │   └── OutcomeUnknown   no answer in time
    ├── BusUnavailable       the bus cannot be reached now; try again
    ├── BusInUse             another process has this bus open
    ├── BusNotDurable        what is published could be lost in a crash
    ├── BusStuck             a consumer does not move although there are records: exit
    └── SeekPastEnd          the position is not in the log: the log was lost or replaced
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

MAX_MESSAGE_BYTES = 1_048_576  # key, value and headers together: 1 MiB

Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Message:
    """What is published. The key decides the partition; messages of one key keep their order."""

    topic: str
    key: str
    value: bytes
    headers: Headers = ()

    def size(self) -> int:
        """Return the bytes that count against ``MAX_MESSAGE_BYTES``."""
        headers = sum(len(name.encode()) + len(value) for name, value in self.headers)
        return len(self.key.encode()) + len(self.value) + headers


@dataclass(frozen=True, slots=True)
class Record:
    """A message as it is read, with its place in the log."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    headers: Headers
    timestamp: datetime


@dataclass(frozen=True, slots=True)
class Poll:
    """What happened since the last poll: handle ``revoked``, ``assigned``, ``records`` in order."""

    records: Mapping[TopicPartition, list[Record]] = field(default_factory=dict)
    assigned: frozenset[TopicPartition] = frozenset()
    revoked: frozenset[TopicPartition] = frozenset()


class BusError(Exception):
    """Something the bus could not do."""


class PublishError(BusError):
    """The message is not known to be published."""


class MessageTooLarge(PublishError):
    """Key, value and headers are more than ``MAX_MESSAGE_BYTES``."""

    def __init__(self, size: int):
        super().__init__(f"the message has {size} bytes, the bus takes {MAX_MESSAGE_BYTES}")


class UnknownTopic(PublishError):
    """The topic was not created by ``ensure_topics``."""

    def __init__(self, topic: str):
        super().__init__(f"no topic {topic!r}: call ensure_topics first")


class HeldBack(PublishError):
    """An earlier message of the same topic and key failed in this call; this one was not sent."""


class NotPublished(PublishError):
    """The message was refused or could not be sent."""


class OutcomeUnknown(PublishError):
    """No answer came in time: the message may be stored or not, and has to be published again."""


class BusUnavailable(BusError):
    """The bus cannot be reached now."""


class BusInUse(BusError):
    """Another process has this bus open: an embedded bus belongs to one process."""


class BusNotDurable(BusError):
    """The bus is set up so that published messages could be lost in a crash."""


class BusStuck(BusError):
    """Records wait and none comes, also after the consumer was rebuilt: the process should exit."""


class SeekPastEnd(BusError):
    """A consumer's position lies past the end of the log, which was lost or replaced."""

    def __init__(self, partition: TopicPartition, offset: int, end: int):
        super().__init__(
            f"offset {offset} of {partition.topic}/{partition.partition} is past its end {end}"
        )
        self.partition = partition
        self.end = end


class Member(Protocol):
    """One member of a consumer group; used by one task.

    ::

        polled = await member.poll(500, timeout_s=5)
        for partition in polled.assigned:
            await member.seek(partition, take_over(partition))  # epoch + 1, stored position
        for partition, records in polled.records.items():
            ...  # one transaction: check the epoch, move the position, handle
    """

    async def start(self) -> None:
        """Join the group. The first assignment comes by ``poll``."""
        ...

    async def stop(self) -> None:
        """Leave the group, so that the others take over at once."""
        ...

    async def poll(self, max_records: int, timeout_s: float) -> Poll:
        """Return changes of the assignment or records, waiting for either up to ``timeout_s``.

        Raises ``BusUnavailable`` (wait a little, then poll again), ``SeekPastEnd`` and
        ``BusStuck``.
        """
        ...

    async def seek(self, partition: TopicPartition, offset: int) -> None:
        """Read ``partition`` from ``offset`` on."""
        ...

    async def committed(self, partition: TopicPartition) -> int:
        """Return where the group stands by its last ``commit``, or 0.

        For consumers without a database: own positions are better, they cannot be forgotten.
        """
        ...

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Leave the next offsets to read as a hint; never raises for a lost partition."""
        ...

    def assignment(self) -> frozenset[TopicPartition]:
        """Return the partitions named as assigned and not lost since."""
        ...


class Bus(Protocol):
    """A log of messages in topics with partitions, read by consumer groups."""

    async def start(self) -> None:
        """Open the bus. Kafka need not be up: it is connected to when first needed."""
        ...

    async def stop(self) -> None:
        """Finish what was accepted for publishing and close; stop the members before."""
        ...

    async def ensure_topics(self, topics: Mapping[str, int]) -> None:
        """Create the missing ones of ``topics``, given as name and number of partitions."""
        ...

    async def publish(self, messages: Sequence[Message]) -> list[PublishError | None]:
        """Store ``messages`` durably; return one result per message, None for success."""
        ...

    def member(self, group: str, topics: Sequence[str]) -> Member:
        """Return a new member of ``group`` that reads ``topics``; it still has to be started."""
        ...

    async def ends(self, topic: str) -> dict[int, int]:
        """Return each partition's next offset; minus a position it is the lag."""
        ...
