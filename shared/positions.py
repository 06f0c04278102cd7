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
    bindparam,
    select,
    tuple_,
    update,
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
        # Built once: on a consumer's path building a statement costs more than running it.
        mine, key = table.c.consumer == consumer, tuple_(table.c.topic, table.c.partition)
        self._lock = (
            select(table)
            .where(mine, key.in_(bindparam("partitions", expanding=True)))
            .order_by(table.c.topic, table.c.partition)
            .with_for_update()
        )
        self._move = (
            update(table)
            .where(
                mine,
                table.c.topic == bindparam("of_topic"),
                table.c.partition == bindparam("of_partition"),
            )
            .values(next_offset=bindparam("behind"))
        )

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

    def rewind(self, conn: Connection, partition: TopicPartition) -> None:
        """Stand at the start of ``partition`` again. Raises ``Fenced``."""
        self.lock(conn, [partition])
        conn.execute(
            update(self._table)
            .where(self._table.c.consumer == self._consumer)
            .where(self._table.c.topic == partition.topic)
            .where(self._table.c.partition == partition.partition)
            .values(next_offset=0)
        )

    def lock(
        self, conn: Connection, partitions: Collection[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Return the next offsets of ``partitions``, locked until the commit.

        Raises ``Fenced`` where one has another owner.
        """
        rows = conn.execute(self._lock, {"partitions": [tuple(one) for one in partitions]})
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
                        "of_topic": partition.topic,
                        "of_partition": partition.partition,
                        "behind": new[-1].offset + 1,
                    }
                )
                fresh += new
        if moved:
            conn.execute(self._move, moved)
        return fresh
