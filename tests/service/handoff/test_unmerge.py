"""After an undone merge each lead goes on in the cycle of its own hand-offs."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff import readmodels
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.store.tables import CYCLE, MERGE
from shared.contracts.handoffs import HandoffEvent
from tests.service.handoff.world import World

EVA, OTHER = "email:eva@acme.com", "user:crm:7"


async def lead_id(world: World, identifier: str) -> str:
    items, _ = await world.read(lambda conn: readmodels.list_leads(conn, identifier, None, 10))
    return str(items[0]["lead_id"])


async def ask_for_demo(world: World, identifier: str) -> str:
    """Let a lead ask for a demo; return the hand-off the latest event is about."""
    world.clock.advance(timedelta(minutes=1))
    await world.take(world.touch([identifier], "demo.requested"))
    told = (await world.staged())[-1].data
    assert isinstance(told, HandoffEvent)
    return told.handoff.handoff_id


async def merged(world: World, first: str, second: str) -> dict[str, str]:
    """Hand both leads over, ``first`` first, and make them one; return their hand-offs.

    Eva's lead is the older one and goes on, whoever was handed over first.
    """
    await world.take(world.touch([EVA], "email.opened"))
    world.clock.advance(timedelta(minutes=1))
    await world.take(world.touch([OTHER], "email.opened"))
    handoffs = {one: await ask_for_demo(world, one) for one in (first, second)}
    eva, other = await lead_id(world, EVA), await lead_id(world, OTHER)
    await world.write(lambda uow: merge_leads(uow, eva, other, "Ana", "one person"))
    return handoffs


async def undo(world: World, other: str) -> None:
    await world.write(lambda uow: unmerge_lead(uow, other, "Ana"))


async def other_lead(world: World) -> str:
    """Return the id of the lead that was merged away."""
    merge = await world.read(lambda conn: conn.execute(select(MERGE.c.merged_lead_id)).scalar_one())
    return str(merge)


ORDERS = [
    pytest.param(EVA, OTHER, id="the survivor was handed over first"),
    pytest.param(OTHER, EVA, id="the merged one was handed over first"),
]


@pytest.mark.parametrize(("first", "second"), ORDERS)
async def test_each_lead_goes_on_with_its_own_handoff_after_a_merge_is_undone(world, first, second):
    handoffs = await merged(world, first, second)
    await undo(world, await other_lead(world))

    assert await ask_for_demo(world, first) == handoffs[first], "its hand-off is still open"
    assert (await world.types())[-1] == "handoff.updated.v1"
    again = await ask_for_demo(world, second)
    assert again != handoffs[second], "the merge closed it: this is a new one"
    *_, ready = await world.sales_ready()
    assert (ready.handoff.handoff_id, ready.handoff.cycle) == (again, 2)
    assert ready.handoff.lead_id == await lead_id(world, second)


@pytest.mark.parametrize(("first", "second"), ORDERS)
async def test_a_lead_whose_handoff_the_merge_closed_is_handed_over_again(world, first, second):
    handoffs = await merged(world, first, second)
    await undo(world, await other_lead(world))
    await world.parts.timers.fire_due()

    *_, ready = await world.sales_ready()
    assert ready.handoff.lead_id == await lead_id(world, second)
    assert ready.handoff.handoff_id not in handoffs.values()
    assert [one.stage for one in ready.earlier_handoffs] == ["superseded"]
    assert len(await world.sales_ready()) == 3, "nobody else is"


@pytest.mark.parametrize(("first", "second"), ORDERS)
async def test_what_was_closed_while_merged_cools_down_with_its_own_lead_only(world, first, second):
    handoffs = await merged(world, first, second)
    await world.answer(handoffs[first], "accept")
    await world.answer(handoffs[first], "lost", reason="price")
    await undo(world, await other_lead(world))

    world.clock.advance(timedelta(minutes=1))
    before = len(await world.staged())
    await world.take(world.touch([first], "demo.requested"))
    assert len(await world.staged()) == before, "still cooling down"
    again = await ask_for_demo(world, second)
    assert again not in handoffs.values()
    world.clock.advance(timedelta(days=30))
    await world.parts.timers.fire_due()

    *_, ready = await world.sales_ready()
    assert (ready.handoff.lead_id, ready.handoff.cycle) == (await lead_id(world, first), 2)


async def test_a_lead_without_handoffs_of_its_own_stands_before_its_first_cycle(world):
    await world.take(world.touch([EVA], "email.opened"))
    world.clock.advance(timedelta(minutes=1))
    await ask_for_demo(world, OTHER)
    eva, other = await lead_id(world, EVA), await lead_id(world, OTHER)
    await world.write(lambda uow: merge_leads(uow, eva, other, "Ana", "one person"))
    await undo(world, other)
    rows = await world.read(lambda conn: conn.execute(select(CYCLE)).all())
    numbers = {row.lead_id: (row.number, row.open_handoff_id is not None) for row in rows}
    assert numbers == {eva: (0, False), other: (1, True)}

    await ask_for_demo(world, EVA)

    *_, ready = await world.sales_ready()
    assert (ready.handoff.lead_id, ready.handoff.cycle) == (eva, 1)


async def test_a_visitor_nobody_knows_any_more_is_not_handed_over_again(world):
    await world.take(world.touch(["anon:web:1"], "email.opened"))
    visitor = await lead_id(world, "anon:web:1")
    world.clock.advance(timedelta(minutes=1))
    await world.take(world.touch([OTHER], "email.opened"))
    other = await lead_id(world, OTHER)
    await world.write(lambda uow: merge_leads(uow, visitor, other, "Ana", "one person"))
    handoff_id = await ask_for_demo(world, "anon:web:1")
    await world.answer(handoff_id, "accept")
    await world.answer(handoff_id, "lost", reason="price")
    await undo(world, other)
    world.clock.advance(timedelta(days=29))
    await world.take(world.touch(["anon:web:1"], "demo.requested"))
    world.clock.advance(timedelta(days=2))
    await world.parts.timers.fire_due()

    assert len(await world.sales_ready()) == 1
