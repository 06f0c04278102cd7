"""Pages of people: who is there, letting them in and go, hours and leave, a file of people."""

import re
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from shared.console.forms import TOKEN, form_token
from tests.service.handoff.paging import HEADERS, HOSTILE
from tests.service.handoff.recording import record
from tests.support.visiting import Visit, session_of, visitor, words_of

NUMBERS = count(1)
TODAY = datetime.now(ZoneInfo("Europe/Madrid")).date()
CSV = "email,name,roles,zone\n{email},Eva Soler,rep,{zone}\n"


async def join(house, name="Ana Pérez", *roles, **fields):
    """Add somebody; return them with their visit."""
    given = {"email": f"p{next(NUMBERS)}@a.com", "language": "es", "zone": "Europe/Madrid"}
    given |= {"roles": list(roles) or ["rep"]} | fields
    person = await house.add_person(name, **given)
    session = await session_of(house.parts, person["person_id"])
    return person | {
        "visit": visitor(house.http, session),
        "path": f"/people/{person['person_id']}",
    }


@pytest.fixture
async def manager(house) -> Visit:
    """Somebody who may change people."""
    visit: Visit = (await join(house, f"Marta Gil {next(NUMBERS)}", "manager"))["visit"]
    return visit


async def stored(house, person):
    return (await house.get(f"/v1/people/{person['person_id']}")).json()


def drawn(page) -> str:
    """Return the drawing of a week."""
    found = re.search(r'<figure class="week".*?</figure>', page.text, re.DOTALL)
    assert found, page.text
    return found[0]


def person_form(person, **changes):
    fields = {"name": person["name"], "email": person["email"], "zone": person["zone"]}
    fields |= {"language": person["language"], "channels": "email\ninbox"}
    roles = {f"role_{role}": "yes" for role in person["roles"]}
    return fields | roles | {"revision": str(person["revision"])} | changes


async def test_the_list_tells_who_is_there_and_finds_them_however_it_is_typed(house, manager):
    number = next(NUMBERS)
    ana = await join(house, f"Íñigo Luz {number}", languages=["pt"], skills=[f"erp {number}"])
    team = await house.add_team(
        f"Norte {number}", ana["person_id"], members=[{"person_id": ana["person_id"], "cap": 7}]
    )
    leave = {"from": str(TODAY - timedelta(days=1)), "until": str(TODAY + timedelta(days=3))}
    await house.patch(f"/v1/people/{ana['person_id']}/hours", {"leave": [leave]})
    await house.patch(f"/v1/people/{ana['person_id']}", {"last_day": "2098-03-31"})
    for query in (f"inigo luz {number}", f"norte {number}", f"erp {number}", ana["email"]):
        page = words_of(await manager.get(f"/people?q={query.replace(' ', '+')}"))

        assert f"Íñigo Luz {number} comercial · Norte {number}" in page, query
        assert "0 de 7" in page
        assert f"portugués erp {number}" in page
        assert "Ausente hasta el" in page
        assert "Último día: 31 mar 2098" in page
        assert "Puede entrar" in page
    nobody = words_of(await manager.get("/people?q=nobody-like-that"))

    assert "Nadie así" in nobody
    assert (await manager.get(f"/teams/{team['team_id']}")).status_code == 200


async def test_somebody_joins_with_what_is_wrong_told_at_its_field(house, manager):
    number = next(NUMBERS)
    form = {"name": "Eva", "email": "no address", "zone": "Madrid", "languages": "klingonish"}
    wrong = await manager.post("/people/new", form)
    form |= {"email": f"e{number}@a.com", "zone": "Europe/Madrid", "languages": "inglés, es"}
    form |= {"role_rep": "yes", "language": "es", "channels": "email"}
    taken = await manager.post("/people/new", form)
    again = await manager.post("/people/new", form)
    page = words_of(await manager.get(taken.headers["location"]))

    assert wrong.status_code == 422
    for told in ("No parece un correo", "No es una zona horaria", "Elige al menos una"):
        assert told in words_of(wrong)
    assert 'aria-invalid="true" aria-describedby="email-wrong"' in wrong.text
    assert 'value="klingonish"' in wrong.text
    assert taken.status_code == 303
    assert "Eva comercial" in page
    assert "inglés, español" in page
    assert again.status_code == 409
    assert "Alguien tiene ya este correo." in words_of(again)


