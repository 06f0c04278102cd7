"""A new version decides from now on: what was there before it hands nobody over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff import readmodels
from services.handoff.handlers.merge_leads import merge_leads
from services.handoff.handlers.reconsider_lead import reconsider
from services.handoff.store.tables import TIMER
from shared.timers import Timer
from tests.service.handoff.test_refold import lead_id
from tests.service.handoff.versions import (
    DEMO_ONLY,
    GUIDES_TOO,
    LOWER_SHARED,
    put_in_force,
    work_through,
)
from tests.service.handoff.versions import world as world

GUIDE = {"content": {"id": "prices"}}


async def a_guide(world, email="eva@acme.com", **options):
    """Let a lead do what is not enough under the first version, and is under the others."""
    await world.take(world.touch(email, "content.downloaded", properties=GUIDE, **options))


async def change(world, text=LOWER_SHARED):
    """Let another version decide, a minute later."""
    world.clock.advance(timedelta(minutes=1))
    await put_in_force(world, text)
    await work_through(world.parts)
    world.clock.advance(timedelta(minutes=1))


async def handed_over(world):
    return [one.handoff.lead_name for one in await world.sales_ready()]


@pytest.mark.parametrize("text", [LOWER_SHARED, GUIDES_TOO], ids=["same questions", "others"])
async def test_a_thousand_old_leads_that_would_be_ready_are_not_handed_over_by_it(world, text):
    for start in range(0, 1000, 250):
        await world.take(
            *(
                world.touch(
                    f"lead{n}@acme{n}.com",
                    "content.downloaded",
                    properties=GUIDE,
                    lead={"title": "CTO"},
                )
                for n in range(start, start + 250)
            )
        )
    await change(world, text)
    await world.take(*(world.touch(f"lead{n}@acme{n}.com", "email.opened") for n in range(200)))
    assert await handed_over(world) == []
    await world.take(world.touch("lead7@acme7.com", "content.downloaded", properties=GUIDE))

    assert await handed_over(world) == ["lead7@acme7.com"]


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param("email.opened", {}, id="an open"),
        pytest.param("content.downloaded", {"made_by": "machine"}, id="what a machine did"),
        pytest.param("content.downloaded", {"made_by": "unsure"}, id="what may be a machine's"),
        pytest.param("careers.viewed", {}, id="what speaks against the lead"),
        pytest.param("page.viewed", {}, id="what the policy does not ask for"),
        pytest.param("page.viewed", {"lead": {"phone": "+34 1"}}, id="a fact that changes nothing"),
        pytest.param(
            "page.viewed", {"account": {"employees": 3}}, id="a fact about the company likewise"
        ),
    ],
)
async def test_an_old_lead_waits_for_something_that_speaks_for_it(world, kind, options):
    await a_guide(world)
    await a_guide(world)
    await change(world)
    await world.take(world.touch("eva@acme.com", kind, **options))
    before = await handed_over(world)
    await a_guide(world)

    assert (before, await handed_over(world)) == ([], ["eva@acme.com"])


async def test_a_mere_identify_hands_no_old_lead_over(world):
    await a_guide(world, lead={"title": "CTO"})
    await change(world)
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO"}))
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO and founder"}))

    assert await handed_over(world) == []


async def test_a_fact_that_makes_the_difference_hands_an_old_lead_over(world):
    await a_guide(world)
    await change(world, GUIDES_TOO)
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO"}))

    assert await handed_over(world) == ["eva@acme.com"]


async def test_an_exclusion_that_falls_away_makes_the_difference_too(world):
    await a_guide(world, "eva@rival.com")
    await change(world)
    await world.take(world.identify("eva@rival.com", account={"domain": "zeta.com"}))

    assert len(await handed_over(world)) == 1


async def test_a_name_for_an_old_visitor_makes_the_difference(world):
    await a_guide(world, ["anon:web:1"])
    await change(world)
    await world.take(world.identify(["email:eva@acme.com", "anon:web:1"]))

    assert await handed_over(world) == ["eva@acme.com"]


async def test_a_merge_counts_when_neither_half_was_ready(world):
    both = LOWER_SHARED.replace("{at_least: 25}", "{at_least: 55}")
    await a_guide(world, "eva@acme.com")
    await a_guide(world, ["user:crm:7"])
    await a_guide(world, "ready@acme.com")
    await a_guide(world, "ready@acme.com")
    await a_guide(world, ["user:crm:8"])
    await change(world, both)
    await world.take(world.identify(["email:ready@acme.com", "user:crm:8"]))
    before = await handed_over(world)
    await world.take(world.identify(["email:eva@acme.com", "user:crm:7"]))

    assert (before, await handed_over(world)) == ([], ["eva@acme.com"])


async def test_merging_by_hand_hands_nobody_over_by_itself(world):
    await a_guide(world, "eva@acme.com")
    await a_guide(world, ["user:crm:7"])
    await change(world)
    eva, other = await lead_id(world, "eva@acme.com"), (await roots(world))[-1]
    await world.write(lambda uow: merge_leads(uow, eva, other, "eva", "same person"))

    assert await handed_over(world) == []


async def roots(world):
    items, _ = await world.read(lambda conn: readmodels.list_leads(conn, None, None, 10))
    return sorted(item["lead_id"] for item in items)


async def test_what_was_on_its_way_when_the_version_changed_is_judged_as_ever(world):
    received = world.clock.now()
    await change(world)
    await world.take(world.touch("eva@acme.com", "demo.requested", received_at=received))

    assert await handed_over(world) == ["eva@acme.com"]


async def test_evidence_received_since_is_new_whatever_completes_it(world):
    await a_guide(world)
    await change(world, GUIDES_TOO)
    await a_guide(world)
    await world.take(world.identify("eva@acme.com", lead={"title": "CTO"}))

    assert len(await handed_over(world)) == 1


async def test_when_a_cool_down_ends_the_version_in_force_then_decides(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    (ready,) = await world.sales_ready()
    await world.answer(ready.handoff.handoff_id, "reject", reason="not_now")
    world.clock.advance(timedelta(days=1))
    await a_guide(world)
    await change(world)
    world.clock.advance(timedelta(days=200))
    timer = await armed(world)
    await world.write(lambda uow: reconsider(uow, timer))

    assert [one.handoff.policy_version for one in await world.sales_ready()] == [1, 2]


async def armed(world):
    def work(conn):
        row = conn.execute(select(TIMER).where(TIMER.c.kind == "reconsider")).one()
        return Timer(row.kind, row.subject, row.step, row.due_at, row.id, row.generation)

    return await world.read(work)


async def test_news_names_the_version_whose_scores_it_tells(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await change(world)
    await a_guide(world)

    updated = (await world.staged())[-1].data
    assert updated.handoff.policy_version == 1
    assert updated.policy_version == 2
    assert updated.policy_version_id != updated.handoff.policy_version_id


async def test_going_back_to_an_old_text_is_a_new_version_and_fires_nobody_either(world):
    await a_guide(world)
    await change(world)
    await change(world, DEMO_ONLY)
    await change(world)
    await world.take(world.touch("eva@acme.com", "email.opened"))

    assert await handed_over(world) == []
