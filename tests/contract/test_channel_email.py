"""Mail: what the mailbox gets, and what is made of a mail server's answers."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notify.channels.email import Email, MailServer, address_of, mail_server
from services.notify.channels.parts import Parts
from services.notify.domain.messages import Button, Message, Section
from shared.egress import Egress
from tests.support.processes import free_port

EVIL = '<script>alert("x")</script> & {{7*7}}'
MESSAGE = Message(
    language="es",
    title=f"Nuevo lead: {EVIL}",
    intro="Hola, Lucía:",
    sections=(Section("Quién", (EVIL, "Dirección: Málaga")),),
    buttons=(Button("Abrir", "https://relevo.acme.com/h/1?a=1&b=2"),),
    footer="A prueba",
)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def email(url, sender="Relevo <relevo@acme.com>"):
    return Email(Parts(Egress(), lambda: NOON, smtp_url=url, mail_from=sender))


async def test_a_mail_has_one_recipient_two_forms_and_the_same_id_on_every_try(mail_sink):
    channel = email(mail_sink.url)
    mail_sink.answer_next("451 4.7.1 later")

    first = await channel.send("lucia@acme.com", MESSAGE, "message-1")
    second = await channel.send("lucia@acme.com", MESSAGE, "message-1")
    mail = await mail_sink.next_mail()
    text = mail.message.get_body(("plain",)).get_content()
    html = mail.message.get_body(("html",)).get_content()

    assert (first.ok, first.status, first.is_final) == (False, 451, False)
    assert (second.ok, second.outcome) == (True, "sent")
    assert mail.recipients == ("lucia@acme.com",)
    assert mail.message["Message-ID"] == "<message-1@acme.com>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Subject"] == MESSAGE.title
    assert "- Dirección: Málaga" in text
    assert "https://relevo.acme.com/h/1?a=1&b=2" in text
    assert 'lang="es"' in html


async def test_lead_text_is_escaped_in_html_and_evaluated_nowhere(mail_sink):
    await email(mail_sink.url).send("lucia@acme.com", MESSAGE, "message-1")
    mail = await mail_sink.next_mail()
    html = mail.message.get_body(("html",)).get_content()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "{{7*7}}" in html
    assert EVIL in mail.message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("answer", "final"),
    [
        pytest.param("451 4.3.0 try later", False, id="for now"),
        pytest.param("550 5.1.1 no such user lucia@acme.com", True, id="for good"),
    ],
)
async def test_a_refusal_is_told_by_its_code_without_the_address(mail_sink, answer, final):
    mail_sink.answer_next(answer)

    reply = await email(mail_sink.url).send("lucia@acme.com", MESSAGE, "message-1")

    assert (reply.ok, reply.outcome, reply.is_final) == (False, "sent", final)
    assert reply.reason == f"smtp {answer[:3]}"


async def test_where_no_server_listens_nothing_was_sent():
    reply = await email(f"smtp://127.0.0.1:{free_port()}").send("a@acme.com", MESSAGE, "1")

    assert (reply.outcome, reply.is_final) == ("not_sent", False)


async def test_a_server_that_goes_away_behind_the_mail_leaves_the_outcome_unknown():
    async def hang_up_after_data(reader, writer):
        writer.write(b"220 hello\r\n")
        async for line in reader:
            if line.startswith(b"EHLO"):
                writer.write(b"250 me\r\n")
            elif line.startswith(b"DATA"):
                writer.write(b"354 go\r\n")
            elif line == b".\r\n":
                break
            elif line.startswith((b"MAIL", b"RCPT")):
                writer.write(b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up_after_data, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reply = await email(f"smtp://127.0.0.1:{port}").send("a@acme.com", MESSAGE, "1")
    server.close()

    assert reply.outcome == "unknown"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("no address", id="no address"),
        pytest.param("a@acme.com, b@acme.com", id="two"),
        pytest.param("a@acme.com\r\nBcc: b@acme.com", id="a header smuggled in"),
        pytest.param("", id="nothing"),
        pytest.param("a@", id="half"),
    ],
)
async def test_an_address_that_is_none_is_not_tried(mail_sink, address):
    channel = email(mail_sink.url)
    reply = await channel.send(address, MESSAGE, "1")

    assert not channel.is_usable(address)
    assert (reply.outcome, reply.is_final) == ("not_sent", True)
    assert mail_sink.mails == []


async def test_a_line_break_in_a_title_ends_the_attempt_and_not_the_header(mail_sink):
    evil = Message("en", "hello\r\nBcc: evil@evil.com", "", (), ())

    reply = await email(mail_sink.url).send("a@acme.com", evil, "1")

    assert (reply.outcome, reply.is_final) == ("not_sent", True)
    assert mail_sink.mails == []


def test_without_a_server_mail_is_not_usable():
    assert not email("").is_usable("lucia@acme.com")
    assert email("smtp://mail.acme.com").is_usable("lucia@acme.com")


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", MailServer("mail", 25, None, None, "offered")),
        ("smtp://u:p%40ss@mail:2525", MailServer("mail", 2525, "u", "p@ss", "offered")),
        ("smtp+starttls://u:p@mail", MailServer("mail", 587, "u", "p", "required")),
        ("smtps://mail", MailServer("mail", 465, None, None, "at_once")),
    ],
)
def test_the_server_is_named_by_a_url(url, server):
    assert mail_server(url) == server


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail:25"])
def test_another_url_is_refused(url):
    with pytest.raises(ValueError, match="a mail URL"):
        mail_server(url)


def test_the_sender_may_have_a_name():
    assert str(address_of("Relevo <relevo@acme.com>")) == "Relevo <relevo@acme.com>"
