"""An import goes on part by part, whoever sends twice, stops, waits or starts again."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.ingest.importing import ROWS, Import, taken
from tests.service.ingest.test_reading import counts
from tests.service.ingest.world import World, open_world


async def test_a_part_whose_answer_got_lost_is_not_taken_twice(world: World):
    await world.source()
    one = Import(world, ROWS)
    await one.start()
    await one.send(0, 2)

    repeated = await one.send(0, 2)
    rest = await one.send(2)
    await world.read()

    assert (repeated.status_code, repeated.json()["code"]) == (409, "moved_on")
    assert rest.json()["state"] == "done"
    assert await counts(world) == {"received": 3, "published": 3}


async def test_two_who_import_the_same_file_at_once_take_each_row_once(world: World):
    await world.source()
    ones = [Import(world, ROWS) for _ in range(4)]

    await asyncio.gather(*(one.start() for one in ones))
    answers = await asyncio.gather(*(one.send(0) for one in ones))
    await world.read()

    assert len({one.shown["id"] for one in ones}) == 1
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert await counts(world) == {"received": 3, "published": 3}


async def test_an_import_goes_on_after_a_restart(database_url: str, tmp_path: Path):
    bus_url = f"sqlite:///{tmp_path}"
    async with open_world(database_url, bus_url) as world:
        await world.source()
        one = Import(world, ROWS)
        await one.start()
        await one.send(0, 1)

    async with open_world(database_url, bus_url) as world:
        one = Import(world, ROWS)
        shown = await one.start()
        await one.send(shown["position"])
        await world.read()

        assert shown["position"] == 1
        assert await counts(world) == {"received": 3, "published": 3}


async def test_a_paused_source_keeps_what_files_bring(world: World):
    await world.source()
    await world.change("web", state="paused")

    one = await taken(world, ROWS)
    held = await one.look()
    await world.change("web", state="active")
    await world.read()

    assert held["pending"] == 3
    assert await counts(world) == {"received": 3, "published": 3}


async def test_nothing_is_imported_into_an_archived_source(world: World):
    await world.source()
    one = Import(world, ROWS)
    await one.start()
    await world.api("DELETE", "/v1/sources/web")

    answer = await one.send(0)

    assert (answer.status_code, answer.json()["code"]) == (409, "archived")


async def test_the_past_waits_for_its_pace(database_url: str, tmp_path: Path):
    async with open_world(database_url, f"sqlite:///{tmp_path}", import_events_per_s=1) as world:
        await world.source()
        many = [[f"p{n}@acme.com", "Email abierto", "2024-03-04", ""] for n in range(30)]
        one = Import(world, many)
        await one.start()
        await one.send(0, 20)

        early = await one.send(20)
        world.clock.advance(timedelta(seconds=int(early.headers["retry-after"])))
        later = await one.send(20)

        assert (early.status_code, early.json()["code"]) == (503, "must_wait")
        assert early.headers["retry-after"] == "10"
        assert later.json()["state"] == "done"


async def test_what_imports_brought_outlives_their_receipts(world: World):
    await world.source()
    one = await taken(world, ROWS)
    world.clock.advance(timedelta(days=91))

    await world.upkeep.make_round()

    shown = await one.look()
    assert await world.receipts() == []
    assert (shown["published"], shown["pending"]) == (3, 0)
    assert (await world.ledger())["imported"] == 3
    assert (await world.ledger())["gap"] == 0


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"rows": [["x"]]}, id="cells without headings"),
        pytest.param({"headings": ["a", "a"], "rows": [["x", "y"]]}, id="the same heading twice"),
        pytest.param({"headings": ["a"], "rows": [{"a": 1}]}, id="objects under headings"),
        pytest.param({"headings": ["a"], "rows": "x"}, id="no rows"),
        pytest.param({"headings": ["a"], "rows": [["x"]], "plan": {"zone": "Mars"}}, id="no zone"),
        pytest.param({"headings": ["a"], "rows": [["x"]], "plan": {"dates": "ymd"}}, id="no order"),
        pytest.param({"headings": ["a"], "rows": [["x"]], "more": 1}, id="an unknown field"),
    ],
)
async def test_a_wrong_request_is_told_its_place(world: World, body: Any):
    await world.source()

    answer = await world.api("POST", "/v1/sources/web/imports/plan", body)

    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_imports_are_listed_the_newest_first(world: World):
    await world.source()
    await world.source("other")
    for number, source in enumerate(("web", "web", "other")):
        world.clock.advance(timedelta(seconds=1))
        await taken(world, [[f"p{number}@acme.com", "Email abierto", "2024-03-04", ""]], source)

    async def listed(query: str = "") -> list[Any]:
        page = (await world.api("GET", f"/v1/imports{query}")).json()
        return [(one["source"], one["published"]) for one in page["items"]]

    assert await listed() == [("other", 1), ("web", 1), ("web", 1)]
    assert await listed("?source=web") == [("web", 1), ("web", 1)]
    assert await listed("?source=nobody") == []
