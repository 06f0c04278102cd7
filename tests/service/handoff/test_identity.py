"""Who is who: joining, guarding against joining, and taking it back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.handoff import readmodels
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.handlers.timelines import timeline
from services.handoff.store.tables import AUDIT, LEAD
from shared.problem import Problem
from tests.service.handoff.world import World

LEADS = select(func.count()).select_from(LEAD).where(LEAD.c.lead_id == LEAD.c.root_id)


async def leads(world: World) -> int:
    return await world.read(lambda conn: conn.execute(LEADS).scalar_one())


async def lead_id(world: World, identifier: str) -> str:
    items, _ = await world.read(lambda conn: readmodels.list_leads(conn, identifier, None, 10))
    return str(items[0]["lead_id"])


async def test_anonymous_touches_count_once_the_visitor_is_known(world):
    await world.take(world.touch(["anon:web:1"], "content.downloaded", lead={"title": "CTO"}))
    await world.take(world.touch(["anon:web:1"], "webinar.attended"))
    assert (await leads(world), await world.staged()) == (1, []), "nobody to call yet"
    await world.take(world.identify(["email:eva@acme.com", "anon:web:1"], lead={"title": "CTO"}))

    [ready] = await world.sales_ready()
    assert (await leads(world), ready.lead.email) == (1, "eva@acme.com")


async def test_two_leads_named_in_one_event_become_one_and_the_oldest_goes_on(world):
    await world.take(world.touch("eva@acme.com", "webinar.attended"))
    await world.take(world.touch(["user:crm:7"], "content.downloaded", lead={"title": "CTO"}))
    assert await leads(world) == 2
    oldest = await lead_id(world, "email:eva@acme.com")
    await world.take(world.identify(["email:eva@acme.com", "user:crm:7"]))

    merged, ready, _ = await world.staged()
    assert (merged.type, merged.data.lead_id) == ("lead.merged.v1", oldest)
    assert ready.type == "handoff.sales_ready.v1"
    assert ready.sequence == merged.sequence + 1


async def test_a_changed_address_makes_the_leads_of_both_one(world):
    await world.take(world.touch("old@acme.com", "webinar.attended"))
    await world.take(world.touch("new@acme.com", "page.viewed"))
    known = await lead_id(world, "email:old@acme.com")

    await world.take(world.touch(["email:new@acme.com", "email:old@acme.com"], "email.changed"))

    assert await leads(world) == 1
    assert await lead_id(world, "email:new@acme.com") == known


async def test_a_shared_computer_does_not_make_two_people_one(world):
    await world.take(world.touch(["email:eva@acme.com", "anon:web:1"], "page.viewed"))
    await world.take(world.touch(["email:juan@other.com", "anon:web:1"], "page.viewed"))

    assert await leads(world) == 2
    assert await world.types() == []


@pytest.mark.parametrize("shared", ["email:info@acme.com", "email:test@test.com"])
async def test_a_shared_mailbox_joins_nobody(world, shared):
    await world.take(world.touch(["user:crm:1", shared], "page.viewed"))
    await world.take(world.touch(["user:crm:2", shared], "page.viewed"))
    await world.take(world.touch([shared], "page.viewed"))

    assert await leads(world) == 3


async def test_joined_leads_keep_the_earlier_handoff_and_close_the_later(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(minutes=1))
    await world.take(world.touch(["user:crm:7"], "demo.requested"))
    await world.take(world.identify(["email:eva@acme.com", "user:crm:7"]))

    first, second = await world.sales_ready()
    closed = (await world.staged())[-1]
    assert closed.type == "handoff.closed.v1"
    assert closed.data.handoff.handoff_id == second.handoff.handoff_id
    assert closed.data.handoff.stage == "superseded"
    await world.take(world.touch("eva@acme.com", "webinar.attended"))
    updated = (await world.staged())[-1]
    assert updated.data.handoff.handoff_id == first.handoff.handoff_id
    audited = select(AUDIT).where(AUDIT.c.what == "handoff.superseded")
    (row,) = await world.read(lambda conn: conn.execute(audited).all())
    assert (row.who, row.subject) == ("relevo", second.handoff.handoff_id)
    assert first.handoff.handoff_id in row.why


async def test_a_merge_is_undone_without_a_trace_in_what_both_did(world):
    await world.take(world.touch("eva@acme.com", "webinar.attended", lead={"title": "CTO"}))
    await world.take(world.touch(["user:crm:7"], "content.downloaded"))
    eva, other = await lead_id(world, "email:eva@acme.com"), await lead_id(world, "user:crm:7")
    before = await world.read(lambda conn: readmodels.show_lead(conn, other))
    root = await world.write(lambda uow: merge_leads(uow, other, eva, "Ana", "same person"))
    assert root == eva
    assert (await leads(world), len(await world.types())) == (1, 1)
    await world.write(lambda uow: unmerge_lead(uow, other, "Ana"))

    after = await world.read(lambda conn: readmodels.show_lead(conn, other))
    assert after == before
    touches, _ = await world.write(lambda uow: timeline(uow, other, None, 10))
    assert [touch["kind"] for touch in touches] == ["content.downloaded"]
    assert (await world.types())[-1] == "lead.unmerged.v1"


async def test_merging_a_lead_with_itself_is_refused(world):
    await world.take(world.touch("eva@acme.com", "page.viewed"))
    eva = await lead_id(world, "email:eva@acme.com")

    with pytest.raises(Problem, match="one lead already"):
        await world.write(lambda uow: merge_leads(uow, eva, eva, "Ana", "same"))


async def test_a_late_fact_does_not_replace_a_newer_one(world):
    now = world.clock.now()
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO"}, at=now))
    await world.take(
        world.identify("eva@acme.com", lead={"title": "Intern"}, at=now - timedelta(days=9))
    )

    shown = await world.read(
        lambda conn: readmodels.list_leads(conn, "email:eva@acme.com", None, 1)
    )
    lead = await world.read(lambda conn: readmodels.show_lead(conn, shown[0][0]["lead_id"]))
    assert lead["facts"]["title"]["value"] == "CTO"
