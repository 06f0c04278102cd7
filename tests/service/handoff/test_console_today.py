"""The rep's day: who waits, the hottest first, what was promised, and what a script gets."""

import re
from datetime import UTC, datetime, timedelta

from services.handoff.console import today as day
from tests.service.handoff.paging import handed_to, role
from tests.service.handoff.paging import rep as rep
from tests.support.visiting import visitor, words_of


async def test_the_day_shows_the_hottest_first_with_the_time_left_and_why(house, rep):
    handoff = await handed_to(
        house, rep, lead={"name": "Eva Ruiz", "title": "CTO", "company": "Acme"}
    )
    page = words_of(await rep["visit"].get("/"))

    assert "1 lead espera tu respuesta" in page
    assert "Eva Ruiz CTO" in page
    assert re.search(r"\d+ (min|h)( \d+ min)? para responder", page)
    assert "Pidió una demo" in page
    assert handoff["path"] in (await rep["visit"].get("/")).text


async def test_whoever_waits_is_shown_however_much_is_under_way(house, rep, monkeypatch):
    monkeypatch.setattr(day, "MOST_SHOWN", 1)
    going = await handed_to(house, rep, lead={"name": "Eva Hablada"})
    await rep["visit"].post(f"{going['path']}/verdict", {"verdict": "accept"})
    await rep["visit"].post(f"{going['path']}/attempts", {"reached": "yes"})
    waiting = await handed_to(house, rep, lead={"name": "Leo Espera"})
    page = words_of(await rep["visit"].get("/"))
    body = {"reason": "lead_away", "person": rep["email"]}
    until = {"until": (datetime.now(UTC) + timedelta(days=3)).isoformat()}
    paused = await house.post(f"/v1/handoffs/{waiting['handoff_id']}/pause", body | until)

    assert "Leo Espera" in page
    assert "Eva Hablada" not in page
    assert "Hay 1 más" in page
    assert paused.status_code == 200, paused.text
    for path in ("/", waiting["path"]):
        assert "en pausa para responder" in words_of(await rep["visit"].get(path))


async def test_what_was_promised_for_the_days_after_tomorrow_is_seen_coming(house, rep):
    handoff = await handed_to(house, rep)
    for days, text in ((1, "Mandar precios"), (4, "Llamar tras el puente"), (30, "Felicitar")):
        due = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        await rep["visit"].post(f"{handoff['path']}/promises", {"promise": text, "due": due})
    page = words_of(await rep["visit"].get("/"))

    assert re.search(r"Mañana Mandar precios .* Los días siguientes Llamar tras el puente", page)
    assert "Felicitar" not in page


async def test_how_many_wait_stands_in_the_title_and_is_told_by_the_stream(house, rep):
    await handed_to(house, rep)
    page = await rep["visit"].get("/")
    (seen,) = re.findall(r'hx-sse:connect="/live\?seen=([0-9a-f]{32}-\d+)"', page.text)

    assert "<title>(1) Hoy · Relevo</title>" in page.text
    assert seen.endswith("-1")
    assert 'data-waiting="1"' in page.text
    assert 'hx-sse:connect="/live"' in (await rep["visit"].get("/leads")).text
    assert "hx-sse:connect" not in (await (await role(house, "marketing")).get("/leads")).text


async def test_a_script_gets_the_part_that_changed(house, rep):
    handoff = await handed_to(house, rep)
    fields = {"verdict": "accept", "from": "today"}
    answer = await rep["visit"].post(f"{handoff['path']}/verdict", fields, HX_Request="true")
    out = await visitor(house.http).get(
        "/", HX_Request="true", HX_Current_URL="http://relevo/leads?q=a"
    )

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="today"')
    assert "Aceptado: ya es tuyo." in words_of(answer)
    assert (out.status_code, out.headers["hx-redirect"]) == (401, "/sign-in?next=%2Fleads%3Fq%3Da")
