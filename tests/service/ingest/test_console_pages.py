"""Every page of ingest opens on both kinds of database, with hostile data in it."""

from datetime import UTC, datetime

import pytest

from services.ingest.handlers import import_files
from tests.service.ingest.test_console_imports import EXPORT, count_files, give, take_in
from tests.service.ingest.test_console_sources import member
from tests.service.ingest.test_reading import GUIDE
from tests.service.ingest.test_repairs import MENDED, NOBODY
from tests.service.ingest.test_retries import park
from tests.service.ingest.world import World
from tests.support.visiting import words_of

EVIL = "<script>alert(1)</script>"
OBJECT = b'{"event": "A%s", "email": "a@b.com", "time": "2026-01-01"}\n'


async def test_every_page_opens(world: World, monkeypatch):
    monkeypatch.setattr(import_files, "PART", 2)
    world.clock.moment = datetime.now(UTC)
    token = await world.source()
    await park(world, token, 2, NOBODY)
    await park(world, token, 1, b"{" + EVIL.encode())
    await world.send("/hooks/web", GUIDE | {"event": EVIL}, token)
    await world.read()
    visit = await member(world)
    receipts = await world.receipts(state="parked", reason="invalid_email")
    first, second = (receipt["id"] for receipt in receipts)
    await visit.post(f"/receipts/{first}/repair", {"body": MENDED})
    await world.read()
    begun = await visit.post("/receipts/retry", {"source": "web", "reason": "invalid_json"})
    given = await give(visit, EXPORT.encode(), name=f"{EVIL}.csv")
    started = await visit.post(f"{given.headers['location']}/start", {})
    await take_in(world)
    looked = await give(visit, EXPORT.encode())
    paths = [
        *("/sources", "/sources?archived=yes", "/sources/web", "/sources/web/connect"),
        *("/sources/web/news", "/sources/new", "/sources/new/segment"),
        *("/receipts", "/receipts?state=parked", "/receipts?source=web&since=2020-01-01"),
        *(f"/receipts/{first}", f"/receipts/{second}", f"/receipts/{second}/repair"),
        *(begun.headers["location"], "/imports", looked.headers["location"]),
        started.headers["location"],
    ]

    pages = {path: await visit.get(path) for path in paths}

    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    assert [path for path, page in pages.items() if EVIL in page.text] == []
    line = await world.ledger()
    assert (line["gap"], line["parked"]) == (0, 2)
    assert "Terminada." in words_of(pages[started.headers["location"]])
    assert await count_files(world) == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xfe", id="a mark of its encoding alone"),
        pytest.param(b"event,email,time\nA\0,a\0@b.com,2026-01-01\n", id="NUL in cells"),
        pytest.param(b"event,e\0mail,email,time\nA,x,a@b.com,2026-01-01\n", id="NUL in a heading"),
        pytest.param(OBJECT % b"\\u0000", id="NUL in an object"),
        pytest.param(OBJECT % b"\\ud800", id="half a pair of surrogates"),
    ],
)
async def test_a_file_of_odd_characters_is_looked_at_and_taken_in(world: World, content):
    await world.source()
    visit = await member(world)
    given = await give(visit, content, name="odd\0.csv")
    shown = await visit.get(given.headers["location"])
    started = await visit.post(f"{given.headers['location']}/start", {})
    await take_in(world)

    assert (given.status_code, shown.status_code) == (303, 200)
    assert started.status_code in (303, 409)
    assert (await world.ledger())["gap"] == 0
