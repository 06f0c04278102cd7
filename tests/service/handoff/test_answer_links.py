"""What opens by a link changes nothing, shows what it must, and tells nobody its address."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from services.handoff.answering.words import WORDS
from services.handoff.store.tables import TABLES
from shared.db import Database
from tests.service.handoff.answering import FORM, serving
from tests.service.handoff.link_pages import DAY, text_of
from tests.service.handoff.link_pages import standing as standing
from tests.service.handoff.link_pages import waiting as waiting
from tests.service.handoff.world import NOON
from tests.support.processes import free_port

EVIL = "<script>alert(1)</script> \u202e{{7*7}} & \"'>"


@pytest.mark.parametrize("action", ["accept", "reject"])
async def test_opening_a_link_changes_nothing_however_often_and_by_whatever_method(
    standing, waiting, action
):
    answering, ready = standing, waiting
    before = await answering.written()
    path = answering.path(ready, action)

    answers = [await answering.get(path) for _ in range(3)]
    answers += [await answering.http.head(path), await answering.http.options(path)]
    answers += [await answering.http.request(method, path) for method in ("PUT", "DELETE")]

    assert [one.status_code for one in answers] == [200, 200, 200, 200, 405, 405, 405]
    assert (await answering.stage(ready), await answering.written()) == ("assigned", before)


async def test_a_page_says_who_why_now_what_they_did_and_by_when(answering):
    world = answering.world
    await world.take(
        world.identify(
            "eva@acme.com",
            lead={"name": "Eva Ruiz", "title": "CTO"},
            account={"name": "Acme"},
            at=NOON - DAY,
        )
    )
    guide = {"content": {"id": "g1", "title": "Guía de precios"}}
    await world.take(
        world.touch("eva@acme.com", "content.downloaded", at=NOON - DAY, properties=guide)
    )
    world.clock.advance(timedelta(minutes=3))
    ready = await answering.handed_over(at=NOON, received_at=NOON)
    spanish = text_of(await answering.get(answering.path(ready)))
    english = text_of(await answering.get(answering.path(ready), "en"))

    assert "¿Te quedas con Eva Ruiz? CTO" in spanish
    assert "Responde antes del lunes 2 de marzo, 13:15 (dentro de 12 minutos; Europe/Madrid)" in (
        spanish
    )
    assert "lunes 2 de marzo, 13:00: pidió una demo" in spanish
    assert "domingo 1 de marzo, 13:00: descargó: Guía de precios" in spanish
    assert "Do you take Eva Ruiz? CTO" in english
    assert "Answer by Monday 2 March, 13:15 (in 12 minutes; Europe/Madrid)" in english
    assert "Sunday 1 March, 13:00: downloaded: Guía de precios" in english


async def test_the_page_goes_to_no_index_no_cache_no_frame_and_tells_nobody_its_address(
    standing, waiting
):
    answering, ready = standing, waiting
    path = answering.path(ready)
    answer = await answering.get(path)

    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    assert path.rpartition("/")[2] not in answer.text, "what is saved or shared is no link"
    assert "<script" not in answer.text
    assert " style=" not in answer.text
    style = re.search(r'href="(style\.css[^"]*)"', answer.text)
    assert style is not None
    sheet = await answering.get(f"/a/{style[1]}")
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")


@pytest.mark.parametrize("action", ["accept", "reject"])
async def test_what_a_lead_wrote_stays_text(answering, action):
    world = answering.world
    facts = {"name": EVIL, "title": EVIL}
    await world.take(world.identify("eva@acme.com", lead=facts, account={"name": EVIL}))
    page = {"content": {"id": EVIL, "title": EVIL}, "page": {"title": EVIL}}
    await world.take(world.touch("eva@acme.com", "page.viewed", name=EVIL, properties=page))
    ready = await answering.handed_over(properties=page, name=EVIL)
    asked = [await answering.get(answering.path(ready, action), lang) for lang in ("es", "en")]
    done = await answering.press(answering.path(ready, action), action, reason="other", text=EVIL)

    assert done.status_code == 200
    for answer in (*asked, done):
        assert "<script" not in answer.text
        assert "\u202e" not in answer.text
        assert "{{7*7}}" in answer.text
        assert "&lt;script&gt;" in answer.text


async def test_a_database_that_is_away_is_a_page_too(standing, waiting):
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing", "handoff", TABLES)
    parts = replace(standing.world.parts, db=away)
    path = standing.path(waiting)
    async with serving(parts) as http:
        answers = [
            await http.get(path),
            await http.post(path, content="answer=accept", headers=FORM),
        ]

    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "Answering is not possible right now" in text_of(answer)


async def test_no_token_gets_into_a_log(answering, caplog):
    caplog.set_level(logging.DEBUG)
    ready = await answering.handed_over()
    path = answering.path(ready, "reject")
    for lang in ("es", "en"):
        await answering.get(path, lang)
    await answering.press(path, "reject")
    await answering.press(path, "reject", reason="not_now")
    await answering.press(path, "reject", reason="not_now")
    token = path.rpartition("/")[2]

    logged = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name != "httpx"  # the browser
    )
    for start in range(4, len(token) - 12):
        assert token[start : start + 12] not in logged


def test_every_sentence_stands_in_both_languages():
    for titles in WORDS.values():
        fields = [set(re.findall(r"{(\w+)}", text)) for text in (titles.es, titles.en)]
        assert fields[0] == fields[1]
        assert titles.es != titles.en
