"""A small service: routes that work, fail and never end, and how their problems look."""

import asyncio

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict
from starlette.responses import StreamingResponse

from shared.access import Caller, key_table
from shared.body import read_raw
from shared.db import metadata
from shared.problem import Problem
from shared.web import anybody, permit, send_bytes

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