async def test_what_somebody_changed_meanwhile_is_told_beside_what_was_typed(house, manager):
    ana = await join(house)
    form = person_form(ana, name="Ana María", skills="erp")
    await house.patch(f"/v1/people/{ana['person_id']}", {"name": "Ana Pérez Gil"})
    late = await manager.post(f"{ana['path']}/edit", form)
    kept = await stored(house, ana)
    newest = re.search(r'name="revision" value="(\d+)"', late.text)
    assert newest, "the form of now"
    again = await manager.post(f"{ana['path']}/edit", form | {"revision": newest[1]})

    assert late.status_code == 412
    assert "Alguien lo cambió mientras tanto" in words_of(late)
    assert "Ahora pone: Ana Pérez Gil" in words_of(late)
    assert 'value="Ana María"' in late.text
    assert kept["name"] == "Ana Pérez Gil"
    assert again.headers["location"] == f"{ana['path']}?said=changed"
    assert (await stored(house, ana))["name"] == "Ana María"


async def test_only_an_admin_makes_an_admin(house, manager):
    ana = await join(house)
    answer = await manager.post(f"{ana['path']}/edit", person_form(ana, role_admin="yes"))

    assert answer.status_code == 403
    assert "Solo alguien de administración" in words_of(answer)
    assert (await stored(house, ana))["roles"] == ["rep"]


async def test_a_link_is_shown_once_and_lets_somebody_in(house, manager):
    ana = await join(house)
    shown = await manager.post(f"{ana['path']}/invite", {})
    link = re.search(r"http://[^\"]+(/welcome/[^\"]+)", shown.text)
    assert link, "it is shown"
    later = await manager.get(ana["path"])
    admin = await join(house, "Ada", "admin")
    refused = await manager.post(f"{admin['path']}/invite", {})

    assert "Copia el enlace ahora" in words_of(shown)
    assert (await ana["visit"].get(link[1])).status_code == 200
    assert "/welcome/" not in later.text
    assert refused.status_code == 403
    assert "Sus funciones permiten más que las tuyas" in words_of(refused)


async def test_somebody_is_signed_out_everywhere(house, manager):
    ana = await join(house)
    answer = await manager.post(f"{ana['path']}/sign-out", {})

    assert (await ana["visit"].get("/account")).status_code == 303
    assert "Se han cerrado todas sus sesiones" in words_of(
        await manager.get(answer.headers["location"])
    )


async def test_before_somebody_leaves_it_is_said_what_becomes_of_their_leads(house, manager):
    number = next(NUMBERS)
    ana = await join(house, f"Ana Sol {number}")
    lead = await record(house, f"l{number}@mail.com", "demo.requested")
    (handoff,) = (await house.get("/v1/handoffs", params={"lead": lead})).json()["items"]
    await house.post(
        f"/v1/handoffs/{handoff['handoff_id']}/assign",
        {"to": ana["person_id"], "person": "admin@localhost.localdomain"},
    )
    before = words_of(await manager.get(f"{ana['path']}/leave"))
    form = {"revision": str(ana["revision"])}
    none = await manager.post(f"{ana['path']}/leave", form | {"when": "day", "last_day": ""})
    day = await manager.post(
        f"{ana['path']}/leave", form | {"when": "day", "last_day": "2097-01-31"}
    )
    planned = await stored(house, ana)
    left = await manager.post(
        f"{ana['path']}/leave", {"revision": str(planned["revision"]), "when": "now"}
    )
    gone = await stored(house, ana)

    assert "Su lead abierto pasa a otra persona" in before
    assert none.status_code == 422
    assert "Elige un día." in words_of(none)
    assert day.headers["location"].endswith("said=leaves")
    assert planned["last_day"] == "2097-01-31"
    assert left.headers["location"].endswith("said=left")
    assert gone["active"] is False
    assert gone["last_day"] == str(TODAY)
    assert f"Ana Sol {number}" in words_of(await manager.get(f"/people?who=left&q=Sol+{number}"))


async def test_who_stands_in_for_a_team_is_named_before_they_leave(house, manager):
    number = next(NUMBERS)
    ana = await join(house)
    await house.add_team(f"Sur {number}", ana["person_id"])
    page = words_of(await manager.get(f"{ana['path']}/leave"))
    form = {"revision": str(ana["revision"]), "when": "now"}
    answer = await manager.post(f"{ana['path']}/leave", form)

    assert f"Es suplente de Sur {number}" in page
    assert "Antes nombra a otra persona" in page
    assert answer.status_code == 409
    assert (await stored(house, ana))["active"] is True


