"""Clocks stand still for a named reason until a moment, and run on with what was left."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.handoff.handlers.calendars import add_calendar, change_calendar
from services.handoff.handlers.clock_times import clock_times, pauses_shown
from services.handoff.handlers.pause_clocks import NewPause, pause_clocks, resume_clocks
from services.handoff.store import people
from services.handoff.store.tables import AUDIT, HANDOFF, HANDOFF_DEADLINE, TIMER
from services.handoff.unit_of_work import UnitOfWork
from shared.problem import Problem
from tests.service.handoff.test_deadlines import ADMIN, FRIDAY, PLAIN, promising, settle, stored
from tests.service.handoff.world import NOON, World, open_world

MINUTE = timedelta(minutes=1)


async def ready(world: World) -> Any:
    await world.take(world.touch("eva@acme.com", "demo.requested"))
    return (await world.sales_ready())[-1].handoff


def ana(uow: UnitOfWork) -> Any:
    return people.find_person(uow.conn, "ana@ours.com")


async def pause(world: World, handoff_id: str, until: datetime, reason: Any = "data_fix") -> None:
    def work(uow):
        pause_clocks(uow, handoff_id, ana(uow), NewPause(reason, until, "asked so"))

    await world.write(work)


async def resume(world: World, handoff_id: str) -> None:
    def work(uow):
        resume_clocks(uow, handoff_id, ana(uow))

    await world.write(work)


async def times(world: World, handoff_id: str, kind: str = "accept") -> dict[str, Any]:
    found = await world.write(lambda uow: clock_times(uow, handoff_id))
    return next(one for one in found if one["kind"] == kind)


async def test_what_was_left_when_the_pause_began_is_left_when_it_ends(world):
    handoff = await ready(world)
    world.clock.advance(5 * MINUTE)
    until = NOON + timedelta(days=2)
    await pause(world, handoff.handoff_id, until)
    moved = [one.data for one in await world.staged() if one.type == "handoff.rescheduled.v1"]

    assert {one.deadline.kind: one.deadline.due_at for one in moved} == {
        "accept": until + 10 * MINUTE,
        "first_attempt": until + 55 * MINUTE,
    }
    assert {(one.why, one.pause.reason, one.pause.until) for one in moved} == {
        ("paused", "data_fix", until)
    }
    (row,) = await stored(world, HANDOFF)
    (timer,) = await stored(world, TIMER, kind="accept")
    assert row.due_at == until + 10 * MINUTE
    assert timer.due_at == until + 2.5 * MINUTE  # the reminder at half of the time
    assert len(await stored(world, AUDIT, what="handoff.paused")) == 1


async def test_nobody_is_told_anything_while_it_is_paused_and_everybody_after_it(world):
    handoff = await ready(world)
    await pause(world, handoff.handoff_id, NOON + timedelta(days=2))
    world.clock.moment = NOON + timedelta(days=2)
    await settle(world)
    quiet = await world.types()
    world.clock.advance(15 * MINUTE)
    await settle(world)

    assert "handoff.reminded.v1" not in quiet
    assert (await world.types())[-2:] == ["handoff.reminded.v1", "handoff.escalated.v1"]


async def test_who_gets_it_while_it_is_paused_has_their_share_from_the_end_of_the_pause(world):
    handoff = await ready(world)
    until = NOON + timedelta(days=2)
    await pause(world, handoff.handoff_id, until)
    world.clock.advance(60 * MINUTE)
    boss = await world.read(lambda conn: people.find_person(conn, "boss@ours.com"))
    await world.answer(handoff.handoff_id, "reassign", to=boss.person_id)
    told = next(one.data for one in await world.staged() if one.type == "handoff.reassigned.v1")

    assert {one.kind: one.due_at for one in told.deadlines} == {
        "accept": until + 15 * MINUTE,
        "first_attempt": until + 60 * MINUTE,
    }
    before = len(await world.staged())
    for minutes in (7, 8, 15):
        world.clock.moment = until + minutes * MINUTE
        while await world.parts.timers.fire_due() == 0:
            pass
    steps = [one.data for one in (await world.staged())[before:] if hasattr(one.data, "share")]
    assert [one.share for one in steps].count(2) == 2, "a reminder, and the manager"


async def test_a_pause_is_counted_apart(world):
    handoff = await ready(world)
    world.clock.advance(5 * MINUTE)
    await pause(world, handoff.handoff_id, world.clock.now() + timedelta(hours=1))
    paused = await times(world, handoff.handoff_id)
    world.clock.advance(timedelta(hours=1) + 3 * MINUTE)
    running = await times(world, handoff.handoff_id)
    world.clock.advance(10 * MINUTE)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    (clock,) = await stored(world, HANDOFF_DEADLINE, kind="accept")

    assert (paused["state"], paused["took_working_s"], paused["left_working_s"]) == (
        *("paused", 300, 600),
    )
    assert (running["state"], running["took_s"], running["paused_s"]) == ("running", 4080, 3600)
    assert (running["took_working_s"], running["left_working_s"]) == (480, 420)
    assert (clock.took_s, clock.took_working_s, clock.paused_s) == (4680, 1080, 3600)
    assert (clock.late_s, clock.late_working_s) == (180, 180)


async def test_a_pause_may_end_early_and_the_rest_runs_from_there(world):
    handoff = await ready(world)
    await pause(world, handoff.handoff_id, NOON + timedelta(days=2))
    world.clock.advance(timedelta(hours=1))
    await resume(world, handoff.handoff_id)
    shown = await world.write(lambda uow: pauses_shown(uow, handoff.handoff_id))
    last: Any = (await world.staged())[-1].data

    assert (last.why, last.pause.ended_by is not None) == ("resumed", True)
    assert (await stored(world, HANDOFF))[0].due_at == NOON + timedelta(hours=1) + 15 * MINUTE
    assert [(one["until"], one["is_on"]) for one in shown] == [(NOON + timedelta(hours=1), False)]


async def test_in_working_hours_the_rest_is_counted_on_the_calendar(database_url):
    world = await open_world(database_url, promising("office"))
    world.clock.moment = FRIDAY  # 16:00 in Madrid
    await world.write(lambda uow: add_calendar(uow, ADMIN, "office", "Iberia", PLAIN))
    handoff = await ready(world)
    world.clock.advance(timedelta(hours=1))
    until = datetime(2026, 3, 11, 8, tzinfo=UTC)  # Wednesday at 9:00
    await pause(world, handoff.handoff_id, until, "call_at_a_date")
    paused = (await stored(world, HANDOFF))[0].due_at
    holiday: dict[str, Any] = {"2026-03-11": {"title": None, "hours": []}}
    await world.write(lambda uow: change_calendar(uow, ADMIN, "office", None, {"days": holiday}))
    await settle(world)
    (row,) = await stored(world, HANDOFF)
    (clock,) = await stored(world, HANDOFF_DEADLINE, kind="accept")
    await world.db.stop()

    assert paused == until + timedelta(hours=3)
    assert row.due_at == until + timedelta(days=1, hours=3)
    assert "after the pause until 2026-03-11 09:00" in clock.explanation["en"]
    assert "tras la pausa hasta el 2026-03-11 09:00" in clock.explanation["es"]


async def test_a_calendar_that_changes_makes_nothing_due_while_it_is_paused(database_url):
    world = await open_world(database_url, promising("office"))
    world.clock.moment = datetime(2026, 3, 7, 9, tzinfo=UTC)  # Saturday at 10:00 in Madrid
    await world.write(lambda uow: add_calendar(uow, ADMIN, "office", "Iberia", PLAIN))
    handoff = await ready(world)
    world.clock.advance(timedelta(hours=5))
    until = datetime(2026, 3, 11, 8, tzinfo=UTC)  # Wednesday at 9:00
    await pause(world, handoff.handoff_id, until, "call_at_a_date")
    # Had Saturdays been worked all along, the four hours were over before the pause began.
    week = {**PLAIN["week"], "sat": ["09:00-18:00"]}
    await world.write(lambda uow: change_calendar(uow, ADMIN, "office", None, {"week": week}))
    await settle(world)
    (row,) = await stored(world, HANDOFF)
    (clock,) = await stored(world, HANDOFF_DEADLINE, kind="accept")
    quiet = await world.types()
    world.clock.moment = until
    await settle(world)
    told = await world.types()
    await world.db.stop()

    assert row.due_at == until
    assert clock.explanation["en"].endswith("so it is due when the pause ends")
    assert clock.explanation["es"].endswith("y vence al terminar la pausa")
    assert not {"handoff.reminded.v1", "handoff.escalated.v1"} & set(quiet)
    assert "handoff.escalated.v1" in told


@pytest.mark.parametrize(
    ("minutes", "until", "code"),
    [
        pytest.param(0, timedelta(0), "pause_end", id="an end that is now"),
        pytest.param(0, timedelta(days=61), "pause_end", id="an end too far ahead"),
        pytest.param(15, timedelta(hours=1), "already_late", id="late already"),
    ],
)
async def test_some_pauses_are_refused(world, minutes, until, code):
    handoff = await ready(world)
    world.clock.advance(minutes * MINUTE)

    with pytest.raises(Problem) as refused:
        await pause(world, handoff.handoff_id, world.clock.now() + until)
    assert refused.value.code == code


async def test_a_hand_off_is_paused_once_at_a_time_and_not_for_ever(world):
    handoff = await ready(world)
    codes = []
    for _ in range(6):
        for _ in range(2):
            try:
                await pause(world, handoff.handoff_id, world.clock.now() + MINUTE)
            except Problem as problem:
                codes.append(problem.code)
        world.clock.advance(MINUTE)

    assert codes == ["already_paused"] * 5 + ["too_many_pauses"] * 2


async def test_nothing_is_paused_where_nothing_runs(world):
    handoff = await ready(world)
    await world.answer(handoff.handoff_id, "accept", handoff.owner.email)
    await world.answer(handoff.handoff_id, "talked", handoff.owner.email)
    with pytest.raises(Problem) as nothing:
        await pause(world, handoff.handoff_id, NOON + MINUTE)
    with pytest.raises(Problem) as not_paused:
        await resume(world, handoff.handoff_id)
    await world.answer(handoff.handoff_id, "won", handoff.owner.email)
    with pytest.raises(Problem) as closed:
        await pause(world, handoff.handoff_id, NOON + MINUTE)

    codes = [one.value.code for one in (nothing, not_paused, closed)]
    assert codes == ["no_clock_running", "not_paused", "handoff_closed"]
