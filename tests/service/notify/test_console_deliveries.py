"""The pages of deliveries, of the inbox and of how people are told."""

import re
from datetime import timedelta
from urllib.parse import quote

import httpx
import orjson
import pytest

from services.notify.console.delivery_view import MOST_CHARACTERS, readable
from services.notify.store.tables import console_session
from shared.clock import SystemClock
from shared.contracts.handoffs import Person
from shared.ids import new_id
from tests.builders import Lead, person_changed, review_due
from tests.service.notify.test_console_subscriptions import HOSTILE, READY, until, visit_as
from tests.service.notify.test_console_subscriptions import api as api
from tests.service.notify.test_console_subscriptions import visit as visit
from tests.support.receivers import Answer
from tests.support.visiting import copied_session, visitor, words_of

READ_ONE = re.compile('action="/inbox/([0-9a-f-]{36})/read"')


@pytest.fixture
async def rep(api):
    """Somebody who works here, with mail and the inbox."""
    number = new_id()[-6:]
    person = Person(person_id=new_id(), name=f"Lucía {number}", email=f"l{number}@acme.com")
    await api.publish(person_changed(person, [("email", person.email)], language="en"))
    await api.until_known(person)
    return person


async def signed_in(api, person, *roles):
    session = await copied_session(
        api.service.db,
        console_session,
        person_id=person.person_id,
        roles=list(roles or ["rep"]),
        language="en",
    )
    return visitor(api.http, session)


async def told(api, person, count=1, **fields):
    """Wait for deliveries to a person; return them."""

    async def ask():
        found = await api.get("/v1/deliveries", person=person.person_id, **fields)
        return found.json()["items"]

    return await until(ask, lambda items: len(items) >= count)


async def failed(api, receiver, lead, body=HOSTILE):
    """Let a delivery fail for good; return its subscription and itself."""
    receiver.always = Answer(410, body=body.encode())
    made = await api.subscribe(receiver.url, READY, name=f"CRM {HOSTILE}")
    await api.publish(lead.sales_ready())

    async def ask():
        found = await api.get("/v1/deliveries", subscription=made["subscription_id"])
        return found.json()["items"]

    (one,) = await until(ask, lambda items: items and items[0]["state"] == "parked")
    await api.post(f"/v1/subscriptions/{made['subscription_id']}/enable")
    receiver.always = Answer()
    return made["subscription_id"], one


async def test_what_failed_comes_first_and_can_be_sent_again(api, visit, receiver):
    subscription_id, one = await failed(api, receiver, Lead("Bea"))
    path = f"/deliveries/{one['delivery_id']}"
    listed, page = await visit.get("/deliveries"), await visit.get(path)
    begun = await visit.post(f"{path}/redeliver", {})
    first, again = await receiver.next_requests(2)
    done = await until(lambda: visit.get(path), lambda page: "every 2s" not in page.text)

    assert words_of(listed).index("Failed A lead is ready for sales: Bea") < words_of(listed).index(
        "All A lead is ready"
    )
    assert f"/subscriptions/{subscription_id}/redeliver" in listed.text
    assert "It answered no" in words_of(page)
    assert "answer 410" in words_of(page)
    assert begun.headers["location"] == f"{path}?said=redelivered"
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body
    assert "Taken" in words_of(done)


async def test_hostile_answers_names_and_payloads_are_shown_as_text(api, visit, receiver):
    _, one = await failed(api, receiver, Lead(HOSTILE))
    page = await visit.get(f"/deliveries/{one['delivery_id']}")
    listed = await visit.get("/deliveries")

    assert HOSTILE not in page.text + listed.text
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


async def test_the_event_is_shown_and_downloaded_by_who_may_read_events(api, visit, receiver):
    _, one = await failed(api, receiver, Lead("Bea"))
    path = f"/deliveries/{one['delivery_id']}"
    page = await visit.get(path)
    file = await visit.get(f"{path}/payload")
    rep = await visit_as(api, "rep")

    assert "&#34;lead_name&#34;: &#34;Bea&#34;" in page.text
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.json()["data"]["handoff"]["lead_name"] == "Bea"
    assert (await rep.get(f"{path}/payload")).status_code == 403


