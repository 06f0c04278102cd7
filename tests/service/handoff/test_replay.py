"""History replayed with the version that ran gives exactly the hand-offs that were made."""

import random
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import delete, func, select, update

from services.handoff.domain.history import BY_HAND, LeadGroup
from services.handoff.domain.replay import Replay
from services.handoff.domain.replay_runs import Window
from services.handoff.domain.standing import Handover
from services.handoff.domain.touches import epoch_us
from services.handoff.handlers.make_batch import make_batch
from services.handoff.handlers.review_batch import ask_for_hand_over, tick_leads
from services.handoff.store.batches import ItemFilter
from services.handoff.store.past import Past
from services.handoff.store.past_rows import Wanted
from services.handoff.store.tables import BATCH_ITEM, HANDOFF, LEAD, LEAD_HISTORY, MERGE, TOUCH
from tests.service.handoff.histories import TEXT, VERSION, Life
from tests.service.handoff.versions import open_versions, put_in_force, work_through
from tests.service.handoff.world import World, open_world

LOOSER = TEXT.replace("policy: b2b", "policy: turn")
STRICTER = LOOSER.replace("[{signal: demo},", "[{signal: demo}, {fit: {at_least: 45}},").replace(
    "{engagement: {at_least: 40}}", "{engagement: {at_least: 55}}"
)
SEEDS = [pytest.param(seed, id=f"seed {seed}") for seed in (3, 104, 118)]


@pytest.fixture
async def world(database_url):
    world = await open_world(database_url, VERSION)
    yield world
    await world.db.stop()


def replay_of(
    world: World, from_us: int = 0, since: datetime | None = None, number: int = 1
) -> Replay:
    """Return a replay of the version that runs, in force ``since``."""
    version = world.parts.shelf.compile(LOOSER, "", number)
    window = Window(from_us, epoch_us(world.clock.now()))
    return Replay([version], window, timedelta(days=20), mirror=0, since=[since])


async def past(
    world: World, replay: Replay, leads: int = 100, policy: str = "b2b"
) -> list[LeadGroup]:
    """Return the past of all leads, read in pages that begin with ``leads``."""
    wanted = Wanted(policy, replay.kinds, replay.about, replay.since_us(), replay.asks_about_people)
    reader, groups = Past(wanted, leads), []
    while not reader.is_over:
        found, _ = await world.db.read(reader.page)
        groups += found
    return groups


async def made(world: World) -> dict[str, Any]:
    """Return what production handed over by a gate, by hand-off.

    What a person's or a verdict's word handed over is taken over by a replay as it was.
    """
    by_gate = select(HANDOFF).where(HANDOFF.c.gate != BY_HAND)
    rows = await world.read(lambda conn: conn.execute(by_gate).all())
    return {
        row.handoff_id: (
            row.lead_id,
            row.cycle,
            row.gate,
            epoch_us(row.decided_at),
            row.fit,
            tuple(orjson.loads(row.snapshot)["evaluation"]["deciding"]),
        )
        for row in rows
    }


def told(handover: Handover) -> Any:
    evaluation = handover.evaluation
    assert evaluation is not None
    return (
        handover.lead_id,
        handover.cycle,
        handover.gate.name,
        handover.decided_us,
        evaluation.fit / 10,
        tuple(touch.touch_id for touch in evaluation.deciding),
    )


async def replayed(
    world: World, replay: Replay, leads: int = 100, policy: str = "b2b"
) -> dict[str, Any]:
    """Return what the replay hands over, by hand-off."""
    return {
        one.handoff_id: told(one)
        for group in await past(world, replay, leads, policy)
        for one in replay.replay(group)[0].handovers
        if one.evaluation is not None
    }


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_running_version_makes_exactly_the_handoffs_that_production_made(world, seed):
    await Life(world, seed).live(700)
    found, production = await replayed(world, replay_of(world)), await made(world)

    assert found == production
    assert max(cycle for _, cycle, *_ in production.values()) > 1
    merged, undone = await world.read(
        lambda conn: conn.execute(select(func.count(), func.count(MERGE.c.undone_at))).one()
    )
    assert merged > undone > 0


@pytest.mark.postgres
@pytest.mark.parametrize("seed", [1, 2])
async def test_it_does_so_too_where_batches_answers_and_merges_raced(postgres_url, seed):
    world = await open_world(postgres_url, VERSION)
    await Life(world, seed).race(60)
    found, production = await replayed(world, replay_of(world)), await made(world)
    await world.db.stop()

    assert found == production
    assert len(production) > 5


