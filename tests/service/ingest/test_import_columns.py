"""What an imported file's columns and lines are read as, and what cannot be read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.service.ingest.importing import BAD, HEADINGS, ROWS, Import, taken
from tests.service.ingest.test_reading import counts
from tests.service.ingest.world import World


async def test_lines_a_tool_would_post_are_read_by_its_adapter(world: World):
    token = await world.source(vendor="segment")
    event = {
        "type": "track",
        "event": "Demo Requested",
        "messageId": "m-1",
        "userId": "u-1",
        "timestamp": "2024-03-04T10:00:00Z",
        "sentAt": "2024-03-04T10:00:01Z",
    }
    await world.send("/v1/track", event, token)
    other = event | {"messageId": "m-2", "timestamp": "2024-03-05T10:00:00Z"}

    one = await taken(world, [event, other, other | {"timestamp": None}], headings=None)

    shown = await one.look()
    assert shown["plan"]["reading"] == "posts"
    assert (shown["published"], shown["duplicates"], shown["rejected"]) == (1, 1, 1)
    touches = await world.touches()
    assert max(touch.occurred_at for touch in touches if touch.source_event_id == "m-2") == (
        datetime(2024, 3, 5, 10, tzinfo=UTC)
    )


async def test_lines_of_another_shape_are_read_by_their_names(world: World):
    await world.source(vendor="mautic")
    line = {
        "event": "page.hit",
        "timestamp": "2024-03-04T10:00:00+00:00",
        "contactId": 17,
        "details": {"url": "https://acme.com/precios"},
    }

    await taken(world, [line], headings=None)

    [touch] = await world.touches()
    assert (touch.touch, touch.identity) == ("page.viewed", "user:web:17")


async def test_a_source_keeps_its_columns_and_its_names(world: World):
    await world.source(touch_kinds={"Alta": "demo.requested"})
    settings = {
        "columns": {"time": "Cuándo", "event": "Qué"},
        "touch_kinds": {"Alta": "demo.requested"},
    }
    assert (await world.change("web", settings=settings)).status_code == 200

    await taken(
        world, [["ana@acme.com", "Alta", "2024-03-04"]], headings=["Email", "Qué", "Cuándo"]
    )

    assert [touch.touch for touch in await world.touches()] == ["demo.requested"]


async def test_the_mapping_of_a_generic_source_serves_its_files(world: World):
    mapping = {"items": "rows", "event": "was", "email": "who", "time": "at"}
    await world.source(options={"mapping": mapping})

    await taken(
        world, [["ana@acme.com", "Email abierto", "2024-03-04"]], headings=["who", "was", "at"]
    )

    assert [touch.touch for touch in await world.touches()] == ["email.opened"]


@pytest.mark.parametrize(
    ("columns", "pointer"),
    [
        pytest.param({"when": "Fecha"}, "/settings/columns/when", id="no such field"),
        pytest.param({"items": "rows"}, "/settings/columns/items", id="a file has no list in it"),
        pytest.param({"time": ""}, "/settings/columns/time", id="an empty heading"),
    ],
)
async def test_columns_that_are_none_are_refused(world: World, columns: Any, pointer: str):
    await world.source()

    answer = await world.change("web", settings={"columns": columns})

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("headings", "asked", "code"),
    [
        pytest.param(["Email", "Date"], {}, "no_event_column", id="what happened?"),
        pytest.param(["Email", "Event"], {}, "no_time_column", id="when?"),
        pytest.param(["Event", "Date"], {}, "no_person_column", id="who?"),
        pytest.param(
            ["Email", "Event", "Date"], {"columns": {"id": "Key"}}, "no_such_column", id="which?"
        ),
    ],
)
async def test_a_file_that_cannot_be_read_is_told_before_anything_is_taken(
    world: World, headings: list[str], asked: Any, code: str
):
    await world.source()

    answer = await Import(world, [["x"] * len(headings)], headings).plan(**asked)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_check_says_what_would_be_taken_and_takes_nothing(world: World):
    await world.source()
    await taken(world, ROWS[:1])
    one = Import(world, [*ROWS, BAD[0], ["kim@acme.com", "Cosa rara", "2024-04-01", ""]])
    plan = (await one.plan()).json()

    body = {"plan": plan["plan"], "headings": HEADINGS, "rows": one.rows, "show": 2}
    found = (await world.api("POST", "/v1/sources/web/imports/check", body)).json()

    assert plan["plan"]["columns"]["email"] == "Correo"
    assert (found["taken"], found["events"], found["known"]) == (4, 4, 1)
    assert found["kinds"]["unknown"] == 1
    assert found["unknown_names"] == {"Cosa rara": 1}
    assert [fault["row"] for fault in found["faults"]] == [3]
    assert [touch["touch"] for touch in found["touches"]] == ["email.opened", "content.downloaded"]
    assert found["touches"][0]["identity"] == "email:ana@acme.com"
    assert await counts(world) == {"received": 1, "published": 1}