async def test_what_is_still_on_its_way_is_not_sent_twice(api, visit, receiver):
    receiver.always = Answer(503)
    made = await api.subscribe(receiver.url)
    await api.publish(Lead().sales_ready())
    await receiver.next_request()
    found = await api.get("/v1/deliveries", subscription=made["subscription_id"])
    (one,) = found.json()["items"]
    answer = await visit.post(f"/deliveries/{one['delivery_id']}/redeliver", {})

    assert answer.status_code == 409
    assert "That delivery is still on its way" in words_of(answer)
    assert 'hx-trigger="every 2s"' in answer.text


async def test_deliveries_are_found_by_every_filter(api, visit, receiver, rep):
    lead = Lead("Bea", owner=rep)
    subscription_id, one = await failed(api, receiver, lead)
    await told(api, rep)
    today = SystemClock().now().date()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)

    async def shown(**query):
        page = await visit.get("/deliveries?" + str(httpx.QueryParams(query)))
        assert page.status_code == 200, page.text
        return words_of(page).count("A lead is ready for sales: Bea")

    about = f"http://relevo/handoffs/{lead.handoff_id}?from=mail"
    assert await shown(to=f"s:{subscription_id}", state="parked") == 1
    assert await shown(to=f"p:{rep.person_id}") == 1
    assert await shown(about=about) == 3  # one of them among the failed, too
    assert await shown(about=lead.lead_id, state="parked") == 1
    assert await shown(about=lead.lead_id, since=str(yesterday), until=str(tomorrow)) == 3
    assert await shown(about=lead.lead_id, since=str(tomorrow + timedelta(days=1))) == 0
    assert await shown(to=f"s:{subscription_id}", until=str(yesterday)) == 0
    assert await shown(about=new_id()) == 0
    assert f'value="{quote(one["delivery_id"])}"' not in (await visit.get("/deliveries")).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param("about=Bea", "There is no id in that", id="a name"),
        pytest.param("since=yesterday", "That is no day", id="a word"),
        pytest.param("until=0001-01-01", "That is no day", id="the first day there is"),
        pytest.param("until=9999-12-31", "That is no day", id="the last day there is"),
    ],
)
async def test_a_filter_that_means_nothing_says_so(standing_api, query, said):
    page = await (await visit_as(standing_api)).get(f"/deliveries?{query}")

    assert page.status_code == 422
    assert said in words_of(page)


@pytest.mark.parametrize("query", ["to=x", "to=s:1", "state=odd", "about=%00", "to=p:" + "9" * 90])
async def test_odd_filters_are_no_fault_of_ours(standing_api, query):
    page = await (await visit_as(standing_api)).get(f"/deliveries?{query}")

    assert page.status_code in (200, 400, 422)


async def test_a_cursor_of_another_list_is_refused(standing_api):
    page = await (await visit_as(standing_api)).get("/deliveries?cursor=xyz")

    assert page.status_code == 422


async def test_a_message_for_a_person_is_shown_without_the_links_to_answer_by(api, visit, rep):
    await api.publish(Lead("Bea", owner=rep).sales_ready())
    (one,) = await told(api, rep, state="delivered")
    page = await visit.get(f"/deliveries/{one['delivery_id']}")
    again = await visit.post(f"/deliveries/{one['delivery_id']}/redeliver", {})

    assert "New lead for you: Bea (Acme)" in words_of(page)
    assert "Accept the lead" not in page.text
    assert again.status_code == 409
    assert "A message for a person is not sent again" in words_of(again)


async def test_much_is_shown_by_its_beginning():
    text, is_cut = readable(orjson.dumps({"data": "x" * 2 * MOST_CHARACTERS}))

    assert (len(text), is_cut) == (MOST_CHARACTERS, True)


# --- the inbox -------------------------------------------------------------------------------


async def test_the_inbox_has_what_its_person_was_told_newest_first(api, rep):
    for name in ("Ana", HOSTILE):
        await api.publish(Lead(name, owner=rep).sales_ready())
    await told(api, rep, 2)
    await api.publish(review_due(to=[rep]))
    mine, others = await signed_in(api, rep), await visit_as(api, "rep")
    page = await until(lambda: mine.get("/inbox"), lambda page: "Time to review" in page.text)
    shown = words_of(page)

    assert shown.index("Time to review") < shown.index("New lead for you: &lt;script")
    assert shown.index("New lead for you: &lt;script") < shown.index("New lead for you: Ana")
    assert "3 unread" in shown
    assert "Accept or reject by" in shown
    assert HOSTILE not in page.text
    assert "You have no messages" in words_of(await others.get("/inbox"))


