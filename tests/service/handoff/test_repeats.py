"""A request that is repeated with the same ``Idempotency-Key`` takes effect once."""

from datetime import UTC, datetime

import pytest

from services.handoff.handlers.record_touches import record_touches
from services.handoff.unit_of_work import unit_of_work
from shared.contracts import Envelope
from shared.contracts.touches import TouchRecorded
from shared.ids import new_id
from tests.service.handoff.api import Api

KEY = {"Idempotency-Key": "sent-again"}


async def demo_of(api: Api, *identifiers: str) -> str:
    """Let somebody ask for a demo; return their lead."""
    now = datetime.now(UTC)
    data = TouchRecorded(
        source="web",
        vendor="generic",
        source_event_id=identifiers[0],
        receipt_id=new_id(),
        identity=identifiers[0],
        identifiers=list(identifiers),
        occurred_at=now,
        received_at=now,
        touch="demo.requested",
        name="Demo",
        made_by="human",
        made_by_reason="test",
    )
    envelope = Envelope(new_id(), "test", "", identifiers[0], now, data)
    await api.service.db.write(
        lambda conn: record_touches(unit_of_work(api.parts, conn), [envelope])
    )
    found = await api.get("/v1/leads", params={"identifier": identifiers[0]})
    return str(found.json()["items"][0]["lead_id"])


@pytest.fixture
async def handoff(api) -> str:
    """The path of a hand-off."""
    lead_id = await demo_of(api, "email:eva@acme.com")
    (item,) = (await api.get("/v1/handoffs", params={"lead": lead_id})).json()["items"]
    return f"/v1/handoffs/{item['handoff_id']}"


@pytest.mark.parametrize(
    ("answers", "last"),
    [
        pytest.param([], ("attempts", {"channel": "call"}), id="an attempt"),
        pytest.param([], ("attempts", {"reached": True}), id="a talk"),
        pytest.param([], ("verdict", {"verdict": "accept"}), id="a verdict"),
        pytest.param(
            [("verdict", {"verdict": "accept"})],
            ("outcome", {"outcome": "opportunity", "amount": 900.0, "currency": "EUR"}),
            id="an outcome",
        ),
        pytest.param([], ("assign", {"to": "ana@acme.com"}), id="another owner"),
    ],
)
async def test_an_answer_sent_again_is_taken_once_and_answered_the_same(
    api, handoff, answers, last
):
    ana = await api.add_person("Ana")
    for what, said in answers:
        await api.post(f"{handoff}/{what}", {"person": ana["email"], **said})
    what, said = last
    first = await api.post(f"{handoff}/{what}", {"person": ana["email"], **said}, **KEY)
    events = await all_staged(api)
    again = await api.post(f"{handoff}/{what}", {"person": ana["email"], **said}, **KEY)

    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert again.content == first.content
    assert await all_staged(api) == events
    steps = (await api.get(handoff)).json()["steps"]
    said_by_people = [one for one in steps if one["by"] != "relevo"]
    assert len(said_by_people) == len(answers) + 1


async def all_staged(api: Api) -> int:
    kinds = ("attempted", "accepted", "progressed", "reassigned")
    return sum([len(await api.staged(f"handoff.{kind}.v1")) for kind in kinds])


async def test_without_the_header_each_attempt_counts(api, handoff):
    ana = await api.add_person("Ana")
    for _ in range(2):
        await api.post(f"{handoff}/attempts", {"person": ana["email"]})

    assert (await api.get(handoff)).json()["attempts"] == 2


async def test_the_same_key_for_something_else_is_refused(api, handoff):
    ana = await api.add_person("Ana")
    await api.post(f"{handoff}/attempts", {"person": ana["email"]}, **KEY)
    other = await api.post(f"{handoff}/attempts", {"person": ana["email"], "reached": True}, **KEY)

    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_merge_and_its_undoing_sent_again_are_answered_the_same(api):
    eva = await demo_of(api, "email:eva@acme.com")
    other = await demo_of(api, "user:crm:7")
    body = {"lead_id": other, "why": "one person"}
    merged = [await api.post(f"/v1/leads/{eva}/merge", body, **KEY) for _ in range(2)]
    undone = [await api.post(f"/v1/leads/{other}/unmerge", **KEY) for _ in range(2)]

    for first, again in (merged, undone):
        assert (first.status_code, again.status_code) == (200, 200), again.text
        assert again.content == first.content
    assert len(await api.staged("lead.merged.v1")) == 1
    assert len(await api.staged("lead.unmerged.v1")) == 1


async def test_who_gives_a_handoff_away_sees_whose_it_is_now(api, handoff):
    ana = await api.add_person("Ana")
    owner = (await api.get(handoff)).json()["owner"]
    mine = await api.with_key(scopes=["handoffs:write"], person=owner["person_id"])
    answer = await mine.post(f"{handoff}/assign", {"to": ana["email"]})

    assert (answer.status_code, answer.json()["owner"]["name"]) == (200, "Ana")
    assert (await mine.post(f"{handoff}/attempts", {})).status_code == 404
