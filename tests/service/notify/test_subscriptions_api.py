"""Connecting a system over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from shared.contracts.deliveries import SubscriptionTested
from shared.contracts.schemas import event_schema
from tests.builders import NOON, Lead, SetClock
from tests.service.notify.api import open_api
from tests.support.receivers import Answer

READY = "handoff.sales_ready.v1"


async def test_a_new_subscription_shows_its_secret_once(api, receiver):
    made = await api.subscribe(receiver.url, READY, contact_email="Ops@Acme.com")
    shown = (await api.get(f"/v1/subscriptions/{made['subscription_id']}")).json()
    listed = (await api.get("/v1/subscriptions")).json()

    assert made["secret"].startswith("whsec_")
    assert shown["secrets"] == [made["secret"][-4:]]
    assert made["secret"] not in str(shown) + str(listed)
    assert listed == {"items": [shown], "next_cursor": None}
    assert (shown["state"], shown["contact_email"]) == ("active", "ops@acme.com")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        pytest.param({"url": "http://169.254.169.254/latest"}, "/url", id="metadata"),
        pytest.param({"url": "https://user:pw@crm.com/"}, "/url", id="password in the URL"),
        pytest.param({"url": "ftp://crm.com"}, "/url", id="another scheme"),
        pytest.param({"url": ""}, "/url", id="no URL"),
        pytest.param({"name": "  "}, "/name", id="no name"),
        pytest.param({"event_types": ["handof.*"]}, "/event_types/0", id="misspelt type"),
        pytest.param({"event_types": []}, "/event_types", id="no type"),
        pytest.param({"headers": {"Host": "x"}}, "/headers", id="a header of ours"),
        pytest.param({"headers": {"x": "a\r\nb"}}, "/headers", id="a line break"),
        pytest.param({"contact_email": "nobody"}, "/contact_email", id="no address"),
        pytest.param({"zone": "Madrid"}, "/zone", id="no zone"),
        pytest.param({"language": "fr"}, "/language", id="a language we do not speak"),
        pytest.param({"channel": "fax"}, "/channel", id="no such channel"),
        pytest.param({"evnt_types": ["*"]}, "/evnt_types", id="misspelt field"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_its_place(standing_api, fields, pointer):
    body = {"name": "crm", "url": "https://crm.example.com/hook"} | fields
    answer = await standing_api.post("/v1/subscriptions", body)
    problem = answer.json()

    assert answer.status_code == 422
    assert problem["code"] == "invalid"
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["message"]


async def test_the_same_request_twice_makes_one_subscription(api):
    body = {"name": "crm", "url": "https://crm.example.com/hook"}
    first = await api.post("/v1/subscriptions", body, **{"Idempotency-Key": "k1"})
    again = await api.post("/v1/subscriptions", body, **{"Idempotency-Key": "k1"})

    assert again.json()["subscription_id"] == first.json()["subscription_id"]
    assert (first.json()["secret"][:6], again.json()["secret"]) == ("whsec_", "")
    assert len((await api.get("/v1/subscriptions")).json()["items"]) == 1


async def test_a_change_needs_to_know_what_it_changes(standing_api, receiver):
    made = await standing_api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}"
    tag = (await standing_api.get(path)).headers["etag"]

    assert (await standing_api.patch(path, {"name": "x"}, match=None)).status_code == 428
    assert (await standing_api.patch(path, {"name": "hubspot"}, match=tag)).json()[
        "name"
    ] == "hubspot"
    assert (await standing_api.patch(path, {"name": "x"}, match=tag)).status_code == 412


async def test_a_change_leaves_alone_what_it_does_not_name(standing_api, receiver):
    made = await standing_api.subscribe(receiver.url, READY, policies=["b2b"], headers={"x-a": "1"})
    path = f"/v1/subscriptions/{made['subscription_id']}"
    changed = (await standing_api.patch(path, {"policies": None, "event_types": ["lead.*"]})).json()

    assert (changed["policies"], changed["event_types"]) == (None, ["lead.*"])
    assert (changed["headers"], changed["url"]) == ({"x-a": "1"}, receiver.url)


async def test_a_changed_url_is_judged_too(standing_api, receiver):
    made = await standing_api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}"
    answer = await standing_api.patch(path, {"url": "http://10.0.0.1/"})

    assert answer.status_code == 422
    assert (await standing_api.get(path)).json()["url"] == receiver.url


async def test_the_test_button_sends_a_signed_event_and_says_how_it_went(api, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}/test"
    receiver.answer_next(Answer(401, body=b"who are you?"))
    refused = (await api.post(path)).json()
    taken = (await api.post(path)).json()
    request = receiver.requests[1]

    assert refused == {
        "ok": False,
        "outcome": "sent",
        "status": 401,
        "reason": "http 401",
        "snippet": "who are you?",
    }
    assert taken["ok"]
    assert request.json["type"] == "subscription.tested.v1"
    Draft202012Validator(event_schema(SubscriptionTested)).validate(request.json)
    Webhook(made["secret"]).verify(request.body, dict(request.headers))
    assert (await api.get("/v1/deliveries")).json()["items"] == []


async def test_after_a_rotation_both_secrets_sign_for_a_day(database_url, tmp_path, receiver):
    clock = SetClock()
    async with open_api(database_url, f"sqlite:///{tmp_path}", clock) as api:
        made = await api.subscribe(receiver.url)
        path = f"/v1/subscriptions/{made['subscription_id']}"
        rotated = (await api.post(f"{path}/rotate")).json()
        await api.post(f"{path}/test")
        clock.advance(timedelta(hours=25))
        await api.post(f"{path}/test")
    during, after = [request.headers["webhook-signature"].split() for request in receiver.requests]

    assert rotated["secret"] != made["secret"]
    assert rotated["secrets"] == [rotated["secret"][-4:], made["secret"][-4:]]
    assert (len(during), len(after)) == (2, 1)


async def test_a_leaked_secret_ends_at_once(standing_api, receiver):
    made = await standing_api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}"
    rotated = (await standing_api.post(f"{path}/rotate", {"revoke_old": True})).json()
    await standing_api.post(f"{path}/test")
    request = receiver.requests[0]

    assert rotated["secrets"] == [rotated["secret"][-4:]]
    Webhook(rotated["secret"]).verify(request.body, dict(request.headers))
    assert len(request.headers["webhook-signature"].split()) == 1


async def test_a_pause_keeps_events_and_enabling_sends_them(api, receiver):
    made = await api.subscribe(receiver.url, READY)
    path = f"/v1/subscriptions/{made['subscription_id']}"
    paused = (await api.post(f"{path}/pause")).json()
    await api.subscribe(receiver.url, READY, name="other")
    await api.publish(Lead().sales_ready())
    await receiver.next_request()  # the other one's
    waiting = (await api.get("/v1/deliveries", subscription=made["subscription_id"])).json()
    await api.post(f"{path}/enable")
    await receiver.next_request()

    assert paused["state"] == "paused"
    assert [one["state"] for one in waiting["items"]] == ["pending"]


async def test_a_disabled_subscription_misses_events_until_they_are_replayed(api, receiver):
    made = await api.subscribe(receiver.url, READY)
    path = f"/v1/subscriptions/{made['subscription_id']}"
    await api.post(f"{path}/disable")
    await api.subscribe(receiver.url, READY, name="witness")
    events = [Lead().sales_ready() for _ in range(3)]
    await api.publish(*events)
    await receiver.next_requests(3)
    assert (await api.get("/v1/deliveries", subscription=made["subscription_id"])).json()[
        "items"
    ] == []

    refused = await api.post(f"{path}/replay", {"after": 0})
    await api.post(f"{path}/enable")
    replay = await api.post(f"{path}/replay", {"after": 0})
    again = await receiver.next_requests(3)

    assert (refused.status_code, replay.status_code) == (409, 202)
    assert sorted(request.headers["webhook-id"] for request in again) == sorted(
        event.id for event in events
    )


async def test_a_delivery_shows_its_attempts_and_can_be_sent_again(api, receiver):
    made = await api.subscribe(receiver.url, READY)
    receiver.answer_next(Answer(410, body=b"gone"))
    event = Lead().sales_ready()
    await api.publish(event)
    await receiver.next_request()
    await until(api, made, "parked")
    (listed,) = (await api.get("/v1/deliveries", state="parked")).json()["items"]
    path = f"/v1/deliveries/{listed['delivery_id']}"
    shown = (await api.get(path)).json()
    refused = await api.post(f"{path}/redeliver")
    await api.post(f"/v1/subscriptions/{made['subscription_id']}/enable")
    accepted = await api.post(f"{path}/redeliver")
    again = await receiver.next_request()

    assert (shown["attempts"][0]["status"], shown["attempts"][0]["snippet"]) == (410, "gone")
    assert shown["reason"] == "http 410"
    assert (refused.status_code, refused.json()["code"]) == (409, "disabled")
    assert accepted.status_code == 202
    assert (again.headers["webhook-id"], again.body) == (event.id, event.to_bytes())


async def until(api, made, state):
    """Ask until the subscription has a delivery in this state."""
    params = {"subscription": made["subscription_id"], "state": state}
    while not (await api.get("/v1/deliveries", **params)).json()["items"]:
        pass


async def test_deliveries_are_listed_in_pages(api, receiver):
    made = await api.subscribe(receiver.url, READY)
    await api.post(f"/v1/subscriptions/{made['subscription_id']}/pause")
    await api.subscribe(receiver.url, READY, name="witness")
    await api.publish(*(Lead().sales_ready() for _ in range(5)))
    await receiver.next_requests(5)
    params = {"subscription": made["subscription_id"], "limit": 2}
    pages, cursor = [], None
    while True:
        given = params | ({"cursor": cursor} if cursor else {})
        page = (await api.get("/v1/deliveries", **given)).json()
        pages.append([one["position"] for one in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert pages == [[5, 4], [3, 2], [1]]


async def test_a_deleted_subscription_is_gone_with_its_deliveries(api, receiver):
    made = await api.subscribe(receiver.url)
    path = f"/v1/subscriptions/{made['subscription_id']}"

    assert (await api.http.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404
    assert (await api.http.delete(path)).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/subscriptions/{id}"),
        ("PATCH", "/v1/subscriptions/{id}"),
        ("POST", "/v1/subscriptions/{id}/rotate"),
        ("POST", "/v1/subscriptions/{id}/pause"),
        ("POST", "/v1/subscriptions/{id}/enable"),
        ("POST", "/v1/subscriptions/{id}/test"),
        ("GET", "/v1/deliveries/{id}"),
        ("POST", "/v1/deliveries/{id}/redeliver"),
        ("GET", "/v1/subscriptions/no-id"),
    ],
)
async def test_an_unknown_id_is_a_404(standing_api, method, path):
    headers = {"If-Match": "*"}
    body = {"name": "x"} if method == "PATCH" else None
    answer = await standing_api.http.request(
        method, path.format(id=uuid4()), json=body, headers=headers
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["subscriptions:read"], "GET", "/v1/subscriptions", 200),
        (["subscriptions:read"], "POST", "/v1/subscriptions", 403),
        (["feed:read"], "GET", "/v1/subscriptions", 403),
        (["subscriptions:write"], "GET", "/v1/feed", 403),
        (["feed:read"], "GET", "/v1/feed", 200),
        (["inbox:read"], "GET", "/v1/deliveries", 403),
    ],
)
async def test_a_key_may_do_what_its_scopes_say(standing_api, scopes, method, path, status):
    caller = await standing_api.with_key(*scopes)
    body = {"name": "crm", "url": "https://crm.example.com"} if method == "POST" else None

    assert (await caller.http.request(method, path, json=body)).status_code == status


async def test_without_a_key_nothing_is_shown(standing_api):
    answer = await standing_api.http.get("/v1/subscriptions", headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="neither"),
        pytest.param({"after": 1, "since": NOON.isoformat()}, id="both"),
        pytest.param({"after": -1}, id="negative"),
        pytest.param({"since": "2026-03-02T12:00:00"}, id="no zone"),
    ],
)
async def test_a_replay_says_from_where(standing_api, receiver, body):
    made = await standing_api.subscribe(receiver.url)
    answer = await standing_api.post(f"/v1/subscriptions/{made['subscription_id']}/replay", body)

    assert answer.status_code == 422
