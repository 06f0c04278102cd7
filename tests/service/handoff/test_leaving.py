"""Somebody leaves, at the end of their last day or at once: no hand-off stays behind."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.handoff.fields.territories import NewTerritory
from services.handoff.handlers import move_handoffs as moving
from services.handoff.handlers.calendars import add_calendar
from services.handoff.handlers.leave import ensure_last_days
from services.handoff.handlers.move_handoffs import ensure_no_owner_has_left
from services.handoff.handlers.people import change_person
from services.handoff.handlers.teams import add_team
from services.handoff.handlers.territories import add_territory
from services.handoff.store import deadlines, people, teams, territories
from services.handoff.store.calendars import WEEKDAYS
from services.handoff.store.tables import ASSIGNMENT, HANDOFF, PERSON, STEP, TEAM_MEMBER, TIMER
from shared.access import Caller
from shared.ids import stable_id
from shared.problem import Problem
from tests.service.handoff.test_deadlines import promising
from tests.service.handoff.world import NOON, World, open_world

ADMIN = Caller("key", "admin", frozenset({"admin"}))
ANA, BEN, BOSS = (stable_id("person", name) for name in ("ana", "ben", "boss"))
TODAY = NOON.date()
MADRID_MIDNIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)  # the end of NOON's day in Madrid
MINUTE = timedelta(minutes=1)


async def change(world: World, person_id: str, **changes):
    return await world.write(lambda uow: change_person(uow, ADMIN, person_id, None, changes))


async def fire(world: World) -> None:
    """Fire what is due until nothing is."""
    while await world.parts.timers.fire_due() == 0:
        pass


async def hand_over(world: World, count: int) -> None:
    leads = (f"lead{number}@company{number}.com" for number in range(count))
    await world.take(*(world.touch(lead, "demo.requested") for lead in leads))


async def all_at_work(world: World) -> None:
    """Let everybody take what they own and try to reach the lead: no clock runs any more."""
    rows = await world.read(lambda conn: conn.execute(select(HANDOFF)).all())
    for row in rows:
        await world.answer(row.handoff_id, "accept", row.owner_id)
        await world.answer(row.handoff_id, "attempt", row.owner_id)


async def owners(world: World) -> dict[str, int]:
    query = select(HANDOFF.c.owner_id, func.count()).group_by(HANDOFF.c.owner_id)
    rows = await world.read(lambda conn: conn.execute(query).all())
    names = {ANA: "ana", BEN: "ben", BOSS: "boss"}
    return {names[owner_id]: count for owner_id, count in rows}


async def person(world: World, person_id: str) -> people.Employee:
    row = await world.read(lambda conn: people.find_person(conn, person_id))
    assert row is not None
    return people.as_entry(row)


async def reassigned(world: World):
    return [one.data for one in await world.staged() if one.type == "handoff.reassigned.v1"]


async def test_who_leaves_leaves_no_hand_off_behind(world):
    await hand_over(world, 4)
    before = await owners(world)
    await change(world, ANA, active=False)
    await fire(world)
    events = await reassigned(world)
    deadline = events[0].deadlines[0]
    rows = await world.read(
        lambda conn: conn.execute(select(ASSIGNMENT).where(ASSIGNMENT.c.code == "owner_left")).all()
    )
    (step, _) = await world.read(
        lambda conn: conn.execute(select(STEP).where(STEP.c.kind == "reassign")).all()
    )

    assert before == {"ana": 2, "ben": 2}
    assert await owners(world) == {"ben": 4}
    assert [event.earlier_owner.person_id for event in events] == [ANA, ANA]
    assert events[0].assignment.code == "owner_left"
    assert events[0].assignment.reason == (
        "Ana’s last day was Monday 2 March 2026; 2 of a share of 3 in 7 days: next in turn in Sales"
    )
    assert events[0].why == {
        "es": "el último día de Ana fue el lunes 2 de marzo de 2026",
        "en": "Ana’s last day was Monday 2 March 2026",
    }
    assert deadline.due_at == NOON + timedelta(minutes=15)
    assert {row.person_id for row in rows} == {BEN}
    assert step.detail | {"why": None} == {
        "from": ANA,
        "to": BEN,
        "code": "owner_left",
        "why": None,
    }
    assert (await person(world, ANA)).last_day == TODAY


async def test_the_last_day_ends_at_midnight_where_the_person_is(world):
    await hand_over(world, 2)
    await all_at_work(world)
    await change(world, ANA, last_day=TODAY)
    world.clock.moment = MADRID_MIDNIGHT - timedelta(seconds=1)
    await fire(world)
    before = await person(world, ANA)
    world.clock.moment = MADRID_MIDNIGHT
    await fire(world)

    assert before.active
    assert not (await person(world, ANA)).active
    assert await owners(world) == {"ben": 2}


async def test_a_last_day_can_be_moved_withdrawn_and_in_another_zone(world):
    await change(world, ANA, last_day=TODAY)
    await change(world, BEN, last_day=TODAY)
    await change(world, ANA, last_day=TODAY + timedelta(days=1))
    await change(world, BEN, last_day=None)
    world.clock.moment = MADRID_MIDNIGHT + timedelta(hours=1)
    await fire(world)
    first = [(await person(world, one)).active for one in (ANA, BEN)]
    await change(world, ANA, zone="America/Bogota")
    world.clock.moment = MADRID_MIDNIGHT + timedelta(days=1)
    await fire(world)
    second = (await person(world, ANA)).active
    world.clock.moment = datetime(2026, 3, 4, 5, tzinfo=UTC)  # midnight in Bogotá
    await fire(world)

    assert (first, second) == ([True, True], True)
    assert [(await person(world, one)).active for one in (ANA, BEN)] == [False, True]


async def test_who_comes_back_stays(world):
    await change(world, ANA, active=False)
    back = await change(world, ANA, active=True)
    await hand_over(world, 2)
    world.clock.advance(timedelta(days=3))
    await fire(world)

    assert back.last_day is None
    assert (await person(world, ANA)).active
    assert await owners(world) == {"ana": 1, "ben": 1}


async def test_accepted_hand_offs_move_too_and_closed_ones_stay(world):
    await hand_over(world, 6)
    mine = await world.read(
        lambda conn: (
            conn.execute(
                select(HANDOFF.c.handoff_id)
                .where(HANDOFF.c.owner_id == ANA)
                .order_by(HANDOFF.c.handoff_id)
            )
            .scalars()
            .all()
        )
    )
    await world.answer(mine[0], "accept")
    await world.answer(mine[1], "accept")
    await world.answer(mine[1], "sql")
    await world.answer(mine[2], "reject", reason="wrong_person", text="somebody else")
    await change(world, ANA, active=False)
    await fire(world)
    rows = await world.read(
        lambda conn: {
            row.handoff_id: (row.stage, row.owner_id) for row in conn.execute(select(HANDOFF))
        }
    )
    shares = {event.handoff.handoff_id: len(event.deadlines) for event in await reassigned(world)}

    assert rows[mine[0]] == ("assigned", BEN)  # its new owner has to accept it
    assert rows[mine[1]] == ("sql", BEN)
    assert rows[mine[2]][1] == ANA
    assert shares == {mine[0]: 2, mine[1]: 0}  # to accept, and to try first


async def test_many_hand_offs_move_in_batches_that_can_be_interrupted(world, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 2)
    await hand_over(world, 10)
    await change(world, ANA, active=False)
    await world.parts.timers.fire_due()
    meanwhile = await owners(world)
    await fire(world)  # what another process would do after the first one died

    assert meanwhile == {"ana": 3, "ben": 7}
    assert await owners(world) == {"ben": 10}
    assert len(await reassigned(world)) == 5


async def test_a_hand_off_that_was_under_way_while_its_owner_left_is_found_a_minute_later(world):
    await hand_over(world, 2)
    await change(world, ANA, active=False)
    await fire(world)
    there = update(HANDOFF).where(HANDOFF.c.owner_id == BEN)
    await world.write(lambda uow: uow.conn.execute(there.values(owner_id=ANA)))
    world.clock.advance(MINUTE)
    await fire(world)

    assert await owners(world) == {"ben": 2}


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(30, id="a few"),
        pytest.param(3000, id="thousands", marks=pytest.mark.torture),
    ],
)
async def test_nobody_who_left_keeps_a_hand_off_however_leads_come_in_meanwhile(world, count):
    await hand_over(world, count)
    later = [world.touch(f"later{number}@x.com", "demo.requested") for number in range(count)]
    await asyncio.gather(
        change(world, ANA, active=False),
        *(world.take(*later[start : start + 10]) for start in range(0, count, 10)),
    )
    await fire(world)
    world.clock.advance(MINUTE)
    await fire(world)

    assert await owners(world) == {"ben": 2 * count}


async def test_when_nobody_of_the_team_is_left_the_fallback_gets_them(world):
    await hand_over(world, 2)
    for one in (ANA, BEN):
        await change(world, one, active=False)
    await fire(world)

    assert await owners(world) == {"boss": 2}


async def test_who_is_needed_cannot_leave_and_a_fallback_is_replaced_by_the_last_resort(world):
    def make_ana_fallback(uow):
        (team,) = teams.lock_teams(uow.conn).values()
        teams.change_team(uow.conn, team, team.name, ANA, team.takes_leads)

    with pytest.raises(Problem) as last_resort:
        await change(world, BOSS, active=False)
    with pytest.raises(Problem) as soon:
        await change(world, BOSS, last_day=TODAY)
    await world.write(make_ana_fallback)
    fields = {"person_id": ANA, "countries": ["ES"]}
    await world.write(lambda uow: add_territory(uow, ADMIN, "iberia", fields))
    with pytest.raises(Problem) as by_hand:
        await change(world, ANA, active=False)
    await change(world, ANA, last_day=TODAY)
    world.clock.moment = MADRID_MIDNIGHT
    await fire(world)
    (team,) = await world.read(teams.all_teams)

    assert (last_resort.value.code, soon.value.code) == ("is_last_resort", "is_last_resort")
    assert soon.value.errors[0]["pointer"] == "/last_day"
    assert by_hand.value.errors == [{"pointer": "/active", "message": "fallback of Sales"}]
    assert not (await person(world, ANA)).active
    assert team.fallback.person_id == BOSS
    assert await world.read(territories.in_force) == []


async def test_what_was_left_behind_before_is_moved_at_the_next_start(world):
    await hand_over(world, 2)
    gone = update(PERSON).where(PERSON.c.person_id == ANA).values(active=False)
    planned = update(PERSON).where(PERSON.c.person_id == BEN).values(last_day=date(2026, 3, 1))
    await world.write(lambda uow: (uow.conn.execute(gone), uow.conn.execute(planned)))
    for ensure in (ensure_last_days, ensure_no_owner_has_left):
        await world.write(ensure)
    await fire(world)
    (event, *_) = await reassigned(world)

    assert await owners(world) == {"boss": 2}
    assert event.why["en"] in {
        "Ana does not work here any more",
        "Ben’s last day was Sunday 1 March 2026",
    }


async def test_a_lead_somebody_else_works_on_already_goes_to_them(world):
    await hand_over(world, 2)
    (first, second) = await world.read(
        lambda conn: conn.execute(select(HANDOFF).order_by(HANDOFF.c.owner_id)).all()
    )
    leavers, other = (first, second) if first.owner_id == ANA else (second, first)
    same_lead = update(HANDOFF).where(HANDOFF.c.handoff_id == other.handoff_id)
    dealt = select(TEAM_MEMBER.c.dealt).where(TEAM_MEMBER.c.person_id == BEN)
    await world.write(
        lambda uow: uow.conn.execute(same_lead.values(lead_id=leavers.lead_id, policy="other"))
    )
    await change(world, ANA, active=False)
    await fire(world)
    (event,) = await reassigned(world)

    assert event.assignment.owner.person_id == BEN
    assert "at work on" in event.assignment.reason
    assert await world.read(lambda conn: conn.execute(dealt).scalar()) == 2  # it counts as a turn


@pytest.mark.parametrize(
    "why", [pytest.param("left", id="left"), pytest.param("not_answered", id="not answered")]
)
async def test_with_another_team_a_hand_offs_clocks_run_on_its_calendar(database_url, why):
    """Both of them: the lead's own, which goes on, and the share of who has it now."""
    world = await open_world(database_url, promising("team"))
    await world.take(world.touch("eva@acme.com", "demo.requested", lead={"country": "MX"}))
    (before,) = await world.read(lambda conn: conn.execute(select(HANDOFF)).all())

    def work(uow):
        hours: Any = {"zone": "America/Mexico_City", "holidays": None, "days": {}}
        hours["week"] = {day: ["09:00-18:00"] for day in WEEKDAYS}
        add_calendar(uow, ADMIN, "south", "South", hours)
        fields: Any = {"name": "South", "fallback_id": BOSS, "members": [{"person_id": BOSS}]}
        fields["calendar"] = "south"
        south = add_team(uow, ADMIN, fields)
        mexico = {"name": "mx", "countries": ["MX"], "team_id": south.team_id}
        add_territory(uow, ADMIN, "mx", NewTerritory.model_validate(mexico).fields())
        return south.team_id

    south = await world.write(work)
    if why == "left":
        await change(world, before.owner_id, active=False)
    else:
        world.clock.moment = NOON + timedelta(hours=6)  # half as long again as was promised
    await fire(world)
    (after,) = await world.read(lambda conn: conn.execute(select(HANDOFF)).all())
    (given,) = await reassigned(world)
    clocks = await world.read(lambda conn: deadlines.of_handoff(conn, after.handoff_id))
    on = {(one.kind, one.step): one.calendar for one in clocks if one.due_at > world.clock.now()}
    armed = await world.read(lambda conn: deadlines.armed(conn, after.handoff_id))
    await world.db.stop()

    assert (after.owner_id, after.team_id) == (BOSS, south)
    assert {one.calendar for one in given.deadlines} == {"south"}
    assert set(on.values()) == {"south"}
    # Nine in the morning in Mexico is three in the afternoon: all is counted from there.
    nine = NOON.replace(hour=15)
    own = {"left": nine + timedelta(hours=2), "not_answered": nine + timedelta(hours=8)}
    assert armed["accept", 1] == own[why]
    assert armed["accept", 2] == max(nine, world.clock.now()) + timedelta(hours=2)


async def test_each_move_is_in_the_history_of_the_hand_off_and_no_timer_is_left(world):
    await hand_over(world, 2)
    await change(world, ANA, active=False)
    await fire(world)
    world.clock.advance(MINUTE)
    await fire(world)
    (step,) = await world.read(
        lambda conn: conn.execute(select(STEP).where(STEP.c.kind == "reassign")).all()
    )
    armed = select(TIMER.c.kind).where(TIMER.c.state == "armed")

    assert step.detail["to"] == BEN
    assert step.detail["why"]["es"].startswith("el último día de Ana fue")
    assert set(await world.read(lambda conn: conn.execute(armed).scalars().all())) == {
        *("accept", "first_attempt")
    }
