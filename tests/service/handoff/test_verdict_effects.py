"""Each reject reason does what the policy says of it, and can be taken back by a person."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.handoff.domain.earlier_reps import earlier_rep, without
from services.handoff.handlers.allow_leads import allow
from services.handoff.handlers.earlier_reps import earlier_reps
from services.handoff.handlers.overrides import lift
from services.handoff.handlers.read_answers import Besides
from services.handoff.handlers.right_person import introduce
from services.handoff.handlers.settle_requests import mend
from services.handoff.readmodels import show_lead
from services.handoff.store.overrides import open_requests
from services.handoff.store.tables import ACCOUNT, LEAD
from shared.ids import stable_id
from shared.problem import Problem
from tests.service.handoff.agreements import put_in_force
from tests.service.handoff.found import handoffs, lead_of
from tests.service.handoff.overruling import MIA, evaluated

DEMO = "demo.requested"
SECOND = """
policy: second
title: {en: "Second", es: "Segunda"}
signals: {demo: {touch: demo.requested, points: 50}}
gates: {asked: {tier: hot, when: {signal: demo}}}
response: {hot: {accept_in: 15m, first_attempt_in: 1h}}
"""


async def sent_back(world, reason, email="eva@acme.com", **said):
    """Hand a lead over, and let the owner send it back."""
    await world.take(world.touch(email, DEMO))
    lead_id = await lead_of(world, email)
    [row] = [
        one for one in await handoffs(world) if one.lead_id == lead_id and one.closed_at is None
    ]
    await world.answer(row.handoff_id, "reject", reason=reason, **said)
    return row.handoff_id


async def asks_again(world, email="eva@acme.com", after=timedelta(days=200)):
    """Let time go by and the lead ask again; return how often it was handed over."""
    world.clock.advance(after)
    await world.take(world.touch(email, DEMO))
    return len(await handoffs(world))


async def allowed(world, email="eva@acme.com", policy=None):
    lead_id = await lead_of(world, email)
    return await world.write(lambda uow: allow(uow, MIA, lead_id, policy, "a mistake"))


async def of_type(world, kind):
    return [one.data for one in await world.staged() if one.type == kind]


@pytest.mark.parametrize(
    ("reason", "code", "effect"),
    [
        ("not_our_market", "suppressed", "suppress"),
        ("not_a_buyer", "suppressed", "exclude"),
        ("do_not_contact", "no_consent", "opt_out"),
    ],
)
async def test_who_is_ruled_out_is_not_handed_over_again_until_somebody_allows_it(
    world, reason, code, effect
):
    await sent_back(world, reason)

    assert await asks_again(world) == 1
    answer = await evaluated(world)
    assert answer["held_back"]["code"] == code
    assert reason in answer["override"]["reason"]
    assert await allowed(world) == [effect]
    assert len(await handoffs(world)) == 2


async def test_lifting_a_persons_word_lifts_no_verdict(world):
    await sent_back(world, "not_our_market")
    lead_id = await lead_of(world)

    with pytest.raises(Problem, match="override"):
        await world.write(lambda uow: lift(uow, MIA, lead_id, None, "why not"))


async def test_what_no_verdict_holds_back_cannot_be_allowed(world):
    await sent_back(world, "other", text="odd")

    with pytest.raises(Problem) as problem:
        await allowed(world)
    assert (problem.value.status, problem.value.code) == (409, "not_held_back")


@pytest.mark.parametrize(("reason", "elsewhere"), [("not_our_market", 2), ("not_a_buyer", 1)])
async def test_a_market_is_a_policys_own_and_a_competitor_is_one_for_all(world, reason, elsewhere):
    await sent_back(world, reason)
    await put_in_force(world, SECOND)

    assert await asks_again(world) == elsewhere


async def test_who_asked_not_to_be_contacted_is_left_alone_at_once_by_everybody(world):
    await put_in_force(world, SECOND)
    await world.take(world.touch("eva@acme.com", DEMO))
    first, second = await handoffs(world)
    await world.answer(first.handoff_id, "reject", reason="do_not_contact")

    stages = {row.handoff_id: (row.stage, row.reason) for row in await handoffs(world)}
    assert stages[second.handoff_id] == ("rejected", "do_not_contact")
    lead_id = await lead_of(world)
    [changed] = await of_type(world, "lead.consent_changed.v1")
    assert changed.refused == ["email", "phone", "sms", "post"]
    assert [one.source for one in changed.changes] == ["sales"] * 4
    [told] = await of_type(world, "handoff.consent_changed.v1")
    assert told.handoff.handoff_id == second.handoff_id
    consent = (await world.read(lambda conn: show_lead(conn, lead_id)))["consent"]
    assert consent["all"]["status"] == "refused"


# The cool-down of 30 days is none of the lead's own doing.
async def test_bad_data_are_asked_for_and_the_lead_returns_once_they_changed(world):
    first = await sent_back(world, "bad_data", text="the number is a fax")
    [asked] = await of_type(world, "lead.request_made.v1")
    assert (asked.wanted, asked.text, asked.handoff.handoff_id) == (
        "fix",
        "the number is a fax",
        first,
    )
    world.clock.advance(timedelta(hours=1))
    await world.take(world.touch("eva@acme.com", DEMO))
    await world.parts.timers.fire_due()
    assert len(await handoffs(world)) == 1
    await world.take(world.identify("eva@acme.com", lead={"phone": "+34 600 000 000"}))
    await world.parts.timers.fire_due()

    [second] = [row for row in await handoffs(world) if row.handoff_id != first]
    assert (second.cycle, second.tier) == (2, "hot")
    [settled] = await of_type(world, "lead.request_settled.v1")
    assert (settled.request_id, settled.returned_as) == (asked.request_id, second.handoff_id)
    assert await world.read(lambda conn: open_requests(conn, None, None, 5)) == []


async def test_marketing_says_itself_that_data_are_mended(world):
    await sent_back(world, "bad_data")
    [row] = await world.read(lambda conn: open_requests(conn, "fix", None, 5))
    lead_id, handoff_id = await world.write(
        lambda uow: mend(uow, row.override_id, "Mia", "called the company")
    )

    assert lead_id == await lead_of(world)
    assert handoff_id in {row.handoff_id for row in await handoffs(world)}
    with pytest.raises(Problem, match="settled"):
        await world.write(lambda uow: mend(uow, row.override_id, "Mia", "again"))


async def test_the_right_person_is_handed_over_instead_with_the_reason(world):
    right = Besides(right_email="Luis@Acme.com", right_name="Luis Gil")
    first = await sent_back(world, "wrong_person", besides=right)

    [second] = [row for row in await handoffs(world) if row.handoff_id != first]
    assert (second.lead_name, second.tier) == ("Luis Gil", "hot")
    ready = (await world.sales_ready())[-1]
    assert first in ready.override.reason
    assert ready.lead.email == "luis@acme.com"
    [settled] = await of_type(world, "lead.request_settled.v1")
    assert settled.right_person.handoff_id == second.handoff_id
    assert await asks_again(world) == 2, "the wrong person stays one"
    await allowed(world)
    assert len(await handoffs(world)) == 3


async def test_without_an_address_marketing_is_asked_and_can_say_later(world):
    await sent_back(world, "wrong_person", besides=Besides(right_name="somebody in IT"))
    [row] = await world.read(lambda conn: open_requests(conn, "ask_right_person", None, 5))
    assert row.reason == "the right person is somebody in IT"
    assert await asks_again(world) == 1

    with pytest.raises(Problem, match="very lead"):
        await world.write(lambda uow: introduce(uow, row.override_id, "eva@acme.com", None, "Mia"))
    await world.write(lambda uow: introduce(uow, row.override_id, "luis@acme.com", None, "Mia"))
    assert [one.lead_name for one in await handoffs(world)] == ["eva@acme.com", "luis@acme.com"]


async def test_a_right_person_who_is_with_sales_already_is_only_named(world):
    await world.take(world.touch("luis@acme.com", DEMO))
    [his] = await handoffs(world)
    await sent_back(world, "wrong_person", besides=Besides(right_email="luis@acme.com"))

    assert len(await handoffs(world)) == 2
    [settled] = await of_type(world, "lead.request_settled.v1")
    assert settled.right_person.handoff_id == his.handoff_id


async def test_a_customer_s_account_owner_is_told_and_the_account_is_marked(world):
    account = {"owner": "boss@ours.com"}
    await world.take(world.identify("eva@acme.com", account=account))
    await sent_back(world, "existing_customer", text="buys since 2019")

    [told] = await of_type(world, "handoff.informed.v1")
    assert (told.to.name, told.why, told.text) == ("Boss", "account_owner", "buys since 2019")
    facts = select(ACCOUNT.c.facts).where(ACCOUNT.c.domain == "acme.com")
    assert (await world.read(lambda conn: conn.execute(facts).scalar_one()))["customer"][0] is True
    world.clock.advance(timedelta(minutes=1))
    assert await allowed(world) == ["owner"]
    assert (await world.read(lambda conn: conn.execute(facts).scalar_one()))["customer"][0] is False


async def test_a_customer_nobody_looks_after_is_marked_all_the_same(world):
    await sent_back(world, "existing_customer")

    assert await of_type(world, "handoff.informed.v1") == []
    facts = select(ACCOUNT.c.facts).where(ACCOUNT.c.domain == "acme.com")
    assert (await world.read(lambda conn: conn.execute(facts).scalar_one()))["customer"][0] is True


@pytest.mark.parametrize("by", ["lead", "hand-off"])
async def test_a_duplicate_becomes_one_with_the_lead_it_is(world, by):
    await world.take(world.touch("eva@home.com", DEMO))
    [first] = await handoffs(world)
    other = await lead_of(world, "eva@home.com") if by == "lead" else first.handoff_id
    world.clock.advance(timedelta(minutes=1))
    ben = {"who": "ben@ours.com", "besides": Besides(same_as=other)}
    await sent_back(world, "already_worked", **ben)

    roots = await world.read(lambda conn: conn.execute(select(LEAD.c.root_id)).scalars().all())
    assert len(set(roots)) == 1
    [told] = await of_type(world, "handoff.informed.v1")
    assert (told.to.name, told.by.name) == ("Ana", "Ben")
    assert await asks_again(world, after=timedelta(hours=1)) == 2, "it is news for who has it"


async def test_who_works_on_a_lead_already_is_noted_and_told(world):
    ben = stable_id("person", "ben")
    await sent_back(world, "already_worked", besides=Besides(works_on_it=ben))

    lead_id = await lead_of(world)
    found = await world.write(lambda uow: earlier_reps(uow, {lead_id: lead_id}))
    known = earlier_rep(found[lead_id])
    assert known is not None
    assert known.person_id == ben
    [told] = await of_type(world, "handoff.informed.v1")
    assert (told.to.name, told.why) == ("Ben", "works_on_it")


async def test_a_lead_that_is_nowhere_cannot_be_named(world):
    with pytest.raises(Problem) as problem:
        await sent_back(world, "already_worked", besides=Besides(same_as=stable_id("x", "y")))
    assert (problem.value.status, problem.value.code) == (422, "unknown_lead")
    assert {row.stage for row in await handoffs(world)} == {"assigned"}


async def test_a_rep_names_the_date_or_asks_for_new_evidence(world):
    later = world.clock.now() + timedelta(days=400)
    await sent_back(world, "not_now", besides=Besides(returns_at=later))
    assert await asks_again(world) == 1
    assert await asks_again(world) == 2

    [_, second] = await handoffs(world)
    soon = Besides(returns_on="new_evidence")
    await world.answer(second.handoff_id, "reject", reason="not_now", besides=soon)
    told = (await of_type(world, "lead.recycled.v1"))[-1]
    assert (told.returns_on, told.returns_at) == ("new_evidence", None)
    assert await asks_again(world, after=timedelta(days=31)) == 3


@pytest.mark.parametrize(
    ("reason", "besides", "code"),
    [
        ("not_our_market", Besides(returns_on="date"), "not_for_this_reason"),
        ("not_now", Besides(right_name="Luis"), "not_for_this_reason"),
        ("wrong_person", Besides(same_as="x"), "not_for_this_reason"),
    ],
)
async def test_what_does_not_go_with_the_reason_is_refused(world, reason, besides, code):
    with pytest.raises(Problem) as problem:
        await sent_back(world, reason, besides=besides)
    assert (problem.value.status, problem.value.code) == (422, code)


async def test_whom_nobody_reached_keeps_the_long_pause(world):
    await world.take(world.touch("eva@acme.com", DEMO))
    [row] = await handoffs(world)
    for _ in range(4):
        await world.answer(row.handoff_id, "attempt")
    with pytest.raises(Problem, match="not before"):
        await world.answer(
            row.handoff_id, "reject", reason="no_reply", besides=Besides(returns_on="new_evidence")
        )


async def test_twice_not_now_is_not_for_that_rep_unless_there_was_a_talk(world):
    for _ in range(2):
        await sent_back(world, "not_now")
        world.clock.advance(timedelta(days=100))
    lead_id = await lead_of(world)
    ana = stable_id("person", "ana")

    found = (await world.write(lambda uow: earlier_reps(uow, {lead_id: lead_id})))[lead_id]
    assert [(one.person_id, one.handoffs, one.not_now) for one in found] == [(ana, 2, 2)]
    assert without(found) == {ana}
    row = (await handoffs(world))[-1]
    await world.answer(row.handoff_id, "talked")
    found = (await world.write(lambda uow: earlier_reps(uow, {lead_id: lead_id})))[lead_id]
    assert without(found) == frozenset()
    known = earlier_rep(found)
    assert known is not None
    assert known.person_id == ana
