"""The pages of sources: how each is doing, connecting one, changing one."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.ingest.http.refusals import Refusals
from services.ingest.store.tables import AUDIT, CONSOLE_SESSION, LEDGER, PERSON
from shared.ids import new_id
from tests.service.ingest.test_reading import GUIDE
from tests.service.ingest.world import World
from tests.support.visiting import Visit, copied_session, visitor, words_of

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def world(emptied_world: World) -> World:
    """One kind of database: ``test_console_pages`` opens every page on both."""
    return emptied_world


async def member(world: World, **fields: Any) -> Visit:
    ends_at = world.clock.now() + timedelta(days=30)
    person: dict[str, Any] = {"person_id": new_id(), "name": "Ana Pérez"}
    given = {"ends_at": ends_at, "roles": ["marketing"]} | person | fields
    row = insert(PERSON).values(revision=1, **person)
    await world.service.db.write(lambda conn: conn.execute(row))
    session = await copied_session(world.service.db, CONSOLE_SESSION, **given)
    return visitor(world.http, session)


async def refused(world: World) -> None:
    """Write what the doors refused, which a loop does once a second."""
    owner = world.service.loops["refusals"].__self__  # type: ignore[attr-defined]
    assert isinstance(owner, Refusals)
    await owner.write()


async def test_without_sources_the_page_leads_to_adding_one(world: World):
    visit = await member(world)

    page = await visit.get("/sources")

    assert "Todavía no hay fuentes" in words_of(page)
    assert 'href="/sources/new"' in page.text


async def test_every_source_shows_a_ledger_that_adds_up(world: World):
    token = await world.source()
    await world.send("/hooks/web", [GUIDE, {"event": "Opened"}], token)
    await world.read()
    visit = await member(world)

    said = words_of(await visit.get("/sources"))

    assert "2 recibidos = 1 publicados + 1 apartados + 0 por leer" in _turned(said)
    assert "Con algo apartado" in said
    assert "Último evento" in said
    assert "100 % personas" in said or "% sin saberlo" in said


def _turned(said: str) -> str:
    """Return the sums with each number before its name, as a page shows them."""
    return re.sub(r"(recibidos|publicados|apartados|por leer) ([=+]? ?)(\d+)", r"\2\3 \1", said)


async def test_a_gap_is_an_alarm_and_comes_first(world: World):
    await world.source("aaa")
    await world.source("zzz")
    await world.service.db.write(
        lambda conn: conn.execute(
            update(LEDGER).where(LEDGER.c.source_id.in_(_ids("zzz"))).values(received=3)
        )
    )
    visit = await member(world, language="en")

    page = await visit.get("/sources")

    assert "3 events are unaccounted for" in words_of(page)
    assert 'role="alert"' in page.text
    assert page.text.index("/sources/zzz") < page.text.index("/sources/aaa")


def _ids(name: str) -> Any:
    from services.ingest.store.tables import SOURCE

    return select(SOURCE.c.id).where(SOURCE.c.name == name)


async def test_a_source_that_fell_silent_is_a_concern(world: World):
    token = await world.source()
    await world.send("/hooks/web", GUIDE, token)
    await world.read()
    world.clock.advance(timedelta(days=5))
    visit = await member(world)

    assert "Nada desde hace 5 d" in words_of(await visit.get("/sources"))


async def test_a_tool_is_found_by_its_name(world: World):
    visit = await member(world)

    async def found(wanted: str) -> str:
        return words_of(await visit.get(f"/sources/new?q={wanted}"))

    assert "HubSpot" in await found("hub")
    assert "Mautic" not in await found("hub")
    assert "Cualquier herramienta" in await found("CUALQUIER herramienta")
    assert "Ninguna se llama así" in await found("nothing")


async def test_a_tool_is_connected_step_by_step_until_its_first_event(world: World):
    visit = await member(world, language="en")
    form = await visit.get("/sources/new/generic")
    assert 'value="generic"' in form.text

    made = await visit.post("/sources/new/generic", {"name": "fair", "way": "token"})
    (token,) = set(re.findall(r'value="(src_[\w-]+)"', made.text))
    assert "It is shown only this once" in words_of(made)
    assert f"/hooks/fair?token={token}" in made.text
    again = await visit.get("/sources/fair/connect")
    assert token not in again.text
    assert "Waiting for the first event" in words_of(again)
    await world.send("/hooks/fair", {**GUIDE, "event": EVIL}, token)
    await world.read()

    news = await visit.get("/sources/fair/news")
    assert "Connected: the event is here" in words_of(news)
    assert EVIL not in news.text
    seen = re.search(r"seen=([0-9a-f]+)", news.text)
    assert seen
    assert (await visit.get(f"/sources/fair/news?seen={seen[1]}")).status_code == 204


async def test_the_secret_a_tool_makes_is_entered_and_never_shown(world: World):
    visit = await member(world)
    made = await visit.post("/sources/new/hubspot", {"name": "crm", "way": "app"})
    assert "whsec_" not in made.text.replace("whsec_…", "")

    empty = await visit.post("/sources/crm/connect/secret", {"secret": " "})
    short = await visit.post("/sources/crm/connect/secret", {"secret": "abc"})
    kept = await visit.post("/sources/crm/connect/secret", {"secret": "a" * 36})

    assert (empty.status_code, short.status_code, kept.status_code) == (422, 422, 303)
    assert "demasiado corto" in words_of(short)
    page = await visit.get(kept.headers["location"])
    assert "El secreto está guardado." in words_of(page)
    assert "a" * 36 not in page.text
    live = (await world.api("GET", "/v1/sources/crm")).json()["credentials"]
    assert [one["last4"] for one in live] == ["aaaa"], "that of ours does not go on beside it"


async def test_a_name_that_cannot_be_is_explained_beside_the_field(world: World):
    await world.source()
    visit = await member(world)
    told = {
        "Web Shop": "Usa minúsculas",
        "web": "Ya hay una fuente con ese nombre",
        "new": "no se puede usar",
    }
    for name, why in told.items():
        page = await visit.post("/sources/new/generic", {"name": name})

        assert page.status_code == 422
        assert why in words_of(page)
        assert f'value="{name}"' in page.text


async def test_what_was_refused_is_told_to_who_connects(world: World):
    await world.source()
    await world.send("/hooks/web", GUIDE, "wrong")
    await world.send("/hooks/nobody", GUIDE, "wrong")
    await refused(world)
    visit = await member(world)

    said = words_of(await visit.get("/sources/web/connect"))

    assert "el token no es el de esta fuente" in said
    assert "/hooks/nobody" in said


async def test_a_source_is_paused_resumed_and_archived(world: World):
    await world.source()
    visit = await member(world)

    paused = await visit.post("/sources/web/state", {"state": "paused", "revision": "1"})
    stale = await visit.post("/sources/web/state", {"state": "active", "revision": "1"})
    assert "En pausa. Nada se pierde" in words_of(await visit.get(paused.headers["location"]))
    assert "Alguien cambió la fuente" in words_of(await visit.get(stale.headers["location"]))
    unsure = await visit.post("/sources/web/archive", {})
    assert (unsure.status_code, "Marca la casilla" in words_of(unsure)) == (422, True)
    await visit.post("/sources/web/archive", {"sure": "yes"})

    assert "Todavía no hay fuentes" in words_of(await visit.get("/sources"))
    assert "Archivada" in words_of(await visit.get("/sources?archived=yes"))
    who = select(AUDIT.c.what).order_by(AUDIT.c.audit_id)
    written = await world.service.db.read(lambda conn: conn.execute(who).scalars().all())
    assert written == ["source.added", "source.changed", "source.archived"]


async def test_a_credential_is_rotated_with_overlap_and_shown_once(world: World):
    token = await world.source()
    visit = await member(world)

    page = await visit.post("/sources/web/rotate", {"overlap": "1"})
    (new,) = set(re.findall(r'value="(src_[\w-]+)"', page.text))

    assert "Las anteriores siguen valiendo 1 h" in words_of(page)
    for each in (token, new):
        assert (await world.send("/hooks/web", GUIDE, each)).status_code == 200
    shown = await visit.get("/sources/web")
    assert new not in shown.text
    assert f"…{new[-4:]}" in shown.text
    (first, _) = re.findall(r"/credentials/([\w-]+)/revoke", shown.text)
    await visit.post(f"/sources/web/credentials/{first}/revoke", {})
    assert (await world.send("/hooks/web", GUIDE, token)).status_code == 401
    again = await visit.post(f"/sources/web/credentials/{first}/revoke", {})
    assert "Eso ya no existe." in words_of(await visit.get(again.headers["location"]))


async def test_a_name_nobody_knows_is_given_a_kind(world: World):
    token = await world.source()
    await world.send("/hooks/web", {**GUIDE, "event": f"Raro {EVIL}"}, token)
    await world.read()
    visit = await member(world)
    page = await visit.get("/sources/web")
    assert EVIL not in page.text

    fields = {"revision": "1", "name_0": f"Raro {EVIL}", "kind_0": "demo.requested"}
    await visit.post("/sources/web/kinds", fields)

    settings = (await world.api("GET", "/v1/sources/web")).json()["settings"]
    assert settings["touch_kinds"] == {f"Raro {EVIL}": "demo.requested"}
    forgotten = {"revision": "2", "name_0": f"Raro {EVIL}", "kind_0": ""}
    await visit.post("/sources/web/kinds", forgotten)
    assert (await world.api("GET", "/v1/sources/web")).json()["settings"]["touch_kinds"] == {}


async def test_however_many_names_nobody_knows_they_are_given_kinds_at_once(world: World):
    token = await world.source(touch_kinds={f"Old {each}": "demo.requested" for each in range(40)})
    events = [GUIDE | {"event": f"Raro {each}", "id": f"raro-{each}"} for each in range(40)]
    await world.send("/hooks/web", events, token)
    await world.read()
    visit = await member(world)
    page = await visit.get("/sources/web")
    fields = dict(re.findall(r'name="(name_\d+)" value="([^"]*)"', page.text))
    kinds = {name.replace("name", "kind"): "content.viewed" for name in fields}
    answer = await visit.post("/sources/web/kinds", {"revision": "1"} | fields | kinds)

    assert answer.status_code == 303
    settings = (await world.api("GET", "/v1/sources/web")).json()["settings"]
    assert len(settings["touch_kinds"]) == 80
    assert set(settings["touch_kinds"].values()) == {"content.viewed"}


async def test_settings_that_cannot_be_are_explained_beside_their_field(world: World):
    await world.source()
    visit = await member(world)
    wrong = {
        "options": "{",
        "columns": '{"nothing": "x"}',
        "hidden_links": "not a link",
        "settle_s": "99999",
    }
    more = [
        ("options", '{"mapping": {"email": 7}}'),
        ("options", '{"mapping": {"email": "\\ud800"}}'),
        ("options", '{"mapping": {"email": "a"}, "mapping": {}}'),
        ("columns", "[" * 5000),
        ("settle_s", "²"),
        ("settle_s", "9" * 5000),
    ]
    for field, value in [*wrong.items(), *more]:
        fields = {"revision": "1", "settle_s": "60", field: value}
        page = await visit.post("/sources/web/settings", fields)

        assert page.status_code == 422
        assert "Así no vale" in words_of(page)
        assert page.text.count('aria-invalid="true"') == 1, field


@pytest.mark.parametrize("path", ["settings", "kinds", "state"])
@pytest.mark.parametrize(
    "revision", [pytest.param("9" * 5000, id="huge"), pytest.param("²", id="no digit"), ""]
)
async def test_a_form_of_no_revision_there_is_changes_nothing(world: World, path, revision):
    await world.source()
    visit = await member(world)
    answer = await visit.post(f"/sources/web/{path}", {"revision": revision, "settle_s": "60"})

    assert answer.status_code in (303, 412)
    assert (await world.api("GET", "/v1/sources/web")).headers["etag"] == '"1"'


async def test_settings_somebody_was_quicker_with_stay_as_they_were_typed(world: World):
    await world.source()
    visit = await member(world)
    await world.change("web", settings={"machines": {"settle_s": 30}})
    typed = '{"mapping": {"email": "who.mail"}}'
    page = await visit.post(
        "/sources/web/settings", {"revision": "1", "options": typed, "settle_s": "5"}
    )

    assert page.status_code == 412
    assert "Alguien cambió la fuente entretanto" in words_of(page)
    assert "who.mail" in page.text
    assert 'name="settle_s" inputmode="numeric" value="5"' in page.text
    assert 'name="revision" value="2"' in page.text


async def test_settings_are_changed(world: World):
    await world.source()
    visit = await member(world)
    fields = {
        "revision": "1",
        "options": '{"mapping": {"email": "who.mail"}}',
        "hidden_links": "https://acme.com/s/trap\n",
        "settle_s": "5",
        "removed_is_erased": "yes",
    }

    await visit.post("/sources/web/settings", fields)

    settings = (await world.api("GET", "/v1/sources/web")).json()["settings"]
    assert settings["options"]["mapping"]["email"] == "who.mail"
    assert settings["machines"] == {"hidden_links": ["https://acme.com/s/trap"], "settle_s": 5}
    assert settings["removed_is_erased"] is True


async def test_who_may_not_change_sources_is_given_no_form(world: World):
    await world.source()
    rep = await member(world, roles=["rep"])
    stranger = visitor(world.http)

    assert (await rep.get("/sources")).status_code == 403
    assert (await rep.post("/sources/web/state", {"state": "paused"})).status_code == 403
    assert (await stranger.get("/sources")).headers["location"].startswith("/sign-in")


async def test_a_form_of_another_session_changes_nothing(world: World):
    await world.source()
    one, other = await member(world), await member(world)
    other_form = {"form_token": "0.0", "state": "paused", "revision": "1"}

    answer = await one.post("/sources/web/state", other_form)

    assert answer.status_code == 403
    assert other.session != one.session
    assert (await world.api("GET", "/v1/sources/web")).json()["state"] == "active"
