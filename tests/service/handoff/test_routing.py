"""Routing on real tables: by what is known, with a fallback and an alarm."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from services.handoff.domain.questions import Titles
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.routing import choose_owner
from services.handoff.metrics import FELL_BACK
from services.handoff.store.handoffs import lock_handoff
from services.handoff.store.tables import (
    ASSIGNMENT,
    HANDOFF,
    PERSON,
    STEP,
    TEAM,
    TEAM_MEMBER,
    TERRITORY,
)
from shared.ids import new_id
from tests.service.handoff.routing_rows import (
    ANA,
    BEN,
    BOSS,
    OFFICE,
    SALES,
    demo,
    do,
    hours,
    member,
)


async def test_the_accounts_owner_gets_its_leads(world):
    await world.take(world.identify("eva@acme.com", account={"owner": "Boss@ours.com"}))
    ready = await demo(world, "eva@acme.com")

    assert (ready.handoff.owner.name, ready.assignment.code) == ("Boss", "account_owner")
    assert ready.assignment.reason == "owns the account acme.com"
    assert ready.assignment.words["es"] == "lleva la cuenta acme.com"


@pytest.mark.parametrize("told", ["pedro@elsewhere.com", "Pedro", "0051N000"])
async def test_an_owner_nobody_here_knows_is_said_and_passed_over(world, told):
    await world.take(world.identify("eva@acme.com", account={"owner": told}))
    ready = await demo(world, "eva@acme.com")
    relation = next(one for one in ready.assignment.steps if one.step == "relation")

    assert ready.assignment.code == "fair_rotation"
    assert relation.words["en"] == (
        f"{told} owns the account acme.com, but nobody here is called that"
    )


async def test_people_of_one_company_come_to_one_owner_also_at_once(world):
    people = [world.touch(f"p{number}@acme.com", "demo.requested") for number in range(3)]
    await world.take(world.touch("x@gmail.com", "demo.requested"), *people)
    later = await demo(world, "p9@acme.com")
    ready = await world.sales_ready()

    names = {one.lead.email: one.handoff.owner.name for one in ready}
    assert len({name for email, name in names.items() if "acme" in email}) == 1
    assert later.assignment.code == "account_handoff"


async def test_who_talked_with_the_lead_gets_it_again_until_they_leave(world):
    first = await demo(world, "one")
    rep = first.handoff.owner
    await world.answer(first.handoff.handoff_id, "accept", rep.email)
    await world.answer(first.handoff.handoff_id, "talked", rep.email)
    await world.answer(first.handoff.handoff_id, "lost", rep.email, reason="price")
    await demo(world, "two")  # the other one's turn is taken, it would be the first one's
    await demo(world, "three")
    world.clock.advance(timedelta(days=40))
    again = await demo(world, "one")
    await world.answer(again.handoff.handoff_id, "accept", rep.email)
    await world.answer(again.handoff.handoff_id, "lost", rep.email, reason="price")
    await do(world, update(PERSON).where(PERSON.c.person_id == rep.person_id).values(active=False))
    world.clock.advance(timedelta(days=40))
    last = await demo(world, "one")

    assert (again.handoff.owner, again.assignment.code) == (rep, "earlier_owner")
    assert last.handoff.owner.name != rep.name
    gone = last.assignment.considered[0]
    assert gone.reason == "talked with them on Monday 2 March, but does not work here any more"


async def test_a_territory_decides_the_team_and_its_calendar(world):
    south = new_id()
    team = {"team_id": south, "revision": 1, "name": "South", "fallback_id": BOSS}
    await do(
        world,
        insert(TEAM).values(**team, takes_leads=False),
        insert(TEAM_MEMBER).values(team_id=south, person_id=BOSS, dealt=0),
        insert(TERRITORY).values(
            territory_id=new_id(),
            revision=1,
            name="mx",
            title="Mexico",
            position=10,
            team_id=south,
            document={"countries": ["MX"]},
            active=True,
        ),
    )
    mexican = await demo(world, "eva", lead={"country": "MX"})
    other = await demo(world, "luis", lead={"country": "ES"})

    assert (mexican.assignment.team, mexican.handoff.owner.name) == ("South", "Boss")
    assert (other.assignment.team, other.assignment.code) == ("Sales", "fair_rotation")
    step = next(one for one in mexican.assignment.steps if one.step == "territory")
    assert step.words["en"].startswith("territory Mexico (country MX is in its countries)")
    team_ids = select(HANDOFF.c.team_id).order_by(HANDOFF.c.lead_name)
    found = await world.read(lambda conn: conn.execute(team_ids).scalars().all())
    assert sorted(found) == sorted([south, SALES])


async def test_where_nobody_can_take_it_a_named_person_gets_it_and_managers_hear(world):
    await do(
        world,
        hours(ANA, **OFFICE, leave=[{"from": "2026-03-01T00:00", "until": "2026-03-20T00:00"}]),
        member(BEN, cap=0),
        update(PERSON).where(PERSON.c.person_id == BEN).values(roles=["rep", "manager"]),
    )
    before = FELL_BACK.labels("fallback")._value.get()
    ready = await demo(world, "eva")
    told = [one.data for one in await world.staged() if one.type == "handoff.fell_back.v1"]
    steps = select(STEP.c.detail).where(STEP.c.kind == "fell_back")
    [step] = await world.read(lambda conn: conn.execute(steps).scalars().all())

    assert (ready.handoff.owner.name, ready.assignment.code) == ("Boss", "fallback")
    assert ready.assignment.reason == (
        "nobody in Sales can take it: 1 on leave, 1 full; Boss takes it as the fallback of Sales"
    )
    assert [one.name for one in told[0].to] == ["Ben"]
    assert told[0].assignment == ready.assignment
    assert step["why"] == ready.assignment.words
    assert FELL_BACK.labels("fallback")._value.get() == before + 1
    types = await world.types()
    assert types.index("handoff.fell_back.v1") > types.index("handoff.assigned.v1")


async def test_another_owner_is_found_without_those_who_are_ruled_out(world):
    ready = await demo(world, "eva")
    late = {ready.handoff.owner.person_id: Titles("no respondió", "did not answer")}

    def again(uow):
        row = lock_handoff(uow.conn, ready.handoff.handoff_id)
        assert row is not None
        return choose_owner(uow, row, late)

    choice = await world.write(again)

    assert choice.person.name == {"Ana": "Ben", "Ben": "Ana"}[ready.handoff.owner.name]
    assert choice.code == "fair_rotation"
    ruled_out = next(one for one in choice.considered if one.code == "without")
    assert ruled_out.words.en == "did not answer"


async def test_of_an_erased_lead_no_reason_tells_anything(world):
    await do(world, member(BEN, cap=0), member(ANA, cap=0))
    ready = await demo(
        world, "eva@acme.com", lead={"language": "de"}, account={"owner": "secret@acme.com"}
    )
    await world.write(lambda uow: erase_lead(uow, ready.handoff.lead_id, "test", "asked"))
    [row] = await world.read(lambda conn: conn.execute(select(ASSIGNMENT)).all())
    [snapshot] = await world.read(
        lambda conn: conn.execute(select(HANDOFF.c.snapshot)).scalars().all()
    )
    kept = f"{row} {snapshot}"

    assert "acme.com" in str(ready.assignment)
    assert "de" in str(ready.assignment.steps)
    assert "acme.com" not in kept
    assert (row.code, row.reason, row.words) == ("fallback", "fallback", None)
    assert [one["code"] for one in row.considered] == ["full", "full", "fallback"]
    assert {one["step"] for one in row.steps} == {one.step for one in ready.assignment.steps}


async def test_without_any_member_the_fallback_takes_leads(world):
    await do(world, delete(TEAM_MEMBER))
    ready = await demo(world, "eva")

    assert ready.assignment.reason.startswith("there is nobody in Sales; Boss takes it")
