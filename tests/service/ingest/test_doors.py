"""The doors: who gets in, what each answers, and that every answer comes after the commit."""

import base64
import gzip

import orjson
import pytest

from tests.service.ingest.test_reading import GUIDE, counts
from tests.service.ingest.world import World

TRACK = {
    "type": "track",
    "messageId": "m-1",
    "userId": "u-1",
    "event": "Guide Downloaded",
    "timestamp": "2026-03-02T09:00:00Z",
}
CLOUD = {
    "specversion": "1.0",
    "id": "c-1",
    "source": "https://crm.example",
    "type": "com.example.email.clicked",
    "data": {"email": "ana@acme.com"},
}
OWN = {"id": "o-1", "event": "demo.requested", "email": "ana@acme.com"}


def basic(user: str, password: str = "") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda token: {"authorization": f"Bearer {token}"}, id="bearer"),
        pytest.param(
            lambda token: {"authorization": f"bearer  {token}"}, id="bearer, odd spelling"
        ),
        pytest.param(lambda token: {"authorization": basic(token)}, id="basic, user"),
        pytest.param(lambda token: {"authorization": basic("me", token)}, id="basic, password"),
        pytest.param(lambda token: {"x_relevo_token": token}, id="own header"),
    ],
)
async def test_a_token_opens_the_hook_however_the_tool_shows_it(world: World, shown):
    token = await world.source()

    for _ in range(2):  # the second time it is remembered
        answer = await world.send("/hooks/web", GUIDE, **shown(token))
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"authorization": "Bearer src_wrong"}, id="wrong token"),
        pytest.param({"authorization": "Basic ???"}, id="no base64"),
        pytest.param({"authorization": "Basic /w=="}, id="no text"),
        pytest.param({"authorization": b"Basic se\xf1as"}, id="letters of no base64"),
        pytest.param({"authorization": "Bearer " + "x" * 5000}, id="far too long"),
        pytest.param({"x_relevo_token": "rlv_admin-key-of-the-tests"}, id="a key of the API"),
    ],
)
@pytest.mark.parametrize(
    "path", ["/hooks/web", "/hooks/nobody", "/hooks/", "/v1/events", "/v1/track"]
)
async def test_bad_credentials_are_always_401(world: World, shown, path):
    await world.source()

    answer = await world.send(path, OWN, **shown)

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credentials")
    assert await world.receipts() == []


async def test_the_token_of_one_source_does_not_open_another(world: World):
    await world.source("web")
    other = await world.source("shop")

    answer = await world.send("/hooks/web", GUIDE, other)

    assert answer.status_code == 401


async def test_a_signed_source_takes_no_token(world: World):
    token = await world.source()
    options = {"options": {"signature": {"header": "X-Signature"}}, "touch_kinds": {}}
    await world.change("web", settings=options)

    answers = [await world.send(path, OWN, token) for path in ("/hooks/web", "/v1/events")]

    assert [answer.status_code for answer in answers] == [401, 401]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("/hooks/web?token={}", id="a parameter"),
        pytest.param("/hooks/web?list=7&secret={}&%74oken=x", id="one of several"),
        pytest.param("/hooks/web/{}", id="behind the name"),
        pytest.param("/hooks/web/{}?list=7", id="behind the name, with parameters"),
    ],
)
async def test_a_token_in_the_address_opens_the_hook_and_is_not_stored(world: World, address):
    token = await world.source()

    answer = await world.send(address.format(token), GUIDE)

    assert answer.status_code == 200
    [receipt] = await world.receipts()
    assert receipt["request"]["url"] in ("/hooks/web", "/hooks/web?list=7")
    wrong = await world.send(address.format("src_wrong"), GUIDE)
    assert wrong.status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_tool_may_look_whether_the_hook_is_there(world: World, method):
    await world.source()

    answer = await world.http.request(method, "/hooks/web")

    assert answer.status_code == 200
    assert (await world.http.request(method, "/hooks/nobody")).status_code == 401


async def test_a_stored_request_is_answered_with_its_receipt(world: World):
    token = await world.source()

    answer = await world.send("/v1/events", OWN, token)

    [receipt] = await world.receipts()
    assert answer.json() == {"receipt_id": receipt["id"], "events": 1}
    assert receipt["source"] == "web"


async def test_our_own_json_can_be_a_list(world: World):
    token = await world.source()

    answer = await world.send("/v1/events", [OWN, OWN | {"id": "o-2"}], token)
    await world.read()

    assert answer.json()["events"] == 2
    assert await counts(world) == {"received": 2, "published": 2}


