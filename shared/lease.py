"""One worker at a time: a lease is a row with an owner, an end and an epoch.

The epoch rises with each new owner. A worker that froze past its lease and comes back
finds another epoch in the row, inside the very transaction it wanted to write in, and
writes nothing.
"""

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, select, update

from shared.db import Database, UtcDateTime, insert
from shared.ids import new_id

log = structlog.get_logger(__name__)

LENGTH = timedelta(seconds=10)
STANDBY_S = 2.0
RELEASE_WITHIN_S = 2.0  # a database that does not answer must not keep the process from ending


def lease_table(metadata: MetaData) -> Table:
    """Add the leases to a service's tables."""
    return Table(
        "lease",
        metadata,
        Column("name", Text, primary_key=True),
        Column("owner", Text, nullable=False),
        Column("epoch", BigInteger, nullable=False),
        Column("leased_until", UtcDateTime, nullable=False),
    )


class Lease:
    """The lease called ``name``, as one worker holds it or waits for it."""

    def __init__(self, db: Database, table: Table, name: str):
        self._db = db
        self._table = table
        self._name = name
        self._owner = new_id()
        self._epoch: int | None = None
        self._select_epoch = (  # built once: every batch of a worker asks
            select(table.c.epoch).where(table.c.name == name).with_for_update(read=True)
        )
        self._look_at = 0.0  # on the event loop's clock

    async def hold(self) -> bool:
        """Take the lease, or keep it; return whether this worker has it.

        Costs a transaction only when a third of the lease is over, or, for a worker that
        waits for it, once in ``STANDBY_S``.
        """
        now = asyncio.get_running_loop().time()
        if now >= self._look_at:
            self._epoch = await self._db.write(self._take)
            self._look_at = now + (STANDBY_S if self._epoch is None else LENGTH.total_seconds() / 3)
        return self._epoch is not None

    @property
    def epoch(self) -> int | None:
        """The epoch of the latest ``hold``; None when this worker has not got the lease."""
        return self._epoch

    def lose(self) -> None:
        """Note that ``is_held`` said no."""
        self._epoch = None

    def is_held(self, conn: Connection) -> bool:
        """Return whether the lease is still this worker's, and keep it so until the commit."""
        row = conn.execute(self._select_epoch).first()
        return row is not None and row.epoch == self._epoch

    async def release(self) -> None:
        """Let the next worker have it at once, also after a ``hold`` that was cancelled.

        Where that fails, the lease runs out by itself.
        """
        try:
            async with asyncio.timeout(RELEASE_WITHIN_S):
                await self._db.write(self._give_up)
        except Exception as error:
            log.warning("lease_not_released", lease=self._name, error=type(error).__name__)
        self._epoch = None
        self._look_at = 0.0

    def _take(self, conn: Connection) -> int | None:
        lease, now = self._table, self._db.now(conn)
        statement = insert(conn, lease).values(
            name=self._name, owner="", epoch=0, leased_until=now - LENGTH
        )
        conn.execute(statement.on_conflict_do_nothing())
        row = conn.execute(select(lease).where(lease.c.name == self._name).with_for_update()).one()
        mine = row.owner == self._owner and row.epoch == self._epoch
        if not mine and row.leased_until > now:
            return None
        epoch: int = row.epoch if mine else row.epoch + 1
        conn.execute(
            update(lease)
            .where(lease.c.name == self._name)
            .values(owner=self._owner, epoch=epoch, leased_until=now + LENGTH)
        )
        return epoch

    def _give_up(self, conn: Connection) -> None:
        lease = self._table
        ours = (lease.c.name == self._name) & (lease.c.owner == self._owner)
        conn.execute(update(lease).where(ours).values(leased_until=self._db.now(conn)))