async def test_a_window_begins_with_the_handoffs_that_were_made_before_it(world):
    await Life(world, 118).live(700)
    production = await made(world)
    moments = sorted(decided_us for _, _, _, decided_us, *_ in production.values())
    from_us = moments[len(moments) // 2]
    found = await replayed(world, replay_of(world, from_us))

    assert found == {key: one for key, one in production.items() if one[3] >= from_us}


@pytest.mark.parametrize("seed", [5, 32])
async def test_so_does_a_version_that_came_into_force_meanwhile(database_url, seed):
    """It hands nobody over by itself whom it found ready; people choose some of them."""
    world = await open_versions(database_url, STRICTER)
    life = Life(world, seed)
    await life.live(250)
    await world.take(world.touch("rosa@acme.com", "demo.requested"))
    world.clock.advance(timedelta(minutes=1))
    await put_in_force(world, LOOSER)
    since = world.clock.advance(timedelta(microseconds=1))
    released = await release_a_few(world)
    await life.live(250)
    replay = replay_of(world, epoch_us(since), since=since, number=2)
    found, production = await replayed(world, replay, policy="turn"), await made(world)
    await world.db.stop()

    now_made = {key: one for key, one in production.items() if one[3] >= epoch_us(since)}
    assert found == now_made
    assert released
    assert released < now_made.keys()


async def test_whom_a_version_finds_ready_when_it_comes_it_does_not_hand_over(database_url):
    world = await open_versions(database_url, STRICTER)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(minutes=1))
    await put_in_force(world, LOOSER)
    since = world.clock.advance(timedelta(minutes=1))
    await world.take(world.identify("eva@acme.com", lead={"city": "Vigo"}))
    from_us = epoch_us(since)
    found = await replayed(world, replay_of(world, from_us, since=since, number=2), policy="turn")
    always = await replayed(world, replay_of(world, from_us, number=2), policy="turn")
    production = await made(world)
    await world.db.stop()

    assert found == production == {}
    assert len(always) == 1


async def release_a_few(world: World) -> set[str]:
    """Let people hand over some of those whom the second version would have found ready."""
    everybody = ItemFilter()
    await world.write(lambda uow: make_batch(uow, "eva", "turn", 2))
    await work_through(world.parts)
    await world.write(lambda uow: tick_leads(uow, "eva", "turn", 2, everybody, ticked=True))
    await world.write(lambda uow: ask_for_hand_over(uow, "eva", "turn", 2, 2, 2))
    await work_through(world.parts)
    query = select(BATCH_ITEM.c.handoff_id).where(BATCH_ITEM.c.state == "handed_over")
    return set(await world.read(lambda conn: conn.execute(query).scalars().all()))


async def test_leads_come_the_same_however_they_are_cut_into_pages(world):
    await Life(world, 104).live(500)
    replay = replay_of(world)
    at_once = await replayed(world, replay, leads=10_000)
    sizes = random.Random(1).sample(range(1, 12), 3)
    cut = [await replayed(world, replay, leads) for leads in sizes]

    assert at_once
    assert cut == [at_once] * 3


async def test_without_what_was_known_then_what_is_known_now_is_taken_and_it_is_said(world):
    await world.take(
        world.touch("eva@acme.com", "content.downloaded", lead={"title": "CTO"}),
        world.touch("eva@acme.com", "demo.requested"),
    )
    before = await made(world)

    def forget(conn):
        """Let the rows be as the version before wrote them."""
        conn.execute(delete(LEAD_HISTORY))
        conn.execute(update(TOUCH).values(place=None))
        conn.execute(update(HANDOFF).values(decided_place=None))
        conn.execute(update(LEAD).values(facts_digest=None))

    await world.db.write(forget)
    replay = replay_of(world)
    [group] = await past(world, replay)

    assert group.is_guessed
    assert {one.handoff_id for one in replay.replay(group)[0].handovers} == before.keys()
    await world.take(world.touch("eva@acme.com", "webinar.attended"))
    [group] = await past(world, replay)
    assert group.is_guessed, "what comes later is known, what came before is not"


async def test_a_repeat_of_a_stored_touch_is_not_judged_again(world):
    demo = world.touch("eva@acme.com", "demo.requested", received_at=world.clock.now())
    await world.take(demo)
    world.clock.advance(timedelta(days=1))
    rows = await world.read(lambda conn: conn.execute(select(TOUCH.c.place)).all())
    await world.take(demo, world.touch("eva@acme.com", "webinar.attended"))
    again = await world.read(
        lambda conn: conn.execute(select(TOUCH.c.place).order_by(TOUCH.c.place)).all()
    )

    assert again[0] == rows[0]
    *_, updated = await world.staged()
    assert [line.kind for line in updated.data.touches] == ["webinar.attended"]
