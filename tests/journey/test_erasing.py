"""A tool says that a person asked to be erased: all three services forget them."""

from typing import Any

import orjson

from tests.support.events import read_feed
from tests.support.story import WITHIN_S, Lead
from tests.support.waiting import eventually


async def test_a_privacy_deletion_erases_the_lead_in_all_services(installation):
    api = installation.api
    token = installation.credentials["app"]
    lead = Lead(api, token)
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    lead_id = handoff["lead_id"]
    await lead.does("erasure.requested")

    async def gone() -> Any:
        return (await api.send("GET", f"/v1/leads/{lead_id}")).status_code == 410

    async def emptied() -> Any:
        receipts = (await api.get("/v1/receipts", source="app"))["items"]
        return [one for one in receipts if one["reason"] == "erased"]

    async def told() -> Any:
        events = await read_feed(api)
        of_lead = [
            one
            for one in events
            if one["data"].get("lead_id", one["data"].get("handoff", {}).get("lead_id")) == lead_id
        ]
        return [one["type"] for one in of_lead] == ["lead.erased.v1"]

    await eventually(gone, WITHIN_S, "the lead to be erased")
    await eventually(told, WITHIN_S, "the feed to forget")
    assert len(await eventually(emptied, WITHIN_S, "the receipts to be emptied")) >= 2
    shown = await api.get(f"/v1/handoffs/{handoff['handoff_id']}")
    assert lead.email not in orjson.dumps(shown).decode()
    assert (shown["lead_name"], shown["reason"]) == ("erased", "erased")
