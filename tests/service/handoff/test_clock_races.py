"""What a clock does meets what people do, at the same moment: each counts once or not at all.

Every lead numbers its events under its lock, so their order is the order of the transactions.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Iterable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from services.handoff.handlers.people import change_person
from services.handoff.store import leaks
from services.handoff.store.tables import ASSIGNMENT, HANDOFF, HANDOFF_DEADLINE, PERSON, TIMER
from shared.access import Caller
from shared.ids import stable_id
from shared.problem import Problem
from tests.service.handoff.answering import Answering
from tests.service.handoff.world import NOON, World

MINUTE = timedelta(minutes=1)
STEPS = (7.5, 15, 22.5, 30)  # of the ladder: remind, manager, reassign, last resort
LADDER = {"handoff.reminded.v1", "handoff.escalated.v1"}
VERDICTS = {"handoff.accepted.v1", "handoff.rejected.v1"}
ADMIN = Caller("key", "admin", frozenset({"admin"}))
AT_ONCE = 8


async def open_many(world: World, count: int) -> list[Any]:
    touches = [world.touch(f"l{n}@acme{n}.com", "demo.requested") for n in range(count)]
    await world.take(*touches)
    return [one.handoff for one in await world.sales_ready()]


async def fire(world: World) -> None:
    while await world.parts.timers.fire_due() == 0:
        pass


async def together(world: World, ways: Iterable[Awaitable[bool]], first: int = 0) -> None:
    """Let timers fire while all this happens, some of it at once, and then what is left of them.

    They begin when ``first`` verdicts have been given, however quick the machine is at either.
    """
    limit, given, is_time = asyncio.Semaphore(AT_ONCE), 0, asyncio.Event()

    async def one(way: Awaitable[bool]) -> None:
        nonlocal given
        async with limit:
            is_verdict = await way
        given += is_verdict
        if given >= first:
            is_time.set()

    async def fire_then() -> None:
        await is_time.wait()
        await fire(world)

    await asyncio.gather(fire_then(), fire_then(), *map(one, ways))
    world.clock.advance(MINUTE)  # what was put off for a moment comes again
    await fire(world)


async def say(world: World, handoff_id: str, kind: str, who: str, **said: Any) -> bool:
    try:
        await world.answer(handoff_id, kind, who, **said)
    except Problem as problem:
        if problem.status != 409:
            raise
        return False
    return True


async def claim(answering: Answering, ready: Any, person: str) -> bool:
    answer = await answering.press(answering.path(ready, "accept", person), "accept")
    assert answer.status_code in (200, 409, 410), answer.text
    return answer.status_code == 200


async def no_verdict(way: Awaitable[Any]) -> bool:
    await way
    return False


async def events_by_lead(world: World) -> dict[str, list[Any]]:
    """Return what was told of each hand-off, in the order of its transactions."""
    found: dict[str, list[Any]] = defaultdict(list)
    for one in await world.staged():
        data: Any = one.data
        if hasattr(data, "handoff"):
            found[data.handoff.handoff_id].append(one)
    return {
        handoff_id: sorted(events, key=lambda one: one.sequence)
        for handoff_id, events in found.items()
    }


async def rows(world: World, table: Any, *order: Any) -> list[Any]:
    return list(await world.read(lambda conn: conn.execute(select(table).order_by(*order)).all()))


def look_at_order(events: list[Any]) -> None:
    """Nobody is told after a verdict, no verdict comes twice, and no step of a ladder does."""
    has_verdict, told = False, Counter[Any]()
    for one in events:
        data: Any = one.data
        if one.type in VERDICTS:
            assert not has_verdict, f"two verdicts: {[each.type for each in events]}"
            has_verdict = True
        elif one.type == "handoff.reassigned.v1":
            has_verdict = False
            told["reassigned", data.assignment.code] += 1
            told = Counter({key: n for key, n in told.items() if key[:2] != ("accept", 2)})
        elif one.type in LADDER and data.deadline.kind == "accept":
            assert not has_verdict, f"told after the verdict: {[each.type for each in events]}"
            name = "remind" if one.type == "handoff.reminded.v1" else data.name
            told["accept", data.share, name] += 1
    by_hand = ("reassigned", "by_hand")
    twice = [key for key, times in told.items() if times > 1 and key != by_hand]
    assert not twice, twice


async def look_at_rows(world: World) -> Counter[str]:
    """One owner, who works here; clocks stopped where answered, and running where not."""
    given: dict[str, list[Any]] = defaultdict(list)
    for row in await rows(world, ASSIGNMENT, ASSIGNMENT.c.assigned_at, ASSIGNMENT.c.assignment_id):
        given[row.handoff_id].append(row)
    clocks: dict[str, list[Any]] = defaultdict(list)
    for row in await rows(world, HANDOFF_DEADLINE):
        if row.kind == "accept":
            clocks[row.handoff_id].append(row)
    here = {row.person_id for row in await rows(world, PERSON) if row.active}
    armed = {
        (row.subject, row.step)
        for row in await rows(world, TIMER)
        if row.state == "armed" and row.kind == "accept"
    }
    stages = Counter[str]()
    for row in await rows(world, HANDOFF):
        stages[row.stage] += 1
        mine = clocks[row.handoff_id]
        assert row.owner_id in {one.person_id for one in given[row.handoff_id]}
        assert row.owner_id in here
        assert len(mine) == len({one.step for one in mine})
        is_answered = row.stage != "assigned"
        assert all(one.stopped_at is not None for one in mine) or not is_answered
        for one in mine:
            is_armed = (row.handoff_id, one.step) in armed
            assert is_armed == (one.ladder_step is not None and one.stopped_at is None), one
        assert not is_answered or not any((row.handoff_id, one.step) in armed for one in mine)
    now = world.clock.now()
    found = await world.read(lambda conn: leaks.counts(conn, now))
    assert not any(count for kind, count in found.items() if kind != "nobody_told"), found
    return stages


async def answers_meet_steps(world: World, count: int) -> None:
    """At each step of the ladder a fifth of the hand-offs is answered, by two people each."""
    random = Random(11)
    waiting = await open_many(world, count)
    random.shuffle(waiting)
    share = len(waiting) // (len(STEPS) + 1)
    for minutes in STEPS:
        world.clock.moment = NOON + minutes * MINUTE
        now, waiting = waiting[:share], waiting[share:]
        said = [
            way
            for one in now
            for way in (
                say(world, one.handoff_id, "accept", one.owner.email),
                say(world, one.handoff_id, "reject", "boss@ours.com", reason="not_our_market"),
            )
        ]
        random.shuffle(said)
        await together(world, said)
    world.clock.moment = NOON + 50 * MINUTE
    await fire(world)

    told = await events_by_lead(world)
    for events in told.values():
        look_at_order(events)
    assert sum(one.type in VERDICTS for events in told.values() for one in events) == 4 * share
    for one in waiting:  # who never answered climbed the whole ladder
        names = [each.data.name for each in told[one.handoff_id] if "escalated" in each.type]
        assert {"manager", "last_resort"} <= set(names)
    stages = await look_at_rows(world)
    assert stages["assigned"] == len(waiting)


async def claims_meet_reassignments(answering: Answering, count: int) -> None:
    """At the moment of the reassignment hand-offs are claimed, given on, and their owner leaves."""
    world, random = answering.world, Random(12)
    await open_many(world, count)
    ready = await world.sales_ready()
    boss, ben = (stable_id("person", name) for name in ("boss", "ben"))
    world.clock.moment = NOON + 15 * MINUTE
    await fire(world)
    world.clock.moment = NOON + 22.5 * MINUTE
    ana = stable_id("person", "ana")
    await world.take(world.touch("new@new.com", "demo.requested"))
    kept = (await world.sales_ready())[-1].handoff.handoff_id
    for to in (boss, ana):  # nobody claims it, so she still has it when she leaves
        assert await say(world, kept, "reassign", "boss@ours.com", to=to)
    ways: list[Awaitable[bool]] = []
    for number, one in enumerate(ready):
        handoff_id = one.handoff.handoff_id
        ways.append(claim(answering, one, "boss"))
        if number % 3 == 0:
            ways.append(say(world, handoff_id, "accept", one.handoff.owner.email))
        if number % 3 == 1:
            to = boss if number % 2 else ben
            ways.append(no_verdict(say(world, handoff_id, "reassign", "boss@ours.com", to=to)))
    random.shuffle(ways)
    leaves = world.write(lambda uow: change_person(uow, ADMIN, ana, None, {"active": False}))
    ways.insert(len(ways) // 2, no_verdict(leaves))
    await together(world, ways, first=count // 2)
    world.clock.advance(2 * MINUTE)  # it is looked once more what the leaver still has
    await fire(world)
    await look_at_rows(world)
    told = await events_by_lead(world)
    codes = Counter(
        one.data.assignment.code
        for events in told.values()
        for one in events
        if one.type == "handoff.reassigned.v1"
    )
    for events in told.values():
        look_at_order(events)
    assert {"owner_left", "by_hand"} <= codes.keys()
    assert sum(one.type in VERDICTS for events in told.values() for one in events) >= count // 2


async def test_an_answer_against_a_step_of_the_ladder_has_one_winner(world):
    await answers_meet_steps(world, 50)


async def test_a_claim_against_a_reassignment_leaves_one_owner_and_one_verdict(answering):
    await claims_meet_reassignments(answering, 50)


@pytest.mark.torture
async def test_a_thousand_answers_against_steps_of_the_ladder_have_one_winner_each(world):
    await answers_meet_steps(world, 1000)


@pytest.mark.torture
async def test_a_thousand_claims_against_reassignments_leave_one_owner_each(answering):
    await claims_meet_reassignments(answering, 1000)