async def test_our_own_json_says_everything(world: World):
    token = await world.source()
    event = OWN | {
        "anonymous_id": "a-1",
        "occurred_at": "2026-03-01T10:00:00+01:00",
        "properties": {"content": {"topic": "pricing"}, "seats": 5},
        "lead": {"title": "CTO"},
        "account": {"employees": "51-200", "website": "https://www.acme.com/about"},
        "consent": [{"channel": "phone", "status": "granted"}],
        "made_by": "machine",
    }

    await world.send("/v1/events", event, token)
    await world.read()

    [touch] = await world.touches()
    assert touch.identifiers == ["email:ana@acme.com", "anon:web:a-1"]
    assert touch.occurred_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert touch.properties == {"content": {"topic": "pricing"}, "seats": 5}
    assert touch.lead == {"title": "CTO", "email": "ana@acme.com"}
    assert touch.account == {"employees": 51, "domain": "acme.com"}
    assert [(one.channel, one.status) for one in touch.consent] == [("phone", "granted")]
    assert (touch.made_by, touch.made_by_reason) == ("machine", "stated_by_the_source")


async def test_an_event_without_a_name_tells_who_somebody_is(world: World):
    token = await world.source()

    await world.send("/v1/events", {"email": "ana@acme.com", "user_id": "7"}, token)
    await world.read()

    [told] = await world.identities()
    assert told.identifiers == ["email:ana@acme.com", "user:web:7"]


@pytest.mark.parametrize(
    ("body", "status", "place"),
    [
        pytest.param(OWN | {"evnt": 1}, 422, "/evnt", id="misspelt"),
        pytest.param(OWN | {"email": 7}, 422, "/email", id="wrong type"),
        pytest.param(
            OWN | {"occurred_at": "2026-03-01T10:00:00"}, 422, "/occurred_at", id="no zone"
        ),
        pytest.param(OWN | {"consent": [{"channel": "fax"}]}, 422, "/consent/0/channel", id="deep"),
        pytest.param([OWN, OWN | {"x/y": 1}], 422, "/1/x~1y", id="in a list"),
        pytest.param([OWN, {"event": "x"}], 422, "/1", id="nobody"),
        pytest.param({"event": "x"}, 422, "/", id="nobody at all"),
        pytest.param([], 422, "/", id="empty list"),
        pytest.param("text", 422, "/", id="no object"),
        pytest.param([OWN] * 2501, 422, "/", id="too many"),
    ],
)
async def test_our_api_says_what_is_wrong_and_where(world: World, body, status, place):
    token = await world.source()

    answer = await world.send("/v1/events", body, token)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == place
    assert await world.receipts() == []


@pytest.mark.parametrize("call", ["track", "identify", "page", "screen", "group", "alias"])
async def test_segments_calls_are_answered_as_its_libraries_expect(world: World, call):
    token = await world.source("site", "segment")

    answer = await world.send(f"/v1/{call}", TRACK, authorization=basic(token))

    assert (answer.status_code, answer.json()) == (200, {"success": True})


async def test_the_write_key_may_be_in_the_body(world: World):
    token = await world.source("site", "segment")

    answers = [
        await world.send("/v1/track", TRACK | {"writeKey": key}) for key in (token, "wrong", 7)
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 401]


async def test_a_batch_is_one_receipt_with_its_events_counted(world: World):
    token = await world.source("site", "segment")
    batch = {"batch": [TRACK | {"messageId": f"m-{number}"} for number in range(500)]}

    answer = await world.send("/v1/batch", gzip.compress(orjson.dumps(batch)), token,
                              content_encoding="gzip")  # fmt: skip
    waiting = await counts(world, "site")
    await world.read()

    assert answer.status_code == 200
    assert waiting == {"received": 500, "pending": 500}
    assert await counts(world, "site") == {"received": 500, "published": 500}


async def test_the_bad_events_of_a_batch_are_parked(world: World):
    token = await world.source("site", "segment")
    batch = {"batch": [TRACK, 5, {"type": "track", "userId": "u-1"}, {"userId": "u-1"}]}

    answer = await world.send("/v1/batch", batch, token)
    await world.read()

    assert answer.status_code == 200
    [receipt] = await world.receipts()
    assert [(one["code"], one["place"]) for one in receipt["faults"]] == [
        ("not_an_object", "/batch/1"),
        ("no_event_name", "/batch/2/event"),
        ("no_type", "/batch/3"),
    ]
    assert await counts(world, "site") == {"received": 4, "published": 1, "parked": 3}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        pytest.param("/v1/track", b"{", 400, "invalid_json", id="no JSON"),
        pytest.param("/v1/track", b"[]", 400, "not_an_object", id="no object"),
        pytest.param("/v1/batch", b'{"batch": 7}', 400, "no_events", id="no list"),
        pytest.param("/v1/batch", b'{"batch": []}', 200, None, id="an empty batch is no fault"),
        pytest.param("/v1/track", b" " * 300_000, 413, "body_too_large", id="large call"),
        pytest.param("/v1/batch", b" " * 5_000_000, 413, "body_too_large", id="large batch"),
    ],
)
async def test_what_segment_would_refuse_is_refused(world: World, path, body, status, code):
    token = await world.source("site", "segment")

    answer = await world.send(path, body, token)

    assert answer.status_code == status
    assert answer.json().get("code") == code
    assert await world.receipts() == []


