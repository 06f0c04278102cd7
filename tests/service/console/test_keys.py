"""API keys by pages: made and shown once, listed, revoked."""

import re

import pytest

from shared.ids import new_id
from tests.support.visiting import words_of

KEY = re.compile(r">(rlv_[A-Za-z0-9_-]+)<")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


@pytest.fixture
async def admin(consoles):
    return await consoles.enter()


async def make(admin, **fields):
    given = {"name": "CRM", "may_leads:read": "yes", "once": new_id()}
    return await admin.post("/keys", given | fields)


def made_key(page) -> str:
    assert page.status_code == 200, words_of(page)
    return str(KEY.findall(page.text)[0])


async def works(consoles, key: str) -> int:
    answer = await consoles.http.get("/v1/leads", headers={"Authorization": f"Bearer {key}"})
    return int(answer.status_code)


async def test_a_key_is_shown_once_works_at_once_and_is_dead_when_revoked(consoles, admin):
    name = f"CRM {new_id()}"
    page = await make(admin, name=name)
    key = made_key(page)
    before = await works(consoles, key)
    listed = await every_key(admin)
    row = listed[listed.index(name) :]
    path = re.findall(r'href="(/keys/[^"]+/revoke)"', row)[0]
    asked = await admin.get(path)
    still = await works(consoles, key)
    done = await admin.post(path, {})
    after = await admin.get(done.headers["location"])

    assert "No se vuelve a mostrar" in words_of(page)
    assert page.headers["cache-control"] == "no-store"
    assert (before, still, await works(consoles, key)) == (200, 200, 401)
    assert key not in listed
    assert f"Revocar «{name}»" in words_of(asked)
    assert "Clave revocada." in words_of(after)
    assert "Ya estaba revocada" in words_of(await admin.get(path))


async def test_the_same_form_sent_twice_makes_one_key_and_shows_it_once(consoles, admin):
    once, name = new_id(), f"Twice {new_id()}"
    first = await make(admin, name=name, once=once)
    second = await make(admin, name=name, once=once)

    assert made_key(first)
    assert "Ya se había creado" in words_of(second)
    assert KEY.findall(second.text) == []
    assert (await every_key(admin)).count(name) == 2  # its name, and in the label of its button


async def test_a_key_for_a_person_may_what_their_roles_allow(consoles, admin):
    rep = await consoles.add_person("Zoe Paz", roles=["rep"])
    page = await admin.post("/keys", {"name": "hers", "person": rep["person_id"], "once": new_id()})
    beyond = await admin.post(
        "/keys", {"name": "x", "person": rep["person_id"], "may_keys:write": "yes"}
    )

    assert await works(consoles, made_key(page)) == 200
    assert beyond.status_code == 422
    assert "no permiten" in words_of(beyond)
    assert 'name="may_keys:write" value="yes" checked' in beyond.text


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"name": " "}, "Ponle un nombre", id="no name"),
        pytest.param({"name": "x" * 201}, "200 caracteres como mucho", id="long"),
        pytest.param({"may_leads:read": ""}, None, id="an empty tick is a tick"),
        pytest.param({"person": new_id()}, "ya no trabaja aquí", id="nobody"),
        pytest.param({"person": "nonsense"}, "ya no trabaja aquí", id="no id"),
    ],
)
async def test_what_is_wrong_is_said_next_to_the_field(admin, fields, told):
    page = await make(admin, **fields)

    assert page.status_code == (200 if told is None else 422)
    if told is not None:
        assert told in words_of(page)
        assert 'aria-invalid="true"' in page.text


async def test_a_key_that_may_nothing_is_none(admin):
    page = await admin.post("/keys", {"name": "x", "may_unknown:scope": "yes"})

    assert page.status_code == 422
    assert "Marca qué puede hacer" in words_of(page)


async def test_a_role_ticks_what_its_work_needs(admin):
    page = await admin.get("/keys/new?like=rep")
    nothing = await admin.get("/keys/new?like=nonsense")

    assert 'name="may_handoffs:write" value="yes" checked' in page.text
    assert 'name="may_keys:write" value="yes">' in page.text
    assert " checked" not in nothing.text


async def test_a_hostile_name_stays_a_name(admin):
    page = await make(admin, name=HOSTILE)
    listed = await every_key(admin)

    assert made_key(page)
    assert "<img src=x" not in page.text + listed
    assert "&lt;img src=x" in listed


async def test_keys_are_for_those_who_may_make_some(consoles):
    manager = await consoles.enter(roles=["manager"])
    answers = [await manager.get("/keys"), await manager.get("/keys/new"), await make(manager)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


@pytest.mark.parametrize("key_id", [new_id(), "nonsense"], ids=["no such", "no id"])
async def test_a_key_that_is_not_there_cannot_be_revoked(admin, key_id):
    answers = [
        await admin.get(f"/keys/{key_id}/revoke"),
        await admin.post(f"/keys/{key_id}/revoke", {}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]


async def every_key(admin) -> str:
    """Return all pages of the list, one after the other."""
    path, text = "/keys", ""
    while path:
        page = await admin.get(path)
        text += page.text
        path = page.text.partition('rel="next" href="')[2].partition('"')[0]
    return text
