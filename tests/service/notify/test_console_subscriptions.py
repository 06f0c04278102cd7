"""The pages of subscriptions: everything the API can do, said and shown to people."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from standardwebhooks import Webhook

from services.notify.console.reasons import in_words
from services.notify.console.subscription_form import wrong_fields
from services.notify.console.words import WORDS
from services.notify.domain.failing import GONE, standing
from services.notify.handlers.subscription_requests import KNOWN_TYPES, check_url
from services.notify.store.tables import console_session
from shared.clock import SystemClock
from shared.console.formats import Formats
from shared.console.forms import TOKEN, form_token
from shared.egress import Egress
from shared.ids import new_id
from shared.problem import Problem
from tests.builders import NOON, Lead
from tests.support.receivers import Answer
from tests.support.visiting import copied_session, visitor, words_of

READY = "handoff.sales_ready.v1"
HOSTILE = "<script>alert(1)</script>"
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")


async def visit_as(api, *roles):
    session = await copied_session(
        api.service.db, console_session, roles=list(roles or ["admin"]), language="en"
    )
    return visitor(api.http, session)


@pytest.fixture
async def api(house):
    """Notify with no subscription."""
    yield house
    for one in (await house.get("/v1/subscriptions")).json()["items"]:
        await house.http.delete(f"/v1/subscriptions/{one['subscription_id']}")


@pytest.fixture
async def visit(api):
    return await visit_as(api)


@pytest.fixture
async def standing_visit(standing_api):
    return await visit_as(standing_api)


def entered(url, **fields):
    """Return what the form sends."""
    given = {"name": "CRM", "channel": "webhook", "url": url, "which": "all", "language": "en"}
    return given | {"zone": "Europe/Madrid", "once": new_id()} | fields


async def only_one(api):
    (found,) = (await api.get("/v1/subscriptions")).json()["items"]
    return found


async def until(ask, is_so):
    """Ask until it is so; return the answer."""
    while not is_so(found := await ask()):
        pass
    return found


async def test_without_any_the_page_leads_to_adding_one(api, visit):
    empty = await visit.get("/subscriptions")
    seen = await (await visit_as(api, "sales")).get("/subscriptions")

    assert 'href="/subscriptions/new"' in empty.text
    assert "Whoever runs Relevo can connect your CRM here" in words_of(seen)
    assert "/subscriptions/new" not in seen.text


async def test_one_is_added_and_its_secret_shown_once(api, visit, receiver):
    fields = {"which": "some", f"event:{READY}": "on", "event:lead.*": "on", "policies": "b2b, c"}
    form = entered(receiver.url, headers="X-Team: sales", contact_email="Ops@Acme.com", **fields)
    made = await visit.post("/subscriptions", form)
    again = await visit.post("/subscriptions", form)
    one = await only_one(api)
    (secret,) = SECRET.findall(made.text)
    await visit.post(f"/subscriptions/{one['subscription_id']}/test", {})
    request = receiver.requests[0]

    assert made.status_code == 200
    assert SECRET.findall(again.text) == []
    assert "shown once only" in words_of(again)
    assert (one["event_types"], one["policies"]) == (["lead.*", READY], ["b2b", "c"])
    assert (one["headers"], one["contact_email"]) == ({"X-Team": "sales"}, "ops@acme.com")
    Webhook(secret).verify(request.body, dict(request.headers))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"url": "http://169.254.169.254/"}, "inside a network", id="metadata"),
        pytest.param({"url": "https://a:b@crm.com/"}, "no user name", id="password"),
        pytest.param({"url": "ftp://crm.com"}, "begins with https", id="scheme"),
        pytest.param({"url": ""}, "begins with https", id="no address"),
        pytest.param({"name": " "}, "Give it a name", id="no name"),
        pytest.param({"which": "some"}, "at least one thing", id="nothing chosen"),
        pytest.param({"which": "some", "patterns": "handof.*"}, "types that exist", id="pattern"),
        pytest.param({"headers": "Host: x"}, "cannot be changed", id="a header of ours"),
        pytest.param({"headers": "no colon"}, "cannot be changed", id="no header"),
        pytest.param({"contact_email": "nobody"}, "Not an e-mail", id="no mail"),
        pytest.param({"zone": "Madrid"}, "Not a time zone", id="no zone"),
        pytest.param({"language": "fr"}, "Choose Spanish", id="language"),
        pytest.param({"channel": "fax"}, "one of the three", id="channel"),
        pytest.param({"policies": "x" * 201}, "at most 200", id="policy"),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    standing_api, standing_visit, fields, told
):
    form = entered("https://crm.example.com/hook", name=HOSTILE) | fields
    answer = await standing_visit.post("/subscriptions", form)
    shown = words_of(answer)

    assert answer.status_code == 422
    assert told in shown
    assert HOSTILE not in answer.text
    assert 'role="alert"' in answer.text


async def test_it_is_changed_unless_somebody_was_quicker(api, visit, receiver):
    made = await api.subscribe(receiver.url, READY, name="CRM")
    path = f"/subscriptions/{made['subscription_id']}"
    form = entered(receiver.url, name="HubSpot", revision="1", which="some", patterns=READY)
    changed = await visit.post(f"{path}/change", form)
    late = await visit.post(f"{path}/change", form | {"name": "Late"})
    never = await visit.post(f"{path}/change", form | {"name": "Late", "revision": "9" * 5000})
    one = await only_one(api)
    audit = (await api.get("/v1/operations/notify/audit", what="subscription.changed")).json()

    assert never.status_code == 412
    assert changed.headers["location"] == f"{path}?said=changed"
    assert "Saved." in words_of(await visit.get(changed.headers["location"]))
    assert late.status_code == 412
    assert 'value="Late"' in late.text
    assert 'name="revision" value="2"' in late.text
    assert (one["name"], one["event_types"]) == ("HubSpot", [READY])
    assert audit["items"][0]["detail"] == {"changed": ["name", "zone"]}


async def test_a_test_shows_the_answer_as_text(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}/test"
    receiver.answer_next(Answer(401, body=HOSTILE.encode()))
    refused = await visit.post(path, {})
    taken = await visit.post(path, {})

    assert "It was not taken: it answered 401" in words_of(refused)
    assert "&lt;script&gt;alert(1)" in refused.text
    assert HOSTILE not in refused.text
    assert "The receiver took it (200)" in words_of(taken)


async def test_it_is_paused_resumed_disabled_and_enabled(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}"
    states = []
    for act in ("pause", "enable", "disable", "pause", "enable"):
        answer = await visit.post(f"{path}/{act}", {})
        states.append((answer.status_code, (await only_one(api))["state"]))

    assert states == [
        (303, "paused"),
        (303, "active"),
        (303, "disabled"),
        (409, "disabled"),  # the page says: enable it first
        (303, "active"),
    ]
    assert "Disable crm" in words_of(await visit.get(f"{path}/disable"))


async def test_a_new_secret_signs_beside_the_old_one_or_alone(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}"
    shown = await visit.post(f"{path}/rotate", {"once": new_id()})
    page = await visit.get(path)
    alone = await visit.post(f"{path}/rotate", {"once": new_id(), "leaked": "yes"})

    assert SECRET.findall(shown.text)[0] != made["secret"]
    assert f"ends in {made['secret'][-4:]} until" in words_of(page)
    assert (await only_one(api))["secrets"] == [SECRET.findall(alone.text)[0][-4:]]


async def test_it_is_deleted_only_when_meant(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}/remove"
    asked = await visit.get(path)
    unsure = await visit.post(path, {})
    assert (unsure.status_code, (await only_one(api))["name"]) == (422, "crm")
    gone = await visit.post(path, {"sure": "yes"})

    assert "Delete crm" in words_of(asked)
    assert gone.headers["location"] == "/subscriptions?said=removed"
    assert (await api.get("/v1/subscriptions")).json()["items"] == []


async def test_events_since_a_date_are_sent_again_after_saying_how_many(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    lead, before = Lead(), SystemClock().now().isoformat()
    await api.publish(lead.sales_ready(), lead.assigned())
    first = await receiver.next_requests(2)
    path = f"/subscriptions/{made['subscription_id']}/replay"
    asked = await visit.get(f"{path}?since={quote(before)}")
    begun = await visit.post(path, {"since": before})
    again = await receiver.next_requests(2)

    assert "Up to 2 events are kept" in words_of(asked)
    assert begun.headers["location"].endswith("said=replayed")
    assert [one.headers["webhook-id"] for one in again] == [
        one.headers["webhook-id"] for one in first
    ]


async def test_past_events_are_sent_again_once_for_each_form(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}/replay"
    form = {TOKEN: form_token(visit.session), "since": SystemClock().now().isoformat()}
    twice = [await visit.post(path, form) for _ in range(2)]
    asked = {"what": "subscription.replayed", "subject": made["subscription_id"]}
    audit = (await api.get("/v1/operations/notify/audit", **asked)).json()

    assert {one.headers["location"] for one in twice} == {
        f"/subscriptions/{made['subscription_id']}?said=replayed"
    }
    assert len(audit["items"]) == 1


@pytest.mark.parametrize(
    "since", ["", "tomorrow", "9999-12-31T23:59", "0001-01-01T00:00", "2099-01-01", "-"]
)
async def test_no_date_that_has_passed_sends_nothing(standing_api, standing_visit, since):
    made = await standing_api.subscribe("https://crm.example.com/hook")
    path = f"/subscriptions/{made['subscription_id']}/replay"
    answer = await standing_visit.post(path, {"since": since})

    assert answer.status_code == 422
    assert "Give a date that has passed" in words_of(answer)


async def test_all_that_failed_is_sent_again(api, visit, receiver):
    receiver.always = Answer(410)
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}"
    await api.publish(Lead().sales_ready())
    await receiver.next_request()
    await until(lambda: only_one(api), lambda one: one["state"] == "disabled")
    closed = await visit.post(f"{path}/redeliver", {})
    receiver.always = Answer()
    await visit.post(f"{path}/enable", {})
    page = await visit.get(path)
    asked = await visit.get(f"{path}/redeliver")
    begun = await visit.post(f"{path}/redeliver", {})
    request = await receiver.next_request()
    await until(lambda: only_one(api), lambda one: one["redelivery"] is None)
    empty = await visit.post(f"{path}/redeliver", {})

    assert closed.status_code == 409
    assert "1 failed delivery" in words_of(page)
    assert "1 delivery was given up" in words_of(asked)
    assert begun.headers["location"] == f"{path}?said=redelivered"
    assert request.json["type"] == READY
    assert (empty.status_code, "Nothing failed" in words_of(empty)) == (409, True)


async def test_progress_is_shown_until_all_is_sent(api, visit, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}"
    before = SystemClock().now().isoformat()
    await api.publish(*(Lead().sales_ready() for _ in range(3)))
    await receiver.next_requests(3)
    await visit.post(f"{path}/pause", {})
    await visit.post(f"{path}/replay", {"since": before})
    running = await visit.get(f"{path}/progress")
    await visit.post(f"{path}/enable", {})
    await until(lambda: only_one(api), lambda one: one["replay"] is None)
    done = await visit.get(f"{path}/progress")

    assert '<progress value="0" max="3"' in running.text
    assert "every 1s" in running.text
    assert "<progress" not in done.text
    assert "every 1s" not in done.text


async def test_the_week_is_shown_with_its_numbers(api, visit, receiver):
    made = await api.subscribe(receiver.url, name=HOSTILE)
    await api.publish(Lead("Bea").sales_ready())
    await receiver.next_request()
    path = f"/subscriptions/{made['subscription_id']}"
    told = await until(
        lambda: api.get(f"/v1{path}/performance"), lambda answer: answer.json()["attempts"]
    )
    page = await visit.get(path)
    listed = await visit.get("/subscriptions")

    assert len(told.json()["days"]) == 7
    assert told.json()["succeeded"] == 1
    assert "100% of 1 attempts" in words_of(page)
    assert "A lead is ready for sales: Bea" in words_of(page)
    assert HOSTILE not in page.text + listed.text


async def test_who_may_only_look_sees_no_buttons_and_is_refused(api, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/subscriptions/{made['subscription_id']}"
    sales, rep = await visit_as(api, "sales"), await visit_as(api, "rep")
    page = await sales.get(path)

    assert (page.status_code, 'method="post" action="/subscriptions' in page.text) == (200, False)
    assert (await sales.post(f"{path}/test", {})).status_code == 403
    assert (await rep.get("/subscriptions")).status_code == 403
    assert (await visitor(api.http).get(path)).status_code == 303  # to sign in


async def test_nothing_is_known_of_what_is_not_there(standing_api, standing_visit):
    path = f"/subscriptions/{new_id()}"
    for asked in (path, f"{path}/change", f"{path}/replay", f"{path}/remove", f"{path}/progress"):
        assert (await standing_visit.get(asked)).status_code == 404
    for act in ("test", "pause", "rotate", "redeliver", "change"):
        assert (await standing_visit.post(f"{path}/{act}", {})).status_code == 404


def test_every_event_has_words():
    missing = [kind for kind in KNOWN_TYPES if not WORDS.has(f"event_{kind}")]
    groups = {kind.partition(".")[0] for kind in KNOWN_TYPES}

    assert missing == []
    assert [one for one in sorted(groups) if not WORDS.has(f"group_all_{one}")] == []


@pytest.mark.parametrize("language", ["es", "en"])
def test_reasons_are_told_in_words(language):
    words = Formats(language, "UTC", NOON, WORDS)
    known = ("http 503", "no answer in time", "no connection: refused", "paused by hand", GONE)

    assert [one for one in known if in_words(words, one) in ("", one)] == []
    assert in_words(words, "something new") == "something new"
    assert in_words(words, None) == ""


@pytest.mark.parametrize(
    ("state", "succeeded", "failing", "how"),
    [
        pytest.param("active", None, None, "quiet", id="nothing sent yet"),
        pytest.param("active", NOON, None, "working", id="works"),
        pytest.param("active", NOON, NOON - timedelta(hours=1), "retrying", id="fails lately"),
        pytest.param("active", NOON, NOON - timedelta(days=2), "failing", id="fails for long"),
        pytest.param("paused", NOON, NOON, "paused", id="paused"),
        pytest.param("disabled", NOON, NOON, "disabled", id="disabled"),
    ],
)
def test_how_a_subscription_does(state, succeeded, failing, how):
    assert standing(state, succeeded, failing, NOON) == how


def test_a_port_we_do_not_call_is_told_at_the_address():
    with pytest.raises(Problem) as refused:
        check_url(Egress(), "https://crm.example.com:25/")

    words = Formats("en", "UTC", NOON, WORDS)
    assert "Only the ports" in wrong_fields(refused.value, words)["url"]
