"""Clocks run on the calendar the policy names, and are counted again when it changes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.handoff.domain.policy import ResponseTarget
from services.handoff.handlers.calendars import OFFICE, add_calendar, change_calendar
from services.handoff.handlers.deadlines import recount_later
from services.handoff.store import calendars
from services.handoff.store.tables import (
    AUDIT,
    CALENDAR,
    HANDOFF,
    HANDOFF_DEADLINE,
    STEP,
    TEAM,
    TIMER,
)
from shared.access import Caller
from shared.contracts.clocks import Escalated, Rescheduled
from shared.ids import stable_id
from tests.service.handoff.world import POLICY, World, open_world

ADMIN = Caller("key", "admin", frozenset())
HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)  # 16:00 in Madrid
TEAM_ID = stable_id("team", "sales")
PLAIN: Any = {"zone": "Europe/Madrid", "week": OFFICE, "holidays": None, "days": {}}


def promising(calendar: str, within: timedelta = 4 * HOUR):
    response = {tier: ResponseTarget(tier, within, 24 * HOUR, calendar) for tier in ("hot", "warm")}
    return replace(POLICY, response=response)


async def open_on(url: str, calendar: str = "office", within: timedelta = 4 * HOUR) -> World:
    """A world on a Friday at 16:00 in Madrid, whose policy counts on ``calendar``."""
    world = await open_world(url, promising(calendar, within))
    world.clock.moment = FRIDAY
    await world.write(lambda uow: add_calendar(uow, ADMIN, "office", "Iberia", PLAIN))
    return world


async def change(world: World, **changes):
    return await world.write(lambda uow: change_calendar(uow, ADMIN, "office", None, changes))


async def give_team(world: World, calendar_id):
    def work(uow):
        there = update(TEAM).where(TEAM.c.team_id == TEAM_ID)
        uow.conn.execute(there.values(calendar_id=calendar_id))
        recount_later(uow, TEAM_ID)

    await world.write(work)


async def ready(world: World, who: str = "ana@lead.com", **options):
    await world.take(world.touch(who, "demo.requested", **options))
    return (await world.sales_ready())[-1]


async def stored(world: World, table, **where):
    query = select(table).where(*(table.c[name] == value for name, value in where.items()))
    return await world.read(lambda conn: conn.execute(query).all())


async def rescheduled(world: World, kind: str = "accept"):
    """The event that last moved a clock of this kind."""
    return [
        one
        for one in await world.staged()
        if isinstance(one.data, Rescheduled) and one.data.deadline.kind == kind
    ][-1]


async def settle(world: World) -> None:
    """Fire what is due until nothing is."""
    while await world.parts.timers.fire_due() == 0:
        pass


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
async def office(database_url: str):
    world = await open_on(database_url)
    yield world
    await world.db.stop()


async def test_a_promise_is_counted_in_working_hours_and_says_how(office):
    event = await ready(office)
    deadline, _ = event.deadlines

    assert deadline.due_at == utc("2026-03-09 10:00")  # Monday at 11:00 in Madrid
    assert (deadline.calendar, deadline.within_s, deadline.starts_at) == ("office", 14_400, FRIDAY)
    assert deadline.explanation == {
        "en": "counting 4 working hours of Iberia: Fri 16:00–18:00, Mon 9:00–11:00 "
        "(Europe/Madrid time)",
        "es": "contando 4 horas laborables de Iberia: vie 16:00–18:00, lun 9:00–11:00 "
        "(hora de Europe/Madrid)",
    }
    (timer,) = await stored(office, TIMER, kind="accept")
    (row,) = await stored(office, HANDOFF)
    assert row.due_at == deadline.due_at
    assert timer.due_at == utc("2026-03-06 17:00")  # half of the time: the owner is reminded


async def test_the_clock_starts_when_the_deciding_event_was_received(office):
    office.clock.advance(2 * HOUR)  # the bus was slow
    event = await ready(office, received_at=FRIDAY)

    assert event.deadlines[0].due_at == utc("2026-03-09 10:00")


async def test_nobody_is_late_over_the_weekend_and_who_is_late_is_told_with_the_reason(office):
    event = await ready(office)
    office.clock.moment = utc("2026-03-09 09:59")
    await settle(office)
    early = await office.types()
    office.clock.moment = utc("2026-03-09 10:00")
    await settle(office)
    late = (await office.staged())[-1]

    assert (early[-1], early.count("handoff.reminded.v1")) == ("handoff.reminded.v1", 1)
    assert "handoff.escalated.v1" not in early
    assert late.type == "handoff.escalated.v1"
    assert late.data.deadline == event.deadlines[0]


async def test_a_later_owner_gets_a_share_of_working_hours(office):
    event = await ready(office)
    office.clock.moment = utc("2026-03-06 16:30")  # 17:30 in Madrid
    await office.answer(event.handoff.handoff_id, "reassign", to=stable_id("person", "boss"))
    told = (await office.staged())[-1].data

    assert told.deadlines[0].due_at == utc("2026-03-09 11:30")
    steps = await stored(office, HANDOFF_DEADLINE, kind="accept")
    assert sorted((one.step, one.due_at) for one in steps) == [
        (1, utc("2026-03-09 10:00")),
        (2, utc("2026-03-09 11:30")),
    ]


async def test_a_holiday_added_later_moves_what_is_still_ahead(office):
    event = await ready(office)
    title = {"es": "Fiesta", "en": "Local holiday"}
    await change(office, days={"2026-03-09": {"title": title, "hours": []}})
    await settle(office)
    moved = await rescheduled(office)

    assert moved.type == "handoff.rescheduled.v1"
    assert moved.data.earlier_due_at == event.deadlines[0].due_at
    assert moved.data.deadline.due_at == utc("2026-03-10 10:00")
    explained = moved.data.deadline.explanation or {}
    assert explained["en"].endswith("Monday 9 March is a holiday (Local holiday)")
    (row,) = await stored(office, HANDOFF)
    (timer,) = await stored(office, TIMER, kind="accept")
    steps = await stored(office, STEP, kind="rescheduled")
    audit = await stored(office, AUDIT, what="handoff.rescheduled")
    assert row.due_at == utc("2026-03-10 10:00")
    assert timer.due_at == utc("2026-03-06 17:00")  # a step before the holiday stays
    assert {one.detail["kind"] for one in steps} == {"accept", "first_attempt"}
    assert ({one.detail["calendar"] for one in steps}, len(audit)) == ({"office"}, 2)
    assert (await office.sales_ready())[-1].deadlines == event.deadlines  # what was said stays


async def test_a_moved_deadline_fires_once_and_not_at_its_old_time(office):
    await ready(office)
    await change(office, days={"2026-03-09": {"title": None, "hours": []}})
    await settle(office)
    office.clock.moment = utc("2026-03-10 09:59")
    await settle(office)
    before = await office.types()
    office.clock.moment = utc("2026-03-10 10:01")
    await settle(office)
    await settle(office)

    assert "handoff.escalated.v1" not in before
    assert (await office.types()).count("handoff.escalated.v1") == 1


@pytest.mark.parametrize("how", ["answered", "late"])
async def test_what_has_passed_is_not_counted_again(office, how):
    event = await ready(office)
    if how == "answered":
        await office.answer(event.handoff.handoff_id, "accept")
    else:
        office.clock.moment = utc("2026-03-09 10:00")
        await settle(office)
    before = await stored(office, HANDOFF_DEADLINE, kind="accept")
    await change(office, days={"03-09": {"title": None, "hours": []}})
    await settle(office)

    after = await stored(office, HANDOFF_DEADLINE, kind="accept")
    said = [(one.due_at, one.explanation, one.revision, one.stopped_at) for one in after]
    assert said == [(one.due_at, one.explanation, one.revision, one.stopped_at) for one in before]
    moved = [one.data for one in await office.staged() if isinstance(one.data, Rescheduled)]
    assert {one.deadline.kind for one in moved} == {"first_attempt"}  # that is still ahead


async def test_nobody_is_late_before_the_calendar_said_so(office):
    await ready(office)
    office.clock.moment = utc("2026-03-07 09:00")  # Saturday
    await change(office, week={**OFFICE, "sat": ["00:00-08:00"]})
    await settle(office)
    moved = (await rescheduled(office)).data.deadline
    explained = moved.explanation or {}

    assert moved.due_at == office.clock.moment
    assert explained["en"].endswith("it is due at the moment of the change")
    escalated = next(one.data for one in await office.staged() if isinstance(one.data, Escalated))
    assert (escalated.name, escalated.late_s) == ("manager", 0)


async def test_a_change_that_moves_nothing_tells_nothing(office):
    await ready(office)
    await change(office, days={"2026-12-24": {"title": None, "hours": []}})
    await settle(office)

    assert "handoff.rescheduled.v1" not in await office.types()
    assert [one.revision for one in await stored(office, HANDOFF_DEADLINE, kind="accept")] == [2]


async def test_a_hand_off_opened_after_the_change_needs_no_counting_again(office):
    await change(office, days={"2026-03-09": {"title": None, "hours": []}})
    event = await ready(office)
    await settle(office)

    assert event.deadlines[0].due_at == utc("2026-03-10 10:00")
    assert "handoff.rescheduled.v1" not in await office.types()


async def test_more_than_a_batch_is_counted_again(office, monkeypatch):
    monkeypatch.setattr("services.handoff.handlers.recount_clocks.BATCH", 3)
    for number in range(8):
        await ready(office, f"lead{number}@lead.com")
    await change(office, days={"2026-03-09": {"title": None, "hours": []}})
    await settle(office)

    assert {one.due_at for one in await stored(office, HANDOFF)} == {utc("2026-03-10 10:00")}
    assert (await office.types()).count("handoff.rescheduled.v1") == 2 * 8


async def test_the_teams_calendar_is_the_one_it_has(database_url):
    world = await open_on(database_url, "team")
    without = await ready(world)
    (calendar,) = await stored(world, HANDOFF_DEADLINE, kind="accept")
    other = {**PLAIN, "week": {"sat": ["10:00-20:00"]}}
    one = await world.write(lambda uow: add_calendar(uow, ADMIN, "weekend", "Weekend", other))
    await give_team(world, one.calendar_id)
    await settle(world)
    moved = (await rescheduled(world)).data
    assert isinstance(moved, Rescheduled)
    after = await ready(world, "bea@lead.com")
    await world.db.stop()

    assert (without.deadlines[0].due_at, calendar.calendar_id) == (FRIDAY + 4 * HOUR, None)
    assert without.deadlines[0].explanation == {
        "en": "counting 4 hours, day and night; the team has no calendar",
        "es": "contando 4 horas, de día y de noche; el equipo no tiene calendario",
    }
    assert moved.deadline.due_at == after.deadlines[0].due_at == utc("2026-03-07 13:00")
    assert after.deadlines[0].calendar == "weekend"


@pytest.mark.parametrize(
    ("calendar", "week", "why"),
    [
        pytest.param("gone", OFFICE, "there is no calendar “gone”", id="an unknown name"),
        pytest.param(
            "office",
            {},
            "Iberia has no such working hours ahead",
            id="a calendar without hours",
        ),
    ],
)
async def test_a_clock_runs_even_where_no_hours_can_be_counted(database_url, calendar, week, why):
    world = await open_on(database_url, calendar)
    await change(world, week=week)
    event = await ready(world)
    await world.db.stop()

    assert event.deadlines[0].due_at == FRIDAY + 4 * HOUR
    assert event.deadlines[0].explanation["en"] == f"counting 4 hours, day and night; {why}"


async def test_day_and_night_needs_no_calendar(database_url):
    world = await open_on(database_url, "always")
    event = await ready(world)
    await world.db.stop()

    assert event.deadlines[0].due_at == FRIDAY + 4 * HOUR
    assert event.deadlines[0].explanation == {
        "en": "counting 4 hours, day and night",
        "es": "contando 4 horas, de día y de noche",
    }


async def test_no_clock_started_while_the_calendar_changes_is_forgotten(office):
    """Whoever commits first: in the end every deadline is what the newest revision gives."""
    names = [f"lead{number}@lead.com" for number in range(20)]
    changes = [{"2026-03-09": {"title": None, "hours": [f"09:00-1{hour}:00"]}} for hour in (0, 1)]

    await asyncio.gather(
        *(office.take(office.touch(name, "demo.requested")) for name in names[:10]),
        *(change(office, days=days) for days in changes),
        *(office.take(office.touch(name, "demo.requested")) for name in names[10:]),
    )
    await settle(office)
    (calendar,) = await stored(office, CALENDAR)
    due_at = calendars.working_time(calendar.document).due(FRIDAY, 4 * HOUR)

    found = await stored(office, HANDOFF_DEADLINE, kind="accept")
    assert len(found) == 20
    assert {(one.revision, one.due_at) for one in found} == {(3, due_at)}
