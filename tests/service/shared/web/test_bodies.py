"""Bodies: what is only unusual is read, and what wants to hurt is refused."""

import gzip

import pytest

from shared.body import LIMIT
from tests.service.shared.web.sample import assert_problem


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="very deep"),
        pytest.param(b'{"name": "a", "size": NaN}', id="NaN"),
        pytest.param(b'{"name": "a", "size": 1e999}', id="too large a float"),
        pytest.param(b'{"name": "\xff"}', id="bad UTF-8"),
        pytest.param('{"name": "a"}'.encode("utf-16"), id="UTF-16"),
        pytest.param(b'{"\\ud800": 1}', id="surrogate key"),
        pytest.param(b'{"name": "\\ud800"}', id="surrogate text"),
        pytest.param(b'{"name": "a", "name": "b"}', id="repeated key"),
        pytest.param(b'{"name": ', id="cut off"),
        pytest.param(b"\x00", id="NUL"),
    ],
)
async def test_json_that_wants_to_hurt_is_a_400(client, body):
    answer = await client.post(
        "/v1/things", content=body, headers={"content-type": "application/json"}
    )

    assert_problem(answer, 400, "invalid_json")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b'\xef\xbb\xbf{"name": "a"}', 201, id="a BOM"),
        pytest.param(b'{"name": "a\\u0000b"}', 201, id="NUL in a text"),
        pytest.param(b'{"name": "a", "size": ' + b"9" * 5_000 + b"}", 422, id="a huge integer"),
        pytest.param(b"", 422, id="nothing"),
    ],
)
async def test_json_that_is_only_unusual_is_read(client, body, status):
    answer = await client.post(
        "/v1/things", content=body, headers={"content-type": "application/json; charset=utf-8"}
    )

    assert answer.status_code == status


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]
)
async def test_json_sent_as_something_else_is_a_415(client, kind):
    answer = await client.post(
        "/v1/things", content=b'{"name": "a"}', headers={"content-type": kind}
    )

    assert_problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "application/vnd.api+json"])
async def test_json_of_any_name_is_read(client, kind):
    answer = await client.post(
        "/v1/things", content=b'{"name": "a"}', headers={"content-type": kind}
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        pytest.param(gzip.compress(b" " * 100_000_000), "gzip", 413, "body_too_large", id="bomb"),
        pytest.param(b"plain", "gzip", 400, "broken_encoding", id="not gzip"),
        pytest.param(b"plain", "br", 415, "unsupported_encoding", id="unknown encoding"),
        pytest.param(b" " * (LIMIT + 1), "identity", 413, "body_too_large", id="large"),
    ],
)
async def test_an_encoded_body_that_wants_to_hurt_is_a_problem(
    client, body, encoding, status, code
):
    headers = {"content-type": "application/json", "content-encoding": encoding}

    assert_problem(await client.post("/v1/things", content=body, headers=headers), status, code)


async def test_a_compressed_body_is_read(client):
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    body = gzip.compress(b'{"name": "a"}')

    assert (await client.post("/v1/things", content=body, headers=headers)).status_code == 201
