"""Old leads are folded for a new version in the background, and nobody sees half a state."""

import asyncio
import random
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from services.handoff.handlers import refold
from services.handoff.handlers.keep_folds import refold_leads
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.policies import find_version
from services.handoff.handlers.refold import ask_for_fold
from services.handoff.handlers.tend_folds import GRACE, KEPT
from services.handoff.store import folds
from services.handoff.store.tables import FOLD, LEAD, LEAD_SIGNALS, TOUCH
from services.handoff.workers.changing import Changing
from shared.problem import Problem
from tests.service.handoff.versions import (
    DEMO_ONLY,
    GUIDES_TOO,
    LOWER_SHARED,
    draft,
    execute,
    half_states,
    is_idle,
    lease_is_over,
    put_in_force,
    unfolded,
    work_through,
)
from tests.service.handoff.versions import world as world

KINDS = ("demo.requested", "content.downloaded", "webinar.attended", "email.opened", "page.viewed")


async def old_leads(world, count, touches=3):
    """Let leads do something, in the order of their names."""
    for start in range(0, count, 200):
        await world.take(
            *(
                world.touch(f"lead{n}@acme{n}.com", KINDS[turn % len(KINDS)])
                for n in range(start, min(count, start + 200))
                for turn in range(touches)
            )
        )


async def fold_rows(world):
    rows = await world.read(lambda conn: conn.execute(select(FOLD)).all())
    return {row.shape: row for row in rows}


async def shape_of(world, number):
    def work(uow):
        return refold.version_of(uow, find_version(uow, "turn", number)).fold_shape

    return await world.write(work)


async def begin_again(world):
    """Take all states away, as if nobody had been folded yet."""
    afresh = update(FOLD).values(state=folds.FOLDING, cursor=None, done=0)
    await world.write(partial(execute, statement=delete(LEAD_SIGNALS)))
    await world.write(partial(execute, statement=afresh))


async def lead_id(world, email):
    def work(conn):
        return conn.execute(
            select(LEAD.c.root_id).where(LEAD.c.facts["email"][0].as_string() == email)
        ).scalar_one()

    return await world.read(work)


async def test_after_a_change_of_version_every_old_lead_is_folded_for_it(world):
    await old_leads(world, 120)
    number = await put_in_force(world, GUIDES_TOO)
    await work_through(world.parts)

    row = (await fold_rows(world))[await shape_of(world, number)]
    assert (row.state, row.done, row.total) == (folds.FOLDED, 120, 120)
    assert row.started_at is not None
    assert row.finished_at is not None
    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
    assert set((await world.read(unfolded)).values()) == {0}


async def test_versions_that_ask_the_same_questions_share_their_states(world):
    await old_leads(world, 10)
    await work_through(world.parts)
    await put_in_force(world, LOWER_SHARED)

    assert len(await fold_rows(world)) == 1
    assert await is_idle(world.parts)


async def test_a_draft_can_be_folded_for_before_it_decides_and_stays_complete(world):
    await old_leads(world, 30)
    number = await draft(world, GUIDES_TOO)
    await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", number))
    await work_through(world.parts)
    await world.take(
        world.touch("lead1@acme1.com", "webinar.attended"),
        world.touch("new@acme.com", "content.downloaded"),
    )

    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
    assert set((await world.read(unfolded)).values()) == {0}


async def test_a_version_that_does_not_exist_is_not_folded_for(world):
    with pytest.raises(Problem, match="no such policy version"):
        await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", 9))


async def test_going_back_finds_what_came_in_under_the_other_version(world):
    await old_leads(world, 5, touches=1)
    await world.take(world.touch("eva@acme.com", "email.opened"))
    await put_in_force(world, GUIDES_TOO)
    await world.take(world.touch("eva@acme.com", "demo.requested", made_by="unsure"))
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    await put_in_force(world, DEMO_ONLY)
    await world.take(world.touch("eva@acme.com", "content.downloaded"))

    assert await world.read(lambda conn: half_states(world.parts, conn)) == []


async def test_a_touch_between_reading_and_storing_a_page_is_in_the_state(world):
    await old_leads(world, 20)
    number = await draft(world, GUIDES_TOO)
    version = await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", number))
    page = await world.write(lambda uow: refold.read_page(uow, version, None, 50))
    await world.take(world.touch("lead3@acme3.com", "webinar.attended"))
    await world.take(world.touch("late@acme.com", "webinar.attended"))
    await world.write(lambda uow: refold.store_page(uow, page, None))

    assert len(page.states) == 20
    assert await world.read(lambda conn: half_states(world.parts, conn)) == []


