"""Looking after deliveries: sending again what was given up, and how attempts went."""

from datetime import timedelta

import pytest

from services.notify import readmodels
from services.notify.handlers.manage_subscriptions import remove_subscription, start_redelivery
from services.notify.handlers.replay_events import STEP, replay_events
from services.notify.store.performance import hours_of, prune
from shared.ids import new_id
from shared.problem import Problem
from tests.builders import REP, Lead, person_changed
from tests.service.notify.test_erase_leads import erased
from tests.service.notify.world import BUSY, OK, REFUSED, minutes

READY = "handoff.sales_ready.v1"


async def redeliver(world, subscription_id):
    await world.run(lambda uow: start_redelivery(uow, "Ana", subscription_id))


async def listed(world, **wanted):
    rows, _ = await world.db.read(
        lambda conn: readmodels.list_deliveries(conn, None, 50, readmodels.Wanted(**wanted))
    )
    return rows


async def test_all_that_was_given_up_is_sent_again_in_order_and_nothing_else(world):
    crm, other = await world.subscribe("handoff.*"), await world.subscribe(READY)
    lead = Lead()
    await world.take(lead.sales_ready(), lead.assigned(), Lead().assigned())
    for _ in range(2):
        await world.attempt(crm, REFUSED)
    await world.attempt(other, REFUSED)
    await redeliver(world, crm)
    row = await world.subscription(crm)
    assert readmodels.redelivery_progress(row) == (0, 3)
    while await world.run(replay_events):
        pass
    sent = [one for _ in range(3) for one in await world.attempt(crm, OK)]

    assert len(sent) == 3
    assert [one.event_type for one in sent if one.lead_id == lead.lead_id] == [
        READY,
        "handoff.assigned.v1",
    ]
    assert {one.state for one in await world.deliveries(subscription_id=crm)} == {"delivered"}
    assert [one.state for one in await world.deliveries(subscription_id=other)] == ["parked"]
    assert readmodels.redelivery_progress(await world.subscription(crm)) is None


async def test_what_fails_again_is_not_sent_a_third_time(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready(), Lead().sales_ready())
    await world.attempt(crm, REFUSED)
    world.clock.advance(minutes(1))
    await redeliver(world, crm)
    await world.run(replay_events)
    world.clock.advance(minutes(1))
    await world.attempt(crm, REFUSED)

    assert not await world.run(replay_events)
    assert {one.state for one in await world.deliveries(subscription_id=crm)} == {"parked"}


async def test_much_that_was_given_up_goes_a_little_at_a_time(world):
    crm = await world.subscribe(READY)
    await world.take(*(Lead().sales_ready() for _ in range(STEP + 20)))
    while claimed := await world.claim(crm):
        await world.record(*((one, REFUSED) for one in claimed))
    await redeliver(world, crm)

    assert await world.run(replay_events)
    assert readmodels.redelivery_progress(await world.subscription(crm)) == (STEP, STEP + 20)
    assert not await world.run(replay_events)  # what was sent again is still on its way
    assert len(await world.deliveries(subscription_id=crm, state="pending")) == STEP


async def test_what_the_feed_has_let_go_stays_given_up(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready(), Lead().sales_ready())
    await world.attempt(crm, REFUSED)
    world.clock.advance(timedelta(days=91))
    await world.run(lambda uow: uow.feed.prune(uow.now - timedelta(days=90), 1))
    await redeliver(world, crm)
    await world.run(replay_events)

    assert sorted(one.state for one in await world.deliveries(subscription_id=crm)) == [
        "parked",
        "pending",
    ]
    assert readmodels.redelivery_progress(await world.subscription(crm)) is None


@pytest.mark.parametrize(
    ("state", "code"),
    [
        pytest.param("active", "nothing_parked", id="nothing was given up"),
        pytest.param("disabled", "disabled", id="disabled"),
    ],
)
async def test_there_is_a_reason_not_to_send_again(world, state, code):
    crm = await world.subscribe(READY)
    await world.run(lambda uow: uow.subscriptions.change(crm, uow.now, state=state))
    with pytest.raises(Problem) as refused:
        await redeliver(world, crm)

    assert refused.value.code == code


