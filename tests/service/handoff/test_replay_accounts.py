"""Replaying history where several people of an account, lists and people's words decide too."""

import random
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from services.handoff.domain.history import BY_HAND
from services.handoff.domain.lists import with_examples
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.replay import Replay
from services.handoff.domain.replay_runs import Window
from services.handoff.domain.touches import epoch_us
from services.handoff.handlers.lists import add_list, change_list
from services.handoff.handlers.overrides import Word, lift, override
from services.handoff.handlers.policies import compile_for_shelf
from services.handoff.handlers.tryouts import lists_as_they_were
from services.handoff.store.scope_tables import OVERRIDE
from services.handoff.store.tables import HANDOFF
from services.handoff.unit_of_work import UnitOfWork
from shared.access import Caller
from tests.service.handoff.agreements import put_in_force
from tests.service.handoff.histories import COMPANIES, TEXT, Life
from tests.service.handoff.test_replay import made, replayed
from tests.service.handoff.versions import open_versions
from tests.service.handoff.world import World

EVA = Caller(key_id="eva", name="eva", scopes=frozenset())
TOGETHER = """
  directors:
    tier: hot
    when: {people: {at_least: 2, within: 30d, where: {lead.title: [CTO, Head of IT]}}}
  crowd:
    tier: warm
    when: {people: {at_least: 3, within: 20d, signals: [guide, reading, webinar]}}
"""
TURN = TEXT.replace("policy: b2b", "policy: turn").replace("gates:", f"gates:{TOGETHER}", 1)
LISTED = TURN.replace("[rival.com]", "{in_list: rivals}").replace(
    "{content.topic: [pricing]}", "{content.topic: {in_list: topics}}"
)
TOPICS = ("pricing", "blog", "prices")
SMALL = TURN.replace("policy: turn", "policy: small").replace(
    "signals:", "applies_to: {when: {account.employees: {at_most: 100}}}\nsignals:", 1
)


class CrowdedLife(Life):
    """Most people are of few companies, and sales holds some of them back."""

    async def hold(self) -> None:
        """Hold somebody back, let them go, or hand them over by hand."""
        lead = self.chance.choice(await self._roots())
        policy = self.chance.choice([None, "turn"])
        until = None
        if self.chance.random() < 0.5:
            until = self.world.clock.now() + timedelta(days=self.chance.uniform(0.1, 6))
        word = Word(False, "not now", policy, None, until)
        if self.chance.random() < 0.3:
            word = Word(True, "I know them", "turn")

        def act(uow: UnitOfWork) -> None:
            if self.chance.random() < 0.4:
                lift(uow, EVA, lead, None, "now")
            else:
                override(uow, EVA, lead, word)

        await self._try(lambda: self.world.write(act))

    async def live_together(self, rounds: int) -> None:
        for _ in range(rounds):
            await self.live(10)
            await self.hold()

    async def change_lists(self) -> None:
        """Let lists hold something else."""
        name, values = self.chance.choice([("rivals", COMPANIES), ("topics", TOPICS)])
        add, remove = self.chance.sample(values, 2)
        act = partial(change_list, caller=EVA, name=name, expected=None, why="daily work")
        await self.world.write(lambda uow: act(uow, add=[add], remove=[remove]))


MOST_MORE = 40


async def open_crowd(url: str, *texts: str) -> World:
    """Make a world where these policies decide."""
    world = await open_versions(url)
    for text in texts:
        await put_in_force(world, text)
    return world


def compiled_version(text: str) -> PolicyVersion:
    return with_examples(compile_for_shelf(text, "", 1))


def replay_of(world: World, text: str) -> Replay:
    version = compiled_version(text)
    window = Window(0, epoch_us(world.clock.now()))
    return Replay([version], window, timedelta(days=20), mirror=0)


async def by_gates(world: World, policy: str) -> dict[str, Any]:
    """Return what ``policy`` handed over by itself, by hand-off."""
    rows = await world.read(
        lambda conn: (
            conn.execute(
                select(HANDOFF.c.handoff_id).where(
                    HANDOFF.c.policy == policy, HANDOFF.c.gate != BY_HAND
                )
            )
            .scalars()
            .all()
        )
    )
    everything = await made(world)
    return {handoff_id: everything[handoff_id] for handoff_id in rows}


@pytest.mark.parametrize("seed", [4, 11])
async def test_lists_are_asked_as_they_were(database_url, seed):
    """Some of them say who is excluded, some which touches count at all."""
    world = await open_versions(database_url)
    for name, values in (("rivals", ["rival.com"]), ("topics", ["pricing"])):
        make = partial(add_list, caller=EVA, name=name, values=values, why="")
        await world.write(make)
    await put_in_force(world, LISTED)
    life = CrowdedLife(world, seed)
    for _ in range(50):
        await life.live(12)
        await life.change_lists()
    replay = await world.write(lambda uow: replay_of_lists(uow, world))
    found = await replayed(world, replay, policy="turn")
    as_now = await replayed(world, replay_of(world, LISTED), policy="turn")
    production = await by_gates(world, "turn")
    await world.db.stop()

    assert found == production
    assert as_now != production


def replay_of_lists(uow: UnitOfWork, world: World) -> Replay:
    window = Window(0, epoch_us(world.clock.now()))
    [first, *turns] = lists_as_they_were(uow, compiled_version(LISTED), window)
    return Replay([first.version], window, timedelta(days=20), mirror=0, turns=[turns])


async def happened(world: World) -> tuple[int, int, int]:
    """Return how many groups, hand-offs by hand and overrides there were."""
    groups, by_hand, held = await world.read(
        lambda conn: conn.execute(
            select(
                func.count(HANDOFF.c.group_domain),
                func.count().filter(HANDOFF.c.gate == BY_HAND),
                select(func.count()).select_from(OVERRIDE).scalar_subquery(),
            )
        ).one()
    )
    return groups, by_hand, held


async def is_telling(world: World) -> bool:
    """Return whether enough happened for a replay to be wrong about it."""
    groups, by_hand, held = await happened(world)
    ways = [await by_gates(world, policy) for policy in ("turn", "small")]
    return all(ways) and groups > 1 and 0 < by_hand < held


@pytest.mark.parametrize(
    ("seed", "rounds"),
    [
        (1, 20),
        (2, 20),
        *(pytest.param(one, 60, marks=pytest.mark.torture) for one in (1, 2, 7)),
    ],
)
async def test_groups_holds_and_several_policies_are_replayed_exactly(database_url, seed, rounds):
    world = await open_crowd(database_url, TURN, SMALL)
    life = CrowdedLife(world, seed)
    await life.live_together(rounds)
    for _ in range(MOST_MORE):  # ids are drawn anew, so no seed promises what happens
        if await is_telling(world):
            break
        await life.live_together(5)
    found = {
        policy: await replayed(world, replay_of(world, text), policy=policy)
        for policy, text in (("turn", TURN), ("small", SMALL))
    }
    production = {policy: await by_gates(world, policy) for policy in found}
    was_telling = await is_telling(world)
    await world.db.stop()

    assert found == production
    assert was_telling


async def test_leads_of_a_company_come_together_however_they_are_cut_into_pages(database_url):
    world = await open_crowd(database_url, TURN)
    await CrowdedLife(world, 3).live_together(40)
    replay = replay_of(world, TURN)
    at_once = await replayed(world, replay, leads=10_000, policy="turn")
    sizes = random.Random(1).sample(range(1, 6), 3)
    cut = [await replayed(world, replay, leads, policy="turn") for leads in sizes]
    await world.db.stop()

    assert at_once
    assert cut == [at_once] * 3
