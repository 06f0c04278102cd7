"""Running the app as a process: start, say where, serve, drain on SIGTERM, end.

Crash-only: a kill at any moment is a normal end, so nothing here is needed for the data to
be right. A drained stop is for the callers, who get their answers.

The first SIGTERM (or Ctrl-C) makes ``/readyz`` say no, waits ``pause_s`` so that load
balancers notice, stops accepting, lets running requests finish for up to
``DRAIN_S``, then stops the services. The second one ends the process at once.
"""

import asyncio
import errno
import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn

from shared.web import Door

log = structlog.get_logger(__name__)

DRAIN_S = 20
LET_IN_S = 0.05
LINGER_S = 0.5
BACKLOG = 2048
# Young objects are collected 30 times more seldom than by default: full collections are
# what makes a durable answer late, and reference counts free nearly everything anyway.
GC_THRESHOLDS = (20_000, 50, 100)


class AddressInUse(Exception):
    """Another process listens there."""


def bind(host: str, port: int) -> socket.socket:
    """Listen before anything else is started; port 0 takes a free one.

    Whoever connects while the services still start waits in the kernel's queue and gets an
    answer, so a restart costs a sender seconds instead of a retry.

    Raises ``AddressInUse``, or ``OSError`` for an address this machine does not have.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    taken = socket.socket(family, kind, protocol)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(address)
        taken.listen(BACKLOG)
    except OSError as error:
        taken.close()
        if error.errno == errno.EADDRINUSE:
            raise AddressInUse(f"{host}:{port} is in use by another process") from None
        raise
    return taken


def url_of(listener: socket.socket) -> str:
    """Return the URL of what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def run(door: Door, listener: socket.socket, pause_s: float, started: Callable[[], None]) -> None:
    """Serve ``door`` until a signal; ``started`` is called once requests are answered.

    What goes wrong while the services start is raised as it is.
    """
    signal.signal(signal.SIGTERM, _end_now)  # as process 1 of a container the default is to ignore
    config = uvicorn.Config(
        door,
        loop="uvloop",
        http="httptools",
        lifespan="off",  # entered below, so that its errors reach us
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_S,
    )
    server = _Server(config, door, pause_s, started)

    async def serve() -> None:
        async with door.app.router.lifespan_context(door.app):
            await server.serve(sockets=[listener])

    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve())


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, door: Door, pause_s: float, started: Callable[[], None]
    ):
        super().__init__(config)
        self._door = door
        self._pause_s = pause_s
        self._announce = started
        self._stop_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()  # what start-up made lives as long as the process: never look at it again
        gc.set_threshold(*GC_THRESHOLDS)
        gc.enable()
        self._announce()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._stop_at is not None:
            _end_now(sig, frame)
        self._door.stopping = True
        self._stop_at = time.monotonic() + self._pause_s

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let in who stands at the door, hear those who have not said yet what they want, drain.

        Uvicorn alone would reset connections the kernel has accepted and we have not, and
        close those whose request has not been read: senders would see them cut.
        """
        for listener in sockets or []:
            listener.listen(0)  # who comes now waits, and is refused in a moment
        await asyncio.sleep(LET_IN_S)
        for server in self.servers:
            server.close()
        await asyncio.sleep(LINGER_S)
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        if self._stop_at is not None and time.monotonic() >= self._stop_at:
            log.info("stopping", drain_s=DRAIN_S)
            self.should_exit = True
        return await super().on_tick(counter)


def _end_now(sig: int, _frame: FrameType | None) -> None:
    os._exit(128 + sig)
