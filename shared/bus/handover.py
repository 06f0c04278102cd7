"""What a member owns, and what of that its consumer has been told (clauses 13 and 14)."""

from collections.abc import Iterable

from shared.bus.port import TopicPartition


class Handover:
    """The way of a partition to its consumer: gained, told, flowing, lost.

    The group calls ``gain`` and ``lose`` at any moment. The consumer hears of it when it
    takes the ``changes`` with its next poll, and only then may ``open`` a partition, so a
    ``seek`` meant for an earlier ownership cannot let records of the new one flow.
    """

    def __init__(self) -> None:
        self._gained: set[TopicPartition] = set()
        self._lost: set[TopicPartition] = set()
        self._told: set[TopicPartition] = set()
        self._flowing: set[TopicPartition] = set()

    def gain(self, partitions: Iterable[TopicPartition]) -> None:
        """The member became the owner."""
        self._gained.update(partitions)

    def lose(self, partitions: Iterable[TopicPartition]) -> None:
        """The member stopped being the owner; what it was never told of, it need not lose."""
        for partition in partitions:
            self._gained.discard(partition)
            self._flowing.discard(partition)
            if partition in self._told:
                self._told.remove(partition)
                self._lost.add(partition)

    def lose_all(self) -> None:
        """The member stopped being the owner of everything."""
        self.lose(self.owned())

    def owned(self) -> frozenset[TopicPartition]:
        """Return what the member owns, told or not."""
        return frozenset(self._gained | self._told)

    def told(self) -> frozenset[TopicPartition]:
        """Return what the consumer knows to be its own."""
        return frozenset(self._told)

    def open(self, partition: TopicPartition) -> bool:
        """Let the records of a partition flow; False when it is not (yet) the consumer's."""
        if partition not in self._told:
            return False
        self._flowing.add(partition)
        return True

    def is_open(self, partition: TopicPartition) -> bool:
        """True when the consumer may be given records of the partition."""
        return partition in self._flowing

    def has_changes(self) -> bool:
        """True when there is something to tell."""
        return bool(self._gained or self._lost)

    def changes(self) -> tuple[frozenset[TopicPartition], frozenset[TopicPartition]]:
        """Return what was gained and lost since the last call; from now on it counts as told."""
        gained, lost = frozenset(self._gained), frozenset(self._lost)
        self._told |= gained
        self._gained.clear()
        self._lost.clear()
        return gained, lost
