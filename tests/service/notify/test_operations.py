"""What who runs the installation sees of notify: events it could not handle."""

import asyncio

import pytest

from shared import consumer
from shared.outbox import to_message
from tests.builders import Lead
from tests.service.notify.api import Api

PARKED = "/v1/operations/notify/parked"


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    monkeypatch.setattr(consumer, "PARKED_LOOK_S", 0.0)
    monkeypatch.setattr(consumer, "POLL_S", 0.05)


async def parked(api: Api, count: int) -> list[dict]:
    """Return the parked events, oldest first, once there are ``count``."""
    async with asyncio.timeout(10):
        while len(items := (await api.get(PARKED)).json()["items"]) < count:
            pass
    return list(reversed(items))


async def test_an_event_that_cannot_be_read_is_parked_with_those_behind_it_and_can_be_retried(api):
    lead = Lead()
    broken, behind = lead.sales_ready(), lead.accepted()
    payload = broken.to_bytes().replace(b'"owner":', b'"possessor":')
    message = to_message(broken.topic, broken.key, broken.id, broken.type, payload)
    assert await api.bus.publish([message]) == [None]
    await api.publish(behind, Lead().sales_ready())
    first, second = await parked(api, 2)

    assert [one["event_id"] for one in (first, second)] == [broken.id, behind.id]
    assert (first["consumer"], first["key"], first["failures"]) == ("notify", lead.lead_id, 1)
    assert "owner" in first["reason"]
    assert second["failures"] == 0
    answer = await api.post(f"{PARKED}/{second['id']}/retry")
    assert answer.status_code == 200
    async with asyncio.timeout(10):
        while (await parked(api, 2))[0]["failures"] < 2:
            pass
