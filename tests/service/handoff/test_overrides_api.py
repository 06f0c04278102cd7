"""A person's word beside the policy's over HTTP: who may, what is kept, what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.service.handoff.overruling import GUIDE
from tests.service.handoff.recording import record


async def put(api, lead_id, **body):
    return await api.http.put(f"/v1/leads/{lead_id}/override", json=body)


async def test_all_of_it_over_http_with_audit_and_timeline(api):
    lead_id = await record(api, "eva@acme.com", GUIDE)
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    held = await put(api, lead_id, ready=False, reason="in talks", until=until)
    shown = (await api.get(f"/v1/leads/{lead_id}/evaluation")).json()[0]
    gone = await api.http.delete(f"/v1/leads/{lead_id}/override", params={"why": "talks ended"})
    given = await put(api, lead_id, ready=True, reason="wants a call")
    lead = (await api.get(f"/v1/leads/{lead_id}")).json()
    found = (await api.get(f"/v1/leads/{lead_id}/timeline")).json()["items"]
    of_the_handoff = ("handoff.sales_ready", "handoff.fell_back")
    lines = [one for one in found if one["kind"] not in of_the_handoff]
    handoff = (await api.get(f"/v1/handoffs/{given.json()['handoff_id']}")).json()

    assert (held.status_code, gone.status_code, given.status_code) == (200, 204, 200)
    assert (shown["override"]["reason"], shown["held_back"]) == ("in talks", None)
    assert [(one["ready"], one["reason"], one["lifted_why"]) for one in lead["overrides"]] == [
        (True, "wants a call", None),
        (False, "in talks", "talks ended"),
    ]
    assert [(one["kind"], one["name"], one["made_by_reason"]) for one in lines[:3]] == [
        ("lead.handed_over", "wants a call", "admin"),
        ("lead.override_lifted", "talks ended", "admin"),
        ("lead.held_back", "in talks", "admin"),
    ]
    assert lines[3]["kind"] == GUIDE
    assert (handoff["gate"], handoff["sales_ready"]["override"]["by"]) == ("override", "admin")
    assert sorted(step["kind"] for step in handoff["steps"]) == ["fell_back", "override"]
    for what, why in (
        ("lead.held_back", "in talks"),
        ("lead.override_lifted", "talks ended"),
        ("lead.handed_over", "wants a call"),
    ):
        assert (await api.audit(what))[0]["why"] == why


async def test_the_timeline_is_paged_through_what_was_decided_too(api):
    lead_id = await record(api, "eva@acme.com", GUIDE)
    for number in range(3):
        await put(api, lead_id, ready=False, reason=f"reason {number}")
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await api.get(f"/v1/leads/{lead_id}/timeline", params=query)).json()
        seen += [one["kind"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert sorted(seen) == [
        GUIDE,
        *["lead.held_back"] * 3,
        *["lead.override_lifted"] * 2,
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"ready": True}, id="no reason"),
        pytest.param({"ready": True, "reason": "  "}, id="a blank reason"),
        pytest.param({"reason": "x"}, id="neither"),
        pytest.param(
            {"ready": True, "reason": "x", "until": "2099-01-01T00:00:00Z"}, id="an end of a deed"
        ),
        pytest.param({"ready": False, "reason": "x", "tier": "hot"}, id="a tier of a hold"),
        pytest.param(
            {"ready": False, "reason": "x", "until": "2020-01-01T00:00:00Z"}, id="in the past"
        ),
        pytest.param({"ready": False, "reason": "x", "unitl": None}, id="a misspelt field"),
    ],
)
async def test_an_unclear_word_is_refused(api, body):
    lead_id = await record(api, "eva@acme.com", GUIDE)
    answer = await put(api, lead_id, **body)

    assert answer.status_code == 422
    assert (await api.get(f"/v1/leads/{lead_id}")).json()["overrides"] == []


@pytest.mark.parametrize(
    ("roles", "status"),
    [(["rep"], 403), (["marketing"], 200), (["sales"], 200), (["manager"], 200)],
    ids=["rep", "marketing", "sales", "manager"],
)
async def test_who_may_overrule_the_policy(api, roles, status):
    lead_id = await record(api, "eva@acme.com", GUIDE)
    person = await api.add_person("Ana", roles=roles)
    client = await api.with_key(person=person["email"])
    answer = await put(client, lead_id, ready=False, reason="x")

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["person_id"] == person["person_id"]
