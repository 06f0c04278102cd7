"""A request that is repeated with the same ``Idempotency-Key`` takes effect once."""

import asyncio

import orjson
import pytest

from tests.builders import Lead
from tests.service.notify.api import Api

KEY = {"Idempotency-Key": "sent-again"}


async def twice(api: Api, path: str, body: object = None) -> list:
    return [await api.post(path, body, **KEY) for _ in range(2)]


async def test_a_secret_is_rotated_once_and_shown_once(api, receiver):
    made = await api.subscribe(receiver.url)
    first, again = await twice(api, f"/v1/subscriptions/{made['subscription_id']}/rotate", {})
    shown = (await api.get(f"/v1/subscriptions/{made['subscription_id']}")).json()

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["secret"].startswith("whsec_")
    assert again.json() == first.json() | {"secret": ""}
    assert len(shown["secrets"]) == 2


async def test_a_test_event_is_sent_once(api, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}/test"
    first, again = await twice(api, path)
    await api.post(path)

    assert (first.status_code, again.content) == (200, first.content)
    kinds = [orjson.loads(one.body)["type"] for one in receiver.requests]
    assert kinds == ["subscription.tested.v1"] * 2, "one for the two, one for the third"


@pytest.mark.parametrize("how", ["replay", "redeliver"])
async def test_what_is_sent_again_is_sent_again_once(api, receiver, how):
    made = await api.subscribe(receiver.url, "handoff.sales_ready.v1")
    await api.publish(Lead().sales_ready())
    await receiver.next_request()
    delivery_id = await settled(api, made["subscription_id"])
    path, body = {
        "replay": (f"/v1/subscriptions/{made['subscription_id']}/replay", {"after": 0}),
        "redeliver": (f"/v1/deliveries/{delivery_id}/redeliver", None),
    }[how]
    first = await api.post(path, body, **KEY)
    await receiver.next_request()
    await settled(api, made["subscription_id"])
    again = await api.post(path, body, **KEY)

    assert (first.status_code, again.status_code) == (202, 202)
    assert first.content == again.content
    assert await settled(api, made["subscription_id"]) == delivery_id
    later = Lead().sales_ready()
    await api.publish(later)
    assert (await receiver.next_request()).body == later.to_bytes(), "nothing came in between"


async def settled(api: Api, subscription_id: str) -> str:
    """Return the id of the subscription's only delivery once it is delivered."""
    async with asyncio.timeout(10):
        while True:
            page = await api.get("/v1/deliveries", subscription=subscription_id)
            (one,) = page.json()["items"]
            if one["state"] == "delivered":
                return str(one["delivery_id"])
