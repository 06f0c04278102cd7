"""Events for systems: each one once, in order per lead, until it is taken or given up."""

import itertools
from datetime import timedelta

import pytest

from services.notify.domain.deliveries import CLAIM
from services.notify.domain.retries import SUBSCRIPTION_DELAYS_S
from tests.builders import Lead
from tests.service.notify.world import BUSY, GONE, OK, REFUSED, UNKNOWN

READY = "handoff.sales_ready.v1"


def types(deliveries):
    return [delivery.event_type.removeprefix("handoff.") for delivery in deliveries]


async def test_an_event_becomes_one_delivery_per_subscription_that_wants_it(world):
    everything, ready, other = [
        await world.subscribe(),
        await world.subscribe(READY),
        await world.subscribe("lead.*"),
    ]
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())

    assert types(await world.deliveries(subscription_id=everything)) == [
        "sales_ready.v1",
        "assigned.v1",
    ]
    assert types(await world.deliveries(subscription_id=ready)) == ["sales_ready.v1"]
    assert await world.deliveries(subscription_id=other) == []


@pytest.mark.parametrize(
    ("policies", "count"),
    [
        pytest.param(None, 1, id="all policies"),
        pytest.param(["b2b-software"], 1, id="this policy"),
        pytest.param(["other"], 0, id="another policy"),
    ],
)
async def test_a_subscription_may_want_some_policies_only(world, policies, count):
    await world.subscribe(READY, policies=policies)
    await world.take(Lead().sales_ready())

    assert len(await world.deliveries(channel="webhook")) == count


async def test_the_next_event_of_a_lead_waits_until_the_earlier_one_is_taken(world):
    crm = await world.subscribe("handoff.*")
    lead, other = Lead(), Lead()
    await world.take(lead.sales_ready(), lead.assigned(), other.sales_ready())

    assert types(await world.attempt(crm, BUSY)) == ["sales_ready.v1", "sales_ready.v1"]
    await world.take(lead.accepted())
    assert await world.claim(crm) == []
    world.clock.advance(timedelta(seconds=7))
    assert types(await world.attempt(crm, OK)) == ["sales_ready.v1", "sales_ready.v1"]
    assert types(await world.attempt(crm, OK)) == ["assigned.v1"]
    assert types(await world.attempt(crm, OK)) == ["accepted.v1"]
    assert await world.claim(crm) == []


async def test_an_event_that_is_given_up_does_not_stop_its_lead_for_ever(world):
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())
    await world.attempt(crm, REFUSED)

    assert types(await world.attempt(crm, OK)) == ["assigned.v1"]
    assert [row.state for row in await world.deliveries(channel="webhook")] == [
        "parked",
        "delivered",
    ]


async def test_deliveries_that_can_go_at_once_go_straight_to_the_sender(world):
    world.desk.places = 10
    crm = await world.subscribe("handoff.*")
    lead, other = Lead(), Lead()
    await world.take(lead.sales_ready(), other.sales_ready(), lead.assigned())
    lanes = [types(lane) for lane in world.desk.lanes]

    assert lanes == [["sales_ready.v1", "assigned.v1"], ["sales_ready.v1"]]
    assert await world.claim(crm) == []  # they are claimed
    assert world.growths == 1


async def test_behind_an_unsettled_event_nothing_goes_straight_to_the_sender(world):
    world.desk.places = 10
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.take(lead.assigned())

    assert [types(lane) for lane in world.desk.lanes] == [["sales_ready.v1"]]
    await world.record((world.desk.lanes[0][0], OK))
    assert types(await world.claim(crm)) == ["assigned.v1"]


async def test_without_room_events_wait_in_the_database(world):
    world.desk.places = 1
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready(), Lead().sales_ready(), Lead().sales_ready())

    assert len(world.desk.lanes) == 1
    assert len(await world.claim(crm)) == 2


async def test_a_lane_that_is_given_back_half_way_goes_on_in_order(world):
    world.desk.places = 1
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned(), lead.accepted())
    first, second, third = world.desk.lanes.popleft()
    await world.record((first, OK), (second, None), (third, None))

    assert types(await world.attempt(crm, OK)) == ["assigned.v1"]
    assert types(await world.attempt(crm, OK)) == ["accepted.v1"]


