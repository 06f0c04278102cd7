"""Noticing a Kafka consumer that is assigned, sees no error, and never fetches again.

aiokafka has been seen in this state after restarts of brokers (aio-libs/aiokafka#625, #703,
#1154). The cure is a new consumer and, where that does not help, a new process.
"""

from collections import Counter
from collections.abc import Mapping

from shared.bus.port import BusStuck, TopicPartition

LOOKS = 6  # per time a stall has to last
REBUILDS = 2


class StallWatch:
    """Judges from looks at the lag whether a consumer has to be rebuilt."""

    def __init__(self, stall_s: float):
        self._stall_s = stall_s
        self._looked_at = float("-inf")
        self._since: dict[tuple[TopicPartition, int], float] = {}
        self._rebuilt: Counter[tuple[TopicPartition, int]] = Counter()

    def is_due(self, now: float) -> bool:
        """True when it is time for a look; looks cost a question to the brokers."""
        return now - self._looked_at >= self._stall_s / LOOKS

    def must_rebuild(self, lagging: Mapping[TopicPartition, int], now: float) -> bool:
        """Take in the positions of the partitions that have unread records.

        True when one of them has not moved for ``stall_s``. Raises ``BusStuck`` when it is a
        place where rebuilding has not helped.
        """
        if now - self._looked_at > self._stall_s / 2:
            self._since.clear()  # nobody polled, so nothing could move
        self._looked_at = now
        self._since = {place: self._since.get(place, now) for place in lagging.items()}
        stalled = [place for place, since in self._since.items() if now - since >= self._stall_s]
        self._rebuilt = Counter({place: self._rebuilt[place] for place in self._since})
        for place in stalled:
            if self._rebuilt[place] >= REBUILDS:
                (topic, partition), offset = place
                raise BusStuck(f"{topic}/{partition} does not move past offset {offset}")
            self._rebuilt[place] += 1
        if stalled:
            self._since.clear()
        return bool(stalled)
