"""A reviewed batch: listed, ticked by people, handed over one by one, nobody twice."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from services.handoff.handlers import hand_over_batch, make_batch, review_batch
from services.handoff.handlers.list_batch import describe_items
from services.handoff.handlers.start_policies import activate_version
from services.handoff.store import batches
from services.handoff.store.batches import ItemFilter
from services.handoff.store.tables import (
    AUDIT,
    BATCH,
    BATCH_ITEM,
    IDENTIFIER,
    LEAD,
    PERSON,
    POLICY_VERSION,
)
from services.handoff.workers.changing import Changing
from shared.problem import Problem
from tests.service.handoff.versions import (
    EVA,
    GUIDES_TOO,
    LOWER_SHARED,
    draft,
    execute,
    is_idle,
    lease_is_over,
    open_versions,
    put_in_force,
    work_through,
)

GUIDE = {"content": {"id": "prices"}}
ALL = ItemFilter()
HOUR = timedelta(hours=1)
LATEST = (BATCH.c.made_at.desc(), BATCH.c.batch_id.desc())


@pytest.fixture
async def world(database_url):
    world = await open_versions(database_url)
    yield world
    await world.db.stop()


async def guides(world, *names, **options):
    """Let leads do what is enough for the lower versions, and not for the first."""
    await world.take(
        *(
            world.touch(f"{name}@{name}.com", "content.downloaded", properties=GUIDE, **options)
            for name in names
        )
    )


async def made(world, number=2):
    """Make the batch of a version, whatever else is to be done before it."""
    await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", number))
    await work_through(world.parts)


async def tick(world, wanted=ALL, number=2, ticked=True):
    return await world.write(
        lambda uow: review_batch.tick_leads(uow, "eva", "turn", number, wanted, ticked=ticked)
    )


async def ask(world, number=2, per_hour=100, per_day=1000):
    return await world.write(
        lambda uow: review_batch.ask_for_hand_over(uow, "tom", "turn", number, per_hour, per_day)
    )


async def hand_over(world, **pace):
    await ask(world, **pace)
    await work_through(world.parts)


async def items(world):
    """Return the items of the latest batch by the leads' names."""

    def work(conn):
        batch_id = conn.execute(select(BATCH.c.batch_id).order_by(*LATEST)).scalar()
        rows, _ = batches.page_of_items(conn, batch_id, ALL, "engagement", None, 500)
        return {one["name"]: one for one in describe_items(conn, rows)}

    return await world.read(work)


async def state_of(world):
    query = select(BATCH.c.state).order_by(*LATEST)
    return await world.read(lambda conn: conn.execute(query).scalar())


async def states(world):
    return {name.partition("@")[0]: one["state"] for name, one in (await items(world)).items()}


async def handed_over(world):
    return [one.handoff.lead_name.partition("@")[0] for one in await world.sales_ready()]


async def audit(world, what):
    query = select(AUDIT).where(AUDIT.c.what == what).order_by(AUDIT.c.happened_at)
    return await world.read(lambda conn: conn.execute(query).all())


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


async def test_a_batch_made_again_replaces_the_one_before(world):
    await guides(world, "eva")
    await put_in_force(world, LOWER_SHARED)
    await made(world)
    await guides(world, "tom")
    await made(world)

    rows = await world.read(lambda conn: conn.execute(select(BATCH_ITEM)).all())
    assert len({row.batch_id for row in rows}) == 1
    assert set(await states(world)) == {"eva"}, "tom was handed over by his own guide"


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


async def test_a_batch_of_a_succeeded_version_is_refused(world):
    await put_in_force(world, LOWER_SHARED)

    with pytest.raises(Problem, match="succeeded"):
        await world.write(lambda uow: make_batch.make_batch(uow, "eva", "turn", 1))
