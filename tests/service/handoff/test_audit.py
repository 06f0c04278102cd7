"""A hand-off that is opened, and one that nobody answers, are in the audit."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.store.tables import AUDIT
from tests.service.handoff.world import World


async def audited(world: World, what: str) -> list:
    query = select(AUDIT).where(AUDIT.c.what == what).order_by(AUDIT.c.audit_id)
    return await world.read(lambda conn: list(conn.execute(query)))


async def test_every_handoff_that_is_opened_is_written_down_with_its_reason(world):
    await world.take(*(world.touch(f"lead{n}@acme{n}.com", "demo.requested") for n in range(5)))

    ready = await world.sales_ready()
    rows = {row.subject: row for row in await audited(world, "handoff.opened")}
    assert len(rows) == 5
    for one in ready:
        row = rows[one.handoff.handoff_id]
        assert (row.who, row.why) == ("relevo", "b2b version 1: gate asked_for_us")
        assert row.detail == {
            "lead_id": one.handoff.lead_id,
            "cycle": 1,
            "owner_id": one.handoff.owner.person_id,
        }


async def test_repeating_a_batch_adds_no_row(world):
    demo = world.touch("eva@acme.com", "demo.requested")
    await world.take(demo)
    await world.take(demo)

    assert len(await audited(world, "handoff.opened")) == 1


@pytest.mark.parametrize("answered", [False, True], ids=["nobody answers", "somebody does"])
async def test_an_escalation_is_written_down_with_whom_it_told(world, answered):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    (ready,) = await world.sales_ready()
    if answered:
        await world.answer(ready.handoff.handoff_id, "accept")
    world.clock.advance(timedelta(minutes=16))
    while await world.parts.timers.fire_due() == 0:
        pass

    rows = await audited(world, "handoff.escalated")
    assert len(rows) == (0 if answered else 1)
    for row in rows:
        told = (await world.staged())[-1].data
        assert (row.who, row.subject) == ("relevo", ready.handoff.handoff_id)
        assert row.detail == {
            "clock": "accept",
            "share": 1,
            "step": "manager",
            "to": told.to.person_id,
            "passed_over": [],
        }
        assert row.why == "no answer by 2026-03-02T12:15:00+00:00"
