"""The scoreboard's page as a whole: charts, tables, files, and a rep without a team."""

from urllib.parse import urlencode

from tests.service.handoff.paging import HEADERS, HOSTILE, handed_to, role
from tests.service.handoff.paging import rep as rep
from tests.support.visiting import words_of


async def test_the_scoreboard_shows_charts_tables_and_files(house, rep):
    handoff = await handed_to(house, rep, lead={"name": "Eva Contada"})
    await rep["visit"].post(f"{handoff['path']}/accept", {})
    manager = await role(house, "manager")
    page = await manager.get(f"/scoreboard?{urlencode({'by': 'day', 'team': HOSTILE})}")
    shown = await manager.get("/scoreboard?period=30&by=never")
    file = await manager.get("/scoreboard/funnel.csv?period=30")
    missing = await manager.get("/scoreboard/nothing.csv")

    assert page.status_code == 422, "no team has that name"
    assert shown.status_code == 200
    assert {name: shown.headers.get(name) for name in HEADERS} == HEADERS
    assert shown.text.count('<div class="chart"') >= 3
    assert " style=" not in shown.text
    assert "<span>sales-ready</span>" in shown.text
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.text.splitlines()[0].startswith("step,")
    assert missing.status_code == 404


async def test_the_scoreboard_of_a_rep_without_a_team_says_why_there_is_none(house, rep):
    page = await rep["visit"].get("/scoreboard")

    assert page.status_code == 409
    assert "Todavía no estás en ningún equipo" in words_of(page)
