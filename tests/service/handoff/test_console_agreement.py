"""The agreement's pages as they are read, without scripts: what decides, history, files, texts."""

import gzip
import json
import re

import pytest

from shared.console import assets
from tests.service.handoff.agreeing import (
    drafted,
    fresh,
    hire,
    in_force,
    page_of,
    save,
    sign,
    tried,
)
from tests.service.handoff.agreeing import marketing as marketing
from tests.service.handoff.signing import text
from tests.support.visiting import words_of

MOST_BYTES = 120 * 1024
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(1)> {x} %s'


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
