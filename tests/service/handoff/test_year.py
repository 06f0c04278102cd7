"""A simulated year ends with every lead followed up, whoever was away, left or never answered.

A failure prints its seed; ``RELEVO_TEST_SEED`` is the first one, ``RELEVO_TEST_YEARS`` how many
years the long run (``make torture``) lives on SQLite, and a fifteenth of it on PostgreSQL.
"""

import os
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from tests.service.handoff.world import open_world
from tests.service.handoff.year import Year, promising
from tests.service.handoff.year_fairness import Fairness
from tests.service.handoff.year_ledger import ledger_of
from tests.support.postgres import Postgres

SEED = int(os.environ.get("RELEVO_TEST_SEED", "1"))
YEARS = int(os.environ.get("RELEVO_TEST_YEARS", "300"))
LEADS = 24
"""Beside those of fairs, and leads that come again: some 70 hand-offs a year."""
EVERY_YEAR = ("accept", "reject", "pauses", "consent", "reassign", "joined late", "left")
"""What happens in each, arranged where the dice left it out."""
BY_TURN_MOST = 2
"""Leads, while the window moves on and people change; what comes by relations is only told."""


async def live(url: str, seed: int, done: Counter[str]) -> Fairness:
    """Live one seed's year, check all that is stored, and say what happened in it."""
    within = timedelta(hours=Random(seed).choice((1, 2, 4, 8)))
    world = await open_world(url, promising(within))
    year = Year(world, seed, LEADS, within)
    try:
        await year.prepare()
        await year.live()
        ledger = await ledger_of(year)
    finally:
        await world.db.stop()
    ledger.nothing_is_left_over()
    done["steps of ladders"] += ledger.every_step_is_told_once_and_when_it_is_due()
    ledger.nobody_gets_what_they_cannot_take()
    fairness = ledger.fairness()
    done["years"] += 1
    done["hand-offs"] += len(ledger.handoffs)
    done.update(year.done)
    found = "\n".join(ledger.wrong[:10])
    if ledger.wrong:
        raise AssertionError(f"seed {seed}, {len(ledger.wrong)} faults:\n{found}")
    missing = [what for what in EVERY_YEAR if not year.done[what]]
    assert not missing, f"seed {seed}: never happened: {missing}"
    assert fairness.most_strict < 1, f"seed {seed}: {fairness}"
    assert fairness.most_by_turn < BY_TURN_MOST, f"seed {seed}: {fairness}"
    return fairness


async def live_all(urls: AsyncGenerator[str, None], seeds: range) -> None:
    """Live a year per seed; print what happened in all of them."""
    done: Counter[str] = Counter()
    found: list[Fairness] = []
    faults: list[str] = []
    async with aclosing(urls):
        for seed in seeds:
            try:
                found.append(await live(await anext(urls), seed, done))
                print(seed, found[-1], flush=True)
            except AssertionError as error:
                print(error, flush=True)
                faults.append(str(error))
    together = {
        "with the same people": max((one.most_strict for one in found), default=0.0),
        "leads of such stretches": sum(one.strict_leads for one in found),
        "by turn alone, ever": max((one.most_by_turn_ever for one in found), default=0.0),
        "ever": max((one.most_ever for one in found), default=0.0),
        "in the window": max((one.most_in_window for one in found), default=0.0),
        "above one": sum(one.above_one for one in found) / sum(one.looks for one in found),
        "by turn alone, in the window": max((one.most_by_turn for one in found), default=0.0),
    }
    print(dict(done), together, flush=True)
    assert not faults, f"{len(faults)} of {len(seeds)} years: {faults[0]}"
    assert done["hand-offs"] > 40 * len(seeds)


async def directories(where: Path) -> AsyncGenerator[str, None]:
    while True:
        with tempfile.TemporaryDirectory(dir=where) as directory:
            yield f"sqlite:///{directory}"


async def databases(postgres: Postgres) -> AsyncGenerator[str, None]:
    while True:
        async with postgres.database() as url:
            yield url


async def test_a_year_ends_with_every_lead_followed_up(tmp_path):
    await live_all(directories(tmp_path), range(SEED, SEED + 2))


async def test_so_does_a_year_on_postgresql(postgres):
    await live_all(databases(postgres), range(SEED, SEED + 1))


@pytest.mark.torture
async def test_torture_of_hundreds_of_years(tmp_path):
    await live_all(directories(tmp_path), range(SEED, SEED + YEARS))


@pytest.mark.torture
async def test_torture_of_years_on_postgresql(postgres):
    await live_all(databases(postgres), range(SEED, SEED + max(1, YEARS // 15)))
