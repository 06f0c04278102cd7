"""A file is given to the console, looked at, and taken in."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from services.ingest.handlers import import_files
from services.ingest.store.tables import CONSOLE_SESSION, IMPORT_FILE
from services.ingest.workers.importer import Importer
from shared.console.forms import TOKEN, form_token
from shared.wakeup import Wakeup
from tests.service.ingest.world import World
from tests.support.visiting import Visit, copied_session, visitor, words_of

FAST = 1_000_000
EXPORT = (
    "Fecha;Correo;Evento;Página\n"
    "2026-02-02 10:00:00;ana@acme.com;Guide Downloaded;precios\n"
    "2026-02-03 10:00:00;eva@acme,com;Guide Downloaded;precios\n"
    "2026-02-04 10:00:00;leo@acme.com;<b>Raro</b>;x\n"
)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """One kind of database: ``test_console_pages`` takes a file in on both."""
    return f"sqlite:///{tmp_path}"


async def member(world: World, **fields: Any) -> Visit:
    session = await copied_session(world.service.db, CONSOLE_SESSION, **fields)
    return visitor(world.http, session)


async def give(visit: Visit, content: bytes, name: str = "junio.csv", source: str = "web") -> Any:
    """Send a file as a browser sends it; return the answer."""
    headers = visit._headers({})
    fields = {TOKEN: form_token(visit.session), "source": source}
    files = {"file": (name, io.BytesIO(content), "text/csv")}
    return await visit.http.post("/imports", data=fields, files=files, headers=headers)


def importer(world: World) -> Importer:
    return Importer(world.service.db, Wakeup(), Wakeup(), FAST)


async def take_in(world: World) -> None:
    """Let the file be taken in, and what it brings be read."""
    worker = importer(world)
    while await worker.step() is not None:
        pass
    await world.read()


async def count_files(world: World) -> int:
    query = select(func.count()).select_from(IMPORT_FILE)
    return int(await world.service.db.read(lambda conn: conn.execute(query).scalar_one()))


async def test_a_file_is_looked_at_and_taken_in(world: World):
    await world.source()
    visit = await member(world)

    given = await give(visit, EXPORT.encode())
    assert given.status_code == 303, given.text
    page = await visit.get(given.headers["location"])
    said = words_of(page)
    assert "2 de 3 filas se pueden tomar: 2 eventos." in said
    assert "1 fila no se puede tomar" in said
    assert "La dirección de correo no es válida" in said
    assert "<b>Raro" not in page.text
    assert "&lt;b&gt;Raro" in page.text
    assert await world.touches() == [], "nothing is imported yet"
    begun = await visit.post(f"{given.headers['location']}/start", {})
    await take_in(world)

    shown = words_of(await visit.get(begun.headers["location"]))
    assert "Terminada." in shown
    assert "2 nuevos" in shown
    assert {touch.identity for touch in await world.touches()} == {
        "email:ana@acme.com",
        "email:leo@acme.com",
    }
    assert await count_files(world) == 0, "the file goes once it is taken in"
    assert "junio.csv" in words_of(await visit.get("/imports"))


async def test_a_large_file_is_taken_in_parts(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(import_files, "PART", 3)
    await world.source()
    visit = await member(world)
    rows = "".join(
        f"2026-02-02 10:00:0{number};p{number}@acme.com;Opened;\n" for number in range(8)
    )
    given = await give(visit, ("Fecha;Correo;Evento;Página\n" + rows).encode())
    await visit.post(f"{given.headers['location']}/start", {})
    worker = importer(world)
    await worker.step()
    other = importer(world)  # as if the process had ended there
    while await other.step() is not None:
        pass
    await world.read()

    assert len(await world.touches()) == 8


async def test_the_same_file_again_brings_nothing_new(world: World):
    await world.source()
    visit = await member(world)
    shown = ""
    for _ in range(2):
        given = await give(visit, EXPORT.encode())
        begun = await visit.post(f"{given.headers['location']}/start", {})
        await take_in(world)
        shown = words_of(await visit.get(begun.headers["location"]))

    assert "0 nuevos 2 ya conocidos" in shown
    assert len(await world.touches()) == 2


async def test_what_nobody_says_is_asked_for(world: World):
    await world.source()
    visit = await member(world, language="en")
    without = "when,Correo\n2026-02-02 10:00:00,ana@acme.com\n"

    given = await give(visit, without.encode())
    where = given.headers["location"]
    assert "No column says what happened" in words_of(await visit.get(where))
    await visit.post(f"{where}/check", {"event": "email.opened", "column_time": "when"})

    assert "1 of 1 rows can be taken: 1 events." in words_of(await visit.get(where))


async def test_a_file_nobody_can_read_says_what_to_do(world: World):
    await world.source()
    visit = await member(world)
    told = {
        b"PK\x03\x04....": "guárdalo como CSV",
        "Fecha;Correo\n1;Peña\n".encode("latin-1"): "latin-1",
        b'a;b\n"1;2\n': "comillas",
        b"[{}]": "NDJSON",
    }
    for content, remedy in told.items():
        page = await visit.get((await give(visit, content)).headers["location"])

        assert remedy in words_of(page)
        assert "/start" not in page.text


async def test_what_cannot_be_taken_is_said_beside_the_field(world: World):
    await world.source()
    visit = await member(world)
    too_large = b"a" * (import_files.LARGEST + 1)
    for content, source, told in (
        (b"", "web", "Elige un archivo"),
        (b"a;b", "nobody", "Elige la fuente"),
        (too_large, "web", "demasiado grande"),
    ):
        answer = await give(visit, content, source=source)

        assert answer.status_code == 422
        assert told in words_of(answer)


async def test_a_larger_body_is_refused_before_it_is_read(world: World):
    visit = await member(world)

    answer = await give(visit, b"a" * (import_files.LARGEST + 2 * 256 * 1024))
    elsewhere = await visit.post("/sources/web/kinds", {"name_0": "a" * 300_000})

    assert (answer.status_code, elsewhere.status_code) == (413, 413)


async def test_a_file_can_be_forgotten_and_goes_after_a_day(world: World):
    await world.source()
    visit = await member(world)
    first = await give(visit, EXPORT.encode())
    await give(visit, EXPORT.encode())
    await visit.post(f"{first.headers['location']}/forget", {})
    left = await count_files(world)
    world.clock.advance(timedelta(days=2))
    await world.upkeep.make_round()

    assert (left, await count_files(world)) == (1, 0)
    assert (await visit.get(first.headers["location"])).status_code == 404


async def test_who_may_only_read_is_given_no_form(world: World):
    await world.source()
    visit = await member(world, roles=["rep"])

    page = await visit.get("/imports")
    sent = await give(visit, EXPORT.encode())

    assert (page.status_code, sent.status_code) == (403, 403)
    assert isinstance(page, httpx.Response)
