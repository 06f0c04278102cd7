"""Several policies at once: each for its leads, each in its own cycle; and ended again."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.retire_policies import retire_policy
from services.handoff.readmodels import list_leads
from services.handoff.store.tables import AUDIT, HANDOFF
from shared.access import Caller
from shared.problem import Problem
from tests.service.handoff.agreements import end_first_policy, put_in_force

MIA = Caller("key", "mia", frozenset())
TEXT = """\
policy: {name}
{applies}
signals:
  demo: {{touch: demo.requested, points: 100, within: 60d}}
  guide: {{touch: content.downloaded, points: 30, within: 60d}}
gates: {{asked: {{tier: hot, when: {{signal: {signal}}}}}}}
response: {{hot: {{accept_in: 15m, first_attempt_in: 1h}}}}
"""


def text(name, applies=None, signal="demo"):
    condition = "" if applies is None else f"applies_to: {{when: {applies}}}"
    return TEXT.format(name=name, applies=condition, signal=signal)


@pytest.fixture
async def world(world):
    """A world with a policy for Iberia and one for France."""
    await end_first_policy(world)
    await put_in_force(world, text("iberia", "{lead.country: [ES, PT]}"))
    await put_in_force(world, text("france", "{lead.country: FR}"))
    return world


async def handoffs(world):
    return await world.read(
        lambda conn: conn.execute(select(HANDOFF).order_by(HANDOFF.c.decided_at)).all()
    )


async def evaluated(world, email):
    found = await world.read(lambda conn: list_leads(conn, f"email:{email}", None, 5))
    answers = await world.write(lambda uow: evaluate_lead(uow, found[0][0]["lead_id"]))
    return {one["policy"]: one for one in answers}


async def retire(world, policy, why="no longer wanted"):
    return await world.write(lambda uow: retire_policy(uow, MIA, policy, why))


@pytest.mark.parametrize(
    ("country", "policies"),
    [
        pytest.param("es", ["iberia"], id="one of them"),
        pytest.param("France", [], id="written as neither knows it"),
        pytest.param("FR", ["france"], id="the other"),
        pytest.param(None, [], id="nobody knows where"),
    ],
)
async def test_each_policy_judges_its_own_leads(world, country, policies):
    lead = {} if country is None else {"country": country}
    await world.take(world.touch("eva@acme.com", "demo.requested", lead=lead))

    assert [row.policy for row in await handoffs(world)] == policies


async def test_a_handoff_says_of_every_policy_whether_it_was_for_this_lead_and_why(world):
    await put_in_force(world, text("big", "{account.employees: {at_least: 50}}"))
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))

    [ready] = await world.sales_ready()
    told = {one["policy"]: one for one in ready.evaluation["policies"]}
    assert ready.evaluation["scope"]["applies"] == "yes"
    assert {name: one["applies"] for name, one in told.items()} == {
        "iberia": "yes",
        "france": "no",
        "big": "unknown",
    }
    assert told["france"]["facts"] == {"lead.country": "ES"}
    assert told["big"]["missing"] == ["account.employees"]


async def test_a_lead_no_policy_is_for_is_told_which_fact_is_missing(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    answers = await evaluated(world, "eva@acme.com")

    assert {name: one["explanation"]["scope"] for name, one in answers.items()} == {
        name: {"applies": "unknown", "facts": {"lead.country": None}, "missing": ["lead.country"]}
        for name in ("iberia", "france")
    }


async def test_the_fact_that_was_missing_hands_the_lead_over(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await world.take(world.identify("eva@acme.com", lead={"country": "PT"}))

    assert [row.policy for row in await handoffs(world)] == ["iberia"]


async def test_a_lead_of_two_policies_is_handed_over_twice_to_one_owner(world):
    await put_in_force(world, text("guides", None, "guide"))
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))
    await world.take(world.touch("x@x1.com", "content.downloaded"))  # the next turn is taken
    await world.take(world.touch("eva@acme.com", "content.downloaded"))

    first, _, second = await world.sales_ready()
    assert (first.handoff.policy, second.handoff.policy) == ("iberia", "guides")
    assert (first.handoff.cycle, second.handoff.cycle) == (1, 1)
    assert first.handoff.owner == second.handoff.owner
    assert (first.assignment.code, second.assignment.code) == ("fair_rotation", "open_handoff")
    assert "by policy iberia" in second.assignment.reason
    assert [one.policy for one in second.earlier_handoffs] == ["iberia"]


async def test_both_at_once_go_to_one_owner_too(world):
    await put_in_force(world, text("demos"))
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))

    first, second = await world.sales_ready()
    assert {first.handoff.policy, second.handoff.policy} == {"iberia", "demos"}
    assert first.handoff.owner == second.handoff.owner


async def test_each_policy_has_a_cycle_of_its_own(world):
    await put_in_force(world, text("demos"))
    demo = world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"})
    await world.take(demo)
    by_policy = {row.policy: row for row in await handoffs(world)}
    await world.answer(by_policy["iberia"].handoff_id, "reject", reason="other", text="odd")
    world.clock.advance(timedelta(days=31))
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    rows = [(row.policy, row.cycle, row.stage) for row in await handoffs(world)]
    assert sorted(rows) == [
        ("demos", 1, "assigned"),
        ("iberia", 1, "rejected"),
        ("iberia", 2, "assigned"),
    ]


async def test_a_retired_policy_hands_nobody_over_and_everybody_is_told(world):
    row = await retire(world, "iberia", "France only")
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))
    audit = await world.read(
        lambda conn: conn.execute(select(AUDIT).where(AUDIT.c.what == "policy.retired")).all()
    )

    [told] = await world.staged()
    assert await handoffs(world) == []
    assert (row.retired_by, row.retired_why) == ("mia", "France only")
    assert (told.type, told.data.policy, told.data.why) == (
        "policy.retired.v1",
        "iberia",
        "France only",
    )
    assert [(one.who, one.why) for one in audit] == [("mia", "France only")]


async def test_the_open_handoffs_of_a_retired_policy_go_on(world):
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))
    await retire(world, "iberia")
    world.clock.advance(timedelta(hours=1))
    await world.take(
        world.touch("eva@acme.com", "content.downloaded"),
        world.touch("new@acme.com", "demo.requested", lead={"country": "ES"}),
    )
    [row] = await handoffs(world)
    await world.answer(row.handoff_id, "accept")

    assert (await world.types())[-2:] == ["handoff.updated.v1", "handoff.accepted.v1"]
    assert len(await handoffs(world)) == 1


async def test_a_retired_policy_with_nothing_open_is_asked_no_more(world):
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))
    await retire(world, "iberia")
    shelf = world.parts.shelf
    finishing = await world.read(lambda conn: [one.policy for one in shelf.judging(conn)])
    [row] = await handoffs(world)
    await world.answer(row.handoff_id, "reject", reason="other", text="odd")
    after = await world.read(lambda conn: [one.policy for one in shelf.judging(conn)])

    assert (finishing, after) == (["france", "iberia"], ["france"])


async def test_a_policy_may_begin_again_with_a_new_version(world):
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "ES"}))
    await retire(world, "iberia")
    await put_in_force(world, text("iberia", "{lead.country: [ES, PT]}"))
    await world.take(
        world.touch("eva@acme.com", "content.downloaded"),
        world.touch("new@beta.com", "demo.requested", lead={"country": "PT"}),
    )

    names = sorted(row.lead_name for row in await handoffs(world))
    assert names == ["eva@acme.com", "new@beta.com"]
    assert (await world.types()).count("handoff.updated.v1") == 1


@pytest.mark.parametrize(
    ("policy", "status", "code"),
    [("nothing", 404, "not_found"), ("b2b", 409, "not_in_force")],
    ids=["unknown", "succeeded"],
)
async def test_what_does_not_decide_cannot_be_retired(world, policy, status, code):
    with pytest.raises(Problem) as refused:
        await retire(world, policy)

    assert (refused.value.status, refused.value.code) == (status, code)
