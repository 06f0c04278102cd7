"""Exported activity taken in: part by part, once, at its own time, with every fault told."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.service.ingest.test_reading import counts
from tests.service.ingest.world import World, open_world

HEADINGS = ["Correo", "Evento", "Fecha", "Asunto"]
ROWS = [
    ["ana@acme.com", "Email abierto", "2024-03-04 10:22", "Precios"],
    ["leo@acme.com", "Guía descargada", "2024-03-05 11:00", "Guía"],
    ["eva@acme.com", "Demo solicitada", "2024-03-05 12:00", "Demo"],
]
BAD = [
    ["no address", "Email abierto", "2024-03-04 10:22", ""],
    ["kim@acme.com", "", "2024-03-04 10:22", ""],
    ["kim@acme.com", "Email abierto", "", ""],
    ["kim@acme.com", "Email abierto", "04/03/2024", ""],
    ["kim@acme.com", "Email abierto", "2100-01-01", ""],
    ["", "Email abierto", "2024-03-04 10:22", ""],
    ["kim@acme.com", "Email abierto", "2024-03-04 10:22", "", "one more"],
]
CODES = [
    *(("invalid_email", "Correo"), ("no_event", "Evento"), ("no_time", "Fecha")),
    *(("ambiguous_date", "Fecha"), ("future_time", "Fecha"), ("no_identity", "Correo")),
    ("too_many_cells", ""),
]


class Import:
    """One file on its way into a source, by the API."""

    def __init__(self, world: World, rows: list[Any], headings: list[str] | None = HEADINGS):
        self.world = world
        self.rows = rows
        self.headings = headings
        self.shown: dict[str, Any] = {}

    async def plan(self, source: str = "web", **asked: Any) -> Any:
        body = {"plan": asked, "headings": self.headings, "rows": self.rows[:50]}
        return await self.world.api("POST", f"/v1/sources/{source}/imports/plan", body)

    async def start(self, source: str = "web", again: bool = False, **asked: Any) -> Any:
        planned = await self.plan(source, **asked)
        assert planned.status_code == 200, planned.text
        content = repr((self.headings, self.rows)).encode()
        new = {
            "file": "june.csv",
            "digest": hashlib.sha256(content).hexdigest(),
            "total": len(self.rows),
            "plan": planned.json()["plan"],
            "again": again,
        }
        answer = await self.world.api("POST", f"/v1/sources/{source}/imports", new)
        assert answer.status_code == 200, answer.text
        self.shown = answer.json()
        return self.shown

    async def send(self, after: int, until: int | None = None) -> Any:
        part = {"after": after, "headings": self.headings, "rows": self.rows[after:until]}
        return await self.world.api("POST", f"/v1/imports/{self.shown['id']}/rows", part)

    async def look(self) -> Any:
        return (await self.world.api("GET", f"/v1/imports/{self.shown['id']}")).json()


async def taken(world: World, rows: list[Any], source: str = "web", **asked: Any) -> Import:
    """Import rows as one file and let them be read."""
    one = Import(world, rows, asked.pop("headings", HEADINGS))
    await one.start(source, **asked)
    answer = await one.send(0)
    assert answer.status_code == 200, answer.text
    await world.read()
    return one


async def test_rows_go_the_way_of_every_receipt(world: World):
    await world.source(vendor="activecampaign")

    one = await taken(world, ROWS, zone="Europe/Madrid")

    touches = sorted(await world.touches(), key=lambda touch: touch.occurred_at)
    assert [touch.touch for touch in touches] == [
        *("email.opened", "content.downloaded", "demo.requested"),
    ]
    assert touches[0].occurred_at == datetime(2024, 3, 4, 9, 22, tzinfo=UTC)
    assert touches[0].received_at == world.clock.now()
    assert {touch.vendor for touch in touches} == {"activecampaign"}
    assert touches[0].properties == {"email": {"subject": "Precios"}}
    assert await counts(world) == {"received": 3, "published": 3}
    assert (await world.ledger())["imported"] == 3
    [receipt] = await world.receipts()
    assert (receipt["vendor"], receipt["events"]) == ("import", 3)
    assert "Guía descargada" in receipt["body"]
    shown = await one.look()
    assert (shown["state"], shown["position"], shown["published"]) == ("done", 3, 3)
    assert shown["days"] == [
        {"day": "2024-03-04", "published": 1, "duplicates": 0},
        {"day": "2024-03-05", "published": 2, "duplicates": 0},
    ]


async def test_good_rows_are_taken_and_bad_ones_are_told(world: World):
    await world.source()
    one = Import(world, [ROWS[0], *BAD, ROWS[1]])
    await one.start()

    answer = (await one.send(0)).json()
    await world.read()

    assert (answer["taken"], answer["position"], answer["state"]) == (2, 9, "done")
    assert [(one["code"], one["column"]) for one in answer["faults"]] == CODES
    assert [one["row"] for one in answer["faults"]] == list(range(1, 8))
    assert all(one["message"] for one in answer["faults"])
    assert await counts(world) == {"received": 2, "published": 2}
    shown = await one.look()
    assert (shown["rejected"], shown["published"]) == (7, 2)


async def test_the_same_file_again_is_the_same_import(world: World):
    await world.source()
    first = await taken(world, ROWS)

    again = Import(world, ROWS)
    shown = await again.start()

    assert (shown["id"], shown["state"]) == (first.shown["id"], "done")


async def test_an_overlapping_file_brings_what_is_new(world: World):
    await world.source()
    await taken(world, ROWS)
    richer = [[*row, "7", "Directora"] for row in ROWS]
    new = ["max@acme.com", "Email abierto", "2024-03-06 10:00", "Precios", "8", "Director"]

    one = await taken(world, [*richer, new], headings=[*HEADINGS, "Puntos", "Cargo"])

    shown = await one.look()
    assert (shown["published"], shown["duplicates"]) == (1, 3)
    assert shown["days"][-1] == {"day": "2024-03-06", "published": 1, "duplicates": 0}
    assert await counts(world) == {"received": 7, "published": 4, "duplicates": 3}


async def test_gone_through_again_a_file_brings_nothing(world: World):
    await world.source()
    await taken(world, ROWS)

    again = await taken(world, ROWS, again=True)

    shown = await again.look()
    assert (shown["published"], shown["duplicates"]) == (0, 3)
    assert len(await world.touches()) == 3


async def test_rows_that_differ_in_what_they_are_about_are_two_events(world: World):
    await world.source()
    other = [*ROWS[0][:3], "Otro boletín"]

    await taken(world, [ROWS[0], other, ROWS[0]])

    assert await counts(world) == {"received": 3, "published": 2, "duplicates": 1}


@pytest.mark.parametrize("webhook_first", [True, False], ids=["webhook first", "file first"])
async def test_what_came_by_webhook_too_counts_once_by_its_id(world: World, webhook_first: bool):
    token = await world.source()
    hook = {"id": "e-1", "email": "ana@acme.com", "event": "Demo Requested", "topic": "prices"}
    row = ["e-1", "ana@acme.com", "Demo solicitada", "2024-03-04"]

    async def by_webhook() -> None:
        await world.send("/hooks/web", hook, token)
        await world.read()

    async def by_file() -> None:
        await taken(world, [row], headings=["Event ID", "Email", "Event", "Date"])

    for come in (by_webhook, by_file) if webhook_first else (by_file, by_webhook):
        await come()

    assert await counts(world) == {"received": 2, "published": 1, "duplicates": 1}


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
