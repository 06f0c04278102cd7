"""Where a consumer stands on the bus, kept beside the data it writes.

A row per partition holds the offset to read next and an epoch that rises with each new
owner. Whoever writes locks the row and compares the epoch, so an owner that froze, lost
the partition and came back finds another epoch and writes nothing.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    select,
    tuple_,
)

from shared.bus.port import Record, TopicPartition
from shared.db import insert

KEY = ("consumer", "topic", "partition")


class Fenced(Exception):
    """Another member owns the partition now; what this one wanted to write is void."""

    def __init__(self, partition: TopicPartition):
        super().__init__(f"{partition.topic}/{partition.partition} has another owner now")
        self.partition = partition


def position_table(metadata: MetaData) -> Table:
    """Add the positions of a service's consumers to its tables."""
    return Table(
        "consumer_position",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("partition", Integer, nullable=False),
        Column("next_offset", BigInteger, nullable=False),
        Column("epoch", BigInteger, nullable=False),
        PrimaryKeyConstraint(*KEY),
    )


class Positions:
    """The positions of one member of a consumer group; ``epochs`` has the partitions it owns."""

    def __init__(self, table: Table, consumer: str):
        self.epochs: dict[TopicPartition, int] = {}
        self._table = table
        self._consumer = consumer

    def take_over(self, conn: Connection, partition: TopicPartition) -> tuple[int, int]:
        """Fence the former owner; return the offset to read next and the new epoch."""
        first = insert(conn, self._table).values(
            consumer=self._consumer, **partition._asdict(), next_offset=0, epoch=1
        )
        row = conn.execute(
            first.on_conflict_do_update(
                index_elements=KEY, set_={"epoch": self._table.c.epoch + 1}
            ).returning(self._table.c.next_offset, self._table.c.epoch)
        ).one()
        return row.next_offset, row.epoch

    def lock(
        self, conn: Connection, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Return the next offsets of ``partitions``, locked until the commit.

        Raises ``Fenced`` where one has another owner.
        """
        table = self._table
        key = tuple_(table.c.topic, table.c.partition)
        rows = conn.execute(
            select(table)
            .where(table.c.consumer == self._consumer, key.in_([tuple(p) for p in partitions]))
            .order_by(table.c.topic, table.c.partition)
            .with_for_update()
        )
        found = {TopicPartition(row.topic, row.partition): row for row in rows}
        for partition in partitions:
            if found[partition].epoch != self.epochs.get(partition):
                raise Fenced(partition)
        return {partition: row.next_offset for partition, row in found.items()}

    def move(
        self, conn: Connection, records: Mapping[TopicPartition, list[Record]]
    ) -> list[Record]:
        """Move past ``records``; return those that were not behind us already, in order.

        Raises ``Fenced`` where one of their partitions has another owner.
        """
        moved: list[dict[str, Any]] = []
        fresh: list[Record] = []
        for partition, next_offset in self.lock(conn, records).items():
            new = [record for record in records[partition] if record.offset >= next_offset]
            if new:
                moved.append(
                    {
                        "consumer": self._consumer,
                        **partition._asdict(),
                        "next_offset": new[-1].offset + 1,
                        "epoch": self.epochs[partition],
                    }
                )
                fresh += new
        if moved:
            statement = insert(conn, self._table)
            conn.execute(
                statement.on_conflict_do_update(
                    index_elements=KEY, set_={"next_offset": statement.excluded.next_offset}
                ),
                moved,
            )
        return fresh