async def test_a_page_waits_for_the_touch_that_is_being_recorded(world):
    """On PostgreSQL both transactions overlap: the page must see what it waited for."""
    await old_leads(world, 20)
    number = await draft(world, GUIDES_TOO)
    version = await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", number))
    for _ in range(15):
        await world.write(partial(execute, statement=delete(LEAD_SIGNALS)))
        await world.write(
            lambda uow: (
                uow.conn.execute(update(FOLD).values(state=folds.FOLDING, cursor=None)) and None
            )
        )
        page = await world.write(lambda uow: refold.read_page(uow, version, None, 50))
        touches = [world.touch(f"lead{n}@acme{n}.com", "webinar.attended") for n in range(20)]
        await asyncio.gather(
            world.take(*touches),
            *(world.write(partial(refold.store_page, page=page, rate=None)) for _ in range(2)),
        )
        assert await world.read(lambda conn: half_states(world.parts, conn)) == []


async def test_a_worker_that_dies_with_a_page_in_its_hands_is_followed_by_another(world):
    await old_leads(world, 60)
    await put_in_force(world, GUIDES_TOO)
    first = Changing(world.parts)
    await first.step()  # the list of shapes
    await first.step()  # a page
    (half,) = (row for row in (await fold_rows(world)).values() if row.done)
    lease_is_over(world)  # it was killed
    await work_through(world.parts, Changing(world.parts))

    assert 0 < half.done < 60
    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
    assert set((await world.read(unfolded)).values()) == {0}


async def test_a_worker_that_froze_and_lost_its_lease_writes_nothing(world):
    await old_leads(world, 10)
    await put_in_force(world, GUIDES_TOO)
    frozen, other = Changing(world.parts), Changing(world.parts)
    await frozen.step()
    lease_is_over(world)
    await other.step()
    before = await fold_rows(world)
    await frozen._write(lambda uow: uow.conn.execute(delete(FOLD)))

    assert await fold_rows(world) == before
    assert frozen._lease.epoch is None


async def test_only_one_worker_works_at_a_time(world):
    await old_leads(world, 10)
    await put_in_force(world, GUIDES_TOO)
    first, second = Changing(world.parts), Changing(world.parts)
    await first.step()
    before = await fold_rows(world)
    await second.step()

    assert second._lease.epoch is None
    assert await fold_rows(world) == before


async def test_what_decides_now_is_folded_before_what_may_one_day(world):
    await old_leads(world, 10)
    number = await draft(world, GUIDES_TOO)
    await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", number))
    await world.write(partial(execute, statement=delete(LEAD_SIGNALS)))
    await world.write(
        partial(execute, statement=update(FOLD).values(state=folds.FOLDING, cursor=None))
    )
    first = await world.write(lambda uow: refold.next_fold(uow))

    assert first[0].fold_shape == await shape_of(world, 1)


async def test_states_nobody_needs_any_more_are_deleted_after_a_while(world):
    await old_leads(world, 30)
    old = await shape_of(world, 1)
    await put_in_force(world, GUIDES_TOO)
    await work_through(world.parts)
    assert old in await fold_rows(world), "going back must stay cheap for a while"
    world.clock.advance(KEPT + timedelta(seconds=1))
    await work_through(world.parts)
    leaving = (await fold_rows(world))[old]
    world.clock.advance(GRACE)
    await work_through(world.parts)

    left = await world.read(lambda conn: conn.execute(select(LEAD_SIGNALS.c.shape)).scalars().all())
    assert leaving.state == folds.LEAVING
    assert old not in await fold_rows(world)
    assert old not in left
    assert len(left) == 30


async def test_a_shape_that_comes_back_while_it_leaves_is_folded_on_completely(world):
    await old_leads(world, 12)
    await put_in_force(world, GUIDES_TOO)
    await work_through(world.parts)
    world.clock.advance(KEPT + timedelta(seconds=1))
    await work_through(world.parts)
    await world.take(world.touch("lead1@acme1.com", "content.downloaded"))
    await put_in_force(world, DEMO_ONLY)
    await work_through(world.parts)
    await world.take(world.touch("lead1@acme1.com", "content.downloaded"))

    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
    assert set((await world.read(unfolded)).values()) == {0}


