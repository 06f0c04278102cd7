"""Routing on real tables: exact under load, by what is known, with an alarm, tried before."""

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from services.handoff.domain.questions import Titles
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.routing import choose_owner
from services.handoff.handlers.try_routing import Trial, try_routing
from services.handoff.metrics import FELL_BACK
from services.handoff.store.handoffs import lock_handoff
from services.handoff.store.routing import forget_turns, hour_of
from services.handoff.store.tables import (
    ASSIGNMENT,
    HANDOFF,
    OUTBOX,
    PERSON,
    PERSON_HOURS,
    STEP,
    TEAM,
    TEAM_MEMBER,
    TERRITORY,
    TURN,
)
from services.handoff.unit_of_work import unit_of_work
from shared.ids import new_id, stable_id
from tests.service.handoff.dealing import deal
from tests.service.handoff.world import NOON, open_world

ANA, BEN, BOSS = (stable_id("person", name) for name in ("ana", "ben", "boss"))
SALES = stable_id("team", "sales")
LEADS = 500
OFFICE = {"week": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}


def member(person_id, **values):
    """Change what somebody takes of the team's leads."""
    where = TEAM_MEMBER.c.person_id == person_id
    return update(TEAM_MEMBER).where(where).values(**values)


def hours(person_id, **document):
    return insert(PERSON_HOURS).values(person_id=person_id, revision=1, document=document)


async def do(world, *statements):
    for one in statements:
        await world.db.write(lambda conn, one=one: conn.execute(one))


async def owners(world):
    """Return who owns each hand-off, in the order in which they were opened."""
    rows = await world.read(
        lambda conn: conn.execute(
            select(PERSON.c.name)
            .join(HANDOFF, HANDOFF.c.owner_id == PERSON.c.person_id)
            .order_by(HANDOFF.c.decided_at, HANDOFF.c.handoff_id)
        ).scalars()
    )
    return list(rows)


async def demo(world, who, **options):
    """Let somebody ask for a demo; return the sales-ready event."""
    await world.take(
        world.touch(f"{who}@gmail.com" if "@" not in who else who, "demo.requested", **options)
    )
    return (await world.sales_ready())[-1]


# --- exact under load -----------------------------------------------------------------------


