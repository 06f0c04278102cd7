"""What a change of version asks for in the background: one process does it, by a lease.

In this order: leads chosen from batches are handed over, old leads are folded for versions
that decide or will, then accounts, the scoreboard is counted again where somebody asked,
batches are made, what nobody needs any more is deleted. Each step is one transaction that
writes nothing once the lease is lost; whoever takes it over goes on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Row

from services.handoff.domain.pace import Pace
from services.handoff.domain.policy import PolicyVersion
from services.handoff.handlers import (
    fold_accounts,
    hand_over_batch,
    make_batch,
    rebuild_scoreboard,
    refold,
    tend_folds,
)
from services.handoff.store import batches
from services.handoff.store.policies import InForce
from services.handoff.store.tables import LEASE
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.db import is_transient
from shared.lease import STANDBY_S, Lease

log = structlog.get_logger(__name__)

T = TypeVar("T")

LOOK_S = 1.0
ERROR_WAIT_S = 5.0
DROPPED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Work:
    """What can be done now; the first that is set goes first."""

    hand_over: str | None
    fold: tuple[PolicyVersion, str | None] | None
    accounts: InForce | None
    count: bool
    batch: Row[Any] | None
    tend: bool
    sweep: bytes | None
    drop: bool
    forget: bool


class Changing:
    """The loop; ``step`` does one piece of it."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._lease = Lease(parts.db, LEASE, "changing")
        self._paces: dict[bytes | str, Pace] = {}
        self._look_at = 0.0  # on the event loop's clock
        self._fold_on: tuple[PolicyVersion, str | None] | None = None

    async def run(self) -> None:
        """Work for ever. Ends by cancellation."""
        try:
            while True:
                wait_s = await self._patient_step()
                await asyncio.sleep(wait_s)
        finally:
            await asyncio.shield(self._lease.release())

    async def _patient_step(self) -> float:
        try:
            return await self.step()
        except Exception as error:
            if is_transient(error):
                log.warning("changing_waits", error=type(error).__name__)
            else:
                log.exception("changing_failed")
            return ERROR_WAIT_S

    async def step(self) -> float:
        """Do what comes first; return how long to wait before the next step, in seconds."""
        return await self._work() if await self._lease.hold() else STANDBY_S

    async def _work(self) -> float:
        if self._fold_on is not None and self._now() < self._look_at:
            return await self._fold(*self._fold_on)
        work = await self._read(look)
        self._look_at = self._now() + LOOK_S
        if work.hand_over is not None:
            batch_id = work.hand_over
            await self._write(lambda uow: hand_over_batch.hand_over_some(uow, batch_id))
            return 0.0
        if work.tend:
            await self._write(tend_folds.change_folds)
            return 0.0
        if work.fold is not None:
            return await self._fold(*work.fold)
        if work.accounts is not None:
            asking = work.accounts
            return await self._rested(lambda uow: fold_accounts.fold_some(uow, asking))
        if work.count:
            return await self._count()
        if work.batch is not None:
            return await self._make(work.batch)
        if work.sweep is not None:
            shape = work.sweep
            return await self._rested(lambda uow: tend_folds.sweep(uow, shape))
        if work.forget:
            return await self._rested(fold_accounts.sweep)
        if work.drop:
            return await self._rested(lambda uow: batches.drop_items(uow.conn, DROPPED_AT_ONCE))
        return LOOK_S

    async def _fold(self, version: PolicyVersion, cursor: str | None) -> float:
        pace, started = self._pace(version.fold_shape), self._now()
        size, rate = pace.size, pace.rate
        page = await self._read(lambda uow: refold.read_page(uow, version, cursor, size))
        is_ours = await self._write(lambda uow: refold.store_page(uow, page, rate))
        # A page that is stale by then stores nothing, so a look now and then is enough.
        self._fold_on = (version, page.lead_ids[-1]) if is_ours and page.lead_ids else None
        return pace.took(len(page.lead_ids), self._now() - started)

    async def _make(self, batch: Row[Any]) -> float:
        pace, started = self._pace(batch.batch_id), self._now()
        size, rate = pace.size, pace.rate
        page = await self._read(lambda uow: make_batch.read_page(uow, batch, size))
        await self._write(lambda uow: make_batch.store_page(uow, page, rate))
        return pace.took(len(page.lead_ids), self._now() - started)

    async def _count(self) -> float:
        pace, started, counted = self._pace("scoreboard"), self._now(), 0

        def work(uow: UnitOfWork) -> None:
            nonlocal counted
            counted = rebuild_scoreboard.rebuild_some(uow, pace.size)

        await self._write(work)
        return pace.took(counted, self._now() - started)

    async def _rested(self, work: Callable[[UnitOfWork], object]) -> float:
        started = self._now()
        await self._write(work)
        return Pace().took(0, self._now() - started)

    def _pace(self, key: bytes | str) -> Pace:
        """Return the pace of a piece of work; another piece starts anew."""
        if key not in self._paces:
            self._paces = {key: Pace()}
        return self._paces[key]

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _read(self, work: Callable[[UnitOfWork], T]) -> T:
        return await self._parts.db.read(lambda conn: work(unit_of_work(self._parts, conn)))

    async def _write(self, work: Callable[[UnitOfWork], object]) -> bool:
        """Run ``work`` in a transaction; False, and nothing written, when the lease is lost."""

        def fenced(conn: Connection) -> bool:
            is_held = self._lease.is_held(conn)
            if is_held:
                work(unit_of_work(self._parts, conn))
            return is_held

        is_held = await self._parts.db.write(fenced)
        if not is_held:
            self._lease.lose()
        return is_held


def look(uow: UnitOfWork) -> Work:
    """Return what can be done now; writes nothing."""
    making = batches.batches_in(uow.conn, batches.MAKING)
    sweep = tend_folds.next_sweep(uow)
    return Work(
        hand_over=hand_over_batch.next_hand_over(uow),
        fold=refold.next_fold(uow),
        accounts=fold_accounts.next_version(uow),
        count=rebuild_scoreboard.is_waiting(uow),
        batch=making[0] if making else None,
        tend=bool(tend_folds.fold_changes(uow)),
        sweep=None if sweep is None else sweep.shape,
        drop=batches.has_replaced(uow.conn),
        forget=fold_accounts.has_left(uow),
    )