async def test_a_rep_enters_their_own_leave_and_sees_their_week_without_it(house):
    ana = await join(house)
    monday = TODAY + timedelta(days=7 - TODAY.weekday())
    form = {"leave_from": str(monday), "leave_until": str(monday + timedelta(days=1))}
    wrong = await ana["visit"].post("/account/hours/leave", form | {"leave_until": "2020-01-01"})
    none = await ana["visit"].post("/account/hours/leave", {"leave_from": ""})
    answer = await ana["visit"].post("/account/hours/leave", form | {"revision": "0"})
    page = await ana["visit"].get(f"/account/hours?week={monday}")
    hours = (await house.get(f"/v1/people/{ana['person_id']}/hours")).json()
    late = await ana["visit"].post("/account/hours/leave", form | {"revision": "0"})
    gone = await ana["visit"].post(
        "/account/hours/leave/remove", hours["leave"][0] | {"revision": str(hours["revision"])}
    )
    after = (await house.get(f"/v1/people/{ana['person_id']}/hours")).json()

    assert wrong.status_code == none.status_code == 422
    assert "que no acabe antes de empezar" in words_of(wrong)
    assert answer.headers["location"] == "/account/hours?said=leave_added"
    assert len(hours["leave"]) == 1
    assert drawn(page).count("<rect") == 5  # day and night, but for two of seven days
    assert late.status_code == 412
    assert gone.headers["location"] == "/account/hours?said=leave_removed"
    assert after["leave"] == []


async def test_hours_of_ones_own_say_at_which_day_they_are_wrong(house, manager):
    ana = await join(house)
    path = f"{ana['path']}/hours"
    wrong = await manager.post(
        f"{path}/week", {"day_mon": "09:00-14:00", "day_tue": "9-14", "revision": "0"}
    )
    form = {"day_mon": "09:00–14:00, 16:00-19:00", "calendar": "business", "revision": "0"}
    taken = await manager.post(f"{path}/week", form)
    hours = (await house.get(f"/v1/people/{ana['person_id']}/hours")).json()

    assert wrong.status_code == 422
    assert 'id="day_tue-wrong"' in wrong.text
    assert 'id="day_mon-wrong"' not in wrong.text
    assert taken.headers["location"] == f"{path}?said=hours_changed"
    assert hours["week"] == {"mon": ["09:00-14:00", "16:00-19:00"]}
    assert hours["calendar"] == "business"


async def send_file(visit, content: bytes, **fields: str):
    """Send a form with a file, as a browser does."""
    return await visit.http.post(
        "/people/import",
        data={TOKEN: form_token(visit.session)} | fields,
        files={"file": ("people.csv", content, "text/csv")} if content else None,
        headers={"Cookie": f"relevo_session={visit.session}", "Accept": "text/html"},
    )


async def test_a_file_is_tried_told_by_line_and_then_taken(house, manager):
    email = f"f{next(NUMBERS)}@a.com"
    bad = await send_file(manager, CSV.format(email=email, zone="Madrid").encode(), do="try")
    good = CSV.format(email=email, zone="Europe/Madrid")
    tried = await send_file(manager, good.encode(), do="try")
    nobody = await house.get(f"/v1/people/{email}")
    taken = await manager.post(
        "/people/import", {"do": "import", "name": "people.csv", "text": good}
    )
    broken = await send_file(manager, b"\xff\xfe\x00,", do="try")

    assert bad.status_code == 422
    assert "people.csv:2:4 No es una zona horaria" in words_of(bad)
    assert "No se ha cambiado nada" in words_of(bad)
    assert "Cambiaría 1 cosa; todavía no se ha cambiado nada" in words_of(tried)
    assert f"{email} persona nuevo" in words_of(tried)
    assert nobody.status_code == 404
    assert "Hecho: 1 cambio" in words_of(taken)
    assert "Eva Soler" in words_of(await manager.get(f"/people?q={email}"))
    assert broken.status_code == 422


