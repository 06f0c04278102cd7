"""Touches in, sales-ready out: the edge, the guards, and what sales is told."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from services.handoff.store.tables import LEAD_SIGNALS
from tests.service.handoff.world import NOON

GUIDE = {
    "content": {
        "id": "prices",
        "title": "Prices 2026",
        "topic": "pricing",
        "url": "https://x.com/p",
    }
}


async def test_a_demo_request_hands_the_lead_over_with_an_owner_and_a_clock(world):
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"name": "Eva Ruiz"}))

    ready, assigned = await world.staged()
    data = ready.data
    assert (ready.type, assigned.type) == ("handoff.sales_ready.v1", "handoff.assigned.v1")
    assert (ready.sequence, assigned.sequence) == (1, 2)
    assert (data.handoff.gate, data.handoff.tier, data.handoff.agreement) == (
        "asked_for_us",
        "hot",
        "trial",
    )
    assert data.handoff.owner.name in {"Ana", "Ben"}
    assert data.deadlines[0].due_at == NOON + timedelta(minutes=15)
    assert data.lead.name == "Eva Ruiz"
    assert data.account.domain == "acme.com"
    assert [line.kind for line in data.why_now] == ["demo.requested"]


async def test_repeating_a_batch_changes_nothing(world):
    demo = world.touch("eva@acme.com", "demo.requested")
    await world.take(demo)
    await world.take(demo)

    assert await world.types() == ["handoff.sales_ready.v1", "handoff.assigned.v1"]


@pytest.mark.parametrize(
    ("kind", "made_by"),
    [
        pytest.param("email.opened", "human", id="opens are weak"),
        pytest.param("demo.requested", "machine", id="machines count nothing"),
        pytest.param("demo.requested", "unsure", id="unsure never qualifies"),
    ],
)
async def test_a_hundred_doubtful_touches_never_make_a_lead_ready(world, kind, made_by):
    touches = [
        world.touch("eva@acme.com", kind, made_by=made_by, lead={"title": "CTO"})
        for _ in range(100)
    ]
    await world.take(*touches)

    assert await world.staged() == []


async def test_two_different_signals_of_one_who_decides_pass_the_second_gate(world):
    await world.take(
        world.touch("eva@acme.com", "content.downloaded", properties=GUIDE, lead={"title": "CTO"}),
        world.touch("eva@acme.com", "email.opened"),
        world.touch("eva@acme.com", "webinar.attended"),
    )

    [ready] = await world.sales_ready()
    assert ready.handoff.gate == "engaged"
    assert ready.engagement.value == pytest.approx(61.0)
    assert sum(factor.points for factor in ready.engagement.factors) == ready.engagement.value
    assert ready.fit.value == 40.0
    assert [one.content_id for one in ready.content_seen] == ["prices"]
    assert [one.topic for one in ready.interests] == ["pricing"]
    assert {line.kind for line in ready.why_now} == {"content.downloaded", "webinar.attended"}


async def test_an_excluded_company_is_never_handed_over(world):
    await world.take(world.touch("spy@rival.com", "demo.requested"))

    assert await world.staged() == []


async def test_a_strong_touch_on_an_open_handoff_is_news_for_its_owner(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await world.take(
        world.touch("eva@acme.com", "webinar.attended"), world.touch("eva@acme.com", "email.opened")
    )

    *_, updated = await world.staged()
    assert updated.type == "handoff.updated.v1"
    assert [line.kind for line in updated.data.touches] == ["webinar.attended"]
    assert updated.sequence == 3


async def test_turns_are_fair_for_many_leads_at_once(world):
    await world.take(*(world.touch(f"lead{n}@acme{n}.com", "demo.requested") for n in range(40)))

    owners = [ready.handoff.owner.name for ready in await world.sales_ready()]
    assert sorted(owners) == ["Ana"] * 20 + ["Ben"] * 20


async def test_a_lead_never_folded_for_the_version_is_folded_from_its_touches(world):
    await world.take(
        world.touch("eva@acme.com", "content.downloaded", properties=GUIDE, lead={"title": "CTO"})
    )
    await world.write(lambda uow: uow.conn.execute(delete(LEAD_SIGNALS)) and None)
    await world.take(world.touch("eva@acme.com", "webinar.attended"))

    assert len(await world.sales_ready()) == 1


async def test_facts_told_after_the_deciding_touch_make_the_lead_ready(world):
    await world.take(
        world.touch("eva@acme.com", "content.downloaded"),
        world.touch("eva@acme.com", "webinar.attended"),
    )
    assert await world.staged() == []
    await world.take(world.identify("eva@acme.com", lead={"title": "Chief CTO"}))

    assert len(await world.sales_ready()) == 1


async def test_opt_outs_are_told_as_what_not_to_say(world):
    refused = {"channel": "phone", "status": "refused", "at": NOON}
    await world.take(
        world.identify("eva@acme.com", consent=[refused]),
        world.touch("eva@acme.com", "demo.requested"),
    )

    [ready] = await world.sales_ready()
    assert [(one.kind, one.channel) for one in ready.not_to_say] == [("opt_out", "phone")]
    assert [(one.channel, one.status) for one in ready.lead.consent] == [("phone", "refused")]


@pytest.mark.parametrize(
    ("email", "free"),
    [
        pytest.param("eva@gmail.com", True, id="free mail"),
        pytest.param("eva@acme.com", False, id="a company"),
    ],
)
async def test_what_an_address_says_is_a_fact_policies_can_ask_for(world, email, free):
    await world.take(world.touch(email, "demo.requested"))

    [ready] = await world.sales_ready()
    assert (ready.lead.facts["free_mail"], ready.account is None) == (free, free)
    assert ready.lead.facts["email_domain"] == email.partition("@")[2]
