"""A version that waits for its date: it starts once, then, and only if it still waits."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.store.tables import POLICY_VERSION, TIMER
from tests.service.handoff.signing_world import activate, open_agreements, unschedule
from tests.service.handoff.world import NOON

WEEK = timedelta(days=7)


@pytest.fixture
async def agreed(world):
    """Version 1 of `inbound` decides; 2, signed too, waits for its date a week from now."""
    agreed = await open_agreements(world)
    await agreed.prepare("inbound", 1, 2)
    assert await agreed.take(activate("inbound", 1)) == "ok"
    assert await agreed.take(activate("inbound", 2, NOON + WEEK)) == "ok"
    return agreed


async def fire(agreed, by=timedelta(0)):
    agreed.world.clock.advance(by)
    await agreed.world.parts.timers.fire_due()


async def test_a_date_comes_never_early_and_once(agreed):
    await fire(agreed, WEEK - timedelta(microseconds=1))
    early = await agreed.states("inbound")
    await fire(agreed, timedelta(microseconds=1))
    await fire(agreed, WEEK)

    assert early == ["in_force", "scheduled"]
    assert await agreed.states("inbound") == ["succeeded", "in_force"]
    assert await agreed.told("inbound") == [(1, "signed"), (2, "signed")]
    assert (await agreed.steps("inbound"))[-3:] == [
        (2, "scheduled"),
        (1, "succeeded"),
        (2, "activated"),
    ]
    assert (await agreed.versions("inbound"))[2].activated_by == "ci"  # who set the date


async def test_a_date_that_was_taken_back_starts_nothing(agreed):
    await agreed.take(unschedule("inbound", 2))
    await fire(agreed, WEEK)

    assert await agreed.states("inbound") == ["in_force", "draft"]
    assert await agreed.told("inbound") == [(1, "signed")]


async def test_another_date_is_the_one_that_counts(agreed):
    await agreed.take(unschedule("inbound", 2))
    assert await agreed.take(activate("inbound", 2, NOON + 2 * WEEK)) == "ok"
    await fire(agreed, WEEK)
    at_the_first = await agreed.states("inbound")
    await fire(agreed, WEEK)

    assert at_the_first == ["in_force", "scheduled"]
    assert await agreed.states("inbound") == ["succeeded", "in_force"]


async def test_a_text_this_release_cannot_use_does_not_start_and_the_one_before_goes_on(agreed):
    def spoil(conn):
        two = POLICY_VERSION.update().where(POLICY_VERSION.c.number == 2)
        conn.execute(two.where(POLICY_VERSION.c.policy == "inbound").values(text="policy: x"))

    await agreed.world.db.write(spoil)
    await fire(agreed, WEEK)
    armed = select(TIMER).where(TIMER.c.state == "armed", TIMER.c.kind == "start_policy")
    (timer,) = await agreed.world.read(lambda conn: conn.execute(armed).all())

    assert await agreed.states("inbound") == ["in_force", "scheduled"]
    assert (timer.tries, timer.due_at) == (1, NOON + WEEK)  # tried again, and counted as overdue


async def test_the_first_agreement_can_start_at_a_date_and_then_ends_the_trial(world):
    agreed = await open_agreements(world)
    await agreed.prepare("b2b", 2)  # version 1 is on trial in every world
    await agreed.take(activate("b2b", 2, NOON + WEEK))
    before = await agreed.states("b2b")
    await fire(agreed, WEEK)
    await agreed.prepare("b2b", 3, signed=False)

    assert before == ["in_force", "scheduled"]
    assert (await agreed.states("b2b"))[:2] == ["succeeded", "in_force"]
    assert await agreed.take(activate("b2b", 3)) == "not_signed"
