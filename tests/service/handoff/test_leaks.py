"""What must never be is found, each kind of it, and nothing where all is well."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from services.handoff.domain.leaks import LEAK_KINDS, REMEDIES, TITLES
from services.handoff.handlers.ensure_clocks import ensure_clocks
from services.handoff.store import leaks
from services.handoff.store.tables import (
    HANDOFF,
    HANDOFF_DEADLINE,
    PERSON,
    TIMER,
    TOLD,
)
from shared.ids import new_id, stable_id
from tests.service.handoff.world import NOON, World

MINUTE = timedelta(minutes=1)


async def ready(world: World, email: str = "eva@acme.com") -> Any:
    await world.take(world.touch(email, "demo.requested"))
    return (await world.sales_ready())[-1].handoff


async def tell(
    world: World, handoff: Any, *, succeeded: bool = True, channel: str = "email"
) -> None:
    """Notify reports that it told the owner."""
    row = {
        "delivery_id": new_id(),
        "succeeded": succeeded,
        "handoff_id": handoff.handoff_id,
        "lead_id": handoff.lead_id,
        "event_type": "handoff.sales_ready.v1",
        "channel": channel,
        "person_id": handoff.owner.person_id,
        "told_at": world.clock.now(),
    }
    await change(world, insert(TOLD).values(**row))


async def change(world: World, statement: Any) -> None:
    await world.write(lambda uow: uow.conn.execute(statement))


async def found(world: World) -> dict[str, int]:
    """Return the kinds of leaks there are, and check that what is counted can be shown."""
    now = world.clock.now()
    counts = await world.read(lambda conn: leaks.counts(conn, now))
    examples = await world.read(lambda conn: leaks.examples(conn, now))
    assert {kind: len(rows) for kind, rows in examples.items()} == counts
    return {kind: count for kind, count in counts.items() if count}


async def fire(world: World) -> None:
    while await world.parts.timers.fire_due() == 0:
        pass


async def test_where_all_is_well_there_is_none(world):
    """Answered, late, given away, paused and closed hand-offs: none of them is a leak."""
    told = [await ready(world, f"lead{number}@acme.com") for number in range(4)]
    for handoff in told:
        await tell(world, handoff)
    first, second, third, _ = told
    await world.answer(first.handoff_id, "accept", first.owner.email)
    await world.answer(second.handoff_id, "accept", second.owner.email)
    await world.answer(second.handoff_id, "lost", second.owner.email, reason="price")
    await world.answer(third.handoff_id, "reject", third.owner.email, reason="bad_data")
    assert await found(world) == {}

    for minutes in (8, 16, 25, 40, 70, 100, 130):
        world.clock.moment = NOON + minutes * MINUTE
        await fire(world)
        for event in await world.staged():
            data: Any = event.data
            if event.type == "handoff.reassigned.v1" and event.time == world.clock.now():
                await tell(world, data.handoff)
        assert await found(world) == {}, f"{minutes} minutes after noon"


async def test_a_cycle_that_stands_open_without_its_hand_off_is_found(world):
    handoff = await ready(world)
    await tell(world, handoff)
    await change(world, update(HANDOFF).values(closed_at=NOON, stage="lost"))

    assert await found(world) == {"qualified_without_handoff": 1}


async def test_a_lead_that_nobody_looked_at_again_in_time_is_found(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "reject", handoff.owner.email, reason="bad_data")
    world.clock.advance(timedelta(days=30, minutes=6))  # and no timer fires

    assert await found(world) == {"qualified_without_handoff": 1}


async def test_a_hand_off_without_an_owner_is_found(world):
    await tell(world, await ready(world))
    gone = new_id()
    await change(world, update(HANDOFF).values(owner_id=gone))
    await change(world, update(TOLD).values(person_id=gone))

    assert await found(world) == {"handoff_without_owner": 1}


@pytest.mark.parametrize("how", ["has left", "last day"])
async def test_an_owner_who_is_gone_is_found(world, how):
    handoff = await ready(world)
    await tell(world, handoff)
    if how == "has left":
        await change(world, update(PERSON).values(active=False))
    else:
        await change(world, update(PERSON).values(last_day=date(2026, 2, 27)))

    assert await found(world) == {"owner_gone": 1}


@pytest.mark.parametrize("kind", ["accept", "first_attempt"])
async def test_a_clock_that_stands_still_is_found(world, kind):
    handoff = await ready(world)
    await tell(world, handoff)
    if kind == "first_attempt":
        await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    await change(world, delete(TIMER).where(TIMER.c.kind == kind))

    assert await found(world) == {"clock_not_running": 1}


async def test_an_owner_nobody_could_reach_is_found_after_a_quarter_of_an_hour(world):
    handoff = await ready(world)
    await tell(world, handoff, succeeded=False)
    world.clock.advance(15 * MINUTE)
    soon = await found(world)
    world.clock.advance(MINUTE)

    assert soon == {}
    assert await found(world) == {"nobody_told": 1}
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    assert await found(world) == {}


async def test_the_inbox_alone_is_no_channel_where_others_failed(world):
    """Everything is in the inbox. It is how somebody hears of it where there is no other way."""
    first, second = [await ready(world, f"lead{number}@acme.com") for number in range(2)]
    for one in (first, second):
        await tell(world, one, channel="inbox")
    await tell(world, first, succeeded=False)
    world.clock.advance(16 * MINUTE)
    await fire(world)

    assert await found(world) == {"nobody_told": 1}
    await tell(world, first)
    assert await found(world) == {}


@pytest.mark.parametrize("stage", ["sql", "opportunity"])
async def test_who_gets_what_is_under_way_and_never_hears_of_it_is_found(world, stage):
    handoff = await ready(world)
    await tell(world, handoff)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    await world.answer(handoff.handoff_id, stage, handoff.owner.email)
    await world.answer(handoff.handoff_id, "reassign", to=stable_id("person", "boss"))
    world.clock.advance(16 * MINUTE)

    assert await found(world) == {"nobody_told": 1}


@pytest.mark.parametrize("kind", ["accept", "first_attempt"])
async def test_a_ladder_nobody_climbs_on_is_found_before_the_time_is_over(world, kind):
    """A step was taken, and the timer of the next one was never armed."""
    handoff = await ready(world)
    await tell(world, handoff)
    if kind == "first_attempt":
        await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    mine = (TIMER.c.subject == handoff.handoff_id, TIMER.c.kind == kind)
    await change(world, update(TIMER).where(*mine).values(state="fired", settled_at=NOON))

    assert await found(world) == {"clock_not_running": 1}


async def test_an_overdue_answer_nobody_was_told_of_is_found(world):
    await tell(world, await ready(world))
    world.clock.advance(19 * MINUTE)  # and no timer fires
    soon = await found(world)
    world.clock.advance(2 * MINUTE)
    late = await found(world)
    await fire(world)

    assert (soon, late) == ({}, {"overdue_without_escalation": 1})
    assert await found(world) == {}


async def test_hand_offs_of_before_get_the_clocks_they_lack(world):
    """What the releases before left: no clock of the first attempt, and once none at all."""
    handoffs = [await ready(world, f"lead{number}@acme.com") for number in range(3)]
    for one in handoffs:
        await tell(world, one)
    await world.answer(handoffs[1].handoff_id, "accept", handoffs[1].owner.email)
    await world.answer(handoffs[2].handoff_id, "accept", handoffs[2].owner.email)
    await world.answer(handoffs[2].handoff_id, "talked", handoffs[2].owner.email)
    await change(world, delete(TIMER).where(TIMER.c.kind == "first_attempt"))
    await change(world, delete(HANDOFF_DEADLINE))
    before = await found(world)
    world.clock.advance(timedelta(hours=2))
    await world.write(ensure_clocks)

    assert before == {"clock_not_running": 2}
    await fire(world)
    assert await found(world) == {}
    told = [one.data for one in await world.staged() if one.type == "handoff.escalated.v1"]
    assert {one.handoff.handoff_id for one in told} == {handoffs[0].handoff_id}
    world.clock.advance(timedelta(hours=1))
    await fire(world)
    later = [one.data for one in await world.staged() if one.type == "handoff.escalated.v1"]
    assert ("first_attempt", handoffs[1].handoff_id) in [
        (one.deadline.kind, one.handoff.handoff_id) for one in later
    ]


def test_every_kind_has_words():
    assert {*TITLES} == {*REMEDIES} == {*LEAK_KINDS}
