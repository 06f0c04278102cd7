"""After a group's hand-off is closed the account cools down, and then needs something new."""

from datetime import timedelta

from tests.service.handoff.found import handoffs
from tests.service.handoff.grouping import WEBINAR, complete, touch
from tests.service.handoff.grouping import world as world
from tests.service.handoff.world import NOON


async def close(world, handoff_id, reason="other"):
    await world.answer(handoff_id, "reject", reason=reason, text="so it is")


async def reconsider(world, moment):
    world.clock.moment = moment
    await world.parts.timers.fire_due()


async def test_after_the_close_the_account_cools_down_and_then_needs_something_new(world):
    await complete(world)
    [first] = await handoffs(world)
    await close(world, first.handoff_id)
    world.clock.advance(timedelta(days=2))
    await world.take(touch(world, "ben", WEBINAR))
    assert len(await handoffs(world)) == 1
    world.clock.advance(timedelta(days=9))
    await world.take(touch(world, "ben", "email.opened"))
    assert len(await handoffs(world)) == 1
    await world.take(touch(world, "ben"))

    _, second = await handoffs(world)
    assert (second.gate, second.lead_name, second.group_domain) == ("together", "Ben", "acme.com")


async def test_a_colleague_may_still_ask_for_themselves_while_the_account_cools_down(world):
    await complete(world)
    [first] = await handoffs(world)
    await close(world, first.handoff_id)
    world.clock.advance(timedelta(hours=1))
    await world.take(touch(world, "ben", "demo.requested"))

    _, second = await handoffs(world)
    assert (second.gate, second.group_domain) == ("asked", None)


async def test_when_the_cool_down_ends_news_that_came_meanwhile_is_enough(world):
    await complete(world)
    [first] = await handoffs(world)
    await close(world, first.handoff_id)
    world.clock.advance(timedelta(days=1))
    await world.take(touch(world, "ben", WEBINAR))
    await reconsider(world, NOON + timedelta(days=10, minutes=1))

    _, second = await handoffs(world)
    assert (second.lead_name, second.cycle, second.group_domain) == ("Eva", 2, "acme.com")
