"""Consumer groups of the embedded bus: who owns which partition.

The bus belongs to one process, so a group lives in its memory and a restart begins with
everything free. A member keeps its lease while it waits in ``poll`` and for ``lease_s``
after it left it; so the lease says that somebody is really reading, and no heartbeat could
pretend otherwise. Every call of the event loop's thread; nothing here waits.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from shared.bus.handover import Handover
from shared.bus.port import TopicPartition


class Reader(Protocol):
    """What a group needs of its members."""

    handover: Handover

    def wake(self) -> None:
        """Let a waiting poll look again."""
        ...


class Group:
    """The members of one consumer group and their partitions."""

    def __init__(
        self,
        partitions: Iterable[TopicPartition],
        lease_s: float,
        monotonic: Callable[[], float],
    ):
        self._partitions = list(partitions)
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._left_poll_at: dict[Reader, float | None] = {}  # None: waits in poll
        self._owners: dict[TopicPartition, Reader] = {}

    def check_in(self, member: Reader) -> None:
        """A member begins to poll: it joins, or holds on to its lease if that is not over."""
        self._expire()
        joins = member not in self._left_poll_at
        self._left_poll_at[member] = None
        if joins:
            self._share_out()

    def check_out(self, member: Reader) -> None:
        """A member ends its poll: its lease begins to run out."""
        if member in self._left_poll_at:
            self._left_poll_at[member] = self._monotonic()

    def leave(self, member: Reader) -> None:
        """A member goes for good; the others take over at once."""
        if self._left_poll_at.pop(member, self) is not self:
            self._share_out()

    def add(self, partitions: Iterable[TopicPartition]) -> None:
        """New partitions are there to be read."""
        self._partitions.extend(partitions)
        self._share_out()

    def owner(self, partition: TopicPartition) -> Reader | None:
        """Return the member that reads ``partition``."""
        return self._owners.get(partition)

    def next_expiry_s(self) -> float:
        """Return the seconds until the next lease can run out; infinity when none can."""
        left = [at for at in self._left_poll_at.values() if at is not None]
        return min(left) + self._lease_s - self._monotonic() if left else float("inf")

    def _expire(self) -> None:
        before = self._monotonic() - self._lease_s
        dead = [
            member for member, at in self._left_poll_at.items() if at is not None and at <= before
        ]
        for member in dead:
            del self._left_poll_at[member]
        if dead:
            self._share_out()

    def _share_out(self) -> None:
        owners = share(self._partitions, self._left_poll_at, self._owners)
        moved = [tp for tp in self._partitions if owners.get(tp) is not self._owners.get(tp)]
        for partition in moved:
            loser, winner = self._owners.get(partition), owners.get(partition)
            for member in filter(None, (loser, winner)):
                member.wake()
            if loser is not None:
                loser.handover.lose([partition])
            if winner is not None:
                winner.handover.gain([partition])
        self._owners = owners


def share(
    partitions: list[TopicPartition],
    members: Iterable[Reader],
    owners: Mapping[TopicPartition, Reader],
) -> dict[TopicPartition, Reader]:
    """Give every partition an owner: even shares, and as few changes as that allows."""
    load = dict.fromkeys(members, 0)
    if not load:
        return {}
    fair, larger = divmod(len(partitions), len(load))  # so many members have one more
    shared: dict[TopicPartition, Reader] = {}
    for partition in partitions:
        owner = owners.get(partition)
        if owner not in load or load[owner] > fair or (load[owner] == fair and not larger):
            continue
        larger -= load[owner] == fair
        load[owner] += 1
        shared[partition] = owner
    for partition in partitions:
        if partition not in shared:
            shared[partition] = min(load, key=load.__getitem__)
            load[shared[partition]] += 1
    return shared
