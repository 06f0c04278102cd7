"""The agreement's pages over HTTP, without scripts: read, written, signed, in force, retired."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from services.handoff.policy_document.yaml_tree import LARGEST
from shared.console import assets
from shared.console.forms import TOKEN, form_token
from tests.service.handoff.signing import Teams, path, text
from tests.support.visiting import COOKIE, Visit, session_of, visitor, words_of

NUMBERS = count(1)
MOST_BYTES = 120 * 1024
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {x} %s'


async def hire(house, *roles: str, language: str = "es") -> dict[str, Any]:
    number = next(NUMBERS)
    person = await house.add_person(
        f"Mara Ruiz {number}", email=f"agr{number}@a.com", roles=list(roles), language=language
    )
    session = await session_of(house.parts, person["person_id"])
    return {**person, "visit": visitor(house.http, session)}


@pytest.fixture
async def marketing(house):
    return await hire(house, "marketing")


@pytest.fixture
async def sales(house):
    return await hire(house, "sales")


def fresh() -> str:
    """Return the name of a policy no other test has."""
    return f"p{next(NUMBERS)}"


async def save(visit: Visit, policy: str, written: str, base: int = 0, **more: str) -> Any:
    fields = {"text": written, "base": str(base), "do": "save"} | more
    return await visit.post(f"/agreement/{policy}/edit", fields)


async def open_file(visit: Visit, policy: str, content: bytes) -> Any:
    """Send a file of one's own to the editor, as its form does without scripts."""
    session = {"Cookie": f"{COOKIE}={visit.session}", "Accept": "text/html"}
    return await visit.http.post(
        f"/agreement/{policy}/edit",
        data={TOKEN: form_token(visit.session), "base": "1", "do": "file"},
        files={"file": ("mine.yaml", content, "application/yaml")},
        headers=session,
    )


async def drafted(house, policy: str, points: int = 100) -> dict[str, Any]:
    body = {"text": text(points, policy)}
    answer = await house.post("/v1/policies", body, **{"If-Match": "*"})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def tried(house, version: dict[str, Any]) -> dict[str, Any]:
    return await Teams(house, house, house, house, {}).tried(version)


def page_of(version: dict[str, Any]) -> str:
    return path(version).replace("/v1/policies", "/agreement")


async def sign(visit: Visit, version: dict[str, Any], role: str, **more: str) -> Any:
    fields = {"as": role, "digest": version["digest"], "read": "yes"} | more
    return await visit.post(f"{page_of(version)}/sign", fields)


async def state(house, version: dict[str, Any]) -> str:
    return str((await house.get(path(version))).json()["step"])


async def ready(house, policy: str, points: int = 100) -> dict[str, Any]:
    """Return a version that was tried and that both teams have signed."""
    version = await tried(house, await drafted(house, policy, points))
    for role in ("marketing", "sales"):
        person = await hire(house, role)
        answer = await sign(person["visit"], version, role)
        assert answer.status_code == 303, words_of(answer)
    return version


async def in_force(house, policy: str, points: int = 100) -> dict[str, Any]:
    version = await ready(house, policy, points)
    answer = await house.post(f"{path(version)}/activate", {"signed_only": True})
    assert answer.status_code == 200, answer.text
    return version


async def test_a_new_installation_shows_its_policy_in_words_on_trial(house, marketing):
    page = await marketing["visit"].get("/agreement")
    told = words_of(page)

    for said in (
        "Cuándo un lead está listo para ventas",
        "A prueba, sin firmar",
        "«Pidió una demo o una reunión» vale 100 puntos.",
        "Por marketing Sin firmar",
        "Próxima revisión",
        "Huella de lo que dice",
    ):
        assert said in told, said
    assert 'aria-current="page"' in page.text


