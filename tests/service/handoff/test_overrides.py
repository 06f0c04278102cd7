"""A person hands a lead over that the policy would not, and whom nobody hands over."""

from datetime import timedelta

import pytest

from services.handoff.handlers.overrides import Word, override
from services.handoff.readmodels import list_leads
from shared.problem import Problem
from tests.service.handoff.agreements import ACCOUNTS, put_in_force
from tests.service.handoff.found import handoffs
from tests.service.handoff.overruling import GUIDE, MIA, say
from tests.service.handoff.world import NOON


async def test_a_person_hands_a_lead_over_that_the_policy_would_not(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, ready=True)

    ready, assigned = await world.staged()
    data = ready.data
    assert (ready.type, assigned.type) == ("handoff.sales_ready.v1", "handoff.assigned.v1")
    assert (data.handoff.gate, data.handoff.tier) == ("override", "hot")
    assert (data.override.by, data.override.reason) == ("Mia", "met at the fair")
    assert data.override.person_id == MIA.person_id
    assert data.deadlines[0].due_at == NOON + timedelta(minutes=15)
    # what the policy itself makes of the lead stays beside it
    assert (data.evaluation["ready"], data.evaluation["gate"]) == (False, None)
    assert data.engagement.value == 30.0
    assert data.evaluation["near_misses"]


async def test_a_lead_that_was_handed_over_by_hand_is_with_sales_as_any_other(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, ready=True)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    [row] = await handoffs(world)
    await world.answer(row.handoff_id, "accept")

    assert (await world.types())[2:] == ["handoff.updated.v1", "handoff.accepted.v1"]


async def test_the_next_cycle_is_counted_on(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    [first] = await handoffs(world)
    await world.answer(first.handoff_id, "reject", reason="bad_data")
    world.clock.advance(timedelta(hours=1))
    await say(world, ready=True)  # in the midst of the cool-down: a person may

    assert [(row.cycle, row.gate) for row in await handoffs(world)] == [
        (1, "asked_for_us"),
        (2, "override"),
    ]


async def test_a_tier_can_be_named(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, ready=True, tier="warm")

    [row] = await handoffs(world)
    assert row.tier == "warm"


async def refused(world, code, **said):
    """Try to hand over; return why nobody may."""
    before = len(await handoffs(world))
    with pytest.raises(Problem) as problem:
        await say(world, ready=True, **said)
    assert problem.value.code == code
    assert len(await handoffs(world)) == before
    return problem.value


async def test_nobody_hands_over_whom_the_policy_excludes(world):
    await world.take(world.touch("eva@rival.com", GUIDE))
    with pytest.raises(Problem) as problem:
        await say(world, "eva@rival.com", ready=True)

    assert (problem.value.status, problem.value.code) == (409, "excluded")
    assert "rival" in problem.value.message
    assert await handoffs(world) == []


@pytest.mark.parametrize(
    "reason", ["do_not_contact", "not_our_market", "not_a_buyer"], ids=lambda reason: reason
)
async def test_nobody_hands_over_whom_sales_has_closed_the_door_on(world, reason):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    [row] = await handoffs(world)
    await world.answer(row.handoff_id, "reject", reason=reason)
    problem = await refused(world, "suppressed")

    assert reason in problem.message


async def test_nobody_hands_over_who_asked_not_to_be_contacted_at_all(world):
    said = {"channel": "all", "status": "refused", "at": NOON}
    await world.take(world.touch("eva@acme.com", GUIDE, consent=[said]))
    problem = await refused(world, "suppressed")

    assert "asked not to be contacted" in problem.message


async def test_one_refused_channel_is_no_refusal_of_all(world):
    said = {"channel": "email", "status": "refused", "at": NOON}
    await world.take(world.touch("eva@acme.com", GUIDE, consent=[said]))
    await say(world, ready=True)

    [ready] = await world.sales_ready()
    assert [one.channel for one in ready.not_to_say] == ["email"]


async def test_a_lead_that_is_with_sales_is_not_handed_over_again(world):
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    with pytest.raises(Problem) as problem:
        await say(world, ready=True)

    [row] = await handoffs(world)
    assert (problem.value.code, problem.value.errors[0]["handoff_id"]) == (
        "open_handoff",
        row.handoff_id,
    )


async def test_who_is_with_sales_through_colleagues_is_not_handed_over_again(world):
    await put_in_force(world, ACCOUNTS)
    for name in ("ana", "ben", "eva"):
        await world.take(world.touch(f"{name}@acme.com", GUIDE))
    with pytest.raises(Problem) as problem:
        await say(world, "ana@acme.com", ready=True, policy="accounts")

    assert problem.value.code == "open_handoff"


async def test_a_browser_cannot_be_handed_over(world):
    await world.take(world.touch(["anon:web:1"], GUIDE))
    lead_id = (await world.read(lambda conn: list_leads(conn, None, None, 5)))[0][0]["lead_id"]
    with pytest.raises(Problem) as problem:
        await world.write(lambda uow: override(uow, MIA, lead_id, Word(True, "hello")))

    assert problem.value.code == "nobody_to_call"


@pytest.mark.parametrize(
    ("said", "code", "says"),
    [
        pytest.param({"policy": "other"}, "unknown_policy", "in force: b2b", id="a policy"),
        pytest.param({"tier": "tepid"}, "unknown_tier", "hot, warm", id="a tier"),
    ],
)
async def test_what_is_not_there_is_refused_with_what_is(world, said, code, says):
    await world.take(world.touch("eva@acme.com", GUIDE))
    problem = await refused(world, code, **said)

    assert says in problem.message


async def test_of_several_policies_the_one_for_this_lead_is_meant(world):
    text = ACCOUNTS.replace("signals:", "applies_to: {when: {lead.country: FR}}\nsignals:", 1)
    await put_in_force(world, text)
    await world.take(world.touch("eva@acme.com", GUIDE))
    await world.take(world.touch("zoe@beta.com", GUIDE, lead={"country": "FR"}))
    await say(world, ready=True)
    with pytest.raises(Problem) as problem:
        await say(world, "zoe@beta.com", ready=True)
    await say(world, "zoe@beta.com", ready=True, policy="accounts")

    assert problem.value.code == "unknown_policy"
    assert "say which policy: 2 are for this lead" in problem.value.message
    assert {row.policy for row in await handoffs(world)} == {"b2b", "accounts"}
