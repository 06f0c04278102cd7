"""Sending the past again: in order, with its ids, a little at a time."""

from datetime import timedelta

import pytest

from services.notify.handlers.manage_subscriptions import start_replay
from services.notify.handlers.replay_events import STEP, redeliver, replay_events
from shared.problem import Problem
from tests.builders import Lead
from tests.service.notify.world import BUSY, OK, REFUSED

READY = "handoff.sales_ready.v1"


async def replay(world, subscription_id, after=0, until=None):
    await world.run(lambda uow: start_replay(uow, "Ana", subscription_id, after, until))
    while await world.run(replay_events):
        pass


async def test_a_replay_sends_what_a_new_subscription_would_have_got(world):
    lead = Lead()
    events = [lead.sales_ready(), lead.assigned(), lead.accepted()]
    await world.take(*events)
    crm = await world.subscribe("handoff.*")
    await replay(world, crm)
    sent = []
    for _ in range(3):
        sent += [one.event_id for one in await world.attempt(crm, OK)]

    assert sent == [event.id for event in events]
    assert (await world.subscription(crm)).replay_next is None


async def test_a_replay_respects_what_the_subscription_wants(world):
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())
    crm = await world.subscribe(READY)
    other = await world.subscribe(READY, policies=["another"])
    await replay(world, crm)
    await replay(world, other)

    assert len(await world.deliveries(subscription_id=crm)) == 1
    assert await world.deliveries(subscription_id=other) == []


async def test_a_replay_sends_again_what_was_taken_before_and_leaves_alone_what_is_on_its_way(
    world,
):
    crm = await world.subscribe(READY)
    taken, waiting = Lead().sales_ready(), Lead().sales_ready()
    await world.take(taken)
    (first,) = await world.attempt(crm, OK)
    await world.take(waiting)
    await world.attempt(crm, BUSY)
    await replay(world, crm)
    (again,) = await world.claim(crm)

    assert (again.id, again.event_id, again.failures) == (first.id, taken.id, 0)
    assert len(await world.deliveries(subscription_id=crm)) == 2


async def test_a_replay_may_end_before_now(world):
    crm = await world.subscribe(READY)
    await world.take(*(Lead().sales_ready() for _ in range(4)))
    await world.attempt(crm, OK)
    await replay(world, crm, after=1, until=3)

    assert [row.position for row in await world.deliveries(state="pending", channel="webhook")] == [
        2,
        3,
    ]


async def test_a_long_replay_waits_until_its_steps_are_taken(world):
    events = [Lead().sales_ready() for _ in range(STEP + 50)]
    await world.take(*events)
    crm = await world.subscribe(READY)
    await world.run(lambda uow: start_replay(uow, "Ana", crm, 0, None))

    assert await world.run(replay_events)
    assert not await world.run(replay_events)  # the first step is not taken yet
    assert len(await world.claim(crm, limit=1000)) == STEP
    claimed = await world.deliveries(subscription_id=crm)
    world.clock.advance(timedelta(minutes=1))
    taken = await world.claim(crm, limit=1000)
    await world.record(*((one, OK) for one in taken))
    assert await world.run(replay_events)
    assert len(claimed) == STEP
    assert len(await world.deliveries(subscription_id=crm)) == STEP + 50


async def test_a_paused_subscription_is_not_replayed_until_it_is_enabled(world):
    await world.take(Lead().sales_ready())
    crm = await world.subscribe(READY)
    await world.run(lambda uow: start_replay(uow, "Ana", crm, 0, None))
    await world.run(lambda uow: uow.subscriptions.change(crm, uow.now, state="paused"))

    assert not await world.run(replay_events)
    await world.run(lambda uow: uow.subscriptions.change(crm, uow.now, state="active"))
    assert await world.run(replay_events)


async def test_a_parked_event_is_redelivered_before_the_later_ones_of_its_lead(world):
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())
    (parked,) = await world.attempt(crm, REFUSED)
    await world.attempt(crm, BUSY)  # the second one has to wait now
    await world.run(lambda uow: redeliver(uow, "Ana", parked.id))
    world.clock.advance(timedelta(seconds=7))
    order = []
    for _ in range(3):
        order += [one.event_type for one in await world.attempt(crm, OK)]

    assert sorted(order) == ["handoff.assigned.v1", READY]
    assert {row.state for row in await world.deliveries(subscription_id=crm)} == {"delivered"}


@pytest.mark.parametrize(
    ("is_for_a_person", "code"),
    [
        pytest.param(True, "not_redeliverable", id="a message for a person"),
        pytest.param(False, "not_settled", id="a delivery on its way"),
    ],
)
async def test_what_cannot_be_redelivered_says_why(world, is_for_a_person, code):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    (delivery,) = await world.claim(None if is_for_a_person else crm)

    with pytest.raises(Problem) as refused:
        await world.run(lambda uow: redeliver(uow, "Ana", delivery.id))
    assert refused.value.code == code


async def test_an_event_the_feed_has_let_go_cannot_be_redelivered(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    (delivery,) = await world.attempt(crm, OK)
    world.clock.advance(timedelta(days=91))
    await world.run(lambda uow: uow.feed.prune(uow.now - uow.tuning.feed_kept, 100))

    with pytest.raises(Problem) as refused:
        await world.run(lambda uow: redeliver(uow, "Ana", delivery.id))
    assert refused.value.code == "event_gone"
