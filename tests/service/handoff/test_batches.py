"""A reviewed batch is made: who is listed and why, stopped, gone on with, made again."""

import pytest
from sqlalchemy import select

from services.handoff.handlers import make_batch, review_batch
from services.handoff.store.tables import BATCH, BATCH_ITEM
from services.handoff.workers.changing import Changing
from shared.problem import Problem
from tests.service.handoff.batching import guides, hand_over, handed_over, items, made, states, tick
from tests.service.handoff.versions import (
    GUIDES_TOO,
    LOWER_SHARED,
    draft,
    lease_is_over,
    put_in_force,
    work_through,
)
from tests.service.handoff.versions import world as world


async def test_a_batch_lists_who_would_become_ready_and_why_they_did_not_before(world):
    await guides(world, "eva", lead={"title": "CTO", "name": "Eva Ruiz"})
    await guides(world, "tom")
    await draft(world, GUIDES_TOO)
    await made(world)

    (eva,) = (await items(world)).values()
    assert (eva["name"], eva["email"], eva["title"]) == ("Eva Ruiz", "eva@eva.com", "CTO")
    assert (eva["company"], eva["state"], eva["ticked_by"]) == ("eva.com", "listed", None)
    assert (eva["gate"], eva["tier"], eva["engagement"], eva["fit"]) == ("read", "hot", 30, 40)
    assert [one["kind"] for one in eva["deciding"]] == ["content.downloaded"]
    assert (eva["why_not"]["code"], eva["why_not"]["policy_version"]) == ("near_miss", 1)
    assert eva["why_not"]["near_miss"]["gate"] == "asked"
    assert await handed_over(world) == []


async def test_a_batch_leaves_out_whom_sales_has_had_and_whom_nobody_could_call(world):
    await guides(world, "open", "rejected", "listed")
    await world.take(
        world.touch(["anon:web:1"], "content.downloaded"),
        world.touch("spy@rival.com", "content.downloaded"),
        world.touch("open@open.com", "demo.requested"),
        world.touch("rejected@rejected.com", "demo.requested"),
    )
    ready = {one.handoff.lead_name: one.handoff for one in await world.sales_ready()}
    rejected = ready["rejected@rejected.com"].handoff_id
    await world.answer(rejected, "reject", reason="not_now")
    await put_in_force(world, LOWER_SHARED)
    await made(world)

    assert await states(world) == {"listed": "listed"}


async def test_of_the_version_in_force_the_one_before_says_why_not(world):
    await guides(world, "eva")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    again = await draft(world, LOWER_SHARED + "# again\n")
    await made(world, again)

    rows = await world.read(lambda conn: conn.execute(select(BATCH_ITEM.c.why_not)).scalars().all())
    assert sorted((one["code"], one["policy_version"]) for one in rows) == [
        ("near_miss", 1),
        ("nothing_new", 2),
    ]


async def test_a_batch_that_is_half_made_is_gone_on_with_by_the_next_process(world):
    await guides(world, *(f"lead{n}" for n in range(130)))
    await put_in_force(world, LOWER_SHARED)
    await work_through(world.parts)
    await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", 2))
    worker = Changing(world.parts)
    while not await items(world):
        await worker.step()
    half = await items(world)
    lease_is_over(world)
    await work_through(world.parts, Changing(world.parts))

    (batch,) = await world.read(lambda conn: conn.execute(select(BATCH)).all())
    assert 0 < len(half) < 130
    assert len(await items(world)) == 130
    assert (batch.state, batch.done, batch.total) == ("made", 130, 130)


async def test_making_can_be_stopped_and_what_is_listed_handed_over(world):
    await guides(world, *(f"lead{n}" for n in range(120)))
    await put_in_force(world, LOWER_SHARED)
    await work_through(world.parts)
    await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", 2))
    worker = Changing(world.parts)
    while not await items(world):
        await worker.step()
    await world.write(lambda uow: review_batch.stop_batch(uow, "eva", "turn", 2))
    lease_is_over(world)
    await work_through(world.parts)
    listed = len(await items(world))
    await tick(world)
    await hand_over(world)

    assert 0 < listed < 120
    assert len(await handed_over(world)) == listed


async def test_a_batch_made_again_replaces_the_one_before(world):
    await guides(world, "eva")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await guides(world, "tom")
    await made(world)

    rows = await world.read(lambda conn: conn.execute(select(BATCH_ITEM)).all())
    assert len({row.batch_id for row in rows}) == 1
    assert set(await states(world)) == {"eva"}, "tom was handed over by his own guide"


async def test_a_batch_of_a_succeeded_version_is_refused(world):
    await put_in_force(world, LOWER_SHARED)

    with pytest.raises(Problem, match="succeeded"):
        await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", 1))
