"""What is frozen into a hand-off, however much the lead did since."""

from datetime import timedelta

import pytest

from tests.service.handoff.world import World

GUIDE = {"content": {"id": "prices", "title": "Prices 2026", "topic": "pricing"}}


async def opens(world: World, count: int, email: str = "eva@acme.com") -> None:
    """Let the lead open ``count`` mails, one a minute."""
    touches = []
    for _ in range(count):
        world.clock.advance(timedelta(minutes=1))
        touches.append(world.touch(email, "email.opened"))
    for some in range(0, count, 200):
        await world.take(*touches[some : some + 200])


async def test_a_deciding_touch_is_told_however_many_came_after_it(world):
    await world.take(
        world.touch("eva@acme.com", "content.downloaded", properties=GUIDE, lead={"title": "CTO"})
    )
    await opens(world, 600)
    world.clock.advance(timedelta(minutes=1))
    await world.take(world.touch("eva@acme.com", "webinar.attended"))

    (ready,) = await world.sales_ready()
    assert [line.kind for line in ready.why_now] == ["webinar.attended", "content.downloaded"]
    assert ready.why_now[1].title == "Prices 2026"
    assert (len(ready.timeline), ready.timeline_total) == (100, 602)
    assert {line.kind for line in ready.timeline} == {"email.opened", "webinar.attended"}


@pytest.mark.parametrize("kind", ["email.complained", "email.unsubscribed"])
async def test_a_complaint_is_told_however_many_came_after_it(world, kind):
    await world.take(world.touch("eva@acme.com", kind))
    await opens(world, 600)
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    (ready,) = await world.sales_ready()
    assert len(ready.not_to_say) == 1


async def test_the_context_is_of_the_latest_500_touches_of_the_whole_lead(world):
    seen = {"content": {"id": "old", "title": "Old", "topic": "old"}}
    await world.take(world.touch(["user:crm:7"], "content.viewed", properties=seen))
    await opens(world, 300)
    await world.take(world.identify(["email:eva@acme.com", "user:crm:7"]))
    await opens(world, 300)
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    (ready,) = await world.sales_ready()
    assert ready.content_seen == []
    assert ready.timeline_total == 602
    assert ready.first_source == "web"
