"""A lead was erased: the feed, the messages and the deliveries forget it, and subscribers hear."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from services.notify.store import tables
from shared.contracts.cards import GroupPerson
from shared.contracts.leads import LeadErased
from tests.builders import NOON, Lead, touch
from tests.service.notify.world import BUSY, OK, World

ERASED = "lead.erased.v1"


def erased(lead: Lead, *merged: str) -> Any:
    return lead.event(LeadErased(lead_id=lead.lead_id, merged_lead_ids=list(merged), at=NOON))


async def rows(world: World, table: Any) -> list[Any]:
    return await world.db.read(lambda conn: list(conn.execute(select(table))))


async def feed(world: World) -> list[str]:
    return [row.type for row in await rows(world, tables.feed_event)]


async def test_only_the_erasure_is_left_in_the_feed(world: World):
    lead, other = Lead(), Lead("Ben")
    await world.take(lead.sales_ready(), lead.assigned(), other.assigned())
    await world.take(erased(lead))

    assert await feed(world) == ["handoff.assigned.v1", ERASED]
    payloads = [bytes(row.payload) for row in await rows(world, tables.feed_event)]
    assert not any(b"ana@acme.com" in one for one in payloads if ERASED.encode() in one)


async def test_in_one_batch_as_in_two(world: World):
    lead = Lead()
    await world.take(lead.sales_ready(), erased(lead))

    assert await feed(world) == [ERASED]
    assert await world.notifications() == []


async def test_what_waited_is_not_sent_and_the_erasure_is(world: World):
    lead = Lead()
    subscription = await world.subscribe()
    await world.take(lead.sales_ready(), lead.assigned())
    await world.attempt(subscription, BUSY)
    await world.take(erased(lead))
    sent = await world.attempt(subscription, OK)

    assert [one.event_type for one in sent] == [ERASED]
    states = [(one.event_type, one.state) for one in await world.deliveries()]
    assert max(states) == (ERASED, "delivered")
    others = [one for one in await world.deliveries() if one.event_type != ERASED]
    assert {one.state for one in others} == {"not_needed"}
    assert all(one.attempts == [] for one in others)


async def test_messages_for_people_go(world: World):
    lead = Lead()
    await world.take(lead.sales_ready())
    before = await world.notifications()
    await world.take(erased(lead))

    assert len(before) == 1
    assert await world.notifications() == []
    assert await world.claim(None) == []


async def test_leads_that_were_merged_into_it_are_forgotten_too(world: World):
    merged, lead = Lead(), Lead()
    await world.take(merged.sales_ready())
    await world.take(erased(lead, merged.lead_id))

    assert await feed(world) == [ERASED]


async def test_a_repeat_changes_nothing_and_the_audit_tells(world: World):
    lead = Lead()
    await world.take(lead.sales_ready())
    await world.take(erased(lead))

    [entry] = await rows(world, tables.audit)
    assert (entry.what, entry.subject) == ("lead.erased", lead.lead_id)
    assert entry.detail["events"] == 1


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
async def test_events_about_colleagues_name_the_lead_no_more(world: World, together: bool):
    gone, owner = Lead("Quim"), Lead()
    person = GroupPerson(
        lead_id=gone.lead_id,
        name="Quim",
        title="CFO",
        email="quim@acme.com",
        touches=[touch("page.viewed", "What Quim saw")],
        joined=True,
    )
    joined = owner.updated().data.model_copy(
        update={"people": [person], "touches": [*person.touches, touch("page.viewed", "Else")]}
    )
    told = [owner.sales_ready(group=[person]), owner.event(joined)]
    if together:
        await world.take(*told, erased(gone))
    else:
        await world.take(*told)
        await world.take(erased(gone))

    payloads = [bytes(row.payload) for row in await rows(world, tables.feed_event)]
    assert len(payloads) == 3
    assert not any(b"quim" in one.lower() for one in payloads)
    ready, update = (orjson.loads(one)["data"] for one in payloads[:2])
    assert [one["name"] for one in (*ready["group"], *update["people"])] == ["erased", "erased"]
    assert [one["title"] for one in update["touches"]] == ["Else"]
