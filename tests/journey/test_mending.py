"""What went wrong is mended by those who run the product: nothing was lost meanwhile."""

from collections.abc import Sequence
from time import monotonic
from typing import Any

import orjson
import pytest

from tests.journey.conftest import Installation
from tests.support.events import about, read_feed, signed, types
from tests.support.installation import give_key, subscribe
from tests.support.receivers import Answer, Receiver
from tests.support.story import WITHIN_S, Lead
from tests.support.waiting import eventually

STORY = ["handoff.sales_ready.v1", "handoff.assigned.v1"]
REVOKED_WITHIN_S = 5.0


@pytest.fixture
def lead(installation: Installation) -> Lead:
    """Somebody nobody has heard of yet."""
    return Lead(installation.api, installation.credentials["app"])


def a_fair(mapping: dict[str, str]) -> dict[str, Any]:
    """Return the settings of a tool whose people write addresses into `visitor.mail`."""
    where = {"event": "=Event Checked In", "id": "badge", **mapping}
    return {"options": {"mapping": where}, "touch_kinds": {"Event Checked In": "demo.requested"}}


async def test_a_parked_receipt_is_read_again_once_the_mapping_is_mended(installation):
    api = installation.api
    wrong, right = {"email": "visitor.address"}, {"email": "visitor.mail"}
    made = await api.post(
        "/v1/sources", {"name": "fair", "vendor": "generic", "settings": a_fair(wrong)}
    )
    body = orjson.dumps({"badge": "4711", "visitor": {"mail": "leo@fair-visitors.com"}})
    headers = {"x-relevo-token": made["credential"]["value"]}
    stored = await api.send("POST", "/hooks/fair", body, headers)
    assert stored.status_code == 200, "what cannot be read is still taken"

    async def parked() -> Any:
        return (await api.get("/v1/receipts", source="fair", state="parked"))["items"]

    (receipt,) = await eventually(parked, WITHIN_S, "a parked receipt")
    assert (receipt["reason"], receipt["parked"]) == ("no_identity", 1)
    await api.change("/v1/sources/fair", {"settings": a_fair(right)})
    await api.post("/v1/receipts/retry", {"source": "fair"})

    async def ledger() -> Any:
        lines = (await api.get("/v1/ledger"))["sources"]
        (line,) = (line for line in lines if line["source"] == "fair")
        return line if line["published"] else None

    line = await eventually(ledger, WITHIN_S, "the receipt to be read")
    assert (line["received"], line["published"], line["parked"], line["gap"]) == (1, 1, 0, 0)

    async def handed_over() -> Any:
        leads = await api.get("/v1/leads", identifier="email:leo@fair-visitors.com")
        return leads["items"] and (await api.get("/v1/handoffs", lead=leads["items"][0]["lead_id"]))

    assert len((await eventually(handed_over, WITHIN_S, "the hand-off"))["items"]) == 1


async def test_a_subscriber_that_was_down_gets_everything_later_in_order(
    installation, new_receiver, lead
):
    down: Receiver = new_receiver()
    down.answer_next(Answer(503, {"retry-after": "1"}))
    subscription = await subscribe(
        installation.api, down.url, event_types=["handoff.sales_ready.v1", "handoff.assigned.v1"]
    )
    await lead.does("Demo Requested")
    handoff = await lead.handoff()

    refused, again, following = await down.next_requests(3, timeout_s=WITHIN_S)
    events = [signed(one, subscription["secret"]) for one in (again, following)]
    assert types(about(events, handoff["lead_id"])) == STORY
    assert refused.body == again.body, "the same bytes on every try"
    assert refused.headers["webhook-id"] == again.headers["webhook-id"]
    await installation.api.delete(f"/v1/subscriptions/{subscription['subscription_id']}")


async def test_who_was_not_there_yet_catches_up_by_feed_and_by_replay(
    installation, new_receiver, lead
):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()

    async def fed() -> Any:
        mine = about(await read_feed(installation.api), handoff["lead_id"])
        return mine if types(mine) == STORY else None

    missed = await eventually(fed, WITHIN_S, "the feed")
    late: Receiver = new_receiver()
    subscription = await subscribe(installation.api, late.url)
    path = f"/v1/subscriptions/{subscription['subscription_id']}"
    await installation.api.post(f"{path}/replay", {"after": 0})

    replayed: list[dict[str, Any]] = []
    while len(replayed) < len(missed):
        request = await late.next_request(WITHIN_S)
        replayed += about([signed(request, subscription["secret"])], handoff["lead_id"])
    assert replayed == missed, "the events as they were, with their ids"
    await installation.api.delete(path)


async def test_a_revoked_key_is_dead_in_every_service_within_five_seconds(installation):
    scopes = ["sources:read", "handoffs:read", "feed:read"]
    paths = ["/v1/sources", "/v1/handoffs", "/v1/feed"]  # one of each service
    key = await give_key(installation.api, scopes)
    api = installation.product.api_with(key)

    async def answers() -> Sequence[int]:
        return [(await api.send("GET", path)).status_code for path in paths]

    async def alive() -> bool:
        return await answers() == [200, 200, 200]

    async def dead() -> bool:
        return await answers() == [401, 401, 401]

    await eventually(alive, WITHIN_S, "the key to be known everywhere")
    (key_id,) = [
        one["key_id"]
        async for one in installation.api.pages("/v1/keys")
        if one["scopes"] == sorted(scopes)
    ]
    revoked_at = monotonic()
    await installation.api.delete(f"/v1/keys/{key_id}")
    await eventually(dead, REVOKED_WITHIN_S, "the key to be dead everywhere")
    await api.close()

    assert monotonic() - revoked_at <= REVOKED_WITHIN_S + 0.5


async def test_a_source_keeps_its_old_credential_for_the_overlap_and_no_longer(installation):
    api = installation.api
    made = await api.post("/v1/sources", {"name": "rotated", "vendor": "relevo"})
    old = made["credential"]["value"]

    async def status(token: str) -> int:
        event = b'{"event": "Email Opened", "email": "kim@rotating-doors.com"}'
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        answer = await api.send("POST", "/v1/events", event, headers)
        return int(answer.status_code)

    new = (await api.post("/v1/sources/rotated/rotate", {"overlap_hours": 1}))["value"]
    with_overlap = [await status(old), await status(new)]
    newest = (await api.post("/v1/sources/rotated/rotate", {"overlap_hours": 0}))["value"]

    assert with_overlap == [200, 200]
    assert [await status(old), await status(new), await status(newest)] == [401, 401, 200]