async def test_attempts_are_counted_by_the_hour(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready(), Lead().sales_ready())
    await world.attempt(crm, BUSY)
    world.clock.advance(timedelta(hours=30))
    await world.attempt(crm, OK)
    now = world.clock.now()
    hours = await world.db.read(lambda conn: hours_of(conn, [crm], now - timedelta(days=7)))
    week = await world.db.read(lambda conn: readmodels.week_of(conn, [crm], now, now.tzinfo))
    days = [one for _, one in week[crm]]

    assert [(one.succeeded, one.failed) for _, one in hours[crm]] == [(0, 2), (2, 0)]
    assert [one.attempts for one in days] == [0, 0, 0, 0, 0, 2, 2]
    assert (days[-1].share, days[-1].average_ms, days[-1].slowest_ms) == (1.0, 5, 5)
    assert (await world.subscription(crm)).last_failure == "http 503"


async def test_hours_go_with_their_time_and_with_their_subscription(world):
    crm, other = await world.subscribe(READY), await world.subscribe(READY)
    for _ in range(2):
        await world.take(Lead().sales_ready())
        await world.attempt(crm, OK)
        await world.attempt(other, OK)
        world.clock.advance(timedelta(hours=2))
    last_hour = world.clock.now() - timedelta(hours=2)
    assert await world.run(lambda uow: prune(uow.conn, last_hour, 100)) == 2
    await world.run(lambda uow: remove_subscription(uow, "Ana", other))
    start = last_hour - timedelta(days=1)
    left = await world.db.read(lambda conn: hours_of(conn, [crm, other], start))

    assert {each: len(hours) for each, hours in left.items()} == {crm: 1}


async def test_deliveries_are_found_by_state_person_lead_and_hand_off(world):
    world.usable = {"email"}
    await world.take_directory(person_changed(REP, [("email", REP.email)]))
    crm = await world.subscribe(READY)
    ana, ben = Lead("Ana"), Lead("Ben")
    await world.take(ana.sales_ready(), ben.sales_ready())
    await world.attempt(None, OK)
    await world.attempt(crm, REFUSED)
    to_rep = await listed(world, person_id=REP.person_id)
    named = await world.db.read(lambda conn: readmodels.lead_names(conn, to_rep))

    assert {one.channel for one in to_rep} == {"email"}
    assert sorted(named.values()) == ["Ana", "Ben"]
    assert len(await listed(world, state="parked", subscription_id=crm)) == 2
    assert len(await listed(world, state="parked")) == 2
    assert {one.lead_id for one in await listed(world, handoff_id=ana.handoff_id)} == {ana.lead_id}
    assert len(await listed(world, lead_id=ben.lead_id)) == 2
    assert await listed(world, state="open") == []
    assert await listed(world, handoff_id=new_id()) == []


async def test_a_hand_off_is_found_under_both_leads_of_a_merge(world):
    crm = await world.subscribe("handoff.*")
    lead = Lead()
    await world.take(lead.sales_ready())
    lead.lead_id = new_id()
    await world.take(lead.accepted())

    assert len(await listed(world, handoff_id=lead.handoff_id, subscription_id=crm)) == 2


async def test_deliveries_are_found_by_when_the_event_came(world):
    crm = await world.subscribe(READY)
    await world.take(Lead().sales_ready())
    world.clock.advance(timedelta(days=1))
    await world.take(Lead().sales_ready())
    now = world.clock.now()

    assert len(await listed(world, subscription_id=crm, since=now)) == 1
    assert len(await listed(world, subscription_id=crm, until=now)) == 1
    assert len(await listed(world, subscription_id=crm, since=now + minutes(1))) == 0


async def test_the_name_of_an_erased_lead_is_not_told(world):
    crm = await world.subscribe(READY)
    lead = Lead("Ana")
    await world.take(lead.sales_ready())
    await world.attempt(crm, OK)
    await world.take(erased(lead))
    rows = await listed(world, subscription_id=crm)

    assert await world.db.read(lambda conn: readmodels.lead_names(conn, rows)) == {}
