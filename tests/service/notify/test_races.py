"""Consumers and senders at the same time: order per lead holds, and nothing is left behind."""

import asyncio
from collections import defaultdict

import pytest
from sqlalchemy import text
from sqlalchemy.util import await_only

from services.notify.consumers import FeedReader
from services.notify.domain.attempts import Attempt
from services.notify.handlers.record_attempts import Finished, record_attempts
from services.notify.handlers.record_events import record_events
from tests.builders import NOON, Lead
from tests.service.notify.world import OK, open_world
from tests.support.waiting import eventually

LEADS, EVENTS, SENDERS = 5, 5, 3


async def test_several_senders_share_the_work_and_keep_each_leads_order(world):
    crm = await world.subscribe("handoff.*")
    leads = [Lead() for _ in range(LEADS)]
    sent: defaultdict[str, list[int]] = defaultdict(list)
    on_the_way: set[str] = set()

    async def consume(mine):
        for lead in mine:
            await world.take(lead.sales_ready())
        for _ in range(EVENTS - 1):
            for lead in mine:
                await world.take(lead.updated())

    async def send():
        while sum(map(len, sent.values())) < LEADS * EVENTS:
            claimed = await world.claim(crm, limit=4)
            keys = [one.key for one in claimed]
            assert len(keys) == len(set(keys))
            assert not on_the_way & set(keys)
            on_the_way.update(keys)
            positions = {row.id: row.position for row in await world.deliveries()}
            for one in claimed:
                sent[one.key].append(positions[one.id])
            on_the_way.difference_update(keys)
            await world.record(*((one, OK) for one in claimed))

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(consume(leads[::2]))
        group.create_task(consume(leads[1::2]))
        for _ in range(SENDERS):
            group.create_task(send())

    for positions in sent.values():
        assert positions == sorted(positions)
    assert {row.state for row in await world.deliveries(channel="webhook")} == {"delivered"}


@pytest.mark.postgres
async def test_an_event_added_while_its_lane_is_being_emptied_is_not_left_behind(
    postgres, tmp_path
):
    async with postgres.database() as url, open_world(url, f"sqlite:///{tmp_path}") as world:
        crm, lead = await world.subscribe("handoff.*"), Lead()
        world.desk.places = 1
        await world.take(lead.sales_ready(), lead.updated())
        first, second = world.desk.lanes.popleft()
        added = FeedReader().read(lead.updated().to_bytes())
        settled, committing, is_waiting, go = (asyncio.Event() for _ in range(4))

        def settle_first(uow):
            record_attempts(uow, [Finished(first, Attempt(NOON, 5, OK))])
            settled.set()
            await_only(committing.wait())

        def add_third(uow):
            record_events(uow, [added], world.desk, lambda: None)
            is_waiting.set()
            await_only(go.wait())

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(world.run(settle_first))
            await settled.wait()
            group.create_task(world.run(add_third))
            await eventually(lambda: waits_for_lock(world), 10)
            committing.set()
            await is_waiting.wait()
            last = group.create_task(world.record((second, OK)))
            await eventually(lambda: is_done_or_waits(world, last), 10)
            go.set()

        assert [one.event_id for one in await world.claim(crm)] == [added.id]


async def waits_for_lock(world):
    query = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    return await world.db.read(lambda conn: conn.execute(query).scalar_one())


async def is_done_or_waits(world, task):
    return task.done() or await waits_for_lock(world)
