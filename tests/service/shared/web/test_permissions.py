"""Who may ask for what, and that nothing is served that nobody guards."""

from types import SimpleNamespace

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from shared.access import Caller, hash_key, new_key, save_key
from shared.contracts.directory import KeyChanged
from shared.door import Door
from shared.ids import new_id
from shared.service import Service
from shared.web import anybody, build_app, permit
from tests.service.shared.web.sample import ADMIN, KEYS, assert_problem, nothing


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
