"""The HTTP side every service shares: one app behind one ``Door``, and its operations."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.resources import files
from typing import Any

import orjson
import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from shared import problem
from shared.door import Door, fault_of, is_json, send_bytes
from shared.permit import Permit, anybody, check_permissions, permit
from shared.problem import Problem, pointer
from shared.service import Service

log = structlog.get_logger(__name__)

NOT_JSON = Problem(415, "unsupported_media_type", "send JSON, with Content-Type: application/json")


def json_response(
    content: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return ``content`` as JSON; moments as RFC 3339."""
    return Response(
        orjson.dumps(content, option=orjson.OPT_UTC_Z),
        status_code=status,
        headers=dict(headers or {}),
        media_type="application/json",
    )


def build_app(
    services: Sequence[Service],
    version: str,
    start_together: Callable[[], Awaitable[None]] | None = None,
    stop_together: Callable[[], Awaitable[None]] | None = None,
) -> Door:
    """Return one app that serves ``services``; starting it starts them.

    ``start_together`` and ``stop_together`` run around all services: the bus they share.

    Raises ``RuntimeError`` when a route declares no permission.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as running:
            if start_together is not None:
                await start_together()
            if stop_together is not None:
                running.push_async_callback(stop_together)
            for service in services:
                running.push_async_callback(service.stop)  # what started half way too
                await service.start()
            yield

    app = FastAPI(
        title="Relevo",
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        routes=[route for service in services for route in service.router.routes],
        redirect_slashes=False,  # senders do not follow; some take a redirect for "switched off"
    )
    door = Door(app, services)
    _add_operations(app, door, services)
    _add_problem_handlers(app, services)
    check_permissions(app)
    door.learn_templates()
    return door


def _add_operations(app: FastAPI, door: Door, services: Sequence[Service]) -> None:
    open_to_all = [Depends(anybody)]

    @app.get("/healthz", tags=["operations"], dependencies=open_to_all)
    async def healthz() -> dict[str, str]:
        """Say that the process answers. Asks nobody else."""
        return {"status": "ok"}

    @app.get("/readyz", tags=["operations"], dependencies=open_to_all)
    async def readyz() -> Response:
        """Say whether requests should come here: databases, tables, loops."""
        checks: dict[str, str] = {"process": "stopping" if door.stopping else "ok"}
        for service in services:
            checks |= await service.check()
        ready = all(value == "ok" for value in checks.values())
        return json_response(
            {"status": "ok" if ready else "unavailable", "checks": checks}, 200 if ready else 503
        )

    @app.get(
        "/metrics",
        tags=["operations"],
        dependencies=open_to_all,
        response_class=PlainTextResponse,
    )
    async def metrics() -> Response:
        """Give the metrics in Prometheus' text format."""
        for service in services:
            try:
                await service.measure()
            except Exception:  # the database is away; what is known must still be told
                log.exception("measuring_failed", service=service.name)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    contracts = files("shared.contracts")
    api, events = ((contracts / f"{name}.json").read_bytes() for name in ("openapi", "asyncapi"))

    @app.get("/openapi.json", tags=["operations"], dependencies=open_to_all)
    async def openapi() -> Response:
        """Describe the whole API, also where this process serves a part of it."""
        return Response(api, media_type="application/json")

    @app.get("/asyncapi.json", tags=["operations"], dependencies=open_to_all)
    async def asyncapi() -> Response:
        """Describe the events: topics, messages, schemas."""
        return Response(events, media_type="application/json")


def _add_problem_handlers(app: FastAPI, services: Sequence[Service]) -> None:
    refusals = [service.refusal for service in services if service.refusal is not None]

    def respond(request: Request, fault: Problem) -> Response:
        for refusal in refusals:
            if (page := refusal(request, fault)) is not None:
                return page
        return Response(
            fault.body(request.scope.get("relevo.request_id", "")),
            status_code=fault.status,
            headers=fault.headers,
            media_type=problem.CONTENT_TYPE,
        )

    @app.exception_handler(Problem)
    async def on_problem(request: Request, fault: Problem) -> Response:
        return respond(request, fault)

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> Response:
        return respond(request, fault_of(error))

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
        if any(one["loc"][0] == "body" for one in error.errors()) and _is_other_than_json(request):
            return respond(request, NOT_JSON)
        errors = [
            {"pointer": pointer(one["loc"]), "message": one["msg"], "kind": one["type"]}
            for one in error.errors()
        ]
        first = f"{errors[0]['pointer']}: {errors[0]['message']}" if errors else "invalid"
        return respond(request, Problem(422, "invalid", first, errors))

    @app.exception_handler(HTTPException)
    async def on_http(request: Request, error: HTTPException) -> Response:
        codes = {404: "not_found", 405: "method_not_allowed", 415: "unsupported_media_type"}
        code = codes.get(error.status_code, "http_error")
        headers = dict(error.headers or {})
        return respond(
            request, Problem(error.status_code, code, str(error.detail), headers=headers)
        )


def _is_other_than_json(request: Request) -> bool:
    """Return whether a body came, and as something else than JSON."""
    kind = request.headers.get("content-type", "").encode("latin-1")
    return request.headers.get("content-length", "0") != "0" and not is_json(kind)


__all__ = ["Door", "Permit", "anybody", "build_app", "json_response", "permit", "send_bytes"]
