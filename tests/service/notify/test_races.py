"""Consumers and senders at the same time: order per lead holds, and nothing is left behind."""

import asyncio
from collections import defaultdict

from tests.builders import Lead
from tests.service.notify.world import OK

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
