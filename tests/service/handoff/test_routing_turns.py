"""Turns on real tables: exact under load, within caps, told as they were counted."""

import asyncio
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from services.handoff.store.routing import forget_turns, hour_of
from services.handoff.store.tables import PERSON, TEAM, TEAM_MEMBER, TURN
from tests.service.handoff.dealing import deal
from tests.service.handoff.routing_rows import ANA, BEN, BOSS, SALES, demo, do, member, owners
from tests.service.handoff.world import NOON, open_world

LEADS = 500


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
