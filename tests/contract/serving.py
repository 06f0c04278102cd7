"""A door on a real port, for vendors' own libraries as clients."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.web import send_bytes


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve ``app`` on a free port; who connects before it is ready waits in the queue."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running


def stores_and_then_fails(door: ASGIApp) -> ASGIApp:
    """Return ``door`` with its first answer lost: the request is stored, and 503 is told."""
    failed = False

    async def once(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal failed
        if scope["type"] != "http" or failed:
            await door(scope, receive, send)
            return
        failed = True

        async def swallow(_message: Any) -> None:
            pass

        await door(scope, receive, swallow)
        await send_bytes(send, 503, b"{}")

    return once
