"""How far consumers are behind the bus, as the gauge ``relevo_consumer_lag`` tells it.

The bus may be away or slow to answer, and who asks for metrics does not wait for it: the
gauge then keeps what was known last.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Table, select

from shared.bus.port import Bus, BusUnavailable
from shared.consumer import Consumer
from shared.db import Database
from shared.metrics import CONSUMER_LAG

log = structlog.get_logger(__name__)

PATIENCE_S = 2.0

Lag = Mapping[tuple[str, str], int]
"""By consumer and topic: events on the bus that were not taken."""


class LagMeter:
    """Measures the lag of one service's consumers; ``positions`` is where they stand."""

    def __init__(
        self, db: Database, bus: Bus, positions: Table, consumers: Iterable[Consumer[Any]]
    ):
        self._db = db
        self._bus = bus
        self._positions = positions
        self._reads = {consumer.name: tuple(consumer.topics) for consumer in consumers}
        self._measuring: asyncio.Task[Lag | None] | None = None

    async def measure(self, patience_s: float = PATIENCE_S) -> Lag | None:
        """Set the gauge and return what it shows; None where the bus does not answer soon."""
        if self._measuring is None or self._measuring.done():
            self._measuring = asyncio.create_task(self._measure(), name="measure_lag")
        # Not cancelled when it takes long: a client of the bus must not be stopped half way.
        done, _ = await asyncio.wait([self._measuring], timeout=patience_s)
        return self._measuring.result() if done else None

    async def close(self) -> None:
        """Let go what is still measuring."""
        if self._measuring is not None:
            self._measuring.cancel()
            await asyncio.wait([self._measuring])

    async def _measure(self) -> Lag | None:
        try:
            ends = await self._ends()
        except BusUnavailable as error:
            log.warning("lag_not_measured", service=self._db.service, error=str(error))
            return None
        # Read after the ends: what comes in between is no lag.
        stands = await self._db.read(self._stands)
        found: dict[tuple[str, str], int] = {}
        for consumer, topics in self._reads.items():
            for topic in topics:
                behind = sum(
                    max(0, end - stands.get((consumer, topic, partition), 0))
                    for partition, end in ends[topic].items()
                )
                CONSUMER_LAG.labels(consumer, topic).set(behind)
                found[consumer, topic] = behind
        return found

    async def _ends(self) -> Mapping[str, Mapping[int, int]]:
        topics = sorted({topic for topics in self._reads.values() for topic in topics})
        return {topic: await self._bus.ends(topic) for topic in topics}

    def _stands(self, conn: Connection) -> dict[tuple[str, str, int], int]:
        table = self._positions
        names: Sequence[str] = list(self._reads)
        rows = conn.execute(select(table).where(table.c.consumer.in_(names)))
        return {(row.consumer, row.topic, row.partition): row.next_offset for row in rows}
