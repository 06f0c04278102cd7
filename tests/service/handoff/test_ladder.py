"""While nobody answers: the owner, the manager, somebody else, the last resort, once each."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.handoff.domain.ladder import Ladder
from services.handoff.store.calendars import save_hours
from services.handoff.store.tables import (
    HANDOFF,
    HANDOFF_DEADLINE,
    PERSON,
    STEP,
    TEAM_MEMBER,
    TIMER,
)
from shared.contracts.answers import OutcomeReported
from shared.contracts.envelope import Envelope
from shared.ids import new_id, stable_id
from tests.service.handoff.world import NOON, POLICY, World, open_world

MINUTE = timedelta(minutes=1)
TEAM_ID = stable_id("team", "sales")
STEPS = ("handoff.reminded.v1", "handoff.escalated.v1", "handoff.reassigned.v1")


def person(name: str) -> str:
    return stable_id("person", name)


async def add_manager(world: World, name: str = "mia") -> None:
    """Somebody of the team who manages it and gets no leads by turn."""

    def work(uow):
        row = {
            "person_id": person(name),
            "revision": 1,
            "name": name.title(),
            "email": f"{name}@ours.com",
            "roles": ["manager"],
            "language": "es",
            "zone": "Europe/Madrid",
            "channels": [],
            "active": True,
        }
        uow.conn.execute(insert(PERSON).values(**row))
        member = {"team_id": TEAM_ID, "person_id": person(name), "dealt": 0, "weight": 0}
        uow.conn.execute(insert(TEAM_MEMBER).values(**member))

    await world.write(work)


async def set_away(world: World, name: str, how: str) -> None:
    """Somebody is on leave today, was here until yesterday, or is no longer."""
    leave: dict[str, Any] = {
        "on_leave": {"leave": [{"from": "2026-03-01T00:00:00", "until": "2026-04-01T00:00:00"}]},
        "day_by_day": {  # of mornings only; this is the hour after one
            "week": {"mon": ["09:00-12:00"], "tue": ["09:00-12:00"]},
            "leave": [
                {"from": f"{day}T09:00", "until": f"{day}T12:00"}
                for day in ("2026-03-02", "2026-03-03")
            ],
        },
    }
    gone: dict[str, Any] = {
        "has_left": {"active": False},
        "last_day": {"last_day": date(2026, 3, 1)},
    }

    def work(uow):
        if how in leave:
            save_hours(uow.conn, person(name), 1, leave[how])
        else:
            there = update(PERSON).where(PERSON.c.person_id == person(name))
            uow.conn.execute(there.values(**gone[how]))

    await world.write(work)


async def ready(world: World) -> Any:
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    return (await world.sales_ready())[-1].handoff


async def wait(world: World, minutes: float) -> list[str]:
    """Let time go by until so many minutes after noon; return who was told what since."""
    before = len(await world.staged())
    world.clock.moment = NOON + minutes * MINUTE
    while await world.parts.timers.fire_due() == 0:
        pass
    return told((await world.staged())[before:])


def told(events: Iterable[Envelope]) -> list[str]:
    found = []
    for one in events:
        data: Any = one.data
        if one.type == "handoff.reminded.v1":
            found.append(f"{data.deadline.kind} remind {data.handoff.owner.name}")
        elif one.type == "handoff.escalated.v1":
            found.append(f"{data.deadline.kind} {data.name} {data.to.name}")
        elif one.type == "handoff.reassigned.v1":
            found.append(f"{data.earlier_owner.name} to {data.handoff.owner.name}")
    return found


async def rows(world: World, table: Any, **where: Any) -> Any:
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    return await world.read(lambda conn: conn.execute(query).all())


async def test_everybody_hears_of_it_once_and_in_order(world):
    await add_manager(world)
    handoff = await ready(world)
    owner = handoff.owner.name
    other = "Ben" if owner == "Ana" else "Ana"

    assert await wait(world, 7.4) == []
    assert await wait(world, 7.5) == [f"accept remind {owner}"]
    assert await wait(world, 15) == ["accept manager Mia"]
    assert await wait(world, 22.5) == [f"{owner} to {other}"]
    # The new owner's share began at 22:30; the lead's whole wait never began again.
    assert await wait(world, 30) == ["accept last_resort Boss", f"accept remind {other}"]
    assert await wait(world, 37.5) == ["accept manager Mia"]
    assert await wait(world, 24 * 60) == []


async def test_each_step_is_written_down_with_whom_it_told(world):
    await add_manager(world)
    await ready(world)
    await wait(world, 30)

    steps = [
        one
        for one in await rows(world, STEP)
        if one.kind in ("reminded", "escalated", "reassigned") and one.detail["share"] == 1
    ]
    assert sorted((one.detail["step"], one.kind) for one in steps) == [
        ("last_resort", "escalated"),
        ("manager", "escalated"),
        ("reassign", "reassigned"),
        ("remind", "reminded"),
    ]
    assert {one.detail["to"] for one in steps if one.detail["step"] == "manager"} == {person("mia")}


async def test_who_gets_it_by_the_ladder_of_a_share_is_reminded_before_anybody_else_hears(world):
    """Somebody gives it to a colleague, who does not answer: the next has a whole share."""
    handoff = await ready(world)
    owner = handoff.owner
    await world.answer(handoff.handoff_id, "accept", owner.email)
    await world.answer(handoff.handoff_id, "reassign", owner.email, to=person("boss"))

    found = [await wait(world, minutes) for minutes in (22.4, 22.5, 29.9, 30, 37.5)]
    assert found[1] in ([f"Boss to {name}"] for name in ("Ana", "Ben"))
    other = found[1][0].split()[-1]
    share = [[one for one in step if one.startswith("accept")] for step in found]
    assert share[2:] == [[], [f"accept remind {other}"], ["accept manager Boss"]]


@pytest.mark.parametrize("how", ["has_left", "on_leave", "last_day"])
async def test_a_manager_who_is_away_is_passed_over_and_the_next_person_told(world, how):
    await add_manager(world)
    await set_away(world, "mia", how)
    await ready(world)
    await wait(world, 14)
    found = await wait(world, 15)
    event: Any = (await world.staged())[-1].data
    why = "on_leave" if how == "on_leave" else "has_left"

    assert found == ["accept manager Boss"]
    assert [(one.person.name, one.reason) for one in event.passed_over] == [("Mia", why)]


@pytest.mark.parametrize(
    "how",
    [pytest.param("on_leave", id="in one piece"), pytest.param("day_by_day", id="day by day")],
)
async def test_an_owner_who_is_away_is_not_reminded_but_their_manager_is_told(world, how):
    await add_manager(world)
    handoff = await ready(world)
    name = handoff.owner.name.lower()
    await set_away(world, name, how)

    assert await wait(world, 7.5) == ["accept remind Mia"]
    event: Any = (await world.staged())[-1].data
    assert [(one.person.name, one.reason) for one in event.passed_over] == [
        (handoff.owner.name, "on_leave")
    ]


async def test_late_and_unowned_still_reaches_a_human(world):
    handoff = await ready(world)
    for name in ("ana", "ben", "boss"):
        await set_away(world, name, "has_left")

    found = await wait(world, 30)
    assert [one for one in found if one.startswith("accept")][:3] == [
        f"accept {step} Boss" for step in ("remind", "manager", "last_resort")
    ]
    assert [one for one in found if " to " in one] == [f"{handoff.owner.name} to Boss"]


async def test_a_lead_that_came_late_is_not_taken_from_an_owner_who_had_no_time(world):
    """Its own wait goes on from when it was received; who gets it has a share of time as well."""
    await add_manager(world)
    world.clock.advance(timedelta(hours=1))  # nobody read the bus
    await world.take(world.touch("eva@acme.com", "demo.requested", received_at=NOON))
    handoff = (await world.sales_ready())[-1].handoff
    name = handoff.owner.name
    found = [await wait(world, minutes) for minutes in (60, 67.5, 75, 82.5)]

    assert [[one for one in each if one.startswith(("accept", name))] for each in found[:3]] == [
        ["accept manager Mia", "accept last_resort Boss"],
        [f"accept remind {name}"],
        ["accept manager Mia"],
    ]
    assert f"{name} to" in found[3][0]


async def test_with_nobody_else_left_the_reassignment_tells_a_human(world):
    handoff = await ready(world)
    other = "ben" if handoff.owner.name == "Ana" else "ana"
    await set_away(world, other, "on_leave")
    await world.answer(handoff.handoff_id, "reassign", handoff.owner.email, to=person("boss"))
    await world.answer(handoff.handoff_id, "reassign", "boss@ours.com", to=handoff.owner.person_id)

    assert (await wait(world, 22.5))[-1] == "accept reassign Boss"
    (row,) = await rows(world, HANDOFF)
    assert row.owner_id == handoff.owner.person_id


async def test_nobody_is_taken_a_lead_they_are_talking_to(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "attempt", handoff.owner.email, channel="call")
    found = await wait(world, 22.5)

    assert not any(" to " in one for one in found)
    (skipped,) = await rows(world, STEP, kind="ladder_skipped")
    assert (skipped.detail["step"], skipped.detail["because"]) == ("reassign", "at_work")


async def test_the_first_attempt_has_a_clock_of_its_own_once_the_lead_is_accepted(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    owner = handoff.owner.name

    assert await wait(world, 29) == []
    assert await wait(world, 30) == [f"first_attempt remind {owner}"]
    assert await wait(world, 60) == ["first_attempt manager Boss"]
    other = "Ben" if owner == "Ana" else "Ana"
    assert await wait(world, 90) == [f"{owner} to {other}"]
    # To accept, the new owner has 15 minutes; the wait for the first attempt goes on.
    assert await wait(world, 105) == [f"accept remind {other}", "accept manager Boss"]
    assert (await wait(world, 120))[0] == "first_attempt last_resort Boss"


@pytest.mark.parametrize("evidence", ["attempt", "talked", "sql", "opportunity"])
async def test_an_attempt_a_talk_or_an_outcome_stops_the_clock_of_the_first_attempt(
    world, evidence
):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    world.clock.advance(10 * MINUTE)
    await world.answer(handoff.handoff_id, evidence, handoff.owner.email)

    assert await wait(world, 24 * 60) == []
    (clock,) = await rows(world, HANDOFF_DEADLINE, kind="first_attempt")
    assert (clock.evidence, clock.took_s, clock.late_s) == (evidence, 600, 0)


async def test_an_attempt_a_crm_reports_over_the_bus_stops_it_too(world):
    from services.handoff.handlers.answer_handoffs import take_answers

    handoff = await ready(world)
    said = OutcomeReported(
        handoff_id=handoff.handoff_id, person=handoff.owner.email, outcome="attempted"
    )
    one = Envelope(new_id(), "crm", "", handoff.handoff_id, NOON, said)
    await world.write(lambda uow: take_answers(uow, [one]))

    (clock,) = await rows(world, HANDOFF_DEADLINE, kind="first_attempt")
    assert (clock.evidence, clock.took_s) == ("attempt", 0)


async def test_an_attempt_does_not_accept_the_answer_is_owed_all_the_same(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "attempt", handoff.owner.email)

    assert await wait(world, 15) == [
        f"accept remind {handoff.owner.name}",
        "accept manager Boss",
    ]


async def test_who_answers_late_is_stored_as_late(world):
    handoff = await ready(world)
    await wait(world, 20)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)

    (clock,) = await rows(world, HANDOFF_DEADLINE, kind="accept")
    assert (clock.evidence, clock.took_s, clock.took_working_s) == ("accept", 1200, 1200)
    assert (clock.late_s, clock.late_working_s) == (300, 300)


async def test_an_attempt_made_in_time_and_reported_late_was_in_time(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    await wait(world, 70)
    await world.answer(handoff.handoff_id, "attempt", at=NOON + 65 * MINUTE)
    await world.answer(handoff.handoff_id, "attempt", at=NOON + 50 * MINUTE)

    (clock,) = await rows(world, HANDOFF_DEADLINE, kind="first_attempt")
    assert (clock.took_s, clock.late_s) == (3000, 0)


async def test_a_policys_own_ladder_is_climbed(database_url):
    response = {
        tier: replace(one, ladder=Ladder(manager=80)) for tier, one in POLICY.response.items()
    }
    world = await open_world(database_url, replace(POLICY, response=response))
    await ready(world)

    assert await wait(world, 11) == []
    assert await wait(world, 12) == ["accept manager Boss"]
    event: Any = (await world.staged())[-1].data
    assert (event.step, event.late_s) == (2, 0)
    assert await wait(world, 600) == []
    await world.db.stop()


async def test_an_answer_that_comes_while_a_step_is_due_lets_nobody_be_told(world):
    handoff = await ready(world)
    world.clock.moment = NOON + 8 * MINUTE
    (timer,) = await world.db.write(world.parts.timers._take)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    await world.db.write(
        lambda conn: world.parts.timers.handlers["accept"](conn, timer, world.clock.now())
    )

    assert "handoff.reminded.v1" not in await world.types()


async def test_a_timer_armed_before_there_were_ladders_tells_the_manager(world):
    """As the release before left them: a timer for the deadline, no step beside it."""
    await ready(world)
    due = NOON + 15 * MINUTE

    def as_before(uow):
        accept = TIMER.c.kind == "accept"
        uow.conn.execute(update(TIMER).where(accept).values(due_at=due, try_at=due))
        uow.conn.execute(update(HANDOFF_DEADLINE).values(ladder_step=None))

    await world.write(as_before)

    assert await wait(world, 14) == []
    assert await wait(world, 15) == ["accept manager Boss"]
