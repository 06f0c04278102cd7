"""Timers on both databases: once, never early, whatever fails and however many look for them."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, Table, func, select

from shared import timers as timers_module
from shared.db import RunAgain, UtcDateTime, after_commit, id_column, metadata
from shared.ids import new_id
from shared.timers import BATCH, RETRY_WAITS, Timer, Timers, timer_table

TABLES = metadata()
TIMERS = timer_table(TABLES)
SUBJECTS = Table("subject", TABLES, id_column(primary_key=True))
FIRED = Table(
    "fired",
    TABLES,
    Column("id", Integer, primary_key=True),
    id_column("subject", nullable=False),
    Column("step", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


class Runner:
    """One process's timers. Its handlers write down what they fire, or fail."""

    def __init__(self, db):
        self.db = db
        self.timers = Timers(db, TIMERS)
        self.timers.handlers = {"accept": self.fire, "broken": self.fail, "busy": self.meet}
        self.calls: list[Timer] = []
        self.news = asyncio.Event()

    def fire(self, conn, timer, now):
        self.calls.append(timer)
        conn.execute(select(SUBJECTS).where(SUBJECTS.c.id == timer.subject).with_for_update())
        if self.timers.claim(conn, timer, now):
            row = {"subject": timer.subject, "step": timer.step, "due_at": timer.due_at, "at": now}
            conn.execute(FIRED.insert().values(row))
            after_commit(conn, self.news.set)

    def fail(self, conn, timer, now):
        self.calls.append(timer)
        self.timers.claim(conn, timer, now)
        raise ValueError("this handler is broken")

    def meet(self, conn, timer, now):
        self.calls.append(timer)
        raise RunAgain("somebody else is at it")

    async def arm(self, *timers):
        def work(conn):
            known = set(conn.execute(select(SUBJECTS.c.id)).scalars())
            if new := {timer.subject for timer in timers} - known:
                conn.execute(SUBJECTS.insert(), [{"id": subject} for subject in new])
            self.timers.arm(conn, timers)

        await self.db.write(work)

    async def cancel(self, subject):
        await self.db.write(
            lambda conn: self.timers.cancel(conn, subject, ["accept"], self.db.now(conn))
        )

    async def fire_all(self):
        """Fire until nothing is left to take; return how long the loop would wait now."""
        while (wait_s := await self.timers.fire_due()) == 0:
            pass
        return wait_s

    async def fired(self):
        rows = select(FIRED).order_by(FIRED.c.id)
        return await self.db.read(lambda conn: conn.execute(rows).all())

    async def states(self):
        counts = select(TIMERS.c.state, func.count()).group_by(TIMERS.c.state)
        return await self.db.read(lambda conn: dict(conn.execute(counts).all()))


@pytest.fixture
async def runner(open_database, clock):
    return Runner(await open_database(TABLES, clock))


async def test_a_timer_never_fires_early_and_then_once(runner, clock):
    await runner.arm(Timer("accept", new_id(), 1, clock.now() + timedelta(minutes=15)))
    clock.advance(minutes=15, microseconds=-1)
    await runner.fire_all()
    early = await runner.fired()
    clock.advance(microseconds=1)
    await runner.fire_all()
    clock.advance(days=1)
    await runner.fire_all()

    assert early == []
    assert [row.at - row.due_at for row in await runner.fired()] == [timedelta(0)]


async def test_three_processes_fire_each_timer_once_and_none_early(open_database):
    runners = [Runner(await open_database(TABLES)) for _ in range(3)]
    first, news = runners[0], asyncio.Event()
    for one in runners:
        one.news = news
    now = await first.db.read(first.db.now)
    due = [now + timedelta(milliseconds=5 * number) for number in range(-100, 100)]
    await first.arm(*(Timer("accept", new_id(), 1, moment) for moment in due))
    running = [asyncio.create_task(one.timers.run()) for one in runners]
    async with asyncio.timeout(60):
        while len(fired := await first.fired()) < len(due):
            await news.wait()
            news.clear()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    assert len({row.subject for row in fired}) == len(fired) == len(due)
    assert min(row.at - row.due_at for row in fired) >= timedelta(0)
    assert await first.states() == {"fired": len(due)}


async def test_arming_wakes_the_loop_that_waits(open_database, monkeypatch):
    monkeypatch.setattr(timers_module, "LONGEST_WAIT_S", 3_600)
    runner = Runner(await open_database(TABLES))
    running = asyncio.create_task(runner.timers.run())
    await runner.arm(Timer("accept", new_id(), 1, await runner.db.read(runner.db.now)))
    async with asyncio.timeout(10):
        await runner.news.wait()
    running.cancel()

    assert len(await runner.fired()) == 1


async def test_the_loop_waits_no_longer_than_until_the_next_timer(runner, clock, monkeypatch):
    monkeypatch.setattr(timers_module, "LONGEST_WAIT_S", 3_600)
    nothing_armed = await runner.timers.fire_due()
    await runner.arm(Timer("accept", new_id(), 1, clock.now() + timedelta(seconds=90)))

    assert nothing_armed == 3_600
    assert await runner.timers.fire_due() == 90


async def test_a_cancelled_timer_never_fires(runner, clock):
    one, other = new_id(), new_id()
    await runner.arm(Timer("accept", one, 1, clock.now()), Timer("accept", other, 1, clock.now()))
    await runner.cancel(one)
    await runner.fire_all()

    assert [row.subject for row in await runner.fired()] == [other]
    assert await runner.states() == {"cancelled": 1, "fired": 1}