async def test_a_first_policy_can_decide_on_trial_where_that_is_asked(house, sales):
    version = await drafted(house, fresh())
    where = f"{page_of(version)}/activate"
    refused = await sales["visit"].post(where, {"when": "now"})
    started = await sales["visit"].post(where, {"when": "now", "trial": "yes"})

    assert refused.status_code == 409
    assert "Faltan firmas" in words_of(refused)
    assert started.headers["location"] == f"{page_of(version)}?said=started"
    assert await state(house, version) == "in_force"


async def test_several_policies_are_a_list_with_what_waits_on_top(house, marketing):
    policy = fresh()
    version = await tried(house, await drafted(house, policy))
    page = await marketing["visit"].get("/agreement")
    told = words_of(page)

    assert "Te espera a ti" in told
    assert "La versión 1 de «Cuándo un lead está listo» espera tu firma por marketing." in told
    assert f'href="{page_of(version)}#sign"' in page.text
    assert f'href="/agreement/{policy}"' in page.text
    assert "Nada en vigor" in told


# --- writing ----------------------------------------------------------------------------------


async def test_a_mistake_is_told_at_its_line_in_the_readers_language_and_nothing_is_lost(
    house, marketing
):
    policy, visit = fresh(), marketing["visit"]
    await drafted(house, policy)
    wrong = text(80, policy).replace("points: 80", "points: ochenta") + "# se queda\n"
    answer = await save(visit, policy, wrong.replace("\n", "\r\n"), 1, comment="por ventas")
    told = words_of(answer)

    assert answer.status_code == 422
    assert "1 error" in told
    assert "Línea 4, columna 41" in told
    assert "tiene que ser un número con 1 decimal como mucho de -1000 a 1000, no ochenta" in told
    assert 'data-line="4" data-column="41"' in answer.text
    assert "# se queda" in answer.text
    assert 'value="por ventas"' in answer.text
    assert 'name="base" value="1"' in answer.text


