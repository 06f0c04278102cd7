"""The pages of receipts: what arrived, what is parked and why, repair and retry."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.ingest.console.receipt_view import shown_body, shown_headers
from services.ingest.handlers import retries
from tests.service.ingest.test_console_sources import member
from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.test_repairs import MENDED, NOBODY
from tests.service.ingest.test_retries import park, retrier
from tests.service.ingest.world import World
from tests.support.visiting import Visit, words_of

EVIL = "</code></pre><script>alert(1)</script>"


@pytest.fixture
def world(emptied_world: World) -> World:
    """One kind of database: ``test_console_pages`` opens every page on both."""
    return emptied_world


async def parked(world: World, body: bytes = NOBODY) -> tuple[Visit, str]:
    """Return somebody of marketing, and a receipt that cannot be read."""
    token = await world.source()
    await park(world, token, 1, body)
    (receipt,) = await world.receipts(state="parked")
    return await member(world), str(receipt["id"])


async def test_nothing_yet_leads_to_connecting_a_tool(world: World):
    visit = await member(world)

    page = await visit.get("/receipts")

    assert "Cuando una herramienta envíe algo" in words_of(page)
    assert 'href="/sources/new"' in page.text


async def test_what_is_parked_is_grouped_with_the_remedy(world: World):
    token = await world.source()
    await park(world, token, 3)
    await park(world, token, 1, b"?")
    visit = await member(world)

    said = words_of(await visit.get("/receipts"))

    assert "No nombra a nadie: ni correo ni id de una persona" in said
    assert "3 iguales" in said
    assert "Si la persona está en otro campo, dilo en los ajustes" in said
    assert "El cuerpo no es JSON admisible" in said


async def test_receipts_are_found_by_source_state_day_and_id(world: World):
    world.clock.moment = datetime.now(UTC)
    token = await world.source()
    other = await world.source("other")
    await park(world, token, 2)
    await world.send("/hooks/other", GUIDE, other)
    await world.read()
    visit = await member(world)
    (read,) = await world.receipts(state="read")

    async def rows(query: str) -> int:
        return (await visit.get(f"/receipts?{query}")).text.count('<th scope="row"')

    today = world.clock.now().date().isoformat()
    assert await rows("") == 3
    assert await rows("source=web") == 2
    assert await rows("state=read") == 1
    assert await rows("source=web&state=read") == 0
    assert await rows("until=2020-01-01") == 0
    assert await rows(f"since={today}") in (0, 3), "the day is the reader's"
    assert await rows("since=nonsense&state=nonsense&source=nobody") == 0
    nonsense = await visit.get("/receipts?since=nonsense")
    assert "No es una fecha" in words_of(nonsense)
    assert 'aria-describedby="wrong-since"' in nonsense.text
    by_id = await visit.get(f"/receipts?q={read['id']}")
    assert by_id.headers["location"] == f"/receipts/{read['id']}"
    assert "Ningún recibo tiene ese id" in words_of(await visit.get("/receipts?q=abc"))
    found = await visit.get(f"/receipts?q={read['id']}", HX_Request="true")
    assert (found.headers["hx-redirect"], found.text) == (f"/receipts/{read['id']}", "")
    part = await visit.get("/receipts?q=abc", HX_Request="true")
    assert "Ningún recibo tiene ese id" in words_of(part)


async def test_pages_follow_each_other(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.ingest.console.receipt_routes.PAGE", 2)
    token = await world.source()
    await park(world, token, 5)
    visit = await member(world)
    seen: list[str] = []
    where = "/receipts?source=web"
    for _ in range(3):
        page = (await visit.get(where)).text
        seen += [one.partition('"')[0] for one in page.split('<th scope="row"><a href="')[1:]]
        _, found, rest = page.partition('rel="next" href="')
        where = rest.partition('"')[0].replace("&amp;", "&") if found else ""

    assert len(set(seen)) == 5
    assert where == ""


async def test_a_receipt_shows_a_hostile_body_as_text_and_masks_secrets(world: World):
    token = await world.source()
    body = b'{"event": "Opened", "' + EVIL.replace('"', "'").encode() + b'": 1e400}'
    await world.send(
        "/hooks/web", body, token, user_agent=EVIL, x_acme_signature="s3cret", cookie="c=s3cret"
    )
    await world.read()
    (receipt,) = await world.receipts()
    visit = await member(world)

    page = await visit.get(f"/receipts/{receipt['id']}")

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "s3cret" not in page.text
    assert "&lt;script&gt;" in page.text
    raw = await visit.get(f"/receipts/{receipt['id']}/body")
    assert raw.content == body
    assert raw.headers["content-disposition"].startswith("attachment")
    assert raw.headers["content-type"] == "application/octet-stream"


def test_secrets_in_headers_are_masked():
    shown = dict(shown_headers({"x-api-key": "k", "authorization": "b", "accept": "*/*"}))

    assert shown == {"x-api-key": "••••••", "authorization": "••••••", "accept": "*/*"}


@pytest.mark.parametrize(
    ("raw", "kind", "lines"),
    [
        pytest.param(b'{"a":[1.10,12345678901234567890]}', "json",
                     ["{", '  "a": [', "    1.10,", "    12345678901234567890", "  ]", "}"],
                     id="numbers stay as they are written"),
        pytest.param(b'{"a":1,"a":2}', "json", ["{", '  "a": 1,', '  "a": 2', "}"],
                     id="repeated names stay"),
        pytest.param(b"a=1&b=2", "text", ["a=1&b=2"], id="a form is text"),
        pytest.param(b"\xff\x00", "binary", [], id="no text"),
        pytest.param(b"", "text", [], id="nothing"),
        pytest.param(b"[" * 5000, "text", ["[" * 2000 + "…"], id="too deep"),
        pytest.param(b'"\\ud800"', "json", ['"\\ud800"'], id="half of a pair"),
    ],
)  # fmt: skip
def test_a_body_is_laid_out_without_a_change(raw, kind, lines):
    body = shown_body(raw, ())

    assert (body.kind, [line.text for line in body.lines]) == (kind, lines)


def test_the_place_of_a_fault_is_marked():
    body = shown_body(b'{"batch": [{"x/y": 1}, {"b": 2}]}', ["/batch/0/x~1y"])

    assert [line.text.strip() for line in body.lines if line.fault] == ['"x/y": 1']


async def test_a_receipt_is_repaired(world: World):
    visit, receipt = await parked(world)
    form = await visit.get(f"/receipts/{receipt}/repair")
    assert "ana@acme,com" in form.text

    wrong = await visit.post(f"/receipts/{receipt}/repair", {"body": "{"})
    checked = await visit.post(f"/receipts/{receipt}/repair/check", {"body": MENDED})
    same = await visit.post(f"/receipts/{receipt}/repair", {"body": NOBODY.decode()})
    assert (wrong.status_code, same.status_code) == (422, 422)
    assert "Así tampoco se puede leer" in words_of(wrong)
    assert "El cuerpo está igual" in words_of(same)
    assert "Así se puede leer" in words_of(checked)
    assert await counts(world) == {"received": 1, "parked": 1}, "a check changes nothing"
    lines = MENDED.replace(", ", ",\r\n")
    taken = await visit.post(f"/receipts/{receipt}/repair", {"body": lines, "why": EVIL})
    await world.read()

    page = await visit.get(taken.headers["location"])
    said = words_of(page)
    assert "Reparado: se lee otra vez" in said
    assert "por Ana Pérez" in said
    assert "El original" in said
    assert "<script>alert" not in page.text
    assert await counts(world) == {"received": 1, "published": 1}
    (one,) = await world.receipts()
    assert "\r" not in one["body"], "a browser's ends of lines are not the tool's"
    late = await visit.get(f"/receipts/{receipt}/repair")
    assert late.headers["location"].endswith("refused=not_parked")


async def test_a_receipt_is_read_again_or_discarded(world: World):
    visit, receipt = await parked(world)

    again = await visit.post(f"/receipts/{receipt}/retry", {})
    page = await visit.get(again.headers["location"])
    assert "Se está leyendo" in words_of(page)
    assert "hx-redirect" not in (await visit.get(f"/receipts/{receipt}/state")).headers
    await world.read()
    moved = await visit.get(f"/receipts/{receipt}/state")
    assert moved.headers["hx-redirect"] == f"/receipts/{receipt}"
    silent = await visit.post(f"/receipts/{receipt}/discard", {"why": " "})
    assert "Di por qué se descarta" in words_of(await visit.get(silent.headers["location"]))
    gone = await visit.post(f"/receipts/{receipt}/discard", {"why": EVIL})
    page = await visit.get(gone.headers["location"])
    assert "Descartado. Si cambias de idea" in words_of(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    twice = await visit.post(f"/receipts/{receipt}/discard", {"why": "otra vez"})
    assert "alguien se adelantó" in words_of(await visit.get(twice.headers["location"]))
    assert "Nada apartado" in words_of(await visit.get("/receipts?state=parked"))


@pytest.mark.parametrize(
    ("what", "told"),
    [
        pytest.param("retry", "5 recibos se vuelven a leer.", id="retry"),
        pytest.param("discard", "5 recibos descartados.", id="discard"),
    ],
)
async def test_a_whole_group_goes_on_while_somebody_watches(world: World, monkeypatch, what, told):
    monkeypatch.setattr(retries, "STEP", 2)
    token = await world.source()
    await park(world, token, 5)
    visit = await member(world)

    group = {"source": "web", "reason": "no_identity"}
    silent = await visit.post("/receipts/discard", group)
    assert "Di por qué se descarta" in words_of(await visit.get(silent.headers["location"]))
    begun = await visit.post(f"/receipts/{what}", group | {"why": "de una feria"})
    where = begun.headers["location"]
    assert "2 de 5" in words_of(await visit.get(where))
    worker = retrier(world)
    while await worker.step():
        pass

    part = await visit.get(where, hx_request="true")
    assert told in words_of(part)
    assert "<html" not in part.text


async def test_an_unknown_receipt_is_explained(world: World):
    visit = await member(world)

    unknown: Any = "019c0000-0000-7000-8000-000000000001"
    for path in (f"/receipts/{unknown}", f"/receipts/{unknown}/repair", f"/imports/{unknown}"):
        page = await visit.get(path)
        assert (page.status_code, "<html" in page.text) == (404, True)


async def test_a_body_that_no_form_can_send_is_not_offered_to_be_edited(world: World):
    visit, receipt = await parked(world, b'"' * 100_000)  # three times as long in a form
    page = await visit.get(f"/receipts/{receipt}/repair")

    assert "<textarea" not in page.text
    assert f"/receipts/{receipt}/body" in page.text
