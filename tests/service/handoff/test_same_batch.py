"""Things that meet in one batch are told as if they had come one by one."""

from sqlalchemy import select

from services.handoff.store.tables import LEAD


async def test_what_a_new_lead_does_behind_the_deciding_touch_is_news_in_the_same_batch(world):
    await world.take(
        world.touch("eva@acme.com", "demo.requested"),
        world.touch("eva@acme.com", "webinar.attended"),
    )

    ready, _, updated = await world.staged()
    assert [line.kind for line in updated.data.touches] == ["webinar.attended"]
    assert updated.data.handoff.lead_id == ready.data.handoff.lead_id == updated.key


async def test_news_of_a_lead_merged_in_the_same_batch_names_the_lead_that_goes_on(world):
    await world.take(world.identify(["user:crm:7"]))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await world.take(
        world.identify(["email:eva@acme.com", "user:crm:7"]),
        world.touch("eva@acme.com", "webinar.attended"),
    )

    *_, updated = await world.staged()
    assert updated.type == "handoff.updated.v1"
    assert updated.data.handoff.lead_id == updated.key


async def test_a_new_lead_is_handed_over_with_the_identifiers_it_came_with(world):
    ids = ["email:eva@acme.com", "user:web:7", "anon:web:1"]
    await world.take(world.touch(ids, "demo.requested"))

    (ready,) = await world.sales_ready()
    assert ready.lead.identifiers == ids
    assert ready.handoff.lead_name == "eva@acme.com"


async def test_each_identifier_of_a_lead_is_counted_once(world):
    await world.take(world.touch(["email:eva@acme.com", "anon:web:1"], "email.opened"))
    await world.take(world.touch(["email:eva@acme.com", "anon:web:2"], "email.opened"))

    counted = await world.read(
        lambda conn: conn.execute(select(LEAD.c.identifiers)).scalars().all()
    )
    assert counted == [3]
