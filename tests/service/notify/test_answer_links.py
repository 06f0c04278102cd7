"""Links to answer by: in every message that waits for its reader's answer, and nowhere else."""

import re

import pytest
from sqlalchemy import select

from services.notify.store.tables import TABLES
from shared.answer_links import AnswerLink, LinkSeal
from shared.contracts.handoffs import Person
from shared.ids import new_id
from tests.builders import MANAGER, NOON, REP, Lead, person_changed
from tests.service.notify.api import open_api
from tests.support.receivers import Answer
from tests.support.waiting import eventually

KEY = "seals the links of these tests only"
URL = "https://relevo.acme.com"
LINK = re.compile(rf"{URL}/a/(ans_[A-Za-z0-9_-]{{76}})")
TOKEN = re.compile(r"ans_[A-Za-z0-9_-]{8}")
SEAL = LinkSeal([KEY])
WITHIN_S = 10


@pytest.fixture
async def linking(database_url, tmp_path, mail_sink):
    """Notify with a key and an address; news are told at once."""
    settings = {"smtp_url": mail_sink.url, "link_keys": KEY, "public_url": URL}
    async with open_api(database_url, f"sqlite:///{tmp_path}", fold_updates_s=0, **settings) as api:
        yield api


async def reached_by(api, person, channel, url=""):
    await api.publish(person_changed(person, [(channel, url)], language="es"))
    await api.until_known(person)


def links_of(text):
    """Return what the links in a message allow, in their order."""
    return [SEAL.read(token) for token in LINK.findall(text)]


def of(lead, person=REP):
    return [
        AnswerLink(lead.handoff_id, person.person_id, action, NOON)
        for action in ("accept", "reject")
    ]


async def test_a_mail_has_both_links_in_its_text_and_as_buttons(linking, mail_sink):
    await reached_by(linking, REP, "email", REP.email)
    lead = Lead()
    await linking.publish(lead.sales_ready())
    mail = (await mail_sink.next_mail()).message
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()

    assert links_of(text) == links_of(html) == of(lead)
    assert f"Aceptar el lead: {URL}/a/ans_" in text
    assert text.index("Aceptar el lead") < text.index("Quién"), "before what a rep may skip"
    assert re.search(r'href="[^"]+/a/ans_[^"]+"[^>]*>\s*Rechazarlo, con un motivo\s*<', html)


async def test_slack_teams_and_a_webhook_of_ones_own_have_them(linking, new_receiver):
    slack, teams, hook = new_receiver(), new_receiver(), new_receiver()
    for name, receiver in (("slack", slack), ("teams", teams), ("webhook", hook)):
        rep = Person(person_id=new_id(), name=name, email=f"{name}@acme.com")
        await reached_by(linking, rep, name, receiver.url)
        lead = Lead(owner=rep)
        await linking.publish(lead.sales_ready())
        sent = (await receiver.next_request()).json
        if name == "slack":
            [actions] = [block for block in sent["blocks"] if block["type"] == "actions"]
            urls = [button["url"] for button in actions["elements"]]
        elif name == "teams":
            card = sent["attachments"][0]["content"]
            assert {one["type"] for one in card["actions"]} == {"Action.OpenUrl"}
            urls = [action["url"] for action in card["actions"]]
        else:
            assert [one["kind"] for one in sent["buttons"]] == ["accept", "reject", "open"]
            urls = [button["url"] for button in sent["buttons"]]
        assert links_of(" ".join(urls)) == of(lead, rep)


async def test_whoever_is_asked_has_links_of_their_own_until_somebody_answered(linking, mail_sink):
    await reached_by(linking, REP, "email", REP.email)
    await reached_by(linking, MANAGER, "email", MANAGER.email)

    async def next_mail():
        mail = await mail_sink.next_mail()
        return mail.recipients[0], links_of(mail.message.get_body(("plain",)).get_content())

    async def next_links(*events):
        await linking.publish(*events)
        return await next_mail()

    lead = Lead()
    assert await next_links(lead.sales_ready()) == (REP.email, of(lead))
    assert await next_links(lead.rescheduled()) == (REP.email, of(lead))
    assert await next_links(lead.escalated()) == (MANAGER.email, of(lead, MANAGER))
    given = dict([await next_links(lead.reassigned(MANAGER)), await next_mail()])
    assert given == {MANAGER.email: of(lead, MANAGER), REP.email: []}, "who had it is told, too"
    other = Lead()
    assert await next_links(other.sales_ready()) == (REP.email, of(other))
    await linking.publish(other.accepted())
    assert await next_links(other.updated()) == (REP.email, []), "there is nothing to answer"


