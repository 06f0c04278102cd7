"""The description of the API: complete, checked in, and the same wherever one asks for it."""

from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
import schemathesis
from jsonschema import Draft202012Validator
from schemathesis.core.result import Ok

from services.ingest.http.doors import METHODS
from services.openapi import FILE, NOWHERE, described
from services.parts import NAMES, build, settings_class
from shared.access import SCOPES
from shared.bus import open_bus
from shared.web import build_app

DOCUMENT = orjson.loads(FILE.read_bytes())
OPERATIONS = [
    pytest.param(method, path, operation, id=f"{method.upper()} {path}")
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def test_the_checked_in_description_is_that_of_the_code():
    """Run ``make contracts`` after a change of a route, and read the difference."""
    assert FILE.read_bytes() == described(), f"{FILE.name} is out of date: run make contracts"


def test_it_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", NAMES)
async def test_every_service_gives_the_description_of_the_whole_api(name):
    settings = settings_class(name)(database_url=NOWHERE, bus_url=NOWHERE)
    door = build_app([build(name, settings, open_bus(NOWHERE))], "test")
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as http:
        answer = await http.get("/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.content == FILE.read_bytes()


def test_every_door_is_described():
    """``HEAD`` and ``PUT`` of a hook do what ``GET`` and ``POST`` do, and say so there."""
    hooks = {method.upper() for method in DOCUMENT["paths"]["/hooks/{source}"]}

    assert hooks == set(METHODS) - {"HEAD", "PUT"}
    assert "/v1/import" in DOCUMENT["paths"]


def test_every_reference_leads_somewhere():
    for reference in referenced(DOCUMENT):
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def referenced(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from [inner] if name == "$ref" else referenced(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from referenced(inner)


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_every_schema_of_the_api_is_json_schema(name):
    Draft202012Validator.check_schema(DOCUMENT["components"]["schemas"][name])


def test_a_tool_that_knows_openapi_reads_every_operation():
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    read = list(schema.get_all_operations())

    assert len(read) == len(OPERATIONS)
    assert [one for one in read if not isinstance(one, Ok)] == []


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_operation_says_what_it_does_and_what_it_needs(method, path, operation):
    assert operation["description"]
    scopes = [scope for one in operation.get("security", ()) for scope in one.get("key", ())]
    assert set(scopes) <= set(SCOPES)
    assert ("401" in operation["responses"]) >= bool(scopes)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_every_refusal_is_problem_json(method, path, operation):
    for status, answer in operation["responses"].items():
        if status.startswith(("4", "5", "d")):
            reference = answer.get("$ref", "").rpartition("/")[2]
            answer = DOCUMENT["components"]["responses"].get(reference, answer)
            assert list(answer["content"]) == ["application/problem+json"]


def test_nothing_is_promised_that_nobody_sends():
    """No route limits how often a caller comes."""
    promised = {
        status
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
        for status in operation["responses"]
    }

    assert "429" not in promised


# Repeating these does no harm: a door knows an event by its id, the others set a state or read.
REPEATABLE = {
    *(f"/v1/policies/{what}" for what in ("try-one", "find", "text", "diff")),
    *(
        f"/v1/policies/{{policy}}/versions/{{number}}/{how}"
        for how in (
            *("sign", "unsign", "activate", "unschedule", "refold"),
            *("batch", "batch/items", "batch/hand-over", "batch/stop"),
        )
    ),
    "/v1/policies/tryouts/{tryout_id}/stop",
    "/v1/policies/{policy}/retire",
    *("/v1/lists/{name}/values", "/v1/lists/{name}/import"),
    *("/v1/inbox/read", "/v1/inbox/{message_id}/read", "/v1/inbox/channels/test"),
    *("/v1/leads/{lead_id}/allow", "/v1/requests/{request_id}/settle"),
    "/v1/touches/rejudge",
    "/v1/routing/try",
    *("/v1/people/{person_id}/invite", "/v1/people/{person_id}/sign-out"),
    "/v1/people/{person_id}/unlink",
    "/v1/scoreboard/rebuild",
    *("/v1/receipts/retry", "/v1/receipts/discard"),
    *(f"/v1/receipts/{{receipt_id}}/{how}" for how in ("retry", "discard")),
    *("/v1/receipts/{receipt_id}/repair", "/v1/receipts/{receipt_id}/repair/check"),
    *("/v1/imports/{import_id}/rows", "/v1/sources/{source}/imports"),
    *("/v1/sources/{source}/imports/plan", "/v1/sources/{source}/imports/check"),
    "/v1/sources/{source}/credentials/{credential_id}/revoke",
    *(f"/v1/subscriptions/{{subscription_id}}/{how}" for how in ("pause", "enable", "disable")),
    *(f"/v1/operations/{name}/parked/{{parked_id}}/retry" for name in NAMES),
}


def test_whatever_is_posted_can_be_repeated_safely():
    """By ``Idempotency-Key``, or because a repetition changes nothing."""
    bare = {
        path
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if method == "post" and "events" not in operation["tags"]
        if "idempotency-key" not in {one["name"] for one in operation.get("parameters", ())}
    }

    assert bare == REPEATABLE
