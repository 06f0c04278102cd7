"""A test lead comes in as every other event does, known as a test by its source."""

from services.ingest.handlers.sample_leads import SOURCE, make_sample_lead
from shared.contracts.directory import SampleLeadOrdered
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from tests.service.ingest.world import World


async def test_an_order_becomes_one_touch_however_often_it_comes(world: World):
    order = SampleLeadOrdered(
        order_id=new_id(),
        email="test@test-1.example",
        name="Lead de prueba",
        company="Empresa de prueba",
        at=world.clock.now(),
    )
    for _ in range(2):  # the bus may repeat itself
        await world.service.db.write(lambda conn: make_sample_lead(conn, order, world.clock.now()))
    await world.read()
    told = [one.data for one in await world.published()]
    receipts = await world.receipts()

    assert [type(one) for one in told] == [TouchRecorded]
    (touch,) = told
    assert isinstance(touch, TouchRecorded)
    assert (touch.source, touch.touch, touch.made_by) == (SOURCE, "demo.requested", "human")
    assert touch.lead["name"] == "Lead de prueba"
    assert touch.account["domain"] == "test-1.example"
    assert [one["state"] for one in receipts] == ["read", "read"]


async def test_nobody_sends_by_the_source_of_test_leads(world: World):
    order = SampleLeadOrdered(
        order_id=new_id(),
        email="test@test-2.example",
        name="Test lead",
        company="Test company",
        at=world.clock.now(),
    )
    await world.service.db.write(lambda conn: make_sample_lead(conn, order, world.clock.now()))
    refused = await world.http.post(f"/hooks/{SOURCE}", json={"email": "eva@acme.com"})
    shown = (await world.api("GET", f"/v1/sources/{SOURCE}")).json()

    assert refused.status_code in (401, 404)
    assert shown["vendor"] == "relevo"
    assert shown["credentials"] == []
