"""A world with real policy texts, whose versions change while leads go on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, Executable, delete, select

from services.handoff.domain.fold import fold
from services.handoff.domain.signals import decode_state, no_signals
from services.handoff.handlers.fire_timers import timer_handlers
from services.handoff.handlers.policies import compile_for_shelf, draft_version
from services.handoff.handlers.start_policies import activate_version
from services.handoff.store import folds, policies
from services.handoff.store.policies import PolicyShelf
from services.handoff.store.signals import stored_touches
from services.handoff.store.tables import FOLD, LEAD, LEAD_SIGNALS, POLICY_VERSION
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from services.handoff.workers.changing import Changing, look
from shared.access import Caller
from shared.lease import LENGTH
from tests.service.handoff.world import World, open_world

DEMO_ONLY = """\
policy: turn
title: {en: "Turn", es: "Turno"}
signals:
  demo: {touch: demo.requested, points: 100, at_most: 1, within: 90d}
  guide: {touch: content.downloaded, points: 30, at_most: 2}
  opened: {touch: email.opened, points: 1, at_most: 5, weak: true}
  looks_for_a_job: {touch: careers.viewed, points: -10}
fit:
  decides: {when: {lead.title: {contains: [cto]}}, points: 40}
exclude:
  rival: {when: {account.domain: [rival.com]}}
gates:
  asked: {tier: hot, when: {signal: demo}}
cool_down: 30d
response:
  hot: {accept_in: 15m, first_attempt_in: 1h}
"""
# Asks other questions, so it has another fold shape; a guide is enough for it.
GUIDES_TOO = DEMO_ONLY.replace(
    "  guide: {touch: content.downloaded, points: 30, at_most: 2}",
    "  guide: {touch: content.downloaded, points: 30, at_most: 3, distinct_by: content.id}\n"
    "  webinar: {touch: webinar.attended, points: 20, at_most: 2}",
).replace(
    "gates:\n",
    "gates:\n  read: {tier: hot, when: {all: [{signal: guide}, {fit: {at_least: 40}}]}}\n",
)
# The same questions as the first one: it shares its states.
LOWER_SHARED = DEMO_ONLY.replace(
    "gates:\n", "gates:\n  read: {tier: hot, when: {engagement: {at_least: 25}}}\n"
)


EVA = Caller(key_id="eva", name="eva", scopes=frozenset())


async def open_versions(url: str, text: str = DEMO_ONLY) -> World:
    """Make a world with the first version of ``turn`` in force."""
    world = await open_world(url)
    world.parts = replace(world.parts, shelf=PolicyShelf(compile_for_shelf))
    world.parts.timers.handlers = timer_handlers(world.parts)
    await world.write(partial(execute, statement=delete(POLICY_VERSION)))
    await put_in_force(world, text)
    return world


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """That world, on an empty database."""
    world = await open_versions(database_url)
    yield world
    await world.db.stop()


def execute(uow: UnitOfWork, statement: Executable) -> None:
    """Change rows as nobody but a test may."""
    uow.conn.execute(statement)


async def put_in_force(world: World, text: str) -> int:
    """Draft a version and let it decide; return its number."""

    def work(uow: UnitOfWork) -> int:
        number = draft_behind_newest(uow, text)
        activate_version(uow, EVA, "turn", number)
        return number

    return await world.write(work)


async def draft(world: World, text: str) -> int:
    return await world.write(lambda uow: draft_behind_newest(uow, text))


def draft_behind_newest(uow: UnitOfWork, text: str) -> int:
    newest = policies.newest_version(uow.conn, "turn")
    if_match = None if newest is None else f'"{newest.number}"'
    return int(draft_version(uow, EVA, text, "turn.yaml", if_match).number)


async def work_through(parts: Parts, worker: Changing | None = None, steps: int = 500) -> int:
    """Let a worker go on until there is nothing to do; return how many steps it took."""
    worker = worker or Changing(parts)
    for step in range(steps):
        if await is_idle(parts):
            await worker._lease.release()
            return step
        await worker.step()
    raise AssertionError(f"still busy after {steps} steps")


async def is_idle(parts: Parts) -> bool:
    work = await parts.db.read(lambda conn: look(unit_of_work(parts, conn)))
    folding = (work.fold, work.accounts, work.tend, work.sweep, work.forget)
    return not any((work.hand_over, work.batch, work.drop, *folding))


def lease_is_over(world: World) -> None:
    """Let so much time pass that a worker that froze has lost its lease."""
    world.clock.advance(LENGTH + timedelta(seconds=1))


def half_states(parts: Parts, conn: Connection) -> list[str]:
    """Return what is wrong: states that are not the fold of all touches, or of no known shape."""
    uow = unit_of_work(parts, conn)
    listed = folds.all_folds(conn)
    wrong = []
    for row in conn.execute(select(LEAD_SIGNALS)).all():
        if row.shape not in listed:
            wrong.append(f"{row.lead_id}: a state of {row.shape.hex()}, which nobody knows of")
            continue
        version = parts.shelf.by_id(uow.conn, listed[row.shape].version_id)
        state = no_signals(version)
        for _, facts in stored_touches(conn, [row.lead_id]):
            state = fold(version, state, facts)
        if decode_state(version, row.signals) != state:
            wrong.append(f"{row.lead_id} under {row.shape.hex()}: {row.signals!r}, not {state}")
    return wrong


def unfolded(conn: Connection) -> dict[bytes, int]:
    """Return for each shape said to be folded how many leads have no state of it."""
    found = {}
    for row in conn.execute(select(FOLD).where(FOLD.c.state == folds.FOLDED)).all():
        has = select(LEAD_SIGNALS.c.lead_id).where(LEAD_SIGNALS.c.shape == row.shape)
        lacking = select(LEAD.c.lead_id).where(LEAD.c.lead_id.not_in(has))
        found[row.shape] = len(conn.execute(lacking).all())
    return found
