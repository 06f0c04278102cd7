"""The first run without scripts, and what pages say where there is nothing yet."""

import asyncio
import re

import pytest

from services.handoff.console.start_routes import WHERE
from shared.console.forms import TOKEN, form_token
from tests.service.handoff.api import open_api
from tests.service.handoff.recording import record
from tests.support.visiting import session_of, visitor, words_of

FIELDS = {"name": "Laura Medina", "email": "laura@acme.com", "role": "rep"}
LINK = re.compile(r'value="(http[^"]*/welcome/[^"]+)"')


async def visit_of(api, *roles: str, language: str = "es", name: str = "Luz Real"):
    person = await api.add_person(name, roles=list(roles), language=language)
    return visitor(api.http, await session_of(api.parts, person["person_id"]))


async def count(admin) -> str:
    found = re.search(r"(\d) de 5 hechos", words_of(await admin.get(WHERE)))
    assert found
    return found[1]


async def test_a_step_is_done_by_what_is_there_however_it_came(api):
    admin = await visit_of(api, "admin")
    before = await count(admin)
    await api.add_person("Ana Pérez")  # by the API
    with_team = await count(admin)
    await record(api, "eva@acme.com", "email.opened")
    with_source = await count(admin)

    assert [before, with_team, with_source] == ["1", "2", "3"]  # a new installation has a policy


async def test_a_colleague_is_added_and_their_link_shown_once(api):
    admin = await visit_of(api, "admin")
    form = FIELDS | {TOKEN: form_token(admin.session)}
    both = await asyncio.gather(*(admin.post("/start/team", form) for _ in range(2)))
    links = [link for answer in both for link in LINK.findall(answer.text)]
    page = await admin.get(WHERE)
    people = (await api.get("/v1/people")).json()["items"]

    assert [answer.status_code for answer in both] == [200, 200]
    assert all("Laura Medina ya está en el equipo" in words_of(answer) for answer in both)
    assert len(links) == 1
    assert LINK.findall(page.text) == []
    assert sum(one["email"] == "laura@acme.com" for one in people) == 1


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        pytest.param({"name": " "}, 422, "Escribe un nombre", id="no name"),
        pytest.param({"email": "laura"}, 422, "no es una dirección de correo", id="no address"),
        pytest.param({"role": "king"}, 422, "Elige una función", id="no role"),
        pytest.param({"email": "rep@acme.com"}, 409, "ya tiene ese correo", id="a taken address"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(empty, fields, status, told):
    answer = await empty["admin"].post("/start/team", FIELDS | fields)
    (field,) = fields

    assert answer.status_code == status
    assert told in words_of(answer)
    assert f'aria-describedby="wrong-{field}"' in answer.text
    assert f'id="wrong-{field}"' in answer.text


async def test_a_skipped_step_comes_back(api):
    admin = await visit_of(api, "admin")
    await admin.post("/start/skip/source", {})
    skipped = (await admin.get(WHERE)).text
    await admin.post("/start/take-up/source", {})
    taken_up = (await admin.get(WHERE)).text
    unknown = await admin.post("/start/skip/nothing", {})

    assert "is-skipped" in skipped
    assert "is-skipped" not in taken_up
    assert unknown.status_code == 404


async def test_a_test_lead_is_ordered_once_and_removed_once_it_came(api):
    admin = await visit_of(api, "admin")
    form = {TOKEN: form_token(admin.session)}
    for _ in range(2):
        await admin.post("/start/sample", form)
    orders = await api.staged("sample_lead.ordered.v1")
    (order,) = orders
    waiting = words_of(await admin.get(WHERE))
    await admin.post("/start/sample/remove", {})  # too early: it would come all the same
    still = words_of(await admin.get(WHERE))
    lead = await record(api, order["data"]["email"], "demo.requested", source="relevo-test")
    arrived = await admin.get("/start/sample", HX_Request="true")
    await admin.post("/start/sample/remove", {})
    gone = await admin.get(f"/leads/{lead}")
    after = words_of(await admin.get(WHERE))

    assert order["data"]["email"].endswith(".example")
    assert waiting.count("en espera") == 4
    assert still.count("en espera") == 4
    assert words_of(arrived).count("en espera") == 1  # nobody was told: notify is not here
    assert f"/leads/{lead}" in arrived.text
    assert gone.status_code == 410
    assert "Enviar un lead de prueba" in after


async def test_only_admins_see_it_and_are_reminded(api):
    admin = await visit_of(api, "admin")
    manager = await visit_of(api, "manager", name="Eva Ruiz")
    rep = await visit_of(api, "rep", name="Leo Sanz")
    statuses = [(await one.get(WHERE)).status_code for one in (admin, manager, rep)]
    lines = ["start-line" in (await one.get("/")).text for one in (admin, manager, rep)]

    assert statuses == [200, 403, 403]
    assert lines == [True, False, False]


async def test_the_link_of_the_last_resort_leads_there(api):
    (notice,) = [line for line in api.service.notices if "/welcome/" in line]
    path = notice.strip().removeprefix("http://127.0.0.1:8480")
    fields = {"password": "una carrera de relevos", "again": "una carrera de relevos"}
    answer = await visitor(api.http).post(path, fields)

    assert (answer.status_code, answer.headers["location"]) == (303, WHERE)


async def test_without_passwords_a_colleague_needs_no_link(tmp_path, migrated_sqlite_url):
    given = {
        "oidc_issuer": "https://id.acme.com",
        "oidc_client_id": "relevo",
        "oidc_client_secret": "something",
        "password_sign_in": False,
    }
    async with open_api(migrated_sqlite_url, tmp_path, password_sign_in=True) as before:
        admin = await visit_of(before, "admin")
    async with open_api(migrated_sqlite_url, tmp_path, **given) as api:
        same = visitor(api.http, admin.session)
        answer = await same.post("/start/team", FIELDS)

    assert "entra con la cuenta de la empresa" in words_of(answer)
    assert LINK.findall(answer.text) == []


# --- where there is nothing yet -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "path", "told", "link"),
    [
        pytest.param("rep", "/", "Todo al día", "/leads", id="a rep's day"),
        pytest.param("admin", "/", "Todo al día", "/start", id="an admin's day"),
        pytest.param("rep", "/leads", "Las fuentes las conecta marketing", "/", id="a rep's leads"),
        pytest.param("marketing", "/leads", "Todavía no hay leads", "/sources/new", id="marketing"),
        pytest.param("admin", "/leads", "Todavía no hay leads", "/start", id="an admin's leads"),
        pytest.param("marketing", "/leads?q=x", "quita los filtros", "/leads", id="nothing found"),
        pytest.param(
            "manager", "/scoreboard", "Todavía no hay nada que contar", "/agreement", id="numbers"
        ),
        pytest.param(
            "manager",
            "/scoreboard?period=30",
            "Amplía el periodo",
            "/scoreboard",
            id="numbers of a month",
        ),
    ],
)
async def test_an_empty_page_says_what_to_do_next(empty, role, path, told, link):
    page = await empty[role].get(path)
    (nothing,) = re.findall(r'<div class="empty">.*?</div>', page.text, re.DOTALL)

    assert told in words_of(page)
    assert f'href="{link}"' in nothing


@pytest.fixture(scope="module")
async def empty(new_data):
    """Visits of people of each role, where nothing has happened yet."""
    folder = new_data("empty")
    async with open_api(f"sqlite:///{folder}", folder) as api:
        roles = ("rep", "marketing", "manager", "admin")
        yield {role: await visit_of(api, role, name=f"{role} Real") for role in roles}
