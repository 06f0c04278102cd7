"""Teams: an Adaptive Card for a Workflows URL, in which nothing a lead wrote is Markdown."""

from datetime import UTC, datetime

import pytest

from services.notify.channels.parts import Parts
from services.notify.channels.teams import Teams, payload
from services.notify.domain.messages import Button, Message, Section
from shared.addresses import networks
from shared.egress import Egress
from tests.support.receivers import Answer

EVIL = "**bold** [here](http://evil) <at>everyone</at> {{7*7}}"
MESSAGE = Message(
    language="es",
    title=f"Nuevo lead: {EVIL}",
    intro="Hola:",
    sections=(Section("Quién", (EVIL,)),),
    buttons=(Button("Abrir", "https://relevo.acme.com/h/1"),),
    footer="A prueba",
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def teams():
    egress = Egress(networks("127.0.0.0/8"))
    yield Teams(Parts(egress, lambda: NOON))
    await egress.close()


async def test_a_message_goes_out_as_a_card(teams, receiver):
    receiver.answer_next(Answer(202))

    reply = await teams.send(receiver.url, MESSAGE, "1")
    sent = receiver.requests[0].json

    assert reply.ok
    assert sent["type"] == "message"
    assert sent["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert sent["attachments"][0]["content"]["actions"] == [
        {"type": "Action.OpenUrl", "title": "Abrir", "url": "https://relevo.acme.com/h/1"}
    ]


def test_every_text_is_a_run_which_knows_no_markdown():
    card = payload(MESSAGE)["attachments"][0]["content"]

    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {run["type"] for block in card["body"] for run in block["inlines"]} == {"TextRun"}
    assert EVIL in [block["inlines"][0]["text"] for block in card["body"]]


@pytest.mark.parametrize(
    ("status", "ok", "final"),
    [(200, True, False), (202, True, False), (400, False, True), (429, False, False)]
    + [(502, False, False)],
)
async def test_what_teams_answers_decides_whether_it_is_tried_again(
    teams, receiver, status, ok, final
):
    receiver.answer_next(Answer(status))

    reply = await teams.send(receiver.url, MESSAGE, "1")

    assert (reply.ok, reply.is_final) == (ok, final)
