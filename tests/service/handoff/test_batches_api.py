"""Batches and refolds over HTTP: asked for, followed, ticked, handed over, exported."""

import csv
import io
from datetime import UTC, datetime

import pytest

from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from tests.service.handoff.test_policies import activate
from tests.service.handoff.test_policies import draft as draft_text
from tests.service.handoff.versions import DEMO_ONLY, LOWER_SHARED, work_through

VERSION = "/v1/policies/turn/versions/2"
BATCH = f"{VERSION}/batch"


async def recorded(api, *names, **facts):
    """Let leads download a guide: not enough for the first version, enough for the second."""
    now = datetime.now(UTC)

    def envelope(name):
        email = f"email:{name}@acme.com"
        event = TouchRecorded(
            source="web",
            vendor="generic",
            source_event_id=name,
            receipt_id=new_id(),
            identity=email,
            identifiers=[email],
            occurred_at=now,
            received_at=now,
            lead={"name": facts.get(name, name)},
            touch="content.downloaded",
            name="guide",
            made_by="human",
            made_by_reason="",
            properties={},
        )
        return Envelope(new_id(), "relevo/ingest", email, email, now, event)

    envelopes = [envelope(name) for name in names]
    await api.service.db.write(
        lambda conn: record_touches(unit_of_work(api.parts, conn), envelopes)
    )


async def listed(api, *names, **facts):
    """Make a batch of the second version, which is in force, that lists leads of these names."""
    await activate(api, await draft_text(api, DEMO_ONLY))
    await recorded(api, *names, **facts)
    await activate(api, await draft_text(api, LOWER_SHARED))
    answer = await api.post(BATCH)
    assert answer.status_code == 202, answer.text
    await work_through(api.parts)
    return (await api.get(BATCH)).json()


async def names(api, **query):
    items = (await api.get(f"{BATCH}/items", params=query)).json()["items"]
    return [one["name"] for one in items]


async def test_a_refold_tells_how_far_it_is(api):
    await activate(api, await draft_text(api, DEMO_ONLY))
    await recorded(api, "eva", "tom")
    before = (await api.get("/v1/policies/turn/versions/1/refold")).json()
    asked = await api.post("/v1/policies/turn/versions/1/refold")
    await work_through(api.parts)
    after = (await api.get("/v1/policies/turn/versions/1/refold")).json()

    assert (before["state"], before["asked_by"]) == ("folding", "relevo")
    assert (asked.status_code, asked.json()["asked_by"]) == (202, "admin")
    assert after["state"] == "folded"
    assert (after["progress"]["done"], after["progress"]["total"]) == (2, 2)
    assert after["finished_at"] is not None


async def test_a_draft_is_not_folded_for_until_somebody_asks(api):
    await draft_text(api, DEMO_ONLY)
    shown = (await api.get("/v1/policies/turn/versions/1/refold")).json()

    assert (shown["state"], shown["progress"], shown["asked_by"]) == ("not_asked", None, None)


async def test_a_batch_is_made_in_the_background_and_tells_how_far_it_is(api):
    await activate(api, await draft_text(api, DEMO_ONLY))
    await recorded(api, "eva")
    await activate(api, await draft_text(api, LOWER_SHARED))
    none = await api.get(BATCH)
    first, again = await api.post(BATCH), await api.post(BATCH)
    await work_through(api.parts)
    after = (await api.get(BATCH)).json()

    assert none.status_code == 404
    assert (first.json()["state"], first.json()["progress"]["done"]) == ("making", 0)
    assert again.json()["batch_id"] == first.json()["batch_id"]
    assert (after["state"], after["leads"], after["compared_with"]) == ("made", 1, 1)
    assert (after["progress"]["done"], after["progress"]["total"]) == (1, 1)
    assert (after["per_hour"], after["per_day"], after["version_state"]) == (20, 100, "in_force")


async def test_ticked_leads_are_handed_over_and_counted(api):
    await listed(api, "eva", "tom", "ben")
    items = (await api.get(f"{BATCH}/items")).json()["items"]
    one = [items[0]["lead_id"]]
    ticked = (await api.post(f"{BATCH}/items", {"leads": one})).json()
    answer = await api.post(f"{BATCH}/hand-over", {"per_hour": 5})
    await work_through(api.parts)
    after = (await api.get(BATCH)).json()
    (event,) = await api.staged("handoff.sales_ready.v1")

    assert (ticked["changed"], ticked["batch"]["ticked"]) == (1, 1)
    assert (answer.status_code, answer.json()["waiting"]) == (202, 1)
    assert (after["state"], after["handed_over"], after["waiting"]) == ("handed_over", 1, 0)
    assert (after["per_hour"], after["per_day"], after["handed_over_by"]) == (5, 100, "admin")
    assert event["data"]["released"]["by"] == "admin"
    assert event["data"]["handoff"]["lead_id"] == one[0]


async def test_all_of_a_description_can_be_ticked_and_some_unticked(api):
    await listed(api, "eva", "tom", "ben")
    everybody = (await api.post(f"{BATCH}/items", {"all": True, "min_engagement": 25})).json()
    nobody = (await api.post(f"{BATCH}/items", {"all": True, "gate": "asked"})).json()
    lead = (await api.get(f"{BATCH}/items")).json()["items"][0]["lead_id"]
    less = (await api.post(f"{BATCH}/items", {"ticked": False, "leads": [lead]})).json()

    assert (everybody["changed"], nobody["changed"]) == (3, 0)
    assert (less["changed"], less["batch"]["ticked"]) == (1, 2)
    assert len(await names(api, ticked=True)) == 2
    assert len(await names(api, ticked=False, state="listed")) == 1


