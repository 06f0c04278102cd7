"""Hand-offs and leads over HTTP, from an event on the bus to the last answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.contracts import TOPICS, Envelope
from shared.contracts.answers import OutcomeReported, VerdictGiven
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from shared.outbox import to_message
from tests.service.handoff.api import Api, open_api


class Running:
    """The API with its consumers running on an embedded bus."""

    def __init__(self, api: Api):
        self.api = api

    async def publish(self, data, key: str) -> None:
        one = Envelope(new_id(), "test", "", key, datetime.now(UTC), data)
        message = to_message(one.topic, one.key, one.id, one.type, one.to_bytes())
        assert await self.api.service.bus.publish([message]) == [None]

    async def demo_of(self, email: str) -> None:
        now = datetime.now(UTC)
        await self.publish(
            TouchRecorded(
                source="web",
                vendor="generic",
                source_event_id=email,
                receipt_id=new_id(),
                identity=f"email:{email}",
                identifiers=[f"email:{email}"],
                occurred_at=now,
                received_at=now,
                lead={"name": "Eva Ruiz"},
                touch="demo.requested",
                name="Demo",
                made_by="human",
                made_by_reason="test",
                properties={"form": {"name": "Demo form"}},
            ),
            f"email:{email}",
        )

    async def until(self, path: str, holds: Callable[[Any], Any]) -> Any:
        """Return what ``path`` answers once ``holds`` says so."""
        async with asyncio.timeout(20):
            while True:
                answer = await self.api.get(path)
                if answer.status_code == 200 and holds(answer.json()):
                    return answer.json()
                await asyncio.sleep(0.01)

    async def handed_over(self, email: str = "eva@acme.com") -> Any:
        await self.demo_of(email)
        found = await self.until(
            "/v1/handoffs",
            lambda page: page["items"],
        )
        return found["items"][0]


@pytest.fixture
async def running(database_url, tmp_path) -> AsyncIterator[Running]:
    async with open_api(database_url, tmp_path / "bus") as api:
        service = api.service
        await service.bus.start()
        await service.bus.ensure_topics(TOPICS)
        names = ("handoff.touches", "handoff.answers")
        tasks = [asyncio.ensure_future(service.loops[name]()) for name in names]
        yield Running(api)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await service.bus.stop()


async def test_a_handoff_shows_who_why_now_and_who_owns_it(running):
    handoff = await running.handed_over()

    shown = (await running.api.get(f"/v1/handoffs/{handoff['handoff_id']}")).json()
    ready = shown["sales_ready"]
    assert (shown["lead_name"], shown["stage"], shown["agreement"]) == (
        "Eva Ruiz",
        "assigned",
        "trial",
    )
    assert [line["title"] for line in ready["why_now"]] == ["Demo form"]
    assert shown["assignments"][0]["code"] == "last_resort"
    assert ready["links"]["verdict"].endswith(f"/v1/handoffs/{handoff['handoff_id']}/verdict")


async def test_the_lead_shows_facts_timeline_and_what_the_policy_says(running):
    handoff = await running.handed_over()
    path = f"/v1/leads/{handoff['lead_id']}"

    lead = (await running.api.get(path)).json()
    timeline = (await running.api.get(f"{path}/timeline")).json()
    [evaluation] = (await running.api.get(f"{path}/evaluation")).json()
    found = (await running.api.get("/v1/leads", params={"identifier": "email:eva@acme.com"})).json()
    assert lead["facts"]["name"]["value"] == "Eva Ruiz"
    kinds = {line["kind"] for line in timeline["items"]}
    assert kinds == {"demo.requested", "handoff.sales_ready", "handoff.fell_back"}
    assert evaluation["explanation"]["gate"] == "asked_for_us"
    assert evaluation["held_back"]["code"] == "open_handoff"
    assert [item["lead_id"] for item in found["items"]] == [handoff["lead_id"]]


async def test_a_verdict_over_http_counts_once_and_late_ones_are_told(running):
    handoff = await running.handed_over()
    ana = await running.api.add_person("Ana Pérez")
    ben = await running.api.add_person("Ben Gil")
    path = f"/v1/handoffs/{handoff['handoff_id']}/verdict"

    first = await running.api.post(path, {"verdict": "accept", "person": ana["email"]})
    again = await running.api.post(path, {"verdict": "accept", "person": ana["email"]})
    late = await running.api.post(path, {"verdict": "accept", "person": ben["email"]})
    assert (first.status_code, again.status_code, late.status_code) == (200, 200, 409)
    assert late.json()["code"] == "already_accepted"
    assert len(await running.api.staged("handoff.accepted.v1")) == 1


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        pytest.param({"verdict": "maybe"}, "invalid", "/verdict", id="no such verdict"),
        pytest.param({"verdict": "accept", "x": 1}, "invalid", "/x", id="unknown field"),
        pytest.param({"verdict": "reject"}, "unknown_reason", "/reason", id="no reason"),
        pytest.param(
            {"verdict": "accept", "person": None}, "person_missing", "/person", id="nobody"
        ),
        pytest.param(
            {"verdict": "accept", "person": "x@y.com"}, "unknown_person", "/person", id="a stranger"
        ),
    ],
)
async def test_a_wrong_answer_is_told_what_and_where(running, body, code, pointer):
    handoff = await running.handed_over()
    ana = await running.api.add_person("Ana Pérez")

    body = {"person": ana["email"]} | body
    answer = await running.api.post(f"/v1/handoffs/{handoff['handoff_id']}/verdict", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code)
    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("handoff_id", ["nonsense", "01a20494-f053-72b4-a72f-2c664c40cd00"])
async def test_an_unknown_handoff_is_not_found(running, handoff_id):
    answer = await running.api.get(f"/v1/handoffs/{handoff_id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_rep_sees_own_handoffs_only(running):
    handoff = await running.handed_over()
    ana = await running.api.add_person("Ana Pérez")
    rep = await running.api.with_key(
        scopes=["handoffs:read", "handoffs:write"], person=ana["person_id"]
    )
    path = f"/v1/handoffs/{handoff['handoff_id']}"
    assert (await rep.get(path)).status_code == 404
    assert (await rep.get("/v1/handoffs")).json()["items"] == []

    answer = await running.api.post(
        f"{path}/assign", {"to": ana["email"], "person": ana["email"], "text": "knows them"}
    )
    assert answer.status_code == 200, answer.text
    assert (await rep.get(path)).status_code == 200
    assert (await rep.post(f"{path}/verdict", {"verdict": "accept"})).status_code == 200
    assert [item["stage"] for item in (await rep.get("/v1/handoffs")).json()["items"]] == [
        "accepted"
    ]


async def test_a_crm_answers_over_the_bus(running):
    handoff = await running.handed_over()
    ana = await running.api.add_person("Ana Pérez")
    handoff_id = handoff["handoff_id"]
    await running.publish(
        VerdictGiven(handoff_id=handoff_id, person=ana["email"], verdict="accept"), handoff_id
    )
    await running.publish(
        OutcomeReported(
            handoff_id=handoff_id, person=ana["email"], outcome="won", amount=900.0, currency="EUR"
        ),
        handoff_id,
    )

    shown = await running.until(f"/v1/handoffs/{handoff_id}", lambda one: one["stage"] == "won")
    assert (shown["amount"], shown["currency"]) == (900.0, "EUR")
    assert [step["kind"] for step in shown["steps"]] == ["fell_back", "accept", "won"]


async def test_an_impossible_answer_over_the_bus_is_parked_with_the_reason(running):
    handoff = await running.handed_over()
    ana = await running.api.add_person("Ana Pérez")
    handoff_id = handoff["handoff_id"]
    await running.publish(
        OutcomeReported(handoff_id=handoff_id, person=ana["email"], outcome="won"), handoff_id
    )

    page = await running.until("/v1/operations/handoff/parked", lambda page: page["items"])
    assert "Allowed now" in page["items"][0]["reason"]


async def test_a_hand_off_shows_how_its_clocks_stand_and_can_be_paused(running):
    handoff = await running.handed_over()
    path = f"/v1/handoffs/{handoff['handoff_id']}"
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    body = {"person": "admin@localhost.localdomain", "reason": "call_at_a_date", "until": until}
    answer = await running.api.post(f"{path}/pause", body)
    again = await running.api.post(f"{path}/pause", body)
    paused = answer.json()
    resumed = (await running.api.post(f"{path}/resume", {"person": body["person"]})).json()

    assert answer.status_code == 200, answer.text
    assert (again.status_code, again.json()["code"]) == (409, "already_paused")
    assert {(one["kind"], one["state"]) for one in paused["deadlines"]} == {
        *(("accept", "paused"), ("first_attempt", "paused")),
    }
    (pause,) = paused["pauses"]
    assert (pause["is_on"], pause["reason_title"]["es"]) == (
        *(True, "el lead ha pedido que le llamen en una fecha"),
    )
    assert {one["state"] for one in resumed["deadlines"]} == {"running"}
    accept = next(one for one in resumed["deadlines"] if one["kind"] == "accept")
    assert (accept["ladder_step"], accept["evidence"], accept["late_s"]) == ("remind", None, 0)
    assert 0 < accept["left_working_s"] <= accept["within_s"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        pytest.param({"until": None}, "/until", id="no end"),
        pytest.param({"until": "2026-09-01T09:00:00"}, "/until", id="an end without a zone"),
        pytest.param({"until": "2020-01-01T00:00:00Z"}, "/until", id="an end long ago"),
        pytest.param({"reason": "no_time"}, "/reason", id="a reason nobody agreed on"),
    ],
)
async def test_a_pause_needs_a_named_reason_and_an_end(running, changes, pointer):
    handoff = await running.handed_over()
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    person = "admin@localhost.localdomain"
    body: dict[str, Any] = {"person": person, "reason": "data_fix", "until": until} | changes
    answer = await running.api.post(f"/v1/handoffs/{handoff['handoff_id']}/pause", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_all_leaks_are_listed_with_what_to_do(api: Api):
    answer = (await api.get("/v1/leaks")).json()
    rep = await api.with_key(scopes=["handoffs:read"])

    assert (answer["total"], len(answer["leaks"])) == (0, 6)
    assert all(one["title"]["es"] and one["what_to_do"]["en"] for one in answer["leaks"])
    assert (await rep.get("/v1/leaks")).status_code == 403
