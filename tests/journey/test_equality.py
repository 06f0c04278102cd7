"""The same events give the same final state: in both worlds, in any order, told again."""

import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.agreement import agreement
from tests.support.canonical import differences, dump
from tests.support.inside import inside
from tests.support.installation import add_sources, hire
from tests.support.product import running_product
from tests.support.sending import Sender
from tests.support.waiting import until_none
from tests.support.workload import Workload, write_workload
from tests.support.worlds import Servers

SEED = 7
PEOPLE = 60
DRAINED_WITHIN_S = 60.0
NOW = datetime.now(UTC)
EVENTS = ["handoff.sales_ready.v1", "handoff.assigned.v1"]


async def final_state(
    servers: Servers, folder: Path, order: int | None = None, times: int = 1
) -> tuple[Workload, dict[str, Any]]:
    """Send the workload to an empty product and return what became of it.

    ``order`` is the seed of another order of the same requests.
    """
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(servers.world(folder))
        product = await stack.enter_async_context(running_product(world, agreement()))
        await hire(product.api)
        workload = write_workload(SEED, PEOPLE, NOW, await add_sources(product.api))
        if order is not None:
            calls = list(workload.calls)
            random.Random(order).shuffle(calls)
            workload = replace(workload, calls=calls)
        for _ in range(times):
            sent = await Sender(product.api, SEED).send(workload.calls)
            assert sent.unexpected == []
        look = await stack.enter_async_context(inside(world))
        await until_none(look.backlog, DRAINED_WITHIN_S)
        return workload, await dump(product.api, workload, look)


def handed_over(state: dict[str, Any]) -> dict[str, Sequence[tuple[str, Sequence[str]]]]:
    """Return through which gate and because of which touches each lead was handed over."""
    return {
        name: [(handoff["gate"], handoff["deciding"]) for handoff in lead["handoffs"]]
        for name, lead in state["leads"].items()
    }


@pytest.fixture(scope="module")
async def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workload, dict[str, Any]]:
    """What the embedded world comes to: everything else has to be like it."""
    return await final_state(Servers(), tmp_path_factory.mktemp("reference"))


async def test_every_lead_becomes_what_its_story_says(reference):
    workload, state = reference
    expected = {
        person.name: [(person.gate, sorted(person.deciding))] if person.gate else []
        for person in workload.people
    }
    touches = {
        name: sorted(touch["properties"]["ref"] for touch in lead["touches"])
        for name, lead in state["leads"].items()
    }

    told = {name: (lead["feed"], lead["told"]) for name, lead in state["leads"].items()}

    assert handed_over(state) == expected
    for person in workload.people:
        feed, messages = told[person.name]
        assert feed == {"types": EVENTS if person.gate else [], "numbered": True}
        assert messages == ([("new", "told")] if person.gate else [])
    assert touches == {person.name: sorted(person.touches) for person in workload.people}
    assert state["counts"]["leads"] == PEOPLE, "nobody is two leads, and no two are one"


@pytest.mark.postgres
@pytest.mark.kafka
async def test_postgresql_with_kafka_comes_to_the_same_state(reference, postgres, kafka, tmp_path):
    _, state = await final_state(Servers(postgres, kafka), tmp_path)

    found = differences(state, reference[1])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("order", [1, 2])
async def test_another_order_comes_to_the_same_state(reference, tmp_path, order):
    _, state = await final_state(Servers(), tmp_path, order)

    found = differences(state, reference[1])
    assert not found, "\n".join(found)


async def test_telling_everything_again_changes_only_the_count_of_repeats(reference, tmp_path):
    _, state = await final_state(Servers(), tmp_path, times=2)
    _, once = reference

    found = differences(state["leads"], once["leads"])
    assert not found, "\n".join(found)
    assert state["counts"] == once["counts"]
    for source, line in state["ledger"].items():
        before = once["ledger"][source]
        assert line["published"] == before["published"]
        # What cannot be read cannot be recognised either: it is parked once more.
        again = before["received"] - before["parked"]
        assert line["duplicates"] == before["duplicates"] + again
        assert (line["parked"], line["gap"]) == (2 * before["parked"], 0)
