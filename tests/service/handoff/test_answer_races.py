"""Answers that meet: by link, by API and by Kafka at the same moment, one of them counts."""

import asyncio
from collections import Counter
from random import Random
from typing import Any

import pytest

from services.handoff.handlers.answer_handoffs import take_answers
from shared.answer_links import Action
from shared.contracts import Envelope
from shared.contracts.answers import VerdictGiven
from shared.ids import new_id
from shared.problem import Problem
from tests.service.handoff.answering import Answering
from tests.service.handoff.world import NOON

VERDICTS = {"handoff.accepted.v1", "handoff.rejected.v1"}
AT_ONCE = 10
AHEAD = dict(enumerate(("link", "other link", "api", "kafka")))


def refused(problem: Problem) -> bool:
    """Say that an answer came too late; whatever else it was refused for is a fault."""
    if problem.status != 409:
        raise problem
    return False


async def by_link(answering: Answering, ready, action: Action, person=None) -> bool:
    path = answering.path(ready, action, person)
    answer = await answering.press(path, action, reason="not_our_market")
    assert answer.status_code in (200, 409, 410), answer.text
    return answer.status_code == 200


async def by_api(answering: Answering, ready, who: str) -> bool:
    try:
        await answering.world.answer(ready.handoff.handoff_id, "accept", who)
    except Problem as problem:
        return refused(problem)
    return True


async def by_kafka(answering: Answering, ready, who: str) -> bool:
    said = VerdictGiven(
        handoff_id=ready.handoff.handoff_id,
        person=who,
        verdict="reject",
        reason="bad_data",
    )
    envelope = Envelope(new_id(), "crm", "", ready.handoff.handoff_id, NOON, said)
    try:
        await answering.world.write(lambda uow: take_answers(uow, [envelope]))
    except Problem as problem:
        return refused(problem)
    return True


async def race(answering: Answering, count: int) -> Counter[str]:
    """Let five answers meet on each of ``count`` hand-offs; return how often which way won.

    On the first four one has answered before the others begin: each way is first once,
    whatever the machine is quick at.
    """
    world = answering.world
    await world.take(*(world.touch(f"l{n}@acme{n}.com", "demo.requested") for n in range(count)))
    limit, wins, order = asyncio.Semaphore(AT_ONCE), Counter[str](), Random(7)

    async def one(number: int, ready) -> None:
        owner = ready.handoff.owner.email
        other = "ben@ours.com" if owner == "ana@ours.com" else "ana@ours.com"
        async with limit:
            ways = [
                ("link", by_link(answering, ready, "accept")),
                ("link", by_link(answering, ready, "accept")),  # the button, pressed twice
                ("other link", by_link(answering, ready, "reject", "boss")),
                ("api", by_api(answering, ready, other)),
                ("kafka", by_kafka(answering, ready, "boss@ours.com")),
            ]
            order.shuffle(ways)
            ways.sort(key=lambda way: way[0] != AHEAD.get(number))
            ahead, at_once = (ways[:1], ways[1:]) if number in AHEAD else ([], ways)
            took = [await way for _, way in ahead]
            took += await asyncio.gather(*(way for _, way in at_once))
        assert took.count(True) == 1, took
        wins[ways[took.index(True)][0]] += 1

    await asyncio.gather(*(one(*each) for each in enumerate(await world.sales_ready())))
    return wins


async def check(answering: Answering, count: int) -> None:
    wins = await race(answering, count)
    staged: list[Any] = [one for one in await answering.world.staged() if one.type in VERDICTS]
    told = Counter(one.data.handoff.handoff_id for one in staged)

    assert wins.total() == count
    assert wins.keys() == set(AHEAD.values()), "each was first at times"
    assert set(told.values()) == {1}, "each hand-off has one verdict"
    assert len(told) == count
    used = (await answering.written())[-1]
    assert used == wins["link"] + wins["other link"], "and one link is used where a link won"
    steps, audits = (await answering.written())[:2]
    assert steps == count
    sent_back = sum(one.type == "handoff.rejected.v1" for one in staged)
    said = "one line for the hand-off, one for its verdict, one for what a reason caused"
    assert audits == 2 * count + sent_back, said


async def test_of_answers_that_meet_by_link_api_and_kafka_one_counts(answering):
    await check(answering, 100)


@pytest.mark.torture
async def test_of_answers_that_meet_a_thousand_times_one_counts(answering):
    await check(answering, 1000)