async def test_cloudevents_come_in_three_modes(world: World):
    token = await world.source("crm", "cloudevents")
    binary = {
        "ce_specversion": "1.0",
        "ce_id": "c-2",
        "ce_source": "https://crm.example",
        "ce_type": "com.example.demo.requested",
        "ce_subject": "Zo%C3%AB",
    }
    structured = "application/cloudevents+json; charset=utf-8"
    batched = "Application/CloudEvents-Batch+json"

    answers = [
        await world.send("/v1/cloudevents", CLOUD, token, content_type=structured),
        await world.send("/v1/cloudevents", CLOUD["data"], token, **binary),
        await world.send("/v1/cloudevents", [CLOUD | {"id": "c-3"}], token, content_type=batched),
        await world.send("/v1/cloudevents", [], token, content_type=batched),
    ]
    await world.read()

    assert [answer.status_code for answer in answers] == [202] * 4
    touches = {touch.source_event_id: touch for touch in await world.touches()}
    assert {key: touch.touch for key, touch in touches.items()} == {
        "https://crm.example c-1": "email.clicked",
        "https://crm.example c-2": "demo.requested",
        "https://crm.example c-3": "email.clicked",
    }
    assert touches["https://crm.example c-2"].identity == "email:ana@acme.com"


async def test_without_another_name_the_subject_of_a_cloudevent_is_who_it_is_about(world: World):
    token = await world.source("crm", "cloudevents")

    for number, subject in enumerate(("Zo%C3%AB", "zoe@acme.com")):
        head = {
            "ce_specversion": "1.0",
            "ce_source": "x",
            "ce_type": "opened",
            "ce_id": f"{number}",
        }
        await world.send("/v1/cloudevents", b"", token, ce_subject=subject, **head)
    await world.read()

    found = {touch.identity for touch in await world.touches()}
    assert found == {"user:crm:Zoë", "email:zoe@acme.com"}


@pytest.mark.parametrize(
    ("body", "kind", "status", "pointer"),
    [
        pytest.param(
            CLOUD | {"specversion": "0.3"}, "+json", 400, "/specversion", id="old version"
        ),
        pytest.param({"specversion": "1.0"}, "+json", 400, "/id", id="no id"),
        pytest.param([CLOUD, {}], "-batch+json", 400, "/1/specversion", id="second of a batch"),
        pytest.param(CLOUD, "+avro", 415, "/", id="another format"),
        pytest.param(CLOUD | {"data_base64": "e30="}, "+json", 400, "/", id="data twice"),
    ],
)
async def test_what_is_no_cloudevent_is_refused(world: World, body, kind, status, pointer):
    token = await world.source("crm", "cloudevents")

    answer = await world.send(
        "/v1/cloudevents", body, token, content_type=f"application/cloudevents{kind}"
    )

    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("path", ["/v1/cloudevents", "/hooks/crm"])
async def test_a_sender_of_cloudevents_may_ask_first(world: World, path):
    await world.source("crm", "cloudevents")

    answer = await world.http.options(
        path, headers={"WebHook-Request-Origin": "crm.example", "WebHook-Request-Rate": "120"}
    )
    unasked = await world.http.options(path)

    assert answer.headers["webhook-allowed-origin"] == "crm.example"
    assert answer.headers["webhook-allowed-rate"] == "*"
    assert "webhook-allowed-origin" not in unasked.headers


async def test_a_sender_of_cloudevents_may_put_its_token_into_the_address(world: World):
    token = await world.source("crm", "cloudevents")

    answer = await world.send(f"/hooks/crm?a=1&access_token={token}", CLOUD)

    assert answer.status_code == 202
    [receipt] = await world.receipts()
    assert receipt["request"]["url"] == "/hooks/crm?a=1"


async def test_the_doors_are_in_the_description_of_the_api(world: World):
    paths = (await world.http.get("/openapi.json")).json()["paths"]

    documented = {(method.upper(), path) for path, item in paths.items() for method in item}
    hot = {(m, p + "{source}" if p.endswith("/") else p) for m, p in world.service.hot}
    assert {one for one in hot if one[0] not in ("HEAD", "PUT")} <= documented
