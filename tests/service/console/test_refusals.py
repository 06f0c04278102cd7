"""A service that runs alone, as a container does, speaks to people at a browser all the same."""

import httpx
import pytest

from shared.web import build_app
from tests.support.visiting import Visit, visitor, words_of


@pytest.fixture(params=["ingest", "notify"])
async def alone(consoles, request) -> Visit:
    app = build_app([consoles.services[request.param]], "test")
    transport = httpx.ASGITransport(app=app)
    return visitor(httpx.AsyncClient(transport=transport, base_url="http://relevo"))


async def test_a_person_gets_a_page_and_a_program_a_problem(alone):
    page = await alone.get("/nothing-is-here")
    english = await alone.get("/nothing-is-here", Accept_Language="en")
    problem = await alone.get("/nothing-is-here", Accept="application/json")
    api = await alone.get("/v1/nothing-is-here")

    assert (page.status_code, "Aquí no hay nada" in words_of(page)) == (404, True)
    assert "Nothing is here" in words_of(english)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    for answer in (problem, api):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "not_found"
