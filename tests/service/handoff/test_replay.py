"""History replayed with the version that ran gives exactly the hand-offs that were made."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from services.handoff.domain.history import LeadGroup
from services.handoff.domain.replay import Replay, Window
from services.handoff.domain.standing import Handover
from services.handoff.domain.touches import epoch_us
from services.handoff.store.past import Past
from services.handoff.store.past_rows import Wanted
from services.handoff.store.tables import HANDOFF
from tests.service.handoff.histories import VERSION, Life
from tests.service.handoff.world import World, open_world

SEEDS = [pytest.param(seed, id=f"seed {seed}") for seed in range(4)]


@pytest.fixture
async def world(database_url):
    world = await open_world(database_url, VERSION)
    yield world
    await world.db.stop()


async def past(world: World, replay: Replay) -> list[LeadGroup]:
    reader, groups = Past(Wanted("b2b", replay.kinds, replay.kinds)), []
    while not reader.is_over:
        found, _ = await world.db.read(reader.page)
        groups += found
    return groups


async def made(world: World) -> dict[str, Any]:
    """Return what production handed over, by hand-off."""
    rows = await world.read(
        lambda conn: conn.execute(select(HANDOFF).order_by(HANDOFF.c.decided_at)).all()
    )
    return {
        row.handoff_id: (
            row.lead_id,
            row.cycle,
            row.gate,
            epoch_us(row.decided_at),
            row.fit,
            tuple(orjson.loads(row.snapshot)["evaluation"]["deciding"]),
        )
        for row in rows
    }


def told(handover: Handover) -> Any:
    evaluation = handover.evaluation
    assert evaluation is not None
    return (
        handover.lead_id,
        handover.cycle,
        handover.gate.name,
        handover.decided_us,
        evaluation.fit / 10,
        tuple(touch.touch_id for touch in evaluation.deciding),
    )


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_running_version_makes_exactly_the_handoffs_that_production_made(world, seed):
    await Life(world, seed).live(700)
    window = Window(0, epoch_us(world.clock.now()))
    replay = Replay([world.parts.shelf.compile("", "", 1)], window, timedelta(days=20), mirror=0)
    found = {}
    for group in await past(world, replay):
        for handover in replay.replay(group)[0].handovers:
            found[handover.handoff_id] = told(handover)

    production = await made(world)
    print(len(production), max(one[1] for one in production.values()))
    assert {
        k: (production.get(k), found.get(k))
        for k in production.keys() | found.keys()
        if production.get(k) != found.get(k)
    } == {}
