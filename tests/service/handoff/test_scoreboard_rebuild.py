"""The scoreboard's read models: counted again they are what they were kept as."""

import asyncio

import pytest
from sqlalchemy import select

from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.judge_touches import judge_touches
from services.handoff.handlers.rebuild_scoreboard import ask_for_rebuild, is_waiting, rebuild_some
from services.handoff.store.scoreboard_tables import (
    SCORE_ASSET,
    SCORE_DEAL,
    SCORE_HANDOFF,
    SCORE_LEAD,
    SCORE_TOUCHES,
)
from services.handoff.store.tables import TOUCH
from services.handoff.workers.changing import Changing
from shared.contracts import Envelope
from shared.contracts.touches import TouchJudged
from shared.ids import new_id
from shared.problem import Problem
from tests.service.handoff.histories import VERSION, Life
from tests.service.handoff.world import open_world

MODELS = (SCORE_HANDOFF, SCORE_ASSET, SCORE_LEAD, SCORE_DEAL, SCORE_TOUCHES)


async def models(world):
    """Return all that is kept, the tallies without the number of their generation."""

    def read(conn):
        found = {}
        for table in MODELS:
            columns = [column for column in table.c if column.name != "generation"]
            rows = conn.execute(select(*columns)).all()
            found[table.name] = sorted((tuple(row) for row in rows), key=repr)
        return found

    found = await world.read(read)
    tallies = found["scoreboard_touches"]
    found["scoreboard_touches"] = [row for row in tallies if any(row[3:])]
    return found


def forget_models(uow):
    for table in MODELS:
        uow.conn.execute(table.delete())


async def rebuild(world, size=7, between=None):
    """Count everything again in small pages; ``between`` happens after each of them."""
    await world.write(lambda uow: ask_for_rebuild(uow, "test"))
    while await world.write(is_waiting):
        await world.write(lambda uow: rebuild_some(uow, size))
        if between is not None:
            await between()


class Busy(Life):
    """A life in which people are erased too, and it turns out who really made touches."""

    async def erase(self):
        roots = await self._roots()
        if roots:
            lead_id = self.chance.choice(roots)
            try:
                await self.world.write(lambda uow: erase_lead(uow, lead_id, "Ana", "asked"))
            except Problem as error:
                assert error.code == "already_erased", error  # noqa: PT017 - erased before

    async def _merge(self):
        try:
            await super()._merge()
        except Problem as error:
            assert error.code == "erased", error  # noqa: PT017 - nobody merges with them

    async def judge_again(self):
        ids = await self.world.read(
            lambda conn: list(conn.execute(select(TOUCH.c.touch_id)).scalars())
        )
        if ids:
            touch_id = self.chance.choice(sorted(ids))
            now = self.world.clock.now()
            event = TouchJudged(
                source="web",
                identity="email:somebody@acme.com",
                touch_id=touch_id,
                made_by=self.chance.choice(["human", "machine", "unsure"]),
                made_by_reason="test",
                made_by_version=1,
                judged_at=now,
            )
            envelope = Envelope(new_id(), "relevo/ingest", "", touch_id, now, event)
            await self.world.write(lambda uow: judge_touches(uow, [envelope]))

    async def win(self):
        """Let a CRM tell of a deal, with whoever it may be."""
        somebody = self.chance.choice(self.people)
        self._send(self.world.touch(self._ids(somebody), "deal.won"))

    async def some_more(self):
        acts = [self._touch, self._touch, self._take, self._answer, self._merge, self._part]
        acts += [self.erase, self.judge_again, self.win, self._tell]
        await self.chance.choice(acts)()

    async def a_while(self, steps):
        for _ in range(steps):
            await self.some_more()
        await self._take_all()


async def test_counting_again_gives_what_was_kept(database_url):
    world = await open_world(database_url, VERSION)
    life = Busy(world, 1)
    await rebuild(world)
    await life.live(120)
    await life.a_while(60)
    kept = await models(world)
    await rebuild(world)

    assert await models(world) == kept
    assert all(kept[name] for name in ("scoreboard_handoff", "scoreboard_lead", "scoreboard_deal"))
    assert any(row[6] for row in kept["scoreboard_touches"]), "somebody was erased"
    await world.db.stop()


async def test_what_happens_while_it_is_counted_again_is_counted_once(database_url):
    world = await open_world(database_url, VERSION)
    life = Busy(world, 3)
    await life.live(120)
    await rebuild(world, between=life.some_more)
    await life._take_all()
    kept = await models(world)
    await rebuild(world)

    assert await models(world) == kept
    await world.db.stop()


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(10, 22))
async def test_counting_again_gives_what_was_kept_in_many_lives(database_url, seed):
    world = await open_world(database_url, VERSION)
    life = Busy(world, seed)
    await life.live(200)
    await asyncio.gather(life.race(4), rebuild(world, size=3))
    await life.a_while(100)
    kept = await models(world)
    await rebuild(world)

    assert await models(world) == kept
    await world.db.stop()


async def test_counting_again_beside_traffic_counts_nothing_twice(database_url):
    world = await open_world(database_url, VERSION)
    life = Busy(world, 5)
    await life.live(60)
    await asyncio.gather(life.race(2), rebuild(world, size=2))
    kept = await models(world)
    await rebuild(world)

    assert await models(world) == kept
    await world.db.stop()


async def test_an_installation_that_is_updated_counts_by_itself(world):
    await Busy(world, 6).live(40)
    changing = Changing(world.parts)
    kept = await models(world)
    await world.write(forget_models)
    while await world.write(is_waiting):
        await changing.step()

    assert await models(world) == kept