async def test_what_is_saved_is_the_next_version_as_it_was_written(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    first = await save(visit, "-", text(100, policy))
    written = text(80, policy) + "# a comment\n"
    second = await save(visit, policy, written.replace("\n", "\r\n"), 1, comment="por ventas")
    stored = (await house.get(f"/v1/policies/{policy}/versions/2")).json()
    page = words_of(await visit.get(second.headers["location"]))

    assert first.headers["location"] == f"/agreement/{policy}/versions/1?said=saved"
    assert second.headers["location"] == f"/agreement/{policy}/versions/2?said=saved"
    assert stored["text"] == written
    assert "Guardada como versión nueva" in page
    assert "vale ahora 80 puntos" in page or "80 puntos" in page
    assert marketing["name"] in page
    assert "por ventas" in page


async def test_a_script_gets_faults_words_and_changes_while_one_writes(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await in_force(house, policy)
    where = f"/agreement/{policy}/edit/check"
    good = await visit.post(where, {"text": text(80, policy)}, HX_Request="true")
    bad = await visit.post(where, {"text": "policy: [", "base": "1"}, HX_Request="true")
    empty = await visit.post(where, {"text": " \n"}, HX_Request="true")

    assert good.text.lstrip().startswith('<div id="check"')
    assert "Sin errores" in words_of(good)
    assert "Qué cambia respecto a la versión en vigor, la 1" in words_of(good)
    assert "en vez de 100" in words_of(good)
    assert "Esto no es YAML" in words_of(bad)
    assert "Aquí no hay nada escrito" in words_of(empty)


async def test_check_without_scripts_shows_the_page_with_what_was_written(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await drafted(house, policy)
    answer = await save(visit, policy, text(70, policy), 1, do="check")

    assert answer.status_code == 200
    assert "points: 70" in answer.text
    assert "Sin errores" in words_of(answer)
    assert (await house.get(f"/v1/policies/{policy}")).json()["latest"] == 1


async def test_a_file_as_large_as_the_api_takes_can_be_written(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    line = "# ñ " + "x" * 60 + "\n"
    whole = text(100, policy)
    whole += line * ((LARGEST - len(whole.encode())) // len(line.encode()))
    saved = await save(visit, "-", whole.replace("\n", "\r\n"))
    refused = await save(visit, policy, (whole + line * 2).replace("\n", "\r\n"), 1)

    assert saved.status_code == 303
    assert refused.status_code == 422
    assert "El fichero tiene" in words_of(refused)
    assert "x" * 60 in refused.text


async def test_who_was_overtaken_is_told_by_whom_sees_the_difference_and_saves_over(
    house, marketing, sales
):
    policy = fresh()
    await drafted(house, policy)
    await save(sales["visit"], policy, text(90, policy), 1)
    late = await save(marketing["visit"], policy, text(80, policy), 1)
    told = words_of(late)
    again = await save(marketing["visit"], policy, text(80, policy), 2)

    assert late.status_code == 412
    assert f"{sales['name']} guardó la versión 2" in told
    assert "No se ha perdido nada" in told
    assert "en vez de 90" in told
    assert 'name="base" value="2"' in late.text
    assert "points: 80" in late.text
    assert again.headers["location"] == f"/agreement/{policy}/versions/3?said=saved"


async def test_another_name_makes_another_policy_only_where_that_is_asked(house, marketing):
    policy, other, visit = fresh(), fresh(), marketing["visit"]
    await drafted(house, policy)
    refused = await save(visit, policy, text(80, other), 1)
    missing = await house.get(f"/v1/policies/{other}")
    taken = await save(visit, policy, text(80, other), 1, do="other")
    twice = await save(visit, "-", text(70, other))

    assert refused.status_code == 412
    assert f"El fichero dice «policy: {other}», y aquí se edita «{policy}»." in words_of(refused)
    assert missing.status_code == 404
    assert taken.headers["location"] == f"/agreement/{other}/versions/1?said=saved"
    assert twice.status_code == 428
    assert "Ya hay una política con ese nombre" in words_of(twice)


async def test_one_begins_with_what_one_likes(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await in_force(house, policy, 100)
    await drafted(house, policy, 90)
    await drafted(house, policy, 80)
    newest = await visit.get(f"/agreement/{policy}/edit")
    older = await visit.get(f"/agreement/{policy}/edit?from=2")
    starter = await visit.get(f"/agreement/{policy}/edit?from=starter")
    new = await visit.get("/agreement/-/edit")

    assert "points: 80" in newest.text
    assert "points: 90" in older.text
    assert 'name="base" value="3"' in older.text
    assert f"policy: {policy}" in starter.text
    assert "pide_demo" in starter.text
    assert "policy: b2b-starter" in new.text
    assert (await visit.get(f"/agreement/{policy}/edit?from=99")).status_code == 404


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        pytest.param(
            "http://relevo/agreement/a/edit?from=2", "/agreement/a/edit?from=2", id="ours"
        ),
        pytest.param("http://evil.example/agreement", "", id="of another site"),
        pytest.param("http://[", "", id="no address"),
    ],
)
async def test_who_sends_a_form_after_their_session_comes_back_to_its_page(house, referer, back):
    answer = await visitor(house.http).post("/agreement/a/edit", {"text": "x"}, Referer=referer)
    query = f"?{urlencode({'next': back})}" if back else ""

    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in{query}")


# --- signing ----------------------------------------------------------------------------------


async def test_two_people_sign_what_they_read_and_it_comes_into_force(house, marketing, sales):
    policy = fresh()
    version = await tried(house, await drafted(house, policy))
    page = await marketing["visit"].get(page_of(version))
    first = await sign(marketing["visit"], version, "marketing", comment="como hablamos")
    waiting = words_of(await sales["visit"].get(f"/agreement/{policy}"))
    second = await sign(sales["visit"], version, "sales")
    started = await sales["visit"].post(f"{page_of(version)}/activate", {"when": "now"})
    shown = words_of(await sales["visit"].get(f"/agreement/{policy}"))

    assert f'name="digest" value="{version["digest"]}"' in page.text
    assert "Firmas exactamente lo que está escrito arriba: la versión 1" in words_of(page)
    assert first.headers["location"] == f"{page_of(version)}?said=signed"
    assert "Marketing ya ha firmado." in waiting
    assert second.status_code == 303
    assert started.headers["location"] == f"{page_of(version)}?said=started"
    assert "Firmado por los dos equipos" in shown
    assert f"Por marketing {marketing['name']}" in shown
    assert f"Por ventas {sales['name']}" in shown
    assert "como hablamos" in shown


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        pytest.param({"read": ""}, 422, "Marca que la has leído", id="not ticked"),
        pytest.param({"digest": "d" * 64}, 409, "Lo que leíste no es lo que dice", id="digest"),
        pytest.param({"as": "sales"}, 403, "hace falta su función", id="another role"),
        pytest.param({"as": "boss"}, 422, "Falta algo en el formulario", id="no role"),
        pytest.param({"comment": "x" * 2001}, 422, "demasiado largo", id="long comment"),
    ],
)
async def test_what_cannot_be_signed_is_told_with_the_remedy(
    house, marketing, fields, status, told
):
    version = await tried(house, await drafted(house, fresh()))
    answer = await sign(marketing["visit"], version, **({"role": "marketing"} | fields))

    assert answer.status_code == status
    assert told in words_of(answer)
    assert await state(house, version) == "tried"


async def test_nobody_signs_what_was_not_tried_or_for_both_teams(house):
    both = (await hire(house, "marketing", "sales"))["visit"]
    version = await drafted(house, fresh())
    untried = await sign(both, version, "marketing")
    page = words_of(await both.get(page_of(version)))
    await tried(house, version)
    await sign(both, version, "marketing")
    twice = await sign(both, version, "sales")
    other = await hire(house, "marketing")
    taken = await sign(other["visit"], version, "marketing")

    assert untried.status_code == twice.status_code == taken.status_code == 409
    assert "Pruébala y después fírmala" in words_of(untried)
    assert "pruébala antes con el histórico" in page
    assert "Un acuerdo es de dos personas" in words_of(twice)
    assert "Otra persona la ha firmado ya" in words_of(taken)


async def test_a_signature_is_withdrawn_until_it_has_decided(house, marketing):
    version = await tried(house, await drafted(house, fresh()))
    where = f"{page_of(version)}/withdraw"
    await sign(marketing["visit"], version, "marketing")
    taken_back = await marketing["visit"].post(where, {"as": "marketing", "comment": "aún no"})
    decided = await in_force(house, fresh())
    late = await marketing["visit"].post(f"{page_of(decided)}/withdraw", {"as": "marketing"})

    assert taken_back.headers["location"] == f"{page_of(version)}?said=withdrawn"
    assert await state(house, version) == "tried"
    assert late.status_code == 409
    assert "Sus firmas ya no cambian" in words_of(late)


# --- in force ---------------------------------------------------------------------------------


async def test_a_version_starts_at_a_date_which_can_be_taken_back(house, sales):
    policy, visit = fresh(), sales["visit"]
    version = await ready(house, policy)
    where = page_of(version)
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT09:30")
    dated = await visit.post(f"{where}/activate", {"when": "date", "starts_at": day})
    page = words_of(await visit.get(where))
    other = await ready(house, policy, 80)
    busy = await visit.post(f"{page_of(other)}/activate", {"when": "now"})
    retiring = await visit.post(f"/agreement/{policy}/retire", {"sure": "yes", "why": "x"})
    back = await visit.post(f"{where}/unschedule", {})

    assert dated.headers["location"] == f"{where}?said=scheduled"
    assert "Entra en vigor sola el" in page
    assert ", 09:30" in page
    assert busy.status_code == 409
    assert "Otra versión espera su fecha" in words_of(busy)
    assert retiring.status_code == 409
    assert back.headers["location"] == f"{where}?said=unscheduled"
    assert await state(house, version) == "signed"


@pytest.mark.parametrize(
    ("starts_at", "told"),
    [
        pytest.param("", "Escribe la fecha y la hora", id="none"),
        pytest.param("mañana", "Escribe la fecha y la hora", id="no date"),
        pytest.param("2001-01-01T10:00", "La fecha tiene que estar por venir", id="past"),
        pytest.param("9999-01-01T10:00", "La fecha tiene que estar por venir", id="too far"),
        pytest.param("9999-12-31T23:59-10:00", "La fecha tiene que estar por venir", id="no time"),
        pytest.param("0001-01-01T00:00", "La fecha tiene que estar por venir", id="before time"),
    ],
)
async def test_a_date_that_cannot_be_is_told_on_the_form(house, sales, starts_at, told):
    version = await ready(house, fresh())
    answer = await sales["visit"].post(
        f"{page_of(version)}/activate", {"when": "date", "starts_at": starts_at}
    )

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert await state(house, version) == "signed"


async def test_an_older_text_is_brought_back_unless_somebody_was_faster(house, sales):
    policy, visit = fresh(), sales["visit"]
    first = await in_force(house, policy, 100)
    await in_force(house, policy, 80)
    where = f"{page_of(first)}/restore"
    back = await visit.post(where, {"base": "2"})
    late = await visit.post(where, {"base": "2"})
    page = words_of(await visit.get(back.headers["location"]))

    assert back.headers["location"] == f"/agreement/{policy}/versions/3?said=restored"
    assert "Recupera la versión 1" in page
    assert late.status_code == 412
    assert "Alguien ha guardado otra versión" in words_of(late)


async def test_a_policy_is_retired_with_a_reason_by_who_is_sure(house, sales):
    policy, visit = fresh(), sales["visit"]
    await in_force(house, policy)
    where = f"/agreement/{policy}/retire"
    unsure = await visit.post(where, {"why": "sobra"})
    mute = await visit.post(where, {"sure": "yes", "why": " "})
    done = await visit.post(where, {"sure": "yes", "why": "sobra"})
    shown = words_of(await visit.get(f"/agreement/{policy}"))

    assert (unsure.status_code, mute.status_code) == (422, 422)
    assert done.headers["location"] == f"/agreement/{policy}?said=retired"
    assert "Retirada" in shown
    assert "sobra" in shown


# --- the history ------------------------------------------------------------------------------


async def test_the_history_tells_each_version_in_a_line(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await in_force(house, policy, 100)
    await in_force(house, policy, 80)
    await house.post(
        f"/v1/policies/{policy}/reviews", {"comment": "Va bien", "person": marketing["email"]}
    )
    for points in range(70, 80):
        await drafted(house, policy, points)
    first = await visit.get(f"/agreement/{policy}/history")
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    told = words_of(await visit.get(following.replace("&amp;", "&")))

    assert first.text.count('<li class="card') == 10
    assert "en vez de 78" in words_of(first)
    assert "relevo policy apply" in words_of(first)
    for said in (
        "versión 2",
        "80 puntos en vez de 100",
        "Va bien",
        "La primera.",
        "Marketing: Mara",
    ):
        assert said in told, said


async def test_a_version_page_has_the_file_its_checks_and_its_advice(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await in_force(house, policy)
    where = f"/agreement/{policy}/versions/1"
    page = words_of(await visit.get(where))
    file = await visit.get(f"{where}/file")
    advice = words_of(await visit.get(f"/agreement/{policy}/targets/advice?number=1"))

    assert "signals: demo:" in page
    assert "es para los mismos leads" in page, "another policy in force judges the same leads"
    assert file.text == text(100, policy)
    assert file.headers["content-disposition"] == f'attachment; filename="{policy}-1.yaml"'
    assert "Esta versión no ha entregado a nadie todavía" in advice


# --- who may, and hostile texts ---------------------------------------------------------------


async def test_a_rep_reads_and_changes_nothing(house):
    rep = (await hire(house, "rep"))["visit"]
    version = await tried(house, await drafted(house, fresh()))
    where = page_of(version)
    policy = version["policy"]
    seen = await rep.get(where)
    refused = [
        await rep.get(f"/agreement/{policy}/edit"),
        await save(rep, policy, text(1, policy), 1),
        await sign(rep, version, "sales"),
        *[
            await rep.post(one, {})
            for one in (
                *(f"{where}/withdraw", f"{where}/activate", f"{where}/unschedule"),
                *(f"{where}/restore", f"/agreement/{policy}/retire"),
                *(f"/agreement/{policy}/edit/check", "/agreement/-/edit"),
            )
        ],
    ]

    assert seen.status_code == 200
    assert "Borrador</a>" not in seen.text
    assert {one.status_code for one in refused} == {403}


async def test_a_file_is_opened_without_scripts_and_nothing_is_saved(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await drafted(house, policy)
    mine = text(55, policy)
    opened = await open_file(visit, policy, b"\xef\xbb\xbf" + mine.replace("\n", "\r\n").encode())
    wrong = await open_file(visit, policy, b"policy: p\nsignal: {}\n")
    saved = await save(visit, policy, mine, 1)

    assert (opened.status_code, saved.status_code) == (200, 303)
    assert f">\n{escape(mine)}</textarea>" in opened.text
    assert "55 puntos" in words_of(opened)
    assert "el fichero que has abierto" in words_of(opened)
    assert 'data-line="2"' in wrong.text, "its faults are told at their lines"
    assert saved.headers["location"].startswith(f"/agreement/{policy}/versions/2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "Elige un fichero.", id="none"),
        pytest.param(b"\xff\xfe\x00p", "No es un fichero de texto en UTF-8.", id="no text"),
        pytest.param(b"x" * (LARGEST + 1), "Es demasiado grande para una política", id="large"),
    ],
)
async def test_a_file_that_is_no_text_of_a_policy_is_told_at_its_field(marketing, content, told):
    answer = await open_file(marketing["visit"], "-", content)

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert 'aria-describedby="wrong-file"' in answer.text


@pytest.mark.parametrize(
    "where",
    [
        "/agreement/nothing",
        "/agreement/nothing/history",
        "/agreement/nothing/edit",
        "/agreement/b2b-starter/versions/99",
        "/agreement/b2b-starter/versions/99/file",
        "/agreement/nothing/targets/advice",
        "/agreement/A%20b/history",
    ],
)
async def test_what_is_not_there_is_told_in_words(house, marketing, where):
    answer = await marketing["visit"].get(where)

    assert answer.status_code == 404
    assert "Aquí no hay nada" in words_of(answer)


async def test_texts_of_policies_are_text_everywhere(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    hostile = text(100, policy)
    for title in ("When a lead is ready", "Cuándo un lead está listo"):
        hostile = hostile.replace(f'"{title}"', json.dumps(HOSTILE))
    saved = await save(visit, "-", hostile, comment=HOSTILE)
    await save(visit, policy, hostile.replace("points: 100", "points: 90"), 1, comment=HOSTILE)
    wrong = await save(visit, policy, hostile.replace("demo:", "<script>alert(1)</script>:"), 2)
    pages = [wrong] + [
        await visit.get(one)
        for one in (
            *("/agreement", f"/agreement/{policy}", f"/agreement/{policy}/history"),
            *(f"/agreement/{policy}/versions/2", f"/agreement/{policy}/edit"),
            f"/agreement/{policy}/targets/advice?number=2",
        )
    ]

    assert saved.status_code == 303, words_of(saved)
    for page in pages:
        assert page.status_code in (200, 422)
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert " style=" not in page.text


async def test_pages_are_small(house, marketing):
    policy, visit = fresh(), marketing["visit"]
    await visit.post("/agreement/-/edit", {"text": text(100, policy), "do": "save"})
    for one in ("/agreement/b2b-starter", "/agreement/b2b-starter/versions/1", "/agreement/-/edit"):
        page = await visit.get(one)
        used = [page.content] + [
            assets.by_path()[name].body
            for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
            if not name.endswith(".woff2")
        ]

        assert sum(len(gzip.compress(body, 9)) for body in used) <= MOST_BYTES, one