async def test_the_inbox_shows_them_to_keys_that_may_answer_and_while_an_answer_is_waited_for(
    linking,
):
    await reached_by(linking, REP, "inbox")
    lead = Lead()
    await linking.publish(lead.sales_ready())
    answers = await linking.with_key("inbox:read", "handoffs:write", person_id=REP.person_id)
    reads = await linking.with_key("inbox:read", person_id=REP.person_id)

    async def links(client):
        items = (await client.get("/v1/inbox")).json()["items"]
        every = [(link["kind"], link["url"]) for item in items for link in item["links"]]
        return [(kind, url) for kind, url in every if kind != "open"]

    shown = await eventually(lambda: links(answers), WITHIN_S, "the message")
    assert [kind for kind, _ in shown] == ["accept", "reject"]
    assert links_of(" ".join(url for _, url in shown)) == of(lead)
    assert shown == await links(answers), "the same each time"
    assert await links(reads) == [], "who may only read is given nothing to answer by"
    await linking.publish(lead.accepted())

    async def none_left():
        return await links(answers) == []

    await eventually(none_left, WITHIN_S, "the links to go")


async def test_who_has_left_is_given_none(linking):
    await reached_by(linking, REP, "inbox")
    await linking.publish(Lead().sales_ready())
    client = await linking.with_key("inbox:read", "handoffs:write", person_id=REP.person_id)

    async def count():
        links = (await client.get("/v1/inbox")).json()["items"][0]["links"]
        return len([link for link in links if link["kind"] != "open"])

    await eventually(lambda: _messages(client), WITHIN_S, "the message")
    assert await count() == 2
    await linking.publish(person_changed(REP, [("inbox", "")], active=False, revision=9))

    async def gone():
        return await count() == 0

    await eventually(gone, WITHIN_S, "the links to go")


async def _messages(client):
    return (await client.get("/v1/inbox")).json()["items"]


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"link_keys": KEY}, id="no address"),
        pytest.param({"public_url": URL}, id="no key"),
    ],
)
async def test_without_a_key_or_an_address_there_are_none(tmp_path, mail_sink, settings):
    url = f"sqlite:///{tmp_path}"
    async with open_api(url, url, smtp_url=mail_sink.url, **settings) as api:
        await reached_by(api, REP, "email", REP.email)
        await api.publish(Lead().sales_ready())
        mail = await mail_sink.next_mail()

    assert not TOKEN.search(mail.message.as_string())
    assert "/a/" not in mail.message.get_body(("plain",)).get_content()


async def test_nothing_of_a_link_is_kept_nor_told_to_systems(
    linking, new_receiver, mail_sink, caplog
):
    """Not in tables, the feed, deliveries, reports, logs; not where a tool echoes what it got."""
    caplog.set_level("DEBUG")
    crm, team, echo = new_receiver(), new_receiver(), new_receiver()
    await linking.subscribe(crm.url, "*")
    await linking.subscribe(team.url, "handoff.sales_ready.v1", channel="slack")
    await reached_by(linking, REP, "slack", echo.url)
    await reached_by(linking, MANAGER, "email", MANAGER.email)
    lead = Lead()
    told = LinkSeal([KEY]).token(of(lead)[0])
    echo.answer_next(Answer(400, body=f"invalid_blocks: {URL}/a/{told}".encode()))
    await linking.publish(lead.sales_ready(), lead.escalated())
    first = (await echo.next_request()).body.decode()
    mail = (await mail_sink.next_mail()).message.get_body(("plain",)).get_content()
    mails = [mail]
    events = [request.body.decode() for request in await crm.next_requests(2)]
    slack = (await team.next_request()).body.decode()

    async def settled():
        rows = (await linking.get("/v1/deliveries", lead=lead.lead_id)).json()["items"]
        return len(rows) >= 4 and not any(row["state"] == "pending" for row in rows) and rows

    rows = await eventually(settled, WITHIN_S, "every delivery")
    assert links_of(first) == of(lead)
    assert links_of(mails[0]), "they were sent"
    assert not any(TOKEN.search(text) for text in (*events, slack, str(rows)))
    tables = [select(table) for table in TABLES.sorted_tables]
    stored = await linking.service.db.read(
        lambda conn: [str(row) for query in tables for row in conn.execute(query)]
    )
    assert any("[secret]" in row for row in stored), "the echo was kept, without its link"
    others = ("mail.log", "httpx", "werkzeug")  # of those the tests send to and ask with
    logged = "\n".join(one.getMessage() for one in caplog.records if one.name not in others)
    for text in (*stored, logged):
        assert not TOKEN.search(text)
        assert told[-16:] not in text
