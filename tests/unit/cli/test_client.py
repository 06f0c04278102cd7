import json

import pytest
from werkzeug import Request, Response

from services.cli.client import Api, Refused, part
from services.cli.failure import Failure


@pytest.fixture
def api(receiver_server):
    receiver_server.clear()
    with Api(receiver_server.url_for("/"), "rlv_key") as api:
        yield api
    receiver_server.clear()


def test_the_key_travels_as_a_bearer_token(api, receiver_server):
    receiver_server.expect_request(
        "/v1/leads", headers={"authorization": "Bearer rlv_key"}
    ).respond_with_json({"items": []})

    assert api.get("/v1/leads") == {"items": []}


def test_pages_are_followed_to_the_last(api, receiver_server):
    def answer(request: Request) -> Response:
        page = {None: (["a", "b"], "2"), "2": (["c"], None)}[request.args.get("cursor")]
        return Response(json.dumps({"items": page[0], "next_cursor": page[1]}))

    receiver_server.expect_request("/v1/leads").respond_with_handler(answer)

    assert api.pages("/v1/leads") == ["a", "b", "c"]


def test_no_more_is_asked_for_than_wanted(api, receiver_server):
    receiver_server.expect_oneshot_request(
        "/v1/leads", query_string={"limit": "2"}
    ).respond_with_json({"items": ["a", "b"], "next_cursor": "2"})

    assert api.pages("/v1/leads", at_most=2) == ["a", "b"]


def test_a_problem_is_told_with_its_places(api, receiver_server):
    problem = {
        "code": "invalid",
        "message": "/email: not an e-mail address",
        "errors": [{"pointer": "/email", "message": "not an e-mail address"}],
    }
    receiver_server.expect_request("/v1/people").respond_with_json(problem, status=422)

    with pytest.raises(Refused) as refused:
        api.post("/v1/people", {"email": "x"})

    assert refused.value.places == ("/email: not an e-mail address",)
    assert refused.value.document == problem


def test_an_answer_that_is_no_problem_is_shown_as_it_is(api, receiver_server):
    receiver_server.expect_request("/v1/leads").respond_with_data("bad gateway", status=502)

    with pytest.raises(Refused, match="bad gateway"):
        api.get("/v1/leads")


def test_a_server_that_is_not_there_is_named_with_the_remedy():
    with Api("http://127.0.0.1:9", None) as api, pytest.raises(Failure) as failure:
        api.get("/readyz")

    assert "http://127.0.0.1:9" in failure.value.what
    assert "relevo serve" in failure.value.remedy


@pytest.mark.parametrize("url", ["127.0.0.1:8480", "ftp://relevo", "http://"])
def test_an_address_that_is_no_http_url_is_refused(url):
    with pytest.raises(Failure, match="no http or https URL"):
        Api(url, None)


def test_a_prefix_of_the_address_stays(receiver_server):
    receiver_server.clear()
    receiver_server.expect_request("/relevo/v1/leads").respond_with_json({"items": []})

    with Api(receiver_server.url_for("/relevo/"), None) as api:
        assert api.get("/v1/leads") == {"items": []}
    receiver_server.clear()


def test_events_of_a_stream_come_one_by_one(api, receiver_server):
    stream = (
        b': hello\n\nid: 1\nevent: x\ndata: {"type":\ndata: "a"}\n\nid: 2\ndata: {"type": "b"}\n\n'
    )
    receiver_server.expect_request("/v1/feed/stream").respond_with_data(
        stream, content_type="text/event-stream"
    )

    events = list(api.events("/v1/feed/stream"))

    assert events == [("1", {"type": "a"}), ("2", {"type": "b"})]


def test_text_becomes_one_part_of_a_path():
    assert part("email:ana@acme.com/../x") == "email%3Aana%40acme.com%2F..%2Fx"
