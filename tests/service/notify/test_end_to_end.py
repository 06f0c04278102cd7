"""An event on the bus is told: to the CRM, to the rep, and back on the bus."""

import asyncio
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from tests.builders import REP, Lead, person_changed
from tests.service.notify.api import open_api
from tests.support.receivers import Answer

READY = "handoff.sales_ready.v1"


async def test_a_crm_gets_each_event_signed_and_in_order(api, receiver):
    made = await api.subscribe(receiver.url, "handoff.*")
    lead = Lead()
    events = [lead.sales_ready(), lead.assigned(), lead.accepted()]
    await api.publish(*events)
    requests = await receiver.next_requests(3)

    assert [request.body for request in requests] == [event.to_bytes() for event in events]
    assert [request.headers["webhook-id"] for request in requests] == [one.id for one in events]
    for request in requests:
        Webhook(made["secret"]).verify(request.body, dict(request.headers))


async def test_a_rep_gets_a_mail_in_their_language(api, mail_sink):
    await api.publish(person_changed(REP, [("email", "lucia@acme.com")], language="es"))
    await api.until_known(REP)
    await api.publish(Lead().sales_ready())
    mail = await mail_sink.next_mail()

    assert mail.recipients == ("lucia@acme.com",)
    assert mail.message["Subject"] == "Nuevo lead para ti: Ana Pérez (Acme)"


async def test_a_rep_and_a_team_are_told_in_slack(api, new_receiver):
    mine, ours = new_receiver(), new_receiver()
    await api.subscribe(ours.url, READY, channel="slack", language="es")
    await api.publish(person_changed(REP, [("slack", mine.url)]))
    await api.until_known(REP)
    await api.publish(Lead().sales_ready())

    assert (await mine.next_request()).json["text"] == "Nuevo lead para ti: Ana Pérez (Acme)"
    assert (await ours.next_request()).json["text"] == "Listo para ventas: Ana Pérez (Acme)"


async def test_what_was_told_is_reported_on_the_bus(api, receiver):
    member = api.bus.member("handoff", ["relevo.deliveries.v1"])
    await member.start()
    await api.subscribe(receiver.url, READY)
    lead = Lead()
    await api.publish(lead.sales_ready())
    reports: list[Any] = []
    async with asyncio.timeout(10):
        while len(reports) < 2:  # the CRM, and the rep by mail
            polled = await member.poll(100, 1)
            for partition in polled.assigned:
                await member.seek(partition, 0)
            for records in polled.records.values():
                reports += [orjson.loads(record.value) for record in records]
    await member.stop()

    assert {report["type"] for report in reports} == {"delivery.succeeded.v1"}
    assert {report["data"]["channel"] for report in reports} == {"subscription", "email"}
    assert {report["partitionkey"] for report in reports} == {lead.lead_id}


async def test_an_event_that_was_not_taken_is_sent_again_with_the_same_bytes(api, receiver):
    receiver.answer_next(Answer(503))
    await api.subscribe(receiver.url, READY)
    await api.publish(Lead().sales_ready())
    first, second = await receiver.next_requests(2, timeout_s=20)

    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_what_was_not_sent_before_a_stop_is_sent_after_the_start(
    database_url, tmp_path, receiver
):
    bus_url = f"sqlite:///{tmp_path}"
    receiver.answer_next(Answer(held=True))
    async with open_api(database_url, bus_url) as api:
        await api.subscribe(receiver.url, READY)
        await api.publish(Lead().sales_ready(), Lead().sales_ready())
        await receiver.next_requests(2)
        receiver.release()
    async with open_api(database_url, bus_url) as api:
        await api.publish(Lead().sales_ready())
        await receiver.next_request()
        answer = await api.get("/v1/deliveries", limit=10)

    assert [one["state"] for one in answer.json()["items"]].count("parked") == 0
    assert len(receiver.requests) == 3


@pytest.mark.parametrize("count", [300])
async def test_a_burst_reaches_the_crm_completely_and_once(api, receiver, count):
    await api.subscribe(receiver.url, READY)
    events = [Lead().sales_ready() for _ in range(count)]
    await api.publish(*events)
    requests = await receiver.next_requests(count, timeout_s=60)

    assert sorted(request.headers["webhook-id"] for request in requests) == sorted(
        event.id for event in events
    )