async def test_items_come_in_pages_the_highest_score_first(api):
    await listed(api, "eva", "tom", "ben", "ana", "leo")
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "sort": "fit"} | ({"cursor": cursor} if cursor else {})
        page = (await api.get(f"{BATCH}/items", params=query)).json()
        seen += [one["lead_id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len(set(seen)) == len(seen) == 5
    assert await names(api, tier="hot", min_fit=1) == []


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        pytest.param({}, "give either", id="nobody"),
        pytest.param({"all": True, "leads": [new_id()]}, "give either", id="two ways"),
        pytest.param({"leads": [new_id()], "gate": "read"}, "belong to", id="ids by gate"),
        pytest.param({"leads": []}, "/leads", id="no leads"),
        pytest.param({"leads": ["eva"]}, "/leads/0", id="no id"),
        pytest.param({"all": False}, "/all", id="all of nothing"),
        pytest.param({"all": True, "tick": True}, "/tick", id="an unknown field"),
    ],
)
async def test_an_unclear_choice_is_refused_with_its_place(standing_api, choice, message):
    refused = await standing_api.post("/v1/policies/b2b-starter/versions/1/batch/items", choice)

    assert refused.status_code == 422
    assert message in refused.json()["message"]


@pytest.mark.parametrize(
    "cursor", ["x", "bm8", "MDFhMjJhYjEtNzI5Mi03MDAwLTgwMDAtMDAwMDAwMDAwMDAwIG5hbg"]
)
async def test_what_is_no_cursor_of_the_list_is_refused(api, cursor):
    await listed(api, "eva")
    refused = await api.get(f"{BATCH}/items", params={"cursor": cursor})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query.cursor")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "", id="show"),
        pytest.param("GET", "/items", id="items"),
        pytest.param("GET", "/items.csv", id="csv"),
        pytest.param("POST", "/items", id="tick"),
        pytest.param("POST", "/hand-over", id="hand over"),
        pytest.param("POST", "/stop", id="stop"),
    ],
)
async def test_a_version_without_a_batch_says_so(standing_api, method, path):
    body = {"all": True} if path == "/items" and method == "POST" else None
    where = f"/v1/policies/b2b-starter/versions/1/batch{path}"
    answer = await standing_api.http.request(method, where, json=body)

    assert answer.status_code == 404
    assert "none has been made" in answer.json()["message"]


async def test_a_batch_of_a_draft_is_not_handed_over(api):
    await activate(api, await draft_text(api, DEMO_ONLY))
    await recorded(api, "eva")
    await draft_text(api, LOWER_SHARED)
    await api.post(BATCH)
    early = await api.post(f"{BATCH}/hand-over")
    await work_through(api.parts)
    late = await api.post(f"{BATCH}/hand-over")

    assert [early.json()["code"], late.json()["code"]] == ["not_in_force", "not_in_force"]
    assert (await api.get(BATCH)).json()["leads"] == 1


async def test_a_batch_that_is_being_made_is_not_handed_over_yet(api):
    await activate(api, await draft_text(api, DEMO_ONLY))
    await api.post("/v1/policies/turn/versions/1/batch")
    refused = await api.post("/v1/policies/turn/versions/1/batch/hand-over")
    stopped = await api.post("/v1/policies/turn/versions/1/batch/stop")
    again = await api.post("/v1/policies/turn/versions/1/batch/stop")

    assert (refused.status_code, refused.json()["code"]) == (409, "batch_being_made")
    assert [stopped.json()["state"], again.json()["state"]] == ["stopped", "stopped"]


async def test_a_batch_that_is_being_handed_over_is_not_made_anew(api):
    await listed(api, "eva", "tom")
    await api.post(f"{BATCH}/items", {"all": True})
    await api.post(f"{BATCH}/hand-over")
    refused = await api.post(BATCH)

    assert (refused.status_code, refused.json()["code"]) == (409, "handing_over")


async def test_the_export_holds_everything_and_no_formula(api):
    await listed(api, "eva", "tom", eva='=HYPERLINK("http://x")', tom="＝1+1")
    answer = await api.get(f"{BATCH}/items.csv", params={"sort": "fit"})
    head, *rows = csv.reader(io.StringIO(answer.text))
    cells = [dict(zip(head, row, strict=True)) for row in rows]

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="turn-2.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert sorted(one["name"] for one in cells) == ['\'=HYPERLINK("http://x")', "'＝1+1"]
    assert {(one["engagement"], one["fit"], one["state"]) for one in cells} == {
        ("30.0", "0.0", "listed")
    }
    assert {one["why not before"] for one in cells} == {"near miss of asked: signal 1 short"}


async def test_leads_are_named_to_who_may_see_them_alone(api):
    await listed(api, "eva")
    manager = await api.with_key(scopes=["policies:read", "policies:write"])

    assert (await manager.get(BATCH)).status_code == 200
    assert (await manager.post(f"{BATCH}/items", {"all": True})).status_code == 200
    assert (await manager.get(f"{BATCH}/items")).status_code == 403
    assert (await manager.get(f"{BATCH}/items.csv")).status_code == 403


async def test_what_happens_to_a_batch_is_in_the_audit(api):
    batch = await listed(api, "eva")
    await api.post(f"{BATCH}/items", {"all": True})
    await api.post(f"{BATCH}/hand-over")
    await work_through(api.parts)
    found = [(await api.audit(f"batch.{what}"))[0] for what in ("made", "ticked", "handed_over")]

    assert {one["subject"] for one in found} == {batch["batch_id"]}
    assert [one["detail"].get("leads") for one in found] == [None, 1, 1]
    assert {one["who"] for one in found} == {"admin"}
