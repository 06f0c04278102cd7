"""What is pressed on a link's page counts, with its reason, and takes the lead over."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from services.handoff.domain.reject_reasons import DEFAULT_REJECT_REASONS
from services.handoff.store.tables import AUDIT
from tests.service.handoff.answering import FORM
from tests.service.handoff.link_pages import standing as standing
from tests.service.handoff.link_pages import text_of
from tests.service.handoff.link_pages import waiting as waiting

REASONS = {reason.name for reason in DEFAULT_REJECT_REASONS}


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


async def settle(world):
    """Fire what is due until nothing is."""
    while await world.parts.timers.fire_due() == 0:
        pass
