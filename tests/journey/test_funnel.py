"""A policy tried on a real funnel says what counting by hand says."""

import os
from pathlib import Path

import pytest

from tests.support import funnel
from tests.support.parts import all_required
from tests.support.product import World, running_product


@pytest.fixture
def directory() -> Path:
    """Where the funnel is; without it the test is left out, and says so."""
    given = os.environ.get(funnel.DIRECTORY)
    if given:
        return Path(given)
    missing = f"{funnel.DIRECTORY} names no directory with the funnel"
    return pytest.fail(missing) if all_required() else pytest.skip(missing)


async def test_a_policy_over_origin_and_landing_page_is_tried_on_a_real_funnel(directory, tmp_path):
    contacts = funnel.read_funnel(directory)
    learnt, tried = funnel.learn(contacts), funnel.tried(contacts)
    url = f"sqlite:///{tmp_path}/data"
    world = World("embedded", url, url, tmp_path)
    async with running_product(world, funnel.EVERYBODY) as product:
        result = await funnel.try_funnel(product, tried, learnt)
    print(*funnel.told(result), sep="\n")

    asked_for = {one.lead for one in tried if learnt.asks_for(one)}
    won = {one.lead for one in tried if one.won_at and one.won_at < funnel.TRIED_UNTIL}
    in_time = {one.lead for one in tried if one.won_at and one.won_at >= one.at}
    candidate, everybody = result["candidate"], result["against"]
    assert result["history"]["leads"] == everybody["leads"] == len(tried) > 3_000
    assert candidate["leads"] == result["both"]["leads"] == len(asked_for)
    assert (result["gained"]["count"], result["lost"]["count"]) == (
        0,
        len(tried) - len(asked_for),
    )
    assert candidate["recall"]["won"]["cases"] == everybody["recall"]["won"]["cases"] == len(won)
    assert candidate["recall"]["won"]["good"] == len(won & in_time & asked_for)
    assert everybody["recall"]["won"]["good"] == len(won & in_time)
    assert candidate["won_at_least"]["share"] > everybody["won_at_least"]["share"]
    assert {one["code"] for one in result["unknown"]} >= {"as_happened", "only_won_told"}
