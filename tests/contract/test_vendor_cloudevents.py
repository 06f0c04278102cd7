"""CloudEvents: recorded requests, and the published libraries as the producers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from shared.web import build_app
from tests.contract.serving import serving, stores_and_then_fails
from tests.contract.vendor_samples import Sample, samples
from tests.service.ingest.world import World, open_world


@pytest.fixture
async def world(sqlite_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(sqlite_url, f"sqlite:///{tmp_path}") as world:
        yield world


@pytest.mark.parametrize("path", ["/v1/cloudevents", "/hooks/crm"])
@pytest.mark.parametrize("sample", samples("cloudevents"))
async def test_a_recorded_request_tells_what_its_producer_meant(
    world: World, sample: Sample, path: str
):
    token = await world.source("crm", "cloudevents")
    headers = {**sample.headers, "authorization": f"Bearer {token}"}

    answer = await world.http.request(sample.method, path, content=sample.body, headers=headers)
    await world.read()

    if sample.method == "OPTIONS":
        expected = sample.events[0]["expected_response"]["headers"]
        assert set(expected) <= {name for name in expected if name.lower() in answer.headers}
        return
    assert answer.status_code == 202
    [event], [touch] = sample.events, await world.touches()
    assert touch.touch == event["kind"]
    assert touch.name == event["vendor_type"]
    assert touch.identity == f"email:{event['person']['email']}"
    assert touch.source_event_id == " ".join(event["dedup_key"])
    assert touch.occurred_at == sample.occurred_at[0]


@pytest.mark.parametrize("convert", [to_binary_event, to_structured_event])
@pytest.mark.parametrize("kind", ["application/json", None])
async def test_what_the_published_library_sends_is_read(world: World, convert, kind):
    token = await world.source("crm", "cloudevents")
    attributes = {
        "id": "1",
        "source": "https://crm.example/leads",
        "type": "com.example.demo.requested",
        "specversion": "1.0",
        "time": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
        "subject": "Zoë 50%",
    } | ({"datacontenttype": kind} if kind else {})
    message: HTTPMessage = convert(CloudEvent(attributes, {"email": "zoe@acme.com"}))
    headers = {**message.headers, "authorization": f"Bearer {token}"}

    answer = await world.http.post("/v1/cloudevents", content=message.body, headers=headers)
    await world.read()

    assert answer.status_code == 202
    [touch] = await world.touches()
    assert (touch.touch, touch.identity) == ("demo.requested", "email:zoe@acme.com")
    assert touch.occurred_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


async def test_the_same_event_in_another_mode_counts_once(world: World):
    token = await world.source("crm", "cloudevents")
    attributes = {"id": "1", "source": "x", "type": "opened", "specversion": "1.0",
                  "datacontenttype": "application/json"}  # fmt: skip
    event = CloudEvent(attributes, {"email": "zoe@acme.com"})

    for message in (to_binary_event(event), to_structured_event(event)):
        headers = {**message.headers, "authorization": f"Bearer {token}"}
        await world.http.post("/v1/cloudevents", content=message.body, headers=headers)
    await world.read()

    line = await world.ledger("crm")
    assert (line["published"], line["duplicates"]) == (1, 1)


EVENT = {
    "id": "1",
    "source": "https://crm.example/leads",
    "type": "com.example.demo.requested",
    "specversion": "1.0",
    "time": "2026-03-01T09:30:00.000Z",
    "datacontenttype": "application/json",
}


def from_python() -> list[tuple[dict[str, str], bytes]]:
    attributes = EVENT | {"time": datetime(2026, 3, 1, 9, 30, tzinfo=UTC)}
    event = CloudEvent(attributes, {"email": "zoe@acme.com"})
    messages = [to_binary_event(event), to_structured_event(event)]
    return [(dict(one.headers), bytes(one.body)) for one in messages]


async def test_data_in_letters_of_no_base64_is_kept_with_its_reason(world: World):
    token = await world.source("crm", "cloudevents")
    event = {**EVENT, "data_base64": "señas"}
    sent = "application/cloudevents+json"
    answer = await world.send("/v1/cloudevents", event, token, content_type=sent)
    await world.read()

    assert answer.status_code == 202
    (receipt,) = await world.receipts(state="parked")
    assert receipt["reason"] == "bad_data"


async def until_taken(url: str, token: str, headers: dict[str, str], body: bytes) -> list[int]:
    """Send as a producer does, again after a 503; return the answers."""
    answers: list[int] = []
    async with httpx.AsyncClient(timeout=30) as client:
        while not answers or answers[-1] == 503:
            sent = {**headers, "authorization": f"Bearer {token}"}
            answers.append((await client.post(url, content=body, headers=sent)).status_code)
    return answers


@pytest.mark.parametrize("mode", [0, 1], ids=["binary", "structured"])
async def test_what_the_library_sends_arrives_once_though_it_is_told_503(world: World, mode: int):
    headers, body = from_python()[mode]
    await assert_arrives_once(world, headers, body)


@pytest.mark.parametrize("mode", [0, 1], ids=["binary", "structured"])
async def test_what_the_library_for_node_sends_arrives_once(world: World, mode: int, node):
    event = EVENT | {"data": {"email": "zoe@acme.com"}}
    message = (await node("cloudevents", {"event": event}))[mode]
    await assert_arrives_once(world, message["headers"], message["body"].encode())


async def assert_arrives_once(world: World, headers: dict[str, str], body: bytes) -> None:
    """Send to a real door whose first answer is lost."""
    token = await world.source("crm", "cloudevents")
    async with serving(stores_and_then_fails(build_app([world.service], "test"))) as url:
        answers = await until_taken(f"{url}/v1/cloudevents", token, headers, body)
    await world.read()

    assert answers == [503, 202]
    line = await world.ledger("crm")
    assert (line["published"], line["duplicates"], line["gap"]) == (1, 1, 0)
    [touch] = await world.touches()
    assert (touch.touch, touch.identity) == ("demo.requested", "email:zoe@acme.com")
    assert touch.occurred_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
