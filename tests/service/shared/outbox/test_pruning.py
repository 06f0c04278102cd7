"""What was published long ago is pruned, slice by slice, and nothing else."""

from datetime import timedelta

from sqlalchemy import func, select, update

from shared import outbox as outbox_module
from shared.outbox import KEPT
from tests.service.shared.outbox.processes import OUTBOX
from tests.support.consuming import note


async def test_only_what_was_published_long_ago_is_pruned(new_process, log, clock):
    process = await new_process(clock)
    process.bus.refused = {"stuck"}
    await process.stage(note("lead-1", 1), note("stuck", 2))
    async with process.relaying():
        await process.until_waiting(1)
    clock.advance(seconds=KEPT.total_seconds())
    too_soon = await process.db.write(process.outbox.prune)
    clock.advance(seconds=1)
    pruned = await process.db.write(process.outbox.prune)

    assert (too_soon, pruned) == (0, 1)
    assert await process.waiting() == 1


async def test_the_relay_prunes_by_itself_slice_by_slice(new_process, log, clock, monkeypatch):
    monkeypatch.setattr(outbox_module, "PRUNED_AT_ONCE", 10)
    process = await new_process(clock)
    await process.stage(*(note("lead-1", number) for number in range(95)))
    old = update(OUTBOX).values(published_at=clock.now() - KEPT - timedelta(seconds=1))
    await process.db.write(lambda conn: conn.execute(old))
    async with process.relaying():
        await process.stage(note("lead-2", 1))
        await log.until(1)
    rows = await process.db.read(
        lambda conn: conn.execute(select(func.count()).select_from(OUTBOX)).scalar_one()
    )

    assert rows == 1
