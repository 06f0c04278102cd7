"""The HTTP side: every fault is a problem with its place, and no caller can make a 500."""

import asyncio
import gzip
from contextlib import asynccontextmanager
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, Response
from prometheus_client import generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shared.access import Caller, KeyRing, hash_key, key_table, new_key, save_key
from shared.body import LIMIT, read_raw
from shared.contracts.directory import KeyChanged
from shared.db import metadata
from shared.door import Door
from shared.ids import new_id
from shared.problem import Problem
from shared.service import Service
from shared.web import anybody, build_app, permit, send_bytes

TABLES = metadata()
KEYS = key_table(TABLES)
ADMIN = "admin-key-of-the-tests"
PROBLEM = "application/problem+json"


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    size: float | None = None
    parts: list["Thing"] = []


def routes(keys):
    router = APIRouter(prefix="/v1/things")
    reading, writing = permit(keys, "leads:read"), permit(keys, "leads:write")

    @router.get("/{thing_id}", dependencies=[reading])
    async def show(thing_id: str, limit: int = 10) -> dict[str, str | int]:
        return {"id": thing_id, "limit": limit}

    @router.post("", status_code=201)
    async def make(thing: Thing, caller: Caller = writing) -> dict[str, str]:
        return {"name": thing.name, "by": caller.name}

    open_router = APIRouter(prefix="/v1/open", dependencies=[Depends(anybody)])

    @open_router.get("/broken")
    async def broken() -> None:
        raise ValueError("Ana García is not a number")

    @open_router.get("/away")
    async def away() -> None:
        raise ConnectionRefusedError

    @open_router.get("/missing")
    async def missing() -> None:
        raise Problem(404, "not_found", "no such thing", headers={"X-Told": "yes"})

    @open_router.get("/cut-off")
    async def cut_off() -> Response:
        async def parts():
            yield b"half"
            raise ValueError("then it broke")

        return StreamingResponse(parts())

    @open_router.get("/for-ever")
    async def for_ever() -> Response:
        async def parts():
            while True:
                yield b"again"
                await asyncio.sleep(0)

        return StreamingResponse(parts())

    outer = APIRouter()
    outer.include_router(router)
    outer.include_router(open_router)
    return outer


async def hot(scope, receive, send):
    body = await read_raw(receive, scope["headers"])
    if body == b"broken":
        raise ValueError("broken")
    if body == b"refused":
        raise Problem(401, "unauthenticated", "who are you?")
    await send_bytes(send, 200, body + b" from " + scope["path"].encode())


async def nothing():
    pass


@pytest.fixture
def database_url(sqlite_url):
    """Return one world's database: nothing here depends on which."""
    return sqlite_url


@pytest.fixture
async def db(open_database):
    return await open_database(TABLES)


@pytest.fixture
async def keys(db):
    return KeyRing(db, KEYS, ADMIN)


@pytest.fixture
def door(db, keys):
    service = Service(
        name="sample",
        db=db,
        bus=SimpleNamespace(),
        router=routes(keys),
        loops={},
        prepare=nothing,
        measure=nothing,
        hot={("POST", "/v1/events"): hot, ("POST", "/hooks/"): hot},
    )
    return build_app([service], "1.2.3")


@pytest.fixture
async def client(door):
    transport = httpx.ASGITransport(app=door, raise_app_exceptions=False)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://relevo",
        headers={"Authorization": f"Bearer {ADMIN}"},
    ) as client:
        yield client


def assert_problem(answer, status, code):
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:relevo:problem:{code}"
    assert problem["title"]
    assert problem["detail"] == problem["message"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


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
    "given",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer rlv_nonsense"}, id="nonsense"),
        pytest.param({"Authorization": "Bearer "}, id="empty"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another kind"),
        pytest.param({"Authorization": "Bearer \xff\xfe"}, id="not ASCII"),
        pytest.param({"Authorization": ADMIN}, id="without its kind"),
    ],
)
async def test_without_a_valid_key_the_answer_is_401(door, given):
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as client:
        headers = {name: value.encode("latin-1") for name, value in given.items()}
        answer = await client.get("/v1/things/1", headers=headers)

    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_without_the_scope_is_403_and_with_it_is_served(client, db, keys):
    key = new_key()
    changed = KeyChanged(
        key_id=new_id(),
        revision=1,
        hash=hash_key(key),
        name="a CRM",
        scopes=["leads:read"],
        person_id=None,
        revoked_at=None,
    )
    await db.write(lambda conn: save_key(conn, KEYS, changed))
    await keys.refresh()
    own = {"Authorization": f"bearer {key}"}
    read = await client.get("/v1/things/1", headers=own)
    wrote = await client.post("/v1/things", json={"name": "a"}, headers=own)

    assert read.status_code == 200
    assert "leads:write" in assert_problem(wrote, 403, "not_allowed")["message"]


def test_a_scope_that_does_not_exist_is_refused_at_start(keys):
    with pytest.raises(ValueError, match="leads:raed"):
        permit(keys, "leads:raed")


async def endpoint() -> dict[str, str]:
    return {}


def undeclared():
    router = APIRouter(prefix="/v1")
    router.add_api_route("/open", endpoint)
    return router


def plain():
    router = APIRouter()
    router.routes.append(Route("/plain", endpoint))
    return router