async def test_a_timer_cancelled_after_a_runner_took_it_does_not_fire(runner, clock):
    subject = new_id()
    await runner.arm(Timer("accept", subject, 1, clock.now()))
    (taken,) = await runner.db.write(runner.timers._take)
    await runner.cancel(subject)
    await runner.db.write(lambda conn: runner.fire(conn, taken, clock.now()))

    assert await runner.fired() == []


async def test_a_timer_armed_again_has_only_its_new_time(runner, clock):
    subject = new_id()
    await runner.arm(Timer("accept", subject, 1, clock.now()))
    (outdated,) = await runner.db.write(runner.timers._take)
    later = clock.now() + timedelta(hours=1)
    await runner.arm(Timer("accept", subject, 1, later))
    await runner.db.write(lambda conn: runner.fire(conn, outdated, clock.now()))
    await runner.fire_all()
    before = await runner.fired()
    clock.advance(hours=1)
    await runner.fire_all()

    assert before == []
    assert [row.due_at for row in await runner.fired()] == [later]


async def test_a_timer_that_fired_can_be_armed_and_fire_again(runner, clock):
    subject = new_id()
    for _ in range(2):
        await runner.arm(Timer("accept", subject, 1, clock.now()))
        await runner.fire_all()

    assert [row.subject for row in await runner.fired()] == [subject, subject]


async def test_verdicts_and_timers_that_race_settle_each_timer_one_way(open_database):
    runner = Runner(await open_database(TABLES))
    subjects = [new_id() for _ in range(40)]
    now = await runner.db.read(runner.db.now)
    await runner.arm(*(Timer("accept", subject, 1, now) for subject in subjects))
    await asyncio.gather(runner.fire_all(), *(runner.cancel(subject) for subject in subjects))
    states = await runner.states()

    assert states.get("fired", 0) == len(await runner.fired())
    assert sum(states.values()) == len(subjects)
    assert "armed" not in states


async def test_a_failing_handler_is_tried_again_ever_more_slowly(runner, clock):
    await runner.arm(Timer("broken", new_id(), 1, clock.now()))
    tried = []
    for wait in [*RETRY_WAITS, RETRY_WAITS[-1]]:
        await runner.fire_all()
        tried.append(len(runner.calls))
        clock.advance(seconds=wait.total_seconds() - 1)
        assert await runner.fire_all() > 0, "no hot loop"
        assert len(runner.calls) == tried[-1]
        clock.advance(seconds=1)

    assert tried == [1, 2, 3, 4, 5, 6]


async def test_failing_timers_do_not_block_the_others(runner, clock):
    broken = [Timer("broken", new_id(), 1, clock.now()) for _ in range(BATCH + 20)]
    unknown = Timer("of a newer version", new_id(), 1, clock.now())
    await runner.arm(unknown, *broken)
    clock.advance(seconds=1)
    await runner.arm(Timer("accept", new_id(), 1, clock.now()))
    await runner.fire_all()

    assert len(await runner.fired()) == 1
    assert len(runner.calls) == len(broken) + 1


async def test_a_handler_that_meets_another_transaction_leaves_the_timer_armed(runner, clock):
    await runner.arm(Timer("busy", new_id(), 1, clock.now()))
    await runner.fire_all()

    assert await runner.states() == {"armed": 1}


async def test_what_a_dead_process_had_taken_is_fired_by_another(runner, open_database, clock):
    await runner.arm(Timer("accept", new_id(), 1, clock.now()))
    for _ in range(3):  # one process after the other, each with the timer in its hands
        clock.advance(seconds=10)
        await runner.db.write(runner.timers._take)
    other = Runner(await open_database(TABLES, clock))
    await other.fire_all()
    too_soon = await other.fired()
    clock.advance(seconds=10)
    await other.fire_all()

    assert too_soon == []
    assert len(await other.fired()) == 1


async def test_missed_steps_of_a_ladder_fire_once_each_and_in_order(runner, open_database, clock):
    subjects = [new_id() for _ in range(5)]
    start = clock.now()
    await runner.arm(
        *(
            Timer("accept", subject, step, start + timedelta(minutes=step))
            for step in (3, 1, 2)
            for subject in subjects
        )
    )
    clock.advance(days=1)
    others = [Runner(await open_database(TABLES, clock)) for _ in range(2)]
    while (await runner.states()).get("armed"):
        await asyncio.gather(*(one.timers.fire_due() for one in (runner, *others)))
    fired = await runner.fired()

    for subject in subjects:
        assert [row.step for row in fired if row.subject == subject] == [1, 2, 3]


async def test_a_step_that_keeps_failing_does_not_keep_back_the_next_person(runner, clock):
    subject = new_id()
    await runner.arm(
        Timer("broken", subject, 1, clock.now()), Timer("accept", subject, 2, clock.now())
    )
    for seconds in (0, 10):
        clock.advance(seconds=seconds)
        await runner.fire_all()

    assert [row.step for row in await runner.fired()] == [2]


async def test_what_is_overdue_is_counted_from_its_due_time(runner, clock):
    due = clock.now()
    await runner.arm(
        Timer("broken", new_id(), 1, due), Timer("accept", new_id(), 1, due + timedelta(days=1))
    )
    clock.advance(hours=1)
    await runner.fire_all()

    assert await runner.db.read(runner.timers.overdue) == (1, due)