async def test_touches_that_were_judged_again_are_in_no_state_as_they_were(world):
    await world.take(world.touch("eva@acme.com", "content.downloaded", made_by="machine"))
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    await put_in_force(world, GUIDES_TOO)
    await work_through(world.parts)
    eva = await lead_id(world, "eva@acme.com")

    def judge_again(uow):
        uow.conn.execute(update(TOUCH).values(made_by="human"))
        refold_leads(uow, [eva])

    await world.write(judge_again)
    states = await world.read(lambda conn: conn.execute(select(LEAD_SIGNALS)).all())
    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
    assert len(states) == 2


async def test_undoing_a_merge_needs_no_fold(world):
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    await world.take(world.touch(["user:crm:7"], "webinar.attended"))
    roots = await world.read(lambda conn: conn.execute(select(LEAD.c.lead_id)).scalars().all())
    first, second = sorted(roots)
    await world.write(lambda uow: merge_leads(uow, first, second, "eva", "same person"))
    await world.take(world.touch("eva@acme.com", "content.downloaded"))
    await world.take(world.touch(["user:crm:7"], "content.downloaded"))
    before = await world.read(lambda conn: half_states(world.parts, conn))
    await world.write(lambda uow: unmerge_lead(uow, second, "eva"))

    assert (before, await world.read(lambda conn: half_states(world.parts, conn))) == ([], [])


async def test_a_lead_that_did_nothing_the_policy_asks_for_is_read_once_and_not_again(world):
    await world.take(world.touch("eva@acme.com", "page.viewed"))
    await world.take(world.touch("eva@acme.com", "page.viewed"))

    states = await world.read(lambda conn: conn.execute(select(LEAD_SIGNALS)).all())
    assert len(states) == 1


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_during_a_refold_every_state_is_the_fold_from_the_start(world, seed):
    """Touches, merges, their undoing, versions to and fro, and workers that die at any point."""
    chance = random.Random(seed)
    worker = Changing(world.parts)
    pages = []

    async def touches():
        events = []
        for _ in range(chance.randint(1, 12)):
            who = [f"email:lead{chance.randrange(40)}@acme.com"]
            if chance.random() < 0.2:
                who.append(f"user:crm:{chance.randrange(25)}")
            events.append(
                world.touch(
                    who,
                    chance.choice(KINDS),
                    at=world.clock.now() - timedelta(days=chance.randint(0, 100)),
                    made_by=chance.choice(["human", "human", "unsure", "machine"]),
                    properties={"content": {"id": str(chance.randrange(4))}},
                )
            )
        if world.taken and chance.random() < 0.3:
            events.append(chance.choice(world.taken))  # the bus repeats itself
        await world.take(*events)

    async def merge():
        ids = await world.read(lambda conn: conn.execute(select(LEAD.c.lead_id)).scalars().all())
        if len(ids) > 1:
            one, other = chance.sample(sorted(ids), 2)
            try:
                if chance.random() < 0.6:
                    await world.write(lambda uow: merge_leads(uow, one, other, "eva", "same"))
                else:
                    await world.write(lambda uow: unmerge_lead(uow, one, "eva"))
            except Problem:
                pass  # they were one already, or never were

    async def change_version():
        await put_in_force(world, chance.choice([DEMO_ONLY, GUIDES_TOO, LOWER_SHARED]))

    async def ask_for_draft():
        number = await draft(world, GUIDES_TOO)
        await world.write(lambda uow: ask_for_fold(uow, "eva", "turn", number))

    async def step():
        await worker.step()

    async def die():
        nonlocal worker
        lease_is_over(world)
        worker = Changing(world.parts)
        worker._pace(b"small").size = 7

    async def read_page_and_store_it_later():
        found = await world.write(lambda uow: refold.next_fold(uow))
        if found is not None:
            version, cursor = found
            pages.append(await world.write(lambda uow: refold.read_page(uow, version, cursor, 5)))
        if pages and chance.random() < 0.7:
            page = pages.pop(chance.randrange(len(pages)))
            await world.write(lambda uow: refold.store_page(uow, page, None))

    async def time_passes():
        world.clock.advance(chance.choice([GRACE, timedelta(days=1), KEPT]))

    acts = [touches] * 8 + [merge, change_version, die, time_passes, ask_for_draft] + [step] * 5
    acts += [read_page_and_store_it_later] * 4
    for _ in range(70):
        together = chance.sample(acts, chance.choice([1, 1, 2, 3]))
        await asyncio.gather(*(act() for act in together))
        wrong = await world.read(lambda conn: half_states(world.parts, conn))
        assert wrong == [], [act.__name__ for act in together]
    await die()
    await work_through(world.parts, worker)

    assert await world.read(lambda conn: half_states(world.parts, conn)) == []