async def test_a_file_counts_with_the_token_of_its_form_alone_and_has_an_end(house, manager):
    headers = {"Cookie": f"relevo_session={manager.session}", "Accept": "text/html"}
    files = {"file": ("people.csv", b"email,name,roles\n", "text/csv")}
    foreign = await manager.http.post("/people/import", files=files, headers=headers)
    large = await send_file(manager, b"x" * 255_000, do="try")

    assert foreign.status_code == 403
    assert "El formulario ha caducado" in words_of(foreign)
    assert large.status_code == 413
    assert "people.csv pasa de 250 kB" in words_of(large)


async def test_a_file_is_taken_up_to_its_size_and_a_larger_one_is_refused_in_words(manager):
    one = "email,name,roles,zone\nfull@large.example,Somebody,rep,\n"
    table = one.encode() + b"\n" * (249_000 - len(one))
    fits = await send_file(manager, table, do="try")
    fields = {TOKEN: form_token(manager.session)}
    again = {"do": "try", "name": "people.csv", "text": table.decode().replace("\n", "\r\n")}
    headers = {"Cookie": f"relevo_session={manager.session}", "Accept": "text/html"}
    nothing = {"file": ("", b"", "application/octet-stream")}
    typed = await manager.http.post(
        "/people/import", data=fields | again, files=nothing, headers=headers
    )
    sheet = b"people: {p@a.com: {nom: x}}\n" + b"# of no use\n" * 20_000
    files = {"file": ("staff.yaml", sheet, "text/yaml")}
    yaml = await manager.http.post("/people/import", data=fields, files=files, headers=headers)
    huge = await send_file(manager, b"x" * 2_000_000, do="try")
    program = await manager.http.post("/people/import", content=b"x" * 2_000_000)

    for taken in (fits, typed):
        assert "Cambiaría 1 cosa" in words_of(taken)
    assert "Ningún campo se llama «nom»" in words_of(yaml)
    assert (huge.status_code, program.status_code) == (413, 413)
    assert "It is too large" in words_of(huge), "nobody was asked who it is"
    assert program.json()["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("people: {x: [}", "ningún campo se llama 'people: {x: [}'", id="no table"),
        pytest.param("correo;nombre\n;Ana\n", "people.csv:2:1 falta el correo", id="no address"),
        pytest.param('correo,nombre\na@b.com,"Ana', "unas comillas se abren", id="a quote"),
        pytest.param("correo,nombr\n", "¿querías decir nombre?", id="a heading"),
        pytest.param("nombre\nAna\n", "falta una columna `email`", id="no column"),
        pytest.param("correo\na@b.com,x\n", "hay más celdas que encabezados", id="cells"),
        pytest.param("correo,activo\na@b.com,ja\n", "sí o no, y pone 'ja'", id="no truth"),
        pytest.param("correo\na@b.com\nA@b.com\n", "está dos veces", id="twice"),
    ],
)
async def test_what_is_wrong_with_a_file_is_told_in_spanish(manager, content, told):
    answer = await send_file(manager, content.encode(), do="import")

    assert answer.status_code == 422
    assert told in words_of(answer).replace("&#39;", "'")


async def test_pages_follow_the_roles(house):
    rep = (await join(house))["visit"]
    marketing = (await join(house, "Mila", "marketing"))["visit"]
    ana = await join(house)
    for path in ("/people", ana["path"], "/people/new", f"{ana['path']}/hours"):
        assert (await rep.get(path)).status_code == 403, path
    seen = await marketing.get(ana["path"])

    assert (await rep.get("/account/hours")).status_code == 200
    assert seen.status_code == 200
    assert "/edit" not in seen.text
    assert (await marketing.get(f"{ana['path']}/edit")).status_code == 403
    assert (await marketing.post(f"{ana['path']}/invite", {})).status_code == 403


async def test_hostile_names_are_text_on_every_page(house, manager):
    name = HOSTILE.replace("\u202e", "")[:190]
    ana = await join(house, name, skills=[name[:55]])
    paths = ["/people", "/people/new", "/people/import", "/account/hours"]
    paths += [ana["path"] + each for each in ("", "/edit", "/leave", "/hours")]
    for path in paths:
        page = await manager.get(path)

        assert page.status_code == 200, path
        assert "<script>alert" not in page.text, path
        assert "<img src=x" not in page.text, path
        assert {each: page.headers.get(each) for each in HEADERS} == HEADERS, path
