"""The ticked of a batch are handed over one by one, judged again, at a pace, nobody twice."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from services.handoff.handlers import hand_over_batch, review_batch
from services.handoff.handlers.start_policies import activate_version
from services.handoff.store.batches import ItemFilter
from services.handoff.store.tables import BATCH_ITEM, IDENTIFIER, LEAD, PERSON, POLICY_VERSION
from services.handoff.workers.changing import Changing
from shared.problem import Problem
from tests.service.handoff.batching import (
    HOUR,
    ask,
    audit,
    guides,
    hand_over,
    handed_over,
    items,
    made,
    state_of,
    states,
    tick,
)
from tests.service.handoff.versions import (
    EVA,
    GUIDES_TOO,
    LOWER_SHARED,
    draft,
    execute,
    is_idle,
    lease_is_over,
    put_in_force,
    work_through,
)
from tests.service.handoff.versions import world as world


async def test_only_the_ticked_are_handed_over_and_the_event_says_who_chose_them(world):
    await guides(world, "eva", "tom", "ben")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    listed = await items(world)
    chosen = [listed[name]["lead_id"] for name in ("eva@eva.com", "tom@tom.com")]
    changed = await tick(world, ItemFilter(leads=chosen))
    now = world.clock.advance(timedelta(days=1))
    await hand_over(world)

    ready = await world.sales_ready()
    batch_id = (await audit(world, "batch.made"))[0].subject
    assert changed == 2
    assert sorted(await handed_over(world)) == ["eva", "tom"]
    assert {one.decided_at for one in ready} == {now}
    assert {one.deadlines[0].due_at for one in ready} == {now + timedelta(minutes=15)}
    assert {(one.released.by, one.released.batch_id) for one in ready} == {("eva", batch_id)}
    assert {one.released.at for one in ready} == {now - timedelta(days=1)}
    assert {one.handoff.policy_version for one in ready} == {2}
    assert {one.evaluation["policy_version"] for one in ready} == {2}
    assert await states(world) == {"eva": "handed_over", "tom": "handed_over", "ben": "listed"}
    released = await audit(world, "handoff.released")
    assert {row.subject for row in released} == {one.handoff.handoff_id for one in ready}
    assert {row.who for row in released} == {"eva"}
    assert [row.who for row in await audit(world, "batch.handed_over")] == ["tom"]


async def test_who_is_handed_over_by_an_arrival_is_nobodys_choice(world):
    await world.take(world.touch("eva@eva.com", "demo.requested"))

    (ready,) = await world.sales_ready()
    assert ready.released is None


async def test_handing_over_again_hands_nobody_over_twice(world):
    await guides(world, "eva", "tom")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    for _ in range(3):
        await hand_over(world)
        await tick(world)

    assert sorted(await handed_over(world)) == ["eva", "tom"]
    assert await state_of(world) == "handed_over"


async def test_each_is_judged_again_and_skipped_with_the_reason(world):
    await guides(world, "open", "rejected", "merged", "into", "agent", "gone", "fine")
    await world.take(world.touch("aged@aged.com", "content.downloaded"))
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    listed = await items(world)
    await world.take(world.touch("open@open.com", "demo.requested"))
    await world.take(world.touch("rejected@rejected.com", "demo.requested"))
    ready = {one.handoff.lead_name: one.handoff for one in await world.sales_ready()}
    await world.answer(ready["rejected@rejected.com"].handoff_id, "reject", reason="not_now")
    await world.take(
        world.identify(["email:merged@merged.com", "email:into@into.com"]),
        world.identify("agent@agent.com", account={"domain": "rival.com"}),
    )
    await world.take(*(world.touch("aged@aged.com", "careers.viewed") for _ in range(2)))
    gone = listed["gone@gone.com"]["lead_id"]
    for table, column in ((IDENTIFIER, "lead_id"), (LEAD, "lead_id")):
        statement = delete(table).where(table.c[column] == gone)
        await world.write(partial(execute, statement=statement))
    await hand_over(world)

    rows = await world.read(lambda conn: conn.execute(select(BATCH_ITEM)).all())
    names = {one["lead_id"]: name.partition("@")[0] for name, one in listed.items()}
    found = {names[row.lead_id]: row.reason for row in rows}
    assert {found.pop("merged"), found.pop("into")} == {None, "merged"}
    assert found == {
        "open": "open_handoff",
        "rejected": "cool_down",
        "agent": "excluded",
        "gone": "lead_gone",
        "aged": "not_ready",
        "fine": None,
    }
    assert len(await handed_over(world)) == 4


async def test_so_many_an_hour_and_a_day_are_handed_over_and_no_more(world):
    await guides(world, *(f"lead{n}" for n in range(9)))
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    seen = []
    await hand_over(world, per_hour=3, per_day=5)
    for passes in (HOUR, HOUR, 22 * HOUR, HOUR):
        seen.append(len(await handed_over(world)))
        world.clock.advance(passes)
        await work_through(world.parts)

    assert [*seen, len(await handed_over(world))] == [3, 5, 5, 8, 9]


async def test_all_batches_share_the_pace_for_the_reps_are_the_same(world):
    await guides(world, "eva", "tom", "ben")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world, ItemFilter(leads=[(await items(world))["eva@eva.com"]["lead_id"]]))
    await hand_over(world, per_hour=2)
    await made(world)  # another batch, of those that are left
    await tick(world)
    await hand_over(world, per_hour=2)
    before = len(await handed_over(world))
    world.clock.advance(HOUR)
    await work_through(world.parts)

    assert (before, len(await handed_over(world))) == (2, 3)


async def test_a_worker_killed_before_the_commit_hands_nobody_over_and_the_next_everybody(world):
    await guides(world, *(f"lead{n}" for n in range(30)))
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    await ask(world)
    batch_id = (await audit(world, "batch.made"))[0].subject

    def dies(uow):
        hand_over_batch.hand_over_some(uow, batch_id)
        raise ConnectionResetError("killed")

    await world.write(lambda uow: hand_over_batch.hand_over_some(uow, batch_id))
    with pytest.raises(ConnectionResetError):
        await world.write(dies)
    halfway = len(await handed_over(world))
    lease_is_over(world)
    await work_through(world.parts, Changing(world.parts))

    assert halfway == hand_over_batch.AT_ONCE
    assert sorted(await handed_over(world)) == sorted(f"lead{n}" for n in range(30))


async def test_handing_over_can_be_stopped_and_asked_for_again(world):
    await guides(world, "eva", "tom", "ben")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    await hand_over(world, per_hour=1)
    await world.write(lambda uow: review_batch.stop_batch(uow, "eva", "turn", 2))
    world.clock.advance(HOUR)
    await work_through(world.parts)
    stopped, state = len(await handed_over(world)), await state_of(world)
    await hand_over(world)

    assert (stopped, state) == (1, "stopped")
    assert len(await handed_over(world)) == 3


async def test_unticking_takes_back_who_is_still_waiting(world):
    await guides(world, "eva", "tom")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    await hand_over(world, per_hour=1)
    changed = await tick(world, ticked=False)
    world.clock.advance(2 * HOUR)
    await work_through(world.parts)

    assert changed == 1
    assert sorted((await states(world)).values()) == ["handed_over", "listed"]
    assert await state_of(world) == "handed_over"


async def test_another_version_in_force_ends_the_hand_over(world):
    await guides(world, "eva", "tom")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    await hand_over(world, per_hour=1)
    await put_in_force(world, GUIDES_TOO)
    world.clock.advance(2 * HOUR)
    await work_through(world.parts)

    reasons = {one["reason"] for one in (await items(world)).values()}
    assert len(await handed_over(world)) == 1
    assert reasons == {None, "version_succeeded"}
    assert await state_of(world) == "handed_over"


async def test_a_version_that_is_to_come_is_waited_for(world):
    await guides(world, "eva")
    number = await draft(world, LOWER_SHARED)
    await made(world)
    await tick(world)

    await world.write(partial(schedule, number=number))
    await hand_over(world)
    before = await handed_over(world)
    world.clock.advance(HOUR)
    await world.parts.timers.fire_due()
    await work_through(world.parts)

    assert (before, await handed_over(world)) == ([], ["eva"])


def schedule(uow, number):
    """Let a version that was tried and signed by two people wait for its date."""
    marketing, sales = uow.conn.execute(select(PERSON.c.person_id).limit(2)).scalars()
    uow.conn.execute(
        update(POLICY_VERSION)
        .where(POLICY_VERSION.c.number == number)
        .values(
            tried_by="eva",
            marketing_signed_by=marketing,
            sales_signed_by=sales,
            **dict.fromkeys(("tried_at", "marketing_signed_at", "sales_signed_at"), uow.now),
        )
    )
    activate_version(uow, EVA, "turn", number, starts_at=uow.now + HOUR)


async def test_a_draft_hands_nobody_over(world):
    await guides(world, "eva")
    await draft(world, LOWER_SHARED)
    await made(world)
    await tick(world)

    with pytest.raises(Problem, match="not in force"):
        await ask(world)
    assert await is_idle(world.parts)


async def test_a_lead_both_chosen_and_asking_at_one_moment_is_handed_over_once(world):
    await guides(world, *(f"lead{n}" for n in range(20)))
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await tick(world)
    await ask(world)
    batch_id = (await audit(world, "batch.made"))[0].subject
    await asyncio.gather(
        *(
            world.take(world.touch(f"lead{n}@lead{n}.com", "demo.requested"))
            for n in range(0, 20, 2)
        ),
        *(world.write(lambda uow: hand_over_batch.hand_over_some(uow, batch_id)) for _ in range(4)),
    )
    await work_through(world.parts)

    assert sorted(await handed_over(world)) == sorted(f"lead{n}" for n in range(20))
