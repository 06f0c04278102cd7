"""A person's word beside the policy's: hand over, hold back, lift, run out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.merge_leads import merge_leads
from services.handoff.handlers.overrides import Word, lift, override
from services.handoff.readmodels import list_leads
from services.handoff.store.tables import HANDOFF
from shared.access import Caller
from shared.problem import Problem
from tests.service.handoff.agreements import ACCOUNTS, put_in_force
from tests.service.handoff.recording import record
from tests.service.handoff.world import NOON

MIA = Caller("key", "Mia", frozenset(), "019c0000-0000-7000-8000-000000000001")
GUIDE = "content.downloaded"


async def lead_of(world, email="eva@acme.com"):
    found = await world.read(lambda conn: list_leads(conn, f"email:{email}", None, 5))
    return found[0][0]["lead_id"]


async def say(world, email="eva@acme.com", ready=False, reason="met at the fair", **said):
    lead_id = await lead_of(world, email)
    word = Word(ready, reason, **said)
    return await world.write(lambda uow: override(uow, MIA, lead_id, word))


async def lifted(world, policy=None, why="done", email="eva@acme.com"):
    lead_id = await lead_of(world, email)
    await world.write(lambda uow: lift(uow, MIA, lead_id, policy, why))


async def evaluated(world, policy="b2b"):
    lead_id = await lead_of(world)
    answers = await world.write(lambda uow: evaluate_lead(uow, lead_id))
    return next(one for one in answers if one["policy"] == policy)


async def handoffs(world):
    return await world.read(
        lambda conn: conn.execute(select(HANDOFF).order_by(HANDOFF.c.decided_at)).all()
    )


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


async def test_a_lead_that_is_held_back_is_not_handed_over_and_both_values_are_shown(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, reason="in talks already")
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    shown = await evaluated(world)

    assert await world.staged() == []
    assert shown["explanation"]["ready"] is True
    assert shown["held_back"]["code"] == "override"
    assert (shown["override"]["made_by"], shown["override"]["reason"]) == (
        "Mia",
        "in talks already",
    )


async def test_lifting_it_hands_over_a_lead_that_is_ready(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    await lifted(world)
    [ready] = await world.sales_ready()

    assert (ready.handoff.gate, ready.override) == ("asked_for_us", None)
    assert (await evaluated(world))["override"] is None


async def test_lifting_it_hands_nobody_over_who_is_not_ready(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    await lifted(world)

    assert await world.staged() == []


async def test_a_hold_ends_at_its_date_and_not_before(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=7))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=7, seconds=-1))
    await world.parts.timers.fire_due()
    assert await world.staged() == []
    world.clock.advance(timedelta(seconds=1))
    await world.parts.timers.fire_due()

    assert len(await world.sales_ready()) == 1


async def test_a_hold_that_was_lifted_ends_no_second_time(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=7))
    await lifted(world)
    await say(world)
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=8))
    await world.parts.timers.fire_due()

    assert await world.staged() == []


async def test_what_is_said_anew_takes_the_place_of_what_was_said(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, until=NOON + timedelta(days=1))
    await say(world, reason="longer", until=NOON + timedelta(days=9))
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    world.clock.advance(timedelta(days=2))
    await world.parts.timers.fire_due()
    assert await world.staged() == []
    world.clock.advance(timedelta(days=7))
    await world.parts.timers.fire_due()

    assert len(await world.sales_ready()) == 1


async def test_a_hold_on_one_policy_leaves_the_others(world):
    await put_in_force(world, ACCOUNTS)
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, policy="b2b")
    await world.take(world.touch("eva@acme.com", "demo.requested"))

    assert [row.policy for row in await handoffs(world)] == ["accounts"]
    await lifted(world, policy="b2b")
    assert sorted(row.policy for row in await handoffs(world)) == ["accounts", "b2b"]


async def test_handing_over_lifts_the_hold_on_that_policy(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world, policy="b2b")
    await say(world, ready=True)

    assert (await evaluated(world))["override"] is None
    assert len(await handoffs(world)) == 1


async def test_a_hold_stays_with_a_lead_that_is_merged(world):
    await world.take(world.touch("old@acme.com", GUIDE))
    await world.take(world.touch("eva@acme.com", GUIDE))
    await say(world)
    old, eva = await lead_of(world, "old@acme.com"), await lead_of(world)
    await world.write(lambda uow: merge_leads(uow, old, eva, "mia", "one person") and None)
    await world.take(world.touch("old@acme.com", "demo.requested"))

    assert await world.sales_ready() == []


async def test_there_is_nothing_to_lift_where_nobody_is_held_back(world):
    await world.take(world.touch("eva@acme.com", GUIDE))
    with pytest.raises(Problem) as problem:
        await lifted(world)

    assert problem.value.status == 404


# --- over HTTP --------------------------------------------------------------------------------


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
