"""Answering by a link: what opens changes nothing, what is pressed counts once, and for one."""

import logging
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from services.handoff.answering.words import WORDS
from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from services.handoff.store.answer_links import forget_used
from services.handoff.store.tables import AUDIT, PERSON, TABLES, USED_LINK
from shared.answer_links import AnswerLink, LinkSeal, hash_token
from shared.db import Database
from tests.service.handoff.answering import FORM, KEY, open_answering, serving
from tests.service.handoff.world import NOON, open_world
from tests.support.processes import free_port

EVIL = "<script>alert(1)</script> \u202e{{7*7}} & \"'>"
DAY = timedelta(days=1)
REASONS = {reason.name for reason in DEFAULT_REJECT_REASONS}
# What people read, in each language, to whom the world's people all speak Spanish by default.
SPANISH = {
    "unknown": "Este enlace no existe",
    "expired": "Este enlace ha caducado",
    "used": "Ya has respondido",
    "revoked": "Este enlace ya no vale",
    "closed": "la entrega ya terminó",
}


@pytest.fixture
async def answering(world):
    async with open_answering(world) as answering:
        yield answering


@pytest.fixture(scope="module")
async def standing(new_data):
    """The same for all tests that ask for what is refused, and so change nothing."""
    world = await open_world(f"sqlite:///{new_data('answering')}")
    async with open_answering(world) as answering:
        yield answering
    await world.db.stop()


@pytest.fixture(scope="module")
async def waiting(standing):
    """A lead that waits for an answer in it."""
    return await standing.handed_over()