@pytest.mark.postgres
async def test_500_handoffs_at_once_from_two_processes_come_out_exactly_fair(
    migrated_postgres_url,
):
    world = await open_world(migrated_postgres_url)
    await do(
        world,
        member(BEN, weight=3.0),
        insert(TEAM_MEMBER).values(team_id=SALES, person_id=BOSS, dealt=0, weight=1.0),
    )
    command = [sys.executable, "-m", "tests.service.handoff.dealing", migrated_postgres_url]
    processes = [
        await asyncio.create_subprocess_exec(
            *command,
            str(first),
            str(first + LEADS // 2),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for first in (0, LEADS // 2)
    ]
    for one in processes:
        assert one.stdout is not None
        assert await one.stdout.readline() == b"ready\n"
    for one in processes:
        assert one.stdin is not None
        one.stdin.close()
    ended = await asyncio.gather(*(one.wait() for one in processes))

    assert ended == [0, 0]
    assert Counter(await owners(world)) == {"Ana": 100, "Ben": 300, "Boss": 100}
    counted = select(TURN.c.person_id, func.sum(TURN.c.dealt), func.sum(TURN.c.share)).group_by(
        TURN.c.person_id
    )
    rows = await world.read(lambda conn: conn.execute(counted).all())
    await world.db.stop()

    assert {one: (dealt, round(share, 6)) for one, dealt, share in rows} == {
        ANA: (100, 100.0),
        BEN: (300, 300.0),
        BOSS: (100, 100.0),
    }


async def test_handoffs_of_two_tasks_at_once_come_out_exactly_fair(world):
    await asyncio.gather(deal(world, 0, 50), deal(world, 50, 100))

    assert Counter(await owners(world)) == {"Ana": 50, "Ben": 50}


async def test_a_cap_holds_however_many_come_at_once(world):
    await do(world, member(ANA, cap=3), member(BEN, cap=4))
    await asyncio.gather(deal(world, 0, 20), deal(world, 20, 40))

    assert Counter(await owners(world)) == {"Ana": 3, "Ben": 4, "Boss": 33}


async def test_the_window_is_told_and_what_was_before_it_goes_on_to_count(world):
    week_ago = hour_of(NOON - timedelta(days=7))
    rows = [
        {"team_id": SALES, "person_id": ANA, "hour": week_ago, "dealt": 40, "share": 20.0},
        {"team_id": SALES, "person_id": ANA, "hour": week_ago + 1, "dealt": 1, "share": 1.5},
        {"team_id": SALES, "person_id": BEN, "hour": week_ago + 1, "dealt": 2, "share": 1.5},
        {"team_id": SALES, "person_id": BEN, "hour": week_ago - 3000, "dealt": 1, "share": 1.0},
    ]
    standing = [member(ANA, behind=-0.9), member(BEN, behind=0.9)]
    await do(world, insert(TURN).values(rows), *standing)
    ready, *later = [await demo(world, f"lead{number}") for number in range(3)]
    await world.write(lambda uow: forget_turns(uow.conn, uow.now))
    kept = await world.read(lambda conn: conn.execute(select(func.min(TURN.c.hour))).scalar())

    ana = next(one for one in ready.assignment.considered if one.name == "Ana")
    told = [ana.numbers[name] for name in ("dealt", "share", "behind")]
    assert told == [1, 2.0, -0.4]
    assert ana.reason == "1 of a share of 2 in 7 days; with what was before, 0.4 ahead"
    assert [one.handoff.owner.name for one in (ready, *later)] == ["Ben", "Ben", "Ana"]
    assert kept == week_ago


async def test_what_is_more_than_a_lead_fades_while_time_goes_by(world):
    standing = [member(ANA, behind=-5.0), member(BEN, behind=5.0)]
    await do(world, *standing, update(TEAM).values(turns_at=NOON - timedelta(days=7)))
    ready = await demo(world, "eva")
    kept = await world.read(standing_of)
    world.clock.moment += timedelta(days=70)
    again = await demo(world, "leo")

    behind = {one.name: one.numbers["behind"] for one in ready.assignment.considered}
    later = {one.name: one.numbers["behind"] for one in again.assignment.considered}
    assert behind == {"Ana": -1.972, "Ben": 2.972}  # 1 and 4 / e, and half a lead more
    assert kept == pytest.approx({ANA: -1.9715, BEN: 1.9715}, abs=1e-4)
    assert later == {"Ana": -0.5, "Ben": 1.5}


async def test_what_somebody_who_left_was_ahead_the_others_share(world):
    ben_is_gone = update(PERSON).where(PERSON.c.person_id == BEN).values(active=False)
    await do(world, member(ANA, behind=0.75), member(BEN, behind=-0.75), ben_is_gone)
    await demo(world, "eva")
    await do(world, update(PERSON).where(PERSON.c.person_id == BEN).values(active=True))
    again = await demo(world, "leo")

    assert again.handoff.owner.name == "Ben"  # both are even, and Ana had the last one
    assert {one.numbers["behind"] for one in again.assignment.considered} == {0.5}


def standing_of(conn):
    """Return what everybody of the team is behind."""
    rows = conn.execute(select(TEAM_MEMBER.c.person_id, TEAM_MEMBER.c.behind))
    return {row.person_id: row.behind for row in rows}


async def test_a_lead_sent_back_without_blame_is_made_up_for_and_others_are_not(world):
    first = await demo(world, "one")
    second = await demo(world, "two")
    names = [first.handoff.owner.name, second.handoff.owner.name]
    await world.answer(first.handoff.handoff_id, "reject", "ana@ours.com", reason="bad_data")
    third = await demo(world, "three")
    await world.answer(second.handoff.handoff_id, "reject", "ben@ours.com", reason="not_now")
    fourth = await demo(world, "four")

    assert names == ["Ana", "Ben"]
    assert [third.handoff.owner.name, fourth.handoff.owner.name] == ["Ana", "Ana"]


async def test_so_is_one_that_came_because_another_did_not_answer(world):
    first = await demo(world, "one")
    world.clock.moment = NOON + timedelta(minutes=23)
    while await world.parts.timers.fire_due() == 0:
        pass
    turns = select(TURN.c.person_id, TURN.c.dealt)
    given = dict(await world.read(lambda conn: conn.execute(turns).all()))
    owed = await world.read(standing_of)
    await world.answer(first.handoff.handoff_id, "reject", "ben@ours.com", reason="bad_data")
    back = dict(await world.read(lambda conn: conn.execute(turns).all()))
    still_owed = await world.read(standing_of)

    assert (given, back) == ({ANA: 1, BEN: 1}, {ANA: 1, BEN: 0})
    assert (owed, still_owed) == ({ANA: -0.5, BEN: 0.5}, {ANA: -0.5, BEN: 0.5})


# --- whose it is ----------------------------------------------------------------------------


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


# --- nobody can -----------------------------------------------------------------------------


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


# --- tried before ---------------------------------------------------------------------------


async def test_a_trial_says_who_would_get_the_lead_and_stores_nothing(world):
    await world.take(world.touch("eva@gmail.com", "email.opened"))
    for name in ("one", "two", "three"):
        await demo(world, name)
    tables = (OUTBOX, ASSIGNMENT, STEP, TURN, HANDOFF)

    async def counts():
        return [
            await world.read(
                lambda conn, one=one: conn.execute(select(func.count()).select_from(one)).scalar()
            )
            for one in tables
        ]

    before = await counts()
    made_up = Trial(facts={"lead": {"country": "ES"}})
    tried = await world.db.read(lambda conn: try_routing(uow_of(world, conn), made_up))
    after = await counts()
    really = await demo(world, "four")

    assert after == before
    assert tried.choice.person.name == really.handoff.owner.name
    assert [one.person_id for one in tried.choice.considered] == [
        one.person_id for one in really.assignment.considered
    ]


async def test_a_trial_of_another_moment_asks_about_the_hours_of_then(world):
    await do(world, hours(ANA, **OFFICE), hours(BEN, week={"sat": ["09:00-18:00"]}))
    saturday = datetime(2026, 3, 7, 11, tzinfo=UTC)

    async def owner_at(moment):
        trial = Trial(facts={"lead": {}}, at=moment)
        tried = await world.db.read(lambda conn: try_routing(uow_of(world, conn), trial))
        assert tried.choice is not None
        return tried.choice.person.name

    now, then = await owner_at(None), await owner_at(saturday)

    assert (now, then) == ("Ana", "Ben")


def uow_of(world, conn):
    return unit_of_work(world.parts, conn)


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
