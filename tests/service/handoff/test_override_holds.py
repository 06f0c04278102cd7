"""A person holds a lead back: until a date, until it is lifted, for one policy."""

from datetime import timedelta

import pytest

from services.handoff.handlers.merge_leads import merge_leads
from shared.problem import Problem
from tests.service.handoff.agreements import ACCOUNTS, put_in_force
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.overruling import GUIDE, evaluated, lifted, say
from tests.service.handoff.world import NOON


async def test_a_lead_that_is_held_back_is_not_handed_over_and_both_values_are_shown(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, reason="in talks already")
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    shown = await evaluated(world)

    assert await world.staged() == []
    assert shown["explanation"]["ready"] is True
    assert shown["held_back"]["code"] == "override"
    assert (shown["override"]["made_by"], shown["override"]["reason"]) == (
        "Mia",
        "in talks already",
    )


async def test_lifting_it_hands_over_a_lead_that_is_ready(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await lifted(world)
    [ready] = await world.sales_ready()

    assert (ready.handoff.gate, ready.override) == ("asked_for_us", None)
    assert (await evaluated(world))["override"] is None


async def test_lifting_it_hands_nobody_over_who_is_not_ready(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    await lifted(world)

    assert await world.staged() == []


async def test_a_hold_ends_at_its_date_and_not_before(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=7))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=7, seconds=-1))
    await world.parts.timers.fire_due()
    assert await world.staged() == []
    world.clock.advance(timedelta(seconds=1))
    await world.parts.timers.fire_due()

    assert len(await world.sales_ready()) == 1


async def test_a_hold_that_was_lifted_ends_no_second_time(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=7))
    await lifted(world)
    await say(world)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=8))
    await world.parts.timers.fire_due()

    assert await world.staged() == []


async def test_what_is_said_anew_takes_the_place_of_what_was_said(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=1))
    await say(world, reason="longer", until=NOON + timedelta(days=9))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=2))
    await world.parts.timers.fire_due()
    assert await world.staged() == []
    world.clock.advance(timedelta(days=7))
    await world.parts.timers.fire_due()

    assert len(await world.sales_ready()) == 1


async def test_a_hold_on_one_policy_leaves_the_others(world):
    await put_in_force(world, ACCOUNTS)
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, policy="b2b")
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    assert [row.policy for row in await handoffs(world)] == ["accounts"]
    await lifted(world, policy="b2b")
    assert sorted(row.policy for row in await handoffs(world)) == ["accounts", "b2b"]


async def test_handing_over_lifts_the_hold_on_that_policy(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, policy="b2b")
    await say(world, ready=True)

    assert (await evaluated(world))["override"] is None
    assert len(await handoffs(world)) == 1


async def test_a_hold_stays_with_a_lead_that_is_merged(world):
    await world.take(world.touch("old@acme.com", GUIDE))
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    old, eva = await lead_of(world, "old@acme.com"), await lead_of(world)
    await world.write(lambda uow: merge_leads(uow, old, eva, "mia", "one person") and None)
    await world.take(world.touch("old@acme.com", "demo.requested"))

    assert await world.sales_ready() == []


async def test_there_is_nothing_to_lift_where_nobody_is_held_back(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    with pytest.raises(Problem) as problem:
        await lifted(world)

    assert problem.value.status == 404