async def test_a_failing_receiver_is_tried_by_the_schedule_and_then_the_event_is_parked(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    waits = []
    for _ in SUBSCRIPTION_DELAYS_S:
        await world.attempt(crm, BUSY)
        (row,) = await world.deliveries(subscription_id=crm)
        waits.append((row.next_attempt_at - world.clock.now()).total_seconds())
        world.clock.moment = row.next_attempt_at
    await world.attempt(crm, BUSY)
    (row,) = await world.deliveries(subscription_id=crm)

    for wait, planned in zip(waits, SUBSCRIPTION_DELAYS_S, strict=True):
        assert 0.8 * planned <= wait <= 1.2 * planned
    assert (row.state, row.reason, len(row.attempts)) == ("parked", "http 503", 11)
    assert (await world.reports())[-1]["type"] == "delivery.failed.v1"


async def test_nothing_is_due_before_its_time(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    await world.attempt(crm, BUSY)
    (row,) = await world.deliveries(subscription_id=crm)

    world.clock.moment = row.next_attempt_at - timedelta(milliseconds=1)
    assert await world.claim(crm) == []
    world.clock.moment = row.next_attempt_at
    assert len(await world.claim(crm)) == 1


async def test_410_disables_the_subscription_at_once_and_parks_what_waits(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready(), Lead().sales_ready())
    first, second = await world.claim(crm)
    await world.record((first, GONE))
    await world.take(Lead().sales_ready())

    assert (await world.subscription(crm)).state == "disabled"
    assert [row.state for row in await world.deliveries(channel="webhook")] == ["parked", "parked"]
    assert not await world.record((second, OK))  # its claim ended with the subscription
    assert (await world.deliveries(channel="webhook"))[1].state == "parked"


async def test_a_paused_subscription_is_not_sent_to_and_its_events_queue(world):
    crm = await world.subscribe(READY)
    await world.run(lambda uow: uow.subscriptions.change(crm, uow.now, state="paused"))
    world.desk.places = 10
    await world.take(Lead().sales_ready())

    assert await world.claim(crm) == []
    assert not world.desk.lanes
    await world.run(lambda uow: uow.subscriptions.change(crm, uow.now, state="active"))
    assert len(await world.claim(crm)) == 1


async def test_a_sender_that_dies_is_followed_by_another_with_the_same_id(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    (lost,) = await world.claim(crm)

    assert await world.claim(crm) == []
    world.clock.advance(CLAIM)
    (again,) = await world.attempt(crm, OK)
    (row,) = await world.deliveries(subscription_id=crm)

    assert (again.id, again.event_id) == (lost.id, lost.event_id)
    assert [(one["outcome"], one["ok"]) for one in row.attempts] == [
        ("unknown", False),
        ("sent", True),
    ]


async def test_every_sender_that_died_is_an_attempt_nobody_knows_the_end_of(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    for _ in range(2):
        await world.claim(crm)
        world.clock.advance(CLAIM)
    await world.attempt(crm, OK)
    (row,) = await world.deliveries(subscription_id=crm)

    assert [one["outcome"] for one in row.attempts] == ["unknown", "unknown", "sent"]


@pytest.mark.parametrize("restarted", [False, True], ids=["by another", "by itself, restarted"])
async def test_a_sender_that_dies_in_the_middle_of_a_lane_is_followed_in_order(world, restarted):
    world.desk.places = 1
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned(), lead.accepted())
    first, *_ = world.desk.lanes.popleft()
    await world.record((first, OK))

    assert await world.claim(crm) == [], "the rest of the lane is still its sender's"
    if restarted:
        await world.run(lambda uow: uow.deliveries.end_claims(uow.now))
    else:
        world.clock.advance(CLAIM)
    assert types(await world.attempt(crm, OK)) == ["assigned.v1"]
    assert types(await world.attempt(crm, OK)) == ["accepted.v1"]


async def test_nothing_overtakes_a_lane_in_work_whose_head_is_settled(world):
    world.desk.places = 2
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned())
    first, second = world.desk.lanes.popleft()
    await world.record((first, OK))
    await world.take(lead.accepted())

    assert list(world.desk.lanes) == []
    await world.record((second, OK))
    assert types(await world.claim(crm)) == ["accepted.v1"]


async def test_a_frozen_sender_that_comes_back_settles_nothing(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    (frozen,) = await world.claim(crm)
    world.clock.advance(CLAIM)
    (mine,) = await world.claim(crm)

    await world.record((frozen, GONE))
    assert (await world.subscription(crm)).state == "active"
    await world.record((mine, OK))
    assert (await world.deliveries(subscription_id=crm))[0].state == "delivered"
    assert [one["type"] for one in await world.reports() if one["subscription_id"]] == [
        "delivery.succeeded.v1"
    ]


async def test_an_unknown_outcome_is_retried_with_the_same_id(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    first = await world.attempt(crm, UNKNOWN)
    world.clock.advance(timedelta(seconds=7))
    second = await world.attempt(crm, OK)
    (row,) = await world.deliveries(subscription_id=crm)

    assert first[0].event_id == second[0].event_id
    assert [one["outcome"] for one in row.attempts] == ["unknown", "sent"]


async def test_what_became_of_a_delivery_is_reported_once(world):
    crm = await world.subscribe(READY)
    lead = Lead()
    await world.take(lead.sales_ready())
    (delivery,) = await world.attempt(crm, BUSY)
    world.clock.advance(timedelta(seconds=7))
    await world.attempt(crm, OK)
    (report,) = [one for one in await world.reports() if one["subscription_id"]]

    assert report["type"] == "delivery.succeeded.v1"
    assert report["delivery_id"] == delivery.id
    assert (report["lead_id"], report["handoff_id"]) == (lead.lead_id, lead.handoff_id)
    assert (report["channel"], report["attempts"]) == ("subscription", 2)


async def test_since_when_nothing_gets_through_is_remembered_until_something_does(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    start = world.clock.now()
    await world.attempt(crm, BUSY)
    world.clock.advance(timedelta(seconds=7))
    await world.attempt(crm, BUSY)
    assert (await world.subscription(crm)).failing_since == start

    world.clock.advance(timedelta(minutes=1))
    await world.attempt(crm, OK)
    row = await world.subscription(crm)
    assert (row.failing_since, row.last_success_at) == (None, world.clock.now())


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_whatever_order_results_come_in_each_lead_keeps_its_own(world, order):
    crm = await world.subscribe("handoff.*")
    leads = [Lead(), Lead(), Lead()]
    await world.take(*(lead.sales_ready() for lead in leads))
    await world.take(*(lead.assigned() for lead in leads))
    claimed = await world.claim(crm)
    for place in order:
        await world.record((claimed[place], OK))
        (following,) = await world.claim(crm)
        assert following.key == claimed[place].key