def text_of(answer):
    """Return what a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


# --- opening ------------------------------------------------------------------------------------


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


# --- answering ----------------------------------------------------------------------------------


async def test_accepting_by_a_link_is_accepting_and_says_so(answering):
    world = answering.world
    ready, twin = await answering.handed_over(), await answering.handed_over("eli@other.com")
    owner = ready.handoff.owner
    world.clock.advance(timedelta(minutes=5))
    answer = await answering.press(answering.path(ready), "accept")
    await world.answer(twin.handoff.handoff_id, "accept", twin.handoff.owner.email)
    by_link, by_hand = (await world.staged())[-2:]

    assert answer.status_code == 200
    assert f"Te has quedado con {ready.handoff.lead_name}" in text_of(answer)
    assert "Lo has aceptado el lunes 2 de marzo, 13:05." in text_of(answer)
    assert "Qué pasa ahora" in text_of(answer)
    assert "¿Has cambiado de idea?" in text_of(answer)
    assert await answering.stage(ready) == "accepted"
    assert await answering.steps(ready) == [("accept", owner.person_id, {"via": "link"})]
    query = select(AUDIT).where(AUDIT.c.what == "handoff.accept")
    rows = await world.read(lambda conn: conn.execute(query).all())
    assert [(row.who, row.detail) for row in rows if row.subject == ready.handoff.handoff_id] == [
        (owner.person_id, {"via": "link"})
    ]
    assert by_link.type == by_hand.type == "handoff.accepted.v1"
    told = by_link.data.model_dump(exclude={"handoff", "by"})
    assert told == by_hand.data.model_dump(exclude={"handoff", "by"}), "nobody sees how it came"


async def test_rejecting_by_a_link_takes_a_reason_of_the_version_that_decided(answering):
    ready = await answering.handed_over()
    answer = await answering.press(answering.path(ready, "reject"), "reject", reason="not_now")

    said = text_of(answer)
    assert answer.status_code == 200
    assert f"Has devuelto a {ready.handoff.lead_name}" in said
    assert "Lo has rechazado el lunes 2 de marzo, 13:00: Ahora no." in said
    assert "Según el acuerdo: el lead vuelve a marketing." in said
    assert "No vuelve antes del domingo 31 de mayo, 14:00." in said
    assert await answering.stage(ready) == "recycled"
    types = await answering.world.types()
    assert types[-3:] == ["handoff.rejected.v1", "lead.recycled.v1", "handoff.closed.v1"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({}, "Choose a reason from the list.", id="none chosen"),
        pytest.param({"reason": "made_up"}, "Choose a reason from the list.", id="made up"),
        pytest.param({"reason": "other", "text": ""}, "that reason needs one", id="no text"),
        pytest.param({"reason": "other", "text": " \r\n "}, "that reason needs one", id="blank"),
        pytest.param({"reason": "no_reply"}, "more attempts than were reported", id="no attempts"),
        pytest.param(
            {"reason": "other", "text": "x" * 2001}, "has 2001 characters; 2000", id="too long"
        ),
    ],
)
async def test_what_is_missing_is_said_at_its_place_and_what_was_typed_stays(
    standing, waiting, fields, message
):
    answering, ready = standing, waiting
    before = await answering.written()
    typed = {"text": "Ya lo «conocemos» & <b>bien</b>"} | fields
    path = answering.path(ready, "reject")
    answer = await answering.press(f"{path}?lang=en", "reject", **typed)

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert 'aria-invalid="true"' in answer.text
    chosen = re.findall(r'value="(\w+)" checked', answer.text)
    assert chosen == [one for one in [fields.get("reason")] if one in REASONS]
    kept = unescape(answer.text.partition("<textarea")[2].partition(">\n")[2])
    assert kept.startswith(typed["text"].strip())
    assert (await answering.stage(ready), await answering.written()) == ("assigned", before)


async def test_a_text_with_odd_characters_is_stored_as_a_database_can(answering):
    ready = await answering.handed_over()
    text = "uno\r\ndos\x00 \ufffe"
    path = answering.path(ready, "reject")
    answer = await answering.press(path, "reject", reason="other", text=text)

    assert answer.status_code == 200
    [(_, _, said)] = await answering.steps(ready)
    assert said == {"reason": "other", "text": "uno\ndos\ufffd \ufffe", "via": "link"}


@pytest.mark.parametrize(
    ("method", "headers", "content", "status"),
    [
        pytest.param("accept", FORM, "", 422, id="an empty form"),
        pytest.param("accept", FORM, "answer=reject&reason=not_now", 422, id="the other answer"),
        pytest.param("reject", FORM, "answer=accept", 422, id="the other answer, the other way"),
        pytest.param("accept", {"content-type": "text/plain"}, "answer=accept", 422, id="no form"),
        pytest.param(
            "accept", {"content-type": "application/json"}, '{"answer":"accept"}', 422, id="JSON"
        ),
        pytest.param("accept", FORM, "a=1&" * 500 + "answer=accept", 422, id="too many fields"),
        pytest.param("accept", FORM, b"answer=\xff\xfe", 422, id="bytes"),
        pytest.param(
            "accept", FORM | {"sec-fetch-site": "cross-site"}, "answer=accept", 403, id="elsewhere"
        ),
    ],
)
async def test_only_the_button_of_the_page_answers_and_only_what_the_link_is_for(
    standing, waiting, method, headers, content, status
):
    answering, ready = standing, waiting
    before = await answering.written()
    path = answering.path(ready, method)
    answer = await answering.http.post(path, content=content, headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert (await answering.stage(ready), await answering.written()) == ("assigned", before)


async def test_who_was_told_because_the_owner_did_not_answer_takes_the_lead_over(answering):
    world = answering.world
    ready = await answering.handed_over()
    world.clock.advance(timedelta(minutes=16))
    await settle(world)
    [escalated] = [one for one in await world.staged() if one.type == "handoff.escalated.v1"]
    path = answering.path(ready, "accept", escalated.data.to, at=escalated.time)
    answer = await answering.press(path, "accept")
    late = await answering.press(answering.path(ready), "accept")

    assert (answer.status_code, late.status_code) == (200, 409)
    assert "Boss ya tiene a" in text_of(late)
    *_, reassigned, accepted = await world.staged()
    assert (reassigned.type, accepted.type) == ("handoff.reassigned.v1", "handoff.accepted.v1")
    assert accepted.data.handoff.owner == accepted.data.by == escalated.data.to
    kinds = [kind for kind, _, _ in await answering.steps(ready)]
    assert sorted(kinds) == ["accept", "escalated", "reassign", "reminded"]
    await world.answer(ready.handoff.handoff_id, "attempt", escalated.data.to.email)
    world.clock.advance(timedelta(days=1))
    await settle(world)
    assert (await world.types()).count("handoff.escalated.v1") == 1, "no clock runs any more"


# --- too late, or no good -----------------------------------------------------------------------


async def settle(world):
    """Fire what is due until nothing is."""
    while await world.parts.timers.fire_due() == 0:
        pass


async def both(answering, path, action):
    """Return what opening a link says in both languages, and what pressing its button says."""
    spanish, english = await answering.get(path, "es"), await answering.get(path, "en")
    pressed = await answering.press(path, action, reason="not_now")
    assert spanish.status_code == english.status_code == pressed.status_code
    assert 'lang="es"' in spanish.text
    assert 'lang="en"' in english.text
    assert text_of(spanish) != text_of(english)
    assert "<form" not in spanish.text
    return spanish.status_code, text_of(spanish), text_of(english)


async def test_a_link_works_once(answering):
    ready = await answering.handed_over()
    path = answering.path(ready)
    assert (await answering.press(path, "accept")).status_code == 200
    before = await answering.written()
    status, spanish, english = await both(answering, path, "accept")

    assert status == 410
    assert "Ya has respondido" in spanish
    assert "was used Monday 2 March, 13:00. It stands at: Accepted (SAL)." in english
    assert await answering.written() == before
    query = select(USED_LINK)
    [used] = await answering.world.read(lambda conn: conn.execute(query).all())
    token = path.rpartition("/")[2]
    assert used.hash == hash_token(token)
    assert token not in str(used)


async def test_the_second_sees_who_has_it(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    world.clock.advance(timedelta(minutes=-78))  # 10:42 in Madrid
    await answering.press(answering.path(ready, at=NOON), "accept")
    before = await answering.written()
    for action in ("accept", "reject"):
        path = answering.path(ready, action, "boss", at=NOON)
        status, spanish, english = await both(answering, path, action)
        assert status == 409
        assert f"{owner.name} lo aceptó el lunes 2 de marzo, 11:42." in spanish
        assert f"{owner.name} has {ready.handoff.lead_name} already" in english
    own = text_of(await answering.get(answering.path(ready, "reject", at=NOON), "en"))

    assert f"You have {ready.handoff.lead_name} already" in own
    assert (await answering.stage(ready), await answering.written()) == ("accepted", before)


async def test_a_late_answer_does_not_reopen(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    await world.answer(ready.handoff.handoff_id, "reject", owner.email, reason="not_our_market")
    before = await answering.written()
    for action in ("accept", "reject"):
        status, spanish, english = await both(answering, answering.path(ready, action), action)
        assert status == 409
        assert f"La cerró {owner.name} el lunes 2 de marzo, 13:00: Rechazado" in spanish
        assert "A late answer does not open it again." in english

    assert (await answering.stage(ready), await answering.written()) == ("rejected", before)


async def test_a_hand_off_that_was_joined_with_another_is_over(answering):
    world = answering.world
    first = await answering.handed_over("eva@acme.com")
    second = await answering.handed_over("eva@gmail.com")
    await world.take(world.identify(["email:eva@acme.com", "email:eva@gmail.com"]))
    stages = {await answering.stage(one): one for one in (first, second)}
    answer = await answering.press(answering.path(stages["superseded"]), "accept")

    assert answer.status_code == 409
    assert "Sustituido" in text_of(answer)
    assert await answering.stage(stages["superseded"]) == "superseded"


async def test_another_owner_ends_the_links_from_before_and_has_links_of_their_own(answering):
    world = answering.world
    ready = await answering.handed_over()
    owner = ready.handoff.owner
    other = "ben" if owner.name == "Ana" else "ana"
    world.clock.advance(timedelta(minutes=1))
    to = (await world.read(lambda conn: conn.execute(_person(other)).one())).person_id
    await world.answer(ready.handoff.handoff_id, "reassign", owner.email, to=to)
    moved_at = world.clock.now()
    status, spanish, english = await both(answering, answering.path(ready), "accept")
    assert status == 410
    assert f"está ahora con {other.title()}" in spanish
    assert f"It went to {other.title()} Monday 2 March, 13:01" in english
    assert await answering.stage(ready) == "assigned"
    world.clock.advance(timedelta(minutes=1))
    await world.answer(ready.handoff.handoff_id, "reassign", "boss@ours.com", to=owner.person_id)
    status, _, english = await both(answering, answering.path(ready), "accept")
    assert (status, "came back to you" in english) == (410, True)
    late = await answering.press(answering.path(ready, "accept", other, at=moved_at), "accept")
    assert late.status_code == 410

    back_at = world.clock.now()
    answer = await answering.press(answering.path(ready, at=back_at), "accept")
    assert (answer.status_code, await answering.stage(ready)) == (200, "accepted")


def _person(name):
    return select(PERSON).where(PERSON.c.name == name.title())


async def test_who_has_left_answers_nothing(answering):
    ready = await answering.handed_over()
    leaves = update(PERSON).where(PERSON.c.person_id == ready.handoff.owner.person_id)
    await answering.world.write(lambda uow: uow.conn.execute(leaves.values(active=False)))
    status, spanish, english = await both(answering, answering.path(ready), "accept")

    assert status == 410
    assert SPANISH["revoked"] in spanish
    assert ready.handoff.lead_name not in spanish + english, "nor do they see about whom it was"
    assert await answering.stage(ready) == "assigned"


async def test_a_link_expires(answering):
    ready = await answering.handed_over()
    answering.world.clock.advance(14 * DAY - timedelta(seconds=1))
    assert (await answering.get(answering.path(ready))).status_code == 200
    answering.world.clock.advance(timedelta(seconds=1))
    status, spanish, english = await both(answering, answering.path(ready), "accept")

    assert status == 410
    assert SPANISH["expired"] in spanish
    assert "good for 14 days" in english
    assert ready.handoff.lead_name not in spanish + english
    assert await answering.stage(ready) == "assigned"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("x", id="short"),
        pytest.param("ans_" + "A" * 76, id="the right shape"),
        pytest.param("ans_" + "A" * 75 + "%FF", id="odd bytes"),
        pytest.param("%3Cscript%3E", id="markup"),
        pytest.param("ans_" + "A" * 5000, id="long"),
    ],
)
async def test_what_is_no_link_of_ours_says_so(standing, token):
    for answer in (await standing.get(f"/a/{token}"), await standing.press(f"/a/{token}", "x")):
        assert answer.status_code == 404
        assert "There is no such link" in text_of(answer), "nobody's language is known"
    assert SPANISH["unknown"] in text_of(await standing.get(f"/a/{token}", "es"))


async def test_no_bit_of_a_link_can_be_changed(standing, waiting):
    answering, ready = standing, waiting
    path = answering.path(ready)
    for place in range(len("/a/ans_"), len(path)):
        changed = path[:place] + ("B" if path[place] == "A" else "A") + path[place + 1 :]
        assert (await answering.press(changed, "accept")).status_code == 404

    assert await answering.stage(ready) == "assigned"


async def test_a_link_about_a_hand_off_that_is_not_there_is_unknown(answering):
    ready = await answering.handed_over()
    gone = AnswerLink(ready.lead.lead_id, ready.handoff.owner.person_id, "accept", NOON)
    nobody = AnswerLink(ready.handoff.handoff_id, ready.lead.lead_id, "accept", NOON)
    for link in (gone, nobody):
        path = "/a/" + answering.seal.token(link)
        assert (await answering.get(path)).status_code == 404
        assert (await answering.press(path, "accept")).status_code == 404


async def test_keys_change_with_an_overlap(world):
    new = "another key of 32 characters or more"
    async with open_answering(world) as answering:
        ready = await answering.handed_over()
        old_path = answering.path(ready)
    both_keys = LinkSeal([new, KEY])
    assert both_keys.read(old_path.rpartition("/")[2]) is not None
    assert LinkSeal([new]).read(old_path.rpartition("/")[2]) is None
    link = both_keys.read(old_path.rpartition("/")[2])
    assert link is not None

    assert LinkSeal([KEY]).read(both_keys.token(link)) is None, "the first key seals"


async def test_without_a_key_there_are_no_links(world):
    async with open_answering(world, link_keys=None) as answering:
        ready = await answering.handed_over()

        assert (await answering.get(answering.path(ready))).status_code == 404


async def test_used_links_are_forgotten_once_they_have_expired(answering):
    ready = await answering.handed_over()
    await answering.press(answering.path(ready), "accept")
    world = answering.world

    assert await world.write(lambda uow: forget_used(uow.conn, uow.now)) == 0
    world.clock.advance(timedelta(days=14, seconds=1))
    assert await world.write(lambda uow: forget_used(uow.conn, uow.now - 14 * DAY)) == 1


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
