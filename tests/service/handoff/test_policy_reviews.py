"""Reviews of policies: proposed once for each reason, told to both teams, held by people."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from services.handoff.domain.policy import Targets
from services.handoff.handlers.policy_reviews import (
    hold_review,
    look_at_every_policy,
    look_now,
    standing,
)
from services.handoff.store import people
from services.handoff.store.tables import PERSON, POLICY_VERSION, TIMER
from services.handoff.unit_of_work import unit_of_work
from shared.ids import stable_id
from tests.service.handoff.world import NOON, POLICY, World, open_world

VERSION_ID = stable_id("version", "1")
APRIL = datetime(2026, 4, 1, 9, tzinfo=UTC)  # the company's zone is UTC here
DAY = timedelta(days=1)


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A policy with one goal, in force since noon of 2 March and looked at once."""
    world = await open_world(database_url, replace(POLICY, targets=Targets(acceptance=70)))
    in_force = update(POLICY_VERSION).values(activated_at=NOON)
    await world.write(lambda uow: uow.conn.execute(in_force))
    await world.write(look_at_every_policy)
    await fire(world, NOON)
    yield world
    await world.db.stop()


async def fire(world, at):
    """Let the timers that are due at a moment fire."""
    world.clock.moment = at
    while await world.parts.timers.fire_due() == 0:
        pass


async def proposed(world):
    """The events that ask for a review, oldest first."""
    return [one.data for one in await world.staged() if one.type == "policy.review_due.v1"]


async def review(world, comment="All well"):
    def work(uow):
        person = people.find_person(uow.conn, "boss@ours.com")
        assert person is not None
        return hold_review(uow, "test", "b2b", person, comment)

    return await world.write(work)


async def not_answered(world, count):
    """Let leads become ready whom nobody will answer."""
    for _ in range(count):
        await world.take(world.touch(f"lead-{world.counter}@acme.com", "demo.requested"))


async def set_roles(world, name, *roles, active=True):
    change = update(PERSON).where(PERSON.c.name == name).values(roles=list(roles), active=active)
    await world.write(lambda uow: uow.conn.execute(change))


async def next_looks(world):
    armed = select(TIMER.c.due_at).where(TIMER.c.kind == "review", TIMER.c.state == "armed")
    return await world.read(lambda conn: list(conn.execute(armed).scalars()))


async def open_reasons(world):
    stands = await world.read(lambda conn: standing(unit_of_work(world.parts, conn), "b2b"))
    return [one.cause for one in stands.proposals]


async def test_a_review_is_proposed_once_for_each_date_that_comes(world):
    for days in (89, 90, 91, 179, 180):
        await fire(world, NOON + days * DAY)

    assert [one.due_at for one in await proposed(world)] == [NOON + 90 * DAY, NOON + 180 * DAY]


async def test_looking_more_often_proposes_nothing_twice(world):
    await fire(world, NOON + 90 * DAY)
    for _ in range(3):
        await world.write(lambda uow: look_now(uow, VERSION_ID))
        await fire(world, world.clock.moment + timedelta(hours=1))

    assert len(await proposed(world)) == 1


async def test_after_a_long_stop_only_the_latest_date_is_told(world):
    await fire(world, NOON + 400 * DAY)

    assert [one.due_at for one in await proposed(world)] == [NOON + 360 * DAY]
    assert await next_looks(world) == [datetime(2027, 5, 1, 9, tzinfo=UTC)]


async def test_a_review_that_is_held_starts_the_rhythm_again(world):
    await fire(world, NOON + 90 * DAY)
    before = await open_reasons(world)
    world.clock.moment = NOON + 100 * DAY
    await review(world)
    after = await open_reasons(world)
    for days in (180, 189, 190):
        await fire(world, NOON + days * DAY)
    told = await proposed(world)

    assert (before, after) == (["review_date"], [])
    assert [one.due_at for one in told] == [NOON + 90 * DAY, NOON + 190 * DAY]
    assert [one.last_reviewed_at for one in told] == [None, NOON + 100 * DAY]


async def test_a_missed_goal_is_told_when_the_month_is_over_and_not_before(world):
    await not_answered(world, 25)
    await fire(world, APRIL - timedelta(minutes=1))
    before = await proposed(world)
    await fire(world, APRIL)
    (event,) = await proposed(world)
    (goal,) = event.missed

    assert before == []
    assert (event.due_at, event.in_force_since) == (None, NOON)
    assert (goal.name, goal.wanted, goal.measured, goal.cases) == ("acceptance", 70.0, 0.0, 25)
    assert goal.text["en"].startswith("Accepted by sales: 0 of 25")


async def test_a_missed_goal_is_told_once_until_there_is_a_review(world):
    await not_answered(world, 25)
    await fire(world, APRIL)
    await fire(world, APRIL + 30 * DAY)
    once = await proposed(world)
    world.clock.moment = APRIL + 31 * DAY
    await review(world)
    await fire(world, datetime(2026, 6, 1, 9, tzinfo=UTC))
    reviewed = await proposed(world)
    await not_answered(world, 25)
    await fire(world, datetime(2026, 7, 1, 9, tzinfo=UTC))
    again = await proposed(world)

    assert [len(events) for events in (once, reviewed, again)] == [1, 1, 2]


async def test_few_cases_miss_nothing(world):
    await not_answered(world, 5)
    await fire(world, APRIL)

    assert await proposed(world) == []


async def test_those_of_both_teams_who_work_here_are_told(world):
    await set_roles(world, "Ana", "marketing")
    await set_roles(world, "Ben", "sales", active=False)
    await set_roles(world, "Boss", "manager", "rep")
    await fire(world, NOON + 90 * DAY)
    (event,) = await proposed(world)

    assert [one.name for one in event.to] == ["Ana", "Boss"]


async def test_where_nobody_has_such_a_role_the_last_resort_is_told(world):
    await fire(world, NOON + 90 * DAY)
    (event,) = await proposed(world)

    assert [one.email for one in event.to] == ["boss@ours.com"]


async def test_a_version_that_was_succeeded_is_not_reviewed_any_more(world):
    succeeded = update(POLICY_VERSION).values(state="succeeded", succeeded_at=NOON)
    await world.write(lambda uow: uow.conn.execute(succeeded))
    await fire(world, NOON + 90 * DAY)

    assert await proposed(world) == []
    assert await next_looks(world) == []


async def test_a_version_from_before_is_looked_at_after_a_start_and_only_once(world):
    before = await next_looks(world)
    await world.write(look_at_every_policy)

    assert before == await next_looks(world) == [APRIL]


async def test_a_review_keeps_what_the_goals_were(world):
    await not_answered(world, 25)
    world.clock.moment = NOON + DAY
    held = await review(world, "Sales needs more people")
    (acceptance, *_) = held.targets

    assert (held.number, held.name, held.comment) == (1, "Boss", "Sales needs more people")
    assert (acceptance["name"], acceptance["verdict"]) == ("acceptance", "missed")
