"""From a marketing event to a won deal: what everybody sees on the way, in both worlds."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.notify.store.tables import person
from shared.trace import trace_id
from tests.journey.conftest import PUBLIC_URL, Crm, Installation
from tests.support.events import about, read_feed, signed, stream, types
from tests.support.inside import inside
from tests.support.installation import give_key, subscribe
from tests.support.receivers import Received, Receiver
from tests.support.smtp import Mail
from tests.support.story import WITHIN_S, Lead
from tests.support.waiting import eventually

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def lead(installation: Installation) -> Lead:
    """Somebody nobody has heard of yet."""
    return Lead(installation.api, installation.credentials["app"])


async def answer(
    installation: Installation, handoff: dict[str, Any], what: str, **said: Any
) -> Any:
    """Let the hand-off's owner answer, as a CRM does for its users."""
    path = f"/v1/handoffs/{handoff['handoff_id']}/{what}"
    return await installation.api.post(path, {"person": handoff["owner"]["email"], **said})


async def told_to(crm: Crm, lead_id: str, last: str) -> list[dict[str, Any]]:
    """Return the lead's events as the CRM got them, up to the first of type ``last``."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != last:
        request = await crm.receiver.next_request(WITHIN_S)
        events += about([signed(request, crm.secret)], lead_id)
    return events


async def mail_to(installation: Installation, address: str, about_whom: str) -> Mail:
    """Return the first mail to somebody about a lead, waiting for it."""

    async def find() -> Mail | None:
        for mail in installation.mails.mails:
            if mail.recipients == (address,) and about_whom in str(mail.message["Subject"]):
                return mail
        return None

    found = await eventually(find, WITHIN_S, f"a mail to {address}")
    assert found is not None
    return found


def text_of(mail: Mail) -> str:
    """Return the plain text of a mail."""
    part = mail.message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


async def test_a_demo_request_reaches_the_rep_the_crm_and_the_team(
    installation, crm, lead, new_receiver
):
    team: Receiver = new_receiver()
    wanted = {"channel": "slack", "event_types": ["handoff.sales_ready.v1"]}
    channel = await subscribe(installation.api, team.url, "team", **wanted)
    await lead.does("Demo Requested", lead={"name": "Eva Ruiz & Co"})
    handoff = await lead.handoff()

    ready, assigned = await told_to(crm, handoff["lead_id"], "handoff.assigned.v1")
    assert (ready["type"], ready["data"]["lead"]["email"]) == ("handoff.sales_ready.v1", lead.email)
    assert [touch["kind"] for touch in ready["data"]["why_now"]] == ["demo.requested"]
    assert assigned["data"]["handoff"]["owner"] == handoff["owner"]
    mail = await mail_to(installation, handoff["owner"]["email"], "Eva Ruiz & Co")
    assert lead.email in text_of(mail)
    slack = await team.next_request(WITHIN_S)
    assert "Eva Ruiz &amp; Co" in slack.body.decode()
    await installation.api.delete(f"/v1/subscriptions/{channel['subscription_id']}")


async def test_a_rep_answers_by_the_link_in_the_mail_and_opening_it_changes_nothing(
    installation, crm, lead
):
    api = installation.api
    await lead.does("Demo Requested", lead={"name": f"Eva {lead.name}"})
    handoff = await lead.handoff()
    mail = await mail_to(installation, handoff["owner"]["email"], f"Eva {lead.name}")
    accept, reject = re.findall(rf"{PUBLIC_URL}(/a/\S+)", text_of(mail))
    for path in (accept, accept, reject):
        for method in ("GET", "HEAD"):
            opened = await api.send(method, path, headers={})
            assert (opened.status_code, opened.headers["cache-control"]) == (200, "no-store")
    shown = await api.get(f"/v1/handoffs/{handoff['handoff_id']}")
    assert (shown["stage"], shown["steps"]) == ("assigned", [])

    pressed = await api.send("POST", accept, b"answer=accept", FORM)
    late = await api.send("POST", reject, b"answer=reject&reason=not_now", FORM)

    assert (pressed.status_code, late.status_code) == (200, 409)
    shown = await api.get(f"/v1/handoffs/{handoff['handoff_id']}")
    assert (shown["stage"], shown["accepted_by"]) == ("accepted", handoff["owner"]["person_id"])
    assert [(step["kind"], step["detail"]) for step in shown["steps"]] == [
        ("accept", {"via": "link"})
    ]
    events = await told_to(crm, handoff["lead_id"], "handoff.accepted.v1")
    written = str(events) + "".join(one.log() for one in installation.product.replicas)
    for path in (accept, reject):
        assert path.removeprefix("/a/")[-20:] not in written
    assert "/a/ans_" not in written


@pytest.fixture
async def slacks(installation, new_receiver) -> AsyncIterator[dict[str, Receiver]]:
    """A Slack of their own for each rep, by e-mail address, until the test is over."""
    receivers = {rep["email"]: new_receiver() for rep in installation.staff.reps}
    for rep in installation.staff.reps:
        slack = {"channel": "slack", "address": receivers[rep["email"]].url}
        await reach_by(installation, rep, slack)
    yield receivers
    for rep in installation.staff.reps:
        await reach_by(installation, rep, {"channel": "email", "address": rep["email"]})


async def reach_by(installation, rep, channel: dict[str, str]) -> None:
    """Give a rep one channel; return once notify, which tells them, knows."""
    path = f"/v1/people/{rep['person_id']}"
    await installation.api.change(path, {"channels": [channel]})
    query = select(person.c.channels).where(person.c.person_id == rep["person_id"])
    async with inside(installation.world) as look:

        async def is_known() -> bool:
            return [tuple(row) for row in await look.rows("notify", query)] == [([channel],)]

        await eventually(is_known, WITHIN_S, f"{rep['name']} with {channel['channel']}")


async def test_a_rep_with_a_slack_of_their_own_is_told_there(installation, crm, lead, slacks):
    await lead.does("Demo Requested", lead={"name": f"Eva & {lead.name}"})
    handoff = await lead.handoff()
    owner = handoff["owner"]["email"]

    message = (await slacks[owner].next_request(WITHIN_S)).body.decode()
    assert f"Eva &amp; {lead.name}" in message
    assert lead.email in message

    async def told() -> Any:
        shown = await installation.api.get(f"/v1/handoffs/{handoff['handoff_id']}")
        return [one for one in shown["told"] if one["person_id"] is not None]

    (report,) = await eventually(told, WITHIN_S, "the report about the rep")
    assert (report["channel"], report["succeeded"]) == ("slack", True)
    assert [one.requests for email, one in slacks.items() if email != owner] == [[]]
    assert not any(lead.name in str(mail.message["Subject"]) for mail in installation.mails.mails)


async def test_the_handoff_shows_who_was_really_told(installation, crm, lead):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()

    async def told() -> Any:
        shown = await installation.api.get(f"/v1/handoffs/{handoff['handoff_id']}")
        by = {(one["channel"], one["event_type"], one["succeeded"]) for one in shown["told"]}
        ready = "handoff.sales_ready.v1"
        return {("email", ready, True), ("subscription", ready, True)} <= by

    assert await eventually(told, WITHIN_S, "the deliveries on the hand-off")


async def test_feed_stream_and_webhooks_tell_one_story_in_one_order(installation, crm, lead):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    await answer(installation, handoff, "verdict", verdict="accept")
    await answer(installation, handoff, "attempts", channel="call", reached=True)
    await answer(
        installation, handoff, "outcome", outcome="opportunity", amount=9000.0, currency="EUR"
    )
    won = await answer(
        installation, handoff, "outcome", outcome="won", amount=8500.0, currency="EUR"
    )

    story = [
        "handoff.sales_ready.v1",
        "handoff.assigned.v1",
        "handoff.accepted.v1",
        "handoff.attempted.v1",
        "handoff.progressed.v1",
        "handoff.closed.v1",
    ]
    posted = await told_to(crm, handoff["lead_id"], "handoff.closed.v1")
    fed = about(await read_feed(installation.api), handoff["lead_id"])
    streamed: list[dict[str, Any]] = []
    async for one in stream(installation.api):
        streamed += about([one.event], handoff["lead_id"])
        if len(streamed) == len(story):
            break
    assert (won["stage"], won["amount"]) == ("won", 8500.0)
    assert types(posted) == story
    assert posted == fed == streamed, "the same events, to the last field"
    assert [int(event["sequence"]) for event in posted] == [1, 2, 3, 4, 5, 6]


async def test_a_trace_goes_from_the_door_to_the_receiver(installation, crm, lead):
    traces = [f"00-{uuid4().hex}-00f067aa0ba902b7-01" for _ in range(3)]
    await lead.does("Demo Requested", trace=traces[0])
    handoff = await lead.handoff()
    await lead.does("Webinar Attended", trace=traces[1])
    received = await requests_about(crm, handoff["lead_id"], "handoff.updated.v1")
    verdict = await installation.api.send(
        "POST",
        f"/v1/handoffs/{handoff['handoff_id']}/verdict",
        json={"person": handoff["owner"]["email"], "verdict": "accept"},
        headers={"authorization": f"Bearer {installation.api.key}", "traceparent": traces[2]},
    )
    assert verdict.status_code == 200
    received |= await requests_about(crm, handoff["lead_id"], "handoff.accepted.v1")

    kinds = ["handoff.sales_ready.v1", "handoff.updated.v1", "handoff.accepted.v1"]
    for kind, trace in zip(kinds, traces, strict=True):
        event = signed(received[kind], crm.secret)
        assert trace_id(received[kind].headers["traceparent"]) == trace_id(trace)
        assert trace_id(event["traceparent"]) == trace_id(trace)


async def requests_about(crm: Crm, lead_id: str, last: str) -> dict[str, Received]:
    """Return what the CRM was sent about a lead by type, up to the first of type ``last``."""
    received: dict[str, Received] = {}
    while last not in received:
        request = await crm.receiver.next_request(WITHIN_S)
        received |= {
            event["type"]: request for event in about([signed(request, crm.secret)], lead_id)
        }
    return received


async def test_everything_decided_says_that_the_policy_is_on_trial(installation, crm, lead):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    await answer(installation, handoff, "verdict", verdict="accept")

    events = await told_to(crm, handoff["lead_id"], "handoff.accepted.v1")
    mail = await mail_to(installation, handoff["owner"]["email"], lead.name)
    assert {event["data"]["handoff"]["agreement"] for event in events} == {"trial"}
    assert "on trial" in text_of(mail) or "a prueba" in text_of(mail)


async def test_a_rejected_lead_goes_back_to_marketing_with_a_date(installation, crm, lead):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    await answer(installation, handoff, "verdict", verdict="reject", reason="not_now")

    rejected, recycled, closed = (await told_to(crm, handoff["lead_id"], "handoff.closed.v1"))[2:]
    assert types([rejected, recycled]) == ["handoff.rejected.v1", "lead.recycled.v1"]
    assert (rejected["data"]["reason"], rejected["data"]["effect"]) == ("not_now", "recycle")
    assert recycled["data"]["returns_at"] > rejected["data"]["at"]
    assert closed["data"]["handoff"]["stage"] == "recycled"


async def test_a_strong_touch_on_an_open_handoff_is_news_and_no_second_lead(
    installation, crm, lead
):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    await lead.does("Webinar Attended")

    events = await told_to(crm, handoff["lead_id"], "handoff.updated.v1")
    handoffs = await installation.api.get("/v1/handoffs", lead=handoff["lead_id"])
    assert [touch["kind"] for touch in events[-1]["data"]["touches"]] == ["webinar.attended"]
    assert len(handoffs["items"]) == 1


async def test_a_key_for_handoffs_alone_shows_those_of_its_person(installation, lead):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    keys = {
        rep["email"]: await give_key(installation.api, ["handoffs:read"], rep["email"])
        for rep in installation.staff.reps
    }
    path = f"/v1/handoffs/{handoff['handoff_id']}"
    seen = {}
    for email, key in keys.items():
        api = installation.product.api_with(key)
        seen[email] = (await api.send("GET", path)).status_code
        await api.close()

    owner = handoff["owner"]["email"]
    assert seen == {email: 200 if email == owner else 404 for email in keys}


async def test_a_subscriber_that_reconnects_misses_nothing_and_gets_nothing_twice(
    installation, lead
):
    await lead.does("Demo Requested")
    handoff = await lead.handoff()
    cursor = "0"
    seen: list[dict[str, Any]] = []
    while types(about(seen, handoff["lead_id"])) != [
        "handoff.sales_ready.v1",
        "handoff.assigned.v1",
    ]:
        async for one in stream(installation.api, cursor):
            cursor = one.cursor
            seen.append(one.event)
            break  # one event a connection

    ids = [event["id"] for event in seen]
    assert len(ids) == len(set(ids))
    fed = [event["id"] for event in await read_feed(installation.api)]
    assert ids == fed[: len(ids)]
