"""On a real socket: bodies that do not arrive, HEAD, answers that break in the middle."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import uvicorn


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
