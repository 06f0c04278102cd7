"""Every fault is a problem with its place, and no caller can make a 500."""

import pytest

from tests.service.shared.web.sample import assert_problem


async def test_what_is_right_is_served(client):
    answer = await client.post("/v1/things", json={"name": "one", "size": 2})

    assert answer.status_code == 201
    assert answer.json() == {"name": "one", "by": "admin"}
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/things/1/more", "/v1/things/1/"])
async def test_an_unknown_path_is_a_problem(client, path):
    assert_problem(await client.get(path), 404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method_is_a_problem_that_names_the_right_ones(client, method):
    answer = await client.request(method, "/v1/things/1")

    assert_problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


async def test_a_problem_raised_in_a_route_keeps_its_headers(client):
    answer = await client.get("/v1/open/missing")

    assert_problem(answer, 404, "not_found")
    assert answer.headers["x-told"] == "yes"


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        pytest.param({"name": 5}, "/name", "string_type", id="wrong type"),
        pytest.param({}, "/name", "missing", id="missing"),
        pytest.param({"name": "a", "nme": 1}, "/nme", "extra_forbidden", id="unknown field"),
        pytest.param({"name": "a", "a/b~c": 1}, "/a~1b~0c", "extra_forbidden", id="odd field"),
        pytest.param({"name": "a", "parts": [{}]}, "/parts/0/name", "missing", id="deep"),
        pytest.param([], "/", "model_attributes_type", id="not an object"),
    ],
)
async def test_an_invalid_body_is_told_with_the_pointer(client, body, place, kind):
    problem = assert_problem(await client.post("/v1/things", json=body), 422, "invalid")

    assert problem["errors"][0]["pointer"] == place
    assert problem["errors"][0]["kind"] == kind
    assert problem["message"].startswith(place)


async def test_an_invalid_parameter_is_told_with_its_name(client):
    problem = assert_problem(await client.get("/v1/things/1?limit=many"), 422, "invalid")

    assert problem["errors"][0]["pointer"] == "query.limit"


async def test_a_fault_of_ours_is_a_500_that_tells_nothing(client, caplog):
    answer = await client.get("/v1/open/broken")
    problem = assert_problem(answer, 500, "internal_error")

    assert "García" not in str(problem)
    assert "request_failed" in caplog.text
    assert caplog.text.count("Traceback") == 1


async def test_a_database_that_is_away_is_a_503_with_a_time(client):
    answer = await client.get("/v1/open/away")

    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "1"


async def test_a_nul_in_the_address_never_reaches_a_database(client):
    assert_problem(await client.get("/v1/things/a%00b"), 404, "not_found")
    assert_problem(await client.get("/v1/things/1?limit=%00"), 400, "invalid")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("abc-123.x:y_z", True, id="harmless"),
        pytest.param("x" * 65, False, id="long"),
        pytest.param("a b", False, id="with a space"),
        pytest.param("<script>", False, id="with markup"),
        pytest.param("", False, id="empty"),
    ],
)
async def test_the_callers_request_id_is_kept_where_it_is_harmless(client, given, kept):
    answer = await client.get("/v1/nothing", headers={"X-Request-ID": given})

    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
