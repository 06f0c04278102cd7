"""The editor of policies, without scripts: checked, overtaken, saved, opened from a file."""

from typing import Any
from urllib.parse import urlencode

import pytest
from markupsafe import escape

from services.handoff.policy_document.yaml_tree import LARGEST
from shared.console.forms import TOKEN, form_token
from tests.service.handoff.agreeing import drafted, fresh, in_force, save
from tests.service.handoff.agreeing import marketing as marketing
from tests.service.handoff.agreeing import sales as sales
from tests.service.handoff.signing import text
from tests.support.visiting import COOKIE, Visit, visitor, words_of


async def open_file(visit: Visit, policy: str, content: bytes) -> Any:
    """Send a file of one's own to the editor, as its form does without scripts."""
    session = {"Cookie": f"{COOKIE}={visit.session}", "Accept": "text/html"}
    return await visit.http.post(
        f"/agreement/{policy}/edit",
        data={TOKEN: form_token(visit.session), "base": "1", "do": "file"},
        files={"file": ("mine.yaml", content, "application/yaml")},
        headers=session,
    )


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
    assert "El archivo tiene" in words_of(refused)
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
    assert f"El archivo dice «policy: {other}», y aquí se edita «{policy}»." in words_of(refused)
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
    assert "el archivo que has abierto" in words_of(opened)
    assert 'data-line="2"' in wrong.text, "its faults are told at their lines"
    assert saved.headers["location"].startswith(f"/agreement/{policy}/versions/2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "Elige un archivo.", id="none"),
        pytest.param(b"\xff\xfe\x00p", "No es un archivo de texto en UTF-8.", id="no text"),
        pytest.param(b"x" * (LARGEST + 1), "Es demasiado grande para una política", id="large"),
    ],
)
async def test_a_file_that_is_no_text_of_a_policy_is_told_at_its_field(marketing, content, told):
    answer = await open_file(marketing["visit"], "-", content)

    assert answer.status_code == 422
    assert told in words_of(answer)
    assert 'aria-describedby="wrong-file"' in answer.text
