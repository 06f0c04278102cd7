"""Slack: Block Kit, in which nothing a lead wrote is markup and nothing pings."""

from datetime import UTC, datetime

import pytest

from services.notify.channels.parts import Parts
from services.notify.channels.slack import Slack, payload
from services.notify.domain.messages import Button, Message, Section
from shared.addresses import networks
from shared.egress import Egress
from tests.support.receivers import Answer

EVIL = "<!channel> <@U123> *bold* & <http://evil|here>"
MESSAGE = Message(
    language="en",
    title=f"New lead: {EVIL}",
    intro="Hello,",
    sections=(Section("Who", (EVIL, "second")), Section("Why", ("x" * 5000,))),
    buttons=(Button("Open", "https://relevo.acme.com/h/1"),),
    footer="On trial",
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
async def slack():
    egress = Egress(networks("127.0.0.0/8"))
    yield Slack(Parts(egress, lambda: NOON))
    await egress.close()


async def test_a_message_goes_out_as_blocks(slack, receiver):
    reply = await slack.send(receiver.url, MESSAGE, "1")
    request = receiver.requests[0]

    assert reply.ok
    assert request.headers["content-type"] == "application/json"
    assert request.json == payload(MESSAGE)


def test_lead_text_is_plain_escaped_once_and_pings_nobody():
    sent = payload(MESSAGE)
    texts = [block["text"] for block in sent["blocks"] if "text" in block]
    lead = next(text for text in texts if "second" in text["text"])

    assert lead["type"] == "plain_text"
    assert lead["text"].startswith("&lt;!channel&gt; &lt;@U123&gt; *bold* &amp; &lt;http")
    assert "<" not in sent["text"]
    assert (sent["mrkdwn"], sent["link_names"], sent["parse"]) == (False, False, "none")
    assert (sent["unfurl_links"], sent["unfurl_media"]) == (False, False)
    assert all("<" not in text["text"] for text in texts)


def test_only_our_own_headings_are_markup():
    markup = [
        block["text"]["text"]
        for block in payload(MESSAGE)["blocks"]
        if block.get("text", {}).get("type") == "mrkdwn"
    ]

    assert markup == ["*Who*", "*Why*"]


@pytest.mark.parametrize("text", ["x" * 5000, "&" * 5000, "<a>" * 2000])
def test_long_texts_fit_slacks_limits_without_cutting_an_entity(text):
    message = Message("en", text, text, (Section("Who", (text,)),), ())
    sent = payload(message)
    limits = {"header": 150, "section": 3000}

    for block in sent["blocks"]:
        cut = block["text"]["text"]
        assert len(cut) <= limits[block["type"]]
        assert cut.count("&") == sum(cut.count(one) for one in ("&amp;", "&lt;", "&gt;"))


@pytest.mark.parametrize(
    ("answer", "outcome", "final"),
    [
        pytest.param(Answer(200, body=b"ok"), "sent", False, id="taken"),
        pytest.param(Answer(404, body=b"no_service"), "sent", True, id="no such webhook"),
        pytest.param(Answer(410, body=b"channel_is_archived"), "sent", True, id="archived"),
        pytest.param(Answer(500), "sent", False, id="their trouble"),
        pytest.param(Answer(302, {"Location": "https://evil"}), "sent", True, id="a redirect"),
    ],
)
async def test_what_slack_answers_decides_whether_it_is_tried_again(
    slack, receiver, answer, outcome, final
):
    receiver.answer_next(answer)

    reply = await slack.send(receiver.url, MESSAGE, "1")

    assert (reply.ok, reply.outcome, reply.is_final) == (answer.status == 200, outcome, final)


async def test_slack_may_ask_for_time(slack, receiver):
    receiver.answer_next(Answer(429, {"Retry-After": "30"}))

    reply = await slack.send(receiver.url, MESSAGE, "1")

    assert reply.retry_after.total_seconds() == 30
    assert not reply.is_final


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("https://hooks.slack.com/services/T/B/x", True),
        ("https://169.254.169.254/", False),
        ("not a url", False),
        ("", False),
    ],
)
def test_a_url_that_cannot_be_called_is_not_usable(slack, url, usable):
    assert slack.is_usable(url) == usable
