"""What all pages have in common: headers, size, files, refusals, roles, hostile text."""

import gzip
import re

import pytest

from shared.console import assets
from tests.service.handoff.paging import HEADERS, HOSTILE, MOST_BYTES, handed_to, role
from tests.service.handoff.paging import rep as rep
from tests.support.visiting import visitor, words_of


async def test_every_page_has_the_headers_and_is_small(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Ruiz", "title": "CTO"})
    lead, visit = f"/leads/{handoff['lead_id']}", rep["visit"]
    for path in (
        "/",
        handoff["path"],
        "/leads",
        lead,
        "/account",
        "/nothing",
        "/sign-in?next=/leads",
    ):
        page = await visit.get(path)
        used = [page.content] + [
            assets.by_path()[name].body
            for name in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)
            if not name.endswith(".woff2")
        ]
        size = sum(len(gzip.compress(body, 9)) for body in used)

        assert {name: page.headers.get(name) for name in HEADERS} == HEADERS, path
        assert size <= MOST_BYTES, path
        assert " style=" not in page.text
        assert "<script>" not in page.text


async def test_files_of_pages_are_kept_for_a_year_and_others_are_not_there(house):
    visit = visitor(house.http)
    found = await visit.get(assets.url("app.css"), Accept_Encoding="gzip")

    assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert found.headers["content-encoding"] == "gzip"
    assert ":root" in found.text
    assert (await visit.get("/static/app.0.css")).status_code == 404
    assert (await visit.get("/static/../settings.py")).status_code == 404


async def test_a_page_is_compressed_for_who_takes_it(house, rep):
    page = await rep["visit"].get("/account", Accept_Encoding="gzip")

    assert page.headers["content-encoding"] == "gzip"
    assert "Tu cuenta" in page.text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        pytest.param("/nothing", 404, "Aquí no hay nada", id="unknown page"),
        pytest.param(
            f"/handoffs/{'0' * 8}-0000-7000-8000-{'0' * 12}",
            404,
            "Aquí no hay nada",
            id="unknown hand-off",
        ),
        pytest.param("/leads/none", 404, "Aquí no hay nada", id="no id at all"),
        pytest.param("/leads?cursor=x", 422, "Falta algo", id="no cursor of ours"),
        pytest.param("/account/language", 405, "Así no se puede abrir", id="a form's address"),
    ],
)
async def test_a_refusal_is_told_in_words(house, rep, path, status, told):
    answer = await rep["visit"].get(path)

    assert answer.status_code == status
    assert told in words_of(answer)


async def test_programs_are_refused_as_before(house, rep):
    answer = await rep["visit"].get("/v1/nothing")
    other = await house.get("/nothing")

    assert answer.headers["content-type"] == "application/problem+json"
    assert other.headers["content-type"] == "application/problem+json"


async def test_a_fault_of_ours_is_told_without_what_it_was(house, rep, monkeypatch):
    def broken(*_given):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("services.handoff.console.today_routes.day_of", broken)
    answer = await rep["visit"].get("/")

    assert answer.status_code == 500
    assert "Algo ha fallado aquí" in words_of(answer)
    assert answer.headers["x-request-id"] in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize("roles", [["marketing"], ["manager"], ["admin"], ["sales"]], ids=str)
async def test_what_a_role_may_not_do_is_not_offered(house, rep, roles):
    handoff = await handed_to(house, rep)
    visit = await role(house, *roles)
    page = await visit.get(handoff["path"])
    may = roles != ["marketing"]
    answer = await visit.post(f"{handoff['path']}/verdict", {"verdict": "accept"})

    assert (">Accept</button>" in page.text) is may
    assert answer.status_code == (303 if may else 403)
    assert (await visit.get("/")).status_code == (200 if may else 303)


async def test_hostile_text_is_only_text(house, rep):
    hostile = {"name": HOSTILE, "title": HOSTILE, "country": HOSTILE[:50], "language": "<b>"}
    handoff = await handed_to(house, rep, lead=hostile)
    for path in ("/", handoff["path"], "/leads", f"/leads/{handoff['lead_id']}"):
        page = await rep["visit"].get(path)

        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "alert(1)</script>" not in page.text
        assert "\u202e" not in page.text
        assert "W" * 300 not in page.text or path.startswith("/leads/")