async def test_messages_are_marked_as_read_one_by_one_or_all(api, rep):
    for name in ("Ana", "Bea", "Cleo"):
        await api.publish(Lead(name, owner=rep).sales_ready())
    await told(api, rep, 3)
    mine, other = await signed_in(api, rep), await visit_as(api, "rep")
    found = (await mine.get("/inbox?show=unread")).text
    message_id = READ_ONE.findall(found)[0]
    one = await mine.post(f"/inbox/{message_id}/read", {"show": "unread"})
    left = await mine.get(one.headers["location"])
    foreign = await other.post(f"/inbox/{message_id}/read", {})
    part = await mine.post("/inbox/read", {}, HX_Request="true")

    assert "2 unread" in words_of(left)
    assert "Marked as read." in words_of(left)
    assert foreign.status_code == 404
    assert "All read." in words_of(part)
    assert "<html" not in part.text
    assert "Nothing unread" in words_of(await mine.get("/inbox?show=unread"))


# --- how people are told ---------------------------------------------------------------------


async def test_one_tries_ones_own_channel_and_sees_how_it_went(api, rep, house_mail):
    mine = await signed_in(api, rep)
    page = await mine.get("/inbox/channels")
    sent = await mine.post("/inbox/channels/test", {"channel": "email"})
    mail = await house_mail.next_mail()
    while rep.email not in mail.recipients:  # of the tests before
        mail = await house_mail.next_mail()
    audit = (await api.get("/v1/operations/notify/audit", what="channel.tested")).json()["items"]

    assert rep.email in page.text
    assert "Test sent by E-mail" in words_of(sent)
    assert mail.message["Subject"] == "Relevo reaches you here"
    assert audit[0]["subject"] == rep.person_id
    assert rep.email not in str(audit)


async def test_a_channel_that_fails_says_why(api, receiver):
    person = Person(person_id=new_id(), name="Leo", email="leo@acme.com")
    await api.publish(person_changed(person, [("slack", receiver.url)], language="en"))
    await api.until_known(person)
    receiver.always = Answer(404, body=HOSTILE.encode())
    mine = await signed_in(api, person)
    failed = await mine.post("/inbox/channels/test", {"channel": "slack"})
    other = await mine.post("/inbox/channels/test", {"channel": "teams"})
    key = await api.with_key("inbox:read", person_id=person.person_id)
    ways = (await key.get("/v1/inbox/channels")).json()["channels"]
    tested = (await key.post("/v1/inbox/channels/test", {"channel": "slack"})).json()
    for _ in range(3):
        await mine.post("/inbox/channels/test", {"channel": "slack"})
    often = await mine.post("/inbox/channels/test", {"channel": "slack"})
    asked = await key.post("/v1/inbox/channels/test", {"channel": "slack"})

    assert "The test by Slack did not go: it answered 404" in words_of(failed)
    assert (other.status_code, "Nothing can be sent to you that way" in words_of(other)) == (
        409,
        True,
    )
    assert [(one["channel"], one["is_usable"]) for one in ways] == [
        ("slack", True),
        ("email", True),
    ]
    assert (tested["ok"], tested["status"]) == (False, 404)
    assert (often.status_code, asked.status_code) == (429, 429)
    assert "try again in ten minutes" in words_of(often)
    assert asked.headers["retry-after"] == "600"


async def test_somebody_not_known_here_yet_is_told_so(standing_api):
    mine = await visit_as(standing_api, "rep")

    assert "Your details have not reached this part yet" in words_of(
        await mine.get("/inbox/channels")
    )
    assert "No mail server: none is sent." in words_of(await mine.get("/inbox/channels"))
    assert (await mine.post("/inbox/channels/test", {"channel": "email"})).status_code == 404
    assert (await mine.post("/inbox/channels/test", {"channel": "fax"})).status_code == 422