def mounted():
    router = APIRouter()
    router.routes.append(Mount("/app", FastAPI()))
    return router


@pytest.mark.parametrize(
    ("router", "path"),
    [
        pytest.param(undeclared(), "/v1/open", id="no declaration"),
        pytest.param(plain(), "/plain", id="plain route"),
        pytest.param(mounted(), "/app", id="mounted app"),
    ],
)
def test_a_route_nothing_guards_is_refused_at_start(router, path, db):
    service = Service("sample", db, SimpleNamespace(), router, {}, nothing, nothing)

    with pytest.raises(RuntimeError, match=path):
        build_app([service], "1")


def test_permissions_may_be_declared_anywhere_above_the_route(db, keys, tmp_path):
    reading = permit(keys, "inbox:read")

    async def person(caller: Caller = reading) -> Caller:
        return caller

    inner = APIRouter(prefix="/inner")
    inner.add_api_route("/one", endpoint, dependencies=[Depends(person)])
    outer = APIRouter()
    outer.include_router(inner, prefix="/outer")
    bare = APIRouter()
    bare.add_api_route("/two", endpoint)
    outer.include_router(bare, dependencies=[Depends(anybody)])
    outer.routes.append(Mount("/static", StaticFiles(directory=tmp_path)))
    service = Service("sample", db, SimpleNamespace(), outer, {}, nothing, nothing)

    assert isinstance(build_app([service], "1"), Door)


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


async def test_hot_routes_go_past_the_router(client):
    exact = await client.post("/v1/events", content=b"hello")
    below = await client.post("/hooks/acme", content=b"hello")
    other_method = await client.get("/v1/events")

    assert exact.text == "hello from /v1/events"
    assert below.text == "hello from /hooks/acme"
    assert_problem(other_method, 404, "not_found")


async def test_faults_on_hot_routes_are_problems_too(client):
    refused = await client.post("/v1/events", content=b"refused")
    broken = await client.post("/v1/events", content=b"broken")
    large = await client.post("/v1/events", content=b"x" * (LIMIT + 1))

    assert_problem(refused, 401, "unauthenticated")
    assert_problem(broken, 500, "internal_error")
    assert_problem(large, 413, "body_too_large")


async def test_metrics_carry_templates_and_never_paths(client):
    await client.get("/v1/things/ana@acme.com")
    await client.head("/v1/things/ana@acme.com")
    await client.post("/hooks/acme-secret", content=b"")
    await client.get("/v1/unknown/ana@acme.com")
    await client.request("BREW", "/v1/things/1")
    text = generate_latest().decode()

    def counted(method, route, status):
        labels = f'method="{method}",route="{route}",status="{status}"'
        return f"relevo_http_requests_total{{{labels}}}" in text

    assert counted("GET", "/v1/things/{thing_id}", 200)
    assert counted("HEAD", "/v1/things/{thing_id}", 200)
    assert counted("POST", "/hooks/{source}", 200)
    assert counted("GET", "unmatched", 404)
    assert counted("other", "/v1/things/{thing_id}", 405)
    assert "acme.com" not in text
    assert "acme-secret" not in text


async def test_the_operations_answer_without_a_key(door):
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(transport=transport, base_url="http://relevo") as client:
        health = await client.get("/healthz")
        metrics = await client.get("/metrics")
        openapi = await client.get("/openapi.json")
        asyncapi = await client.get("/asyncapi.json")

    assert health.json() == {"status": "ok"}
    assert "relevo_http_requests_total" in metrics.text
    assert openapi.json()["openapi"] == "3.1.0"
    assert asyncapi.json()["asyncapi"] == "3.0.0"


@asynccontextmanager
async def serving(door):
    """Serve ``door`` on a real socket; yield the port."""
    config = uvicorn.Config(door, port=0, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn gives no signal
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await task


async def exchange(port, request, until=b""):
    """Send raw bytes and return everything the server answers until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    async with asyncio.timeout(10):
        answer = await (reader.readuntil(until) if until else reader.read())
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("path", ["/v1/things", "/v1/slow"])
@pytest.mark.parametrize("body", [b"", b'{"na'], ids=["nothing", "half of it"])
async def test_a_body_that_does_not_arrive_ends_408(door, body, path):
    door.slowest_body_s = 0.05
    request = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: 100\r\n\r\n"
    ).encode() + body
    async with serving(door) as port:
        answer = await exchange(port, request)

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"body_too_slow" in answer


async def test_head_is_get_without_the_body(door):
    request = b"HEAD /v1/open/missing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    health = b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    endless = b"HEAD /v1/open/for-ever HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    async with serving(door) as port:
        missing, found, ended = [await exchange(port, one) for one in (request, health, endless)]

    assert missing.startswith(b"HTTP/1.1 404 ")
    assert found.startswith(b"HTTP/1.1 200 ")
    assert ended.startswith(b"HTTP/1.1 200 ")
    for answer in (missing, found, ended):
        assert answer.endswith(b"\r\n\r\n")


async def test_an_answer_that_breaks_in_the_middle_is_cut_off(door):
    request = b"GET /v1/open/cut-off HTTP/1.1\r\nHost: x\r\n\r\n"
    async with serving(door) as port:
        answer = await exchange(port, request)

    assert b"half" in answer
    assert not answer.endswith(b"0\r\n\r\n"), "the client can see that something is missing"
