"""The server of the ingest benchmark, in a process of its own: ingest, or next to nothing.

python -m tests.bench.ingest_server bare|DATABASE_URL BUS_URL PORT ADMIN_KEY
"""

import gc
import sys
from typing import Literal

import uvicorn
from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from services.ingest.service import build
from services.ingest.settings import IngestSettings
from shared import logging
from shared.bus import open_bus
from shared.contracts import TOPICS
from shared.web import build_app


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body and answer 200: what every ratio is measured against."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")],
        }
    )
    await send({"type": "http.response.body", "body": b"{}"})


def main() -> None:
    database, bus_url, port, admin_key = sys.argv[1:5]
    logging.configure("warning", "json")

    def serve(app: ASGIApp, lifespan: Literal["on", "off"]) -> None:
        uvicorn.run(
            app,
            port=int(port),
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_config=None,
            lifespan=lifespan,
        )

    if database == "bare":
        serve(bare, "off")
        return
    settings = IngestSettings(
        database_url=database, bus_url=bus_url, admin_key=SecretStr(admin_key)
    )
    bus = open_bus(settings.bus_url)

    async def start() -> None:
        await bus.start()
        await bus.ensure_topics(TOPICS)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)

    app = build_app([build(settings, bus)], "0", start, bus.stop)
    serve(app, "on")


if __name__ == "__main__":
    main()
