"""The HTTP side every service shares: one app, safe bodies, problems, permissions.

``Door`` stands in front of FastAPI. It sends the hot routes past the router, bounds and
checks every body before anybody parses it, gives each request its id and trace, counts
it, and turns whatever goes wrong into problem+json.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any

import orjson
import structlog
from fastapi import Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problem, trace
from shared.access import SCOPES, Caller, KeyRing
from shared.body import Disconnected, decode, header, read_json, read_raw
from shared.metrics import REQUESTS
from shared.problem import Problem
from shared.service import Service

log = structlog.get_logger(__name__)

JSON_TYPES = (b"application/json", b"+json")
NO_STORE = (b"cache-control", b"no-store")
NOSNIFF = (b"x-content-type-options", b"nosniff")
PUBLIC = "public"
Authenticate = Callable[[str], Caller | None]


class Permit:
    """The dependency that makes a route ask for a permission, and hands it the caller.

    An unknown or missing key answers 401, a key without the permission 403.
    """

    def __init__(self, keys: KeyRing, scope: str):
        if scope not in SCOPES:
            raise ValueError(f"no such scope: {scope}")
        self.scope = scope
        self._keys = keys

    def __call__(self, authorization: Annotated[str | None, Header()] = None) -> Caller:
        kind, _, key = (authorization or "").partition(" ")
        caller = self._keys.find(key.strip()) if kind.lower() == "bearer" else None
        if caller is None:
            raise Problem(
                401,
                "unauthenticated",
                "send a valid API key: Authorization: Bearer rlv_…",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if not caller.may(self.scope):
            raise Problem(403, "not_allowed", f"this key lacks the scope {self.scope}")
        return caller


def permit(keys: KeyRing, scope: str) -> Any:
    """Return the dependency of routes that need ``scope``; it gives them the caller."""
    return Depends(Permit(keys, scope))


def anybody() -> None:
    """Be the dependency of a route that everybody may call. Says so on purpose."""


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
) -> "Door":
    """Return one app that serves ``services``; starting it starts them.

    ``start_together`` and ``stop_together`` run around all services: the bus they share.

    Raises ``RuntimeError`` when a route declares no permission.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if start_together is not None:
            await start_together()
        for service in services:
            await service.start()
        try:
            yield
        finally:
            for service in reversed(services):
                await service.stop()
            if stop_together is not None:
                await stop_together()

    app = FastAPI(
        title="Relevo",
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    for service in services:
        app.include_router(service.router)
    door = Door(app, services)
    _add_operations(app, door, services)
    _add_problem_handlers(app)
    check_permissions(app)
    return door


def check_permissions(app: FastAPI) -> None:
    """Refuse an app with a route that says neither which permission it needs nor that it is open."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        calls = [dependency.call for dependency in route.dependant.dependencies]
        if not any(isinstance(call, Permit) or call is anybody for call in calls):
            raise RuntimeError(f"{context.path} declares no permission")


def _add_operations(app: FastAPI, door: "Door", services: Sequence[Service]) -> None:
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

    @app.get("/metrics", tags=["operations"], dependencies=open_to_all)
    async def metrics() -> Response:
        """Give the metrics in Prometheus' text format."""
        for service in services:
            await service.measure()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    @app.get("/openapi.json", tags=["operations"], dependencies=open_to_all)
    async def openapi() -> Response:
        """Describe this API."""
        return json_response(app.openapi())


def _add_problem_handlers(app: FastAPI) -> None:
    def respond(request: Request, fault: Problem) -> Response:
        return Response(
            fault.body(request.scope.get("relevo.request_id", "")),
            status_code=fault.status,
            headers=fault.headers,
            media_type=problem.CONTENT_TYPE,
        )

    @app.exception_handler(Problem)
    async def on_problem(request: Request, fault: Problem) -> Response:
        return respond(request, fault)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request: Request, error: RequestValidationError) -> Response:
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


def pointer(location: Sequence[str | int]) -> str:
    """Return where a validation error is: a JSON Pointer for bodies, else ``query.limit``."""
    where, *steps = location
    if where != "body":
        return ".".join(str(step) for step in location)
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps) or "/"


class Door:
    """The ASGI app in front of everything. See the module's text."""

    def __init__(self, app: FastAPI, services: Sequence[Service]):
        self.app = app
        self.stopping = False
        self._exact: dict[tuple[str, str], ASGIApp] = {}
        self._below: list[tuple[str, str, ASGIApp]] = []
        for service in services:
            for (method, path), endpoint in service.hot.items():
                if path.endswith("/"):
                    self._below.append((method, path, endpoint))
                else:
                    self._exact[method, path] = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Of a repeated header the first counts, so it is put in last.
        head = scope["relevo.head"] = dict(reversed(scope["headers"]))
        scope["relevo.request_id"] = trace.request_id(_text(head.get(b"x-request-id")))
        route, endpoint = self._hot(scope)
        if endpoint is not None:
            await self._serve(scope, receive, send, route, endpoint)
            return
        context = trace.continued(_text(head.get(b"traceparent")))
        trace.current.set(context)
        structlog.contextvars.bind_contextvars(
            request_id=scope["relevo.request_id"], trace_id=trace.trace_id(context)
        )
        await self._serve(scope, receive, send, "", self._routed)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, await _checked(scope, receive), send)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, route: str, endpoint: ASGIApp
    ) -> None:
        started = time.perf_counter()
        request_id = scope["relevo.request_id"]
        # Programs call the hot routes, and the server looks at every header it sends.
        extra = () if route else (NOSNIFF,)
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                    *extra,
                ]
            await send(message)

        try:
            await endpoint(scope, receive, answer)
        except Problem as fault:
            await _send_problem(answer, fault, request_id)
        except Disconnected:
            status = 499
        except Exception:
            log.exception(
                "request_failed", method=scope["method"], route=route, request_id=request_id
            )
            if status:
                raise
            ours = Problem(500, "internal_error", "something went wrong on our side; it is logged")
            await _send_problem(answer, ours, request_id)
        finally:
            took_s = time.perf_counter() - started
            REQUESTS.answered(scope["method"], route or _template(scope), status, took_s)

    def _hot(self, scope: Scope) -> tuple[str, ASGIApp | None]:
        method, path = scope["method"], scope["path"]
        endpoint = self._exact.get((method, path))
        if endpoint is not None:
            return path, endpoint
        for below_method, prefix, below in self._below:
            if method == below_method and path.startswith(prefix):
                return prefix + "{source}", below
        return "", None


async def _checked(scope: Scope, receive: Receive) -> Receive:
    """Read and check the body in front of FastAPI; return a ``receive`` that gives it again."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS", "DELETE"):
        return receive
    headers = scope["headers"]
    body = decode(await read_raw(receive, headers), header(headers, b"content-encoding"))
    kind = (header(headers, b"content-type") or b"").split(b";")[0].strip().lower()
    if body and kind.endswith(JSON_TYPES):
        body = orjson.dumps(read_json(body))
    scope["headers"] = [
        (name, value)
        for name, value in headers
        if name not in (b"content-encoding", b"content-length")
    ] + [(b"content-length", str(len(body)).encode())]
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _send_problem(send: Send, fault: Problem, request_id: str) -> None:
    await send_bytes(
        send, fault.status, fault.body(request_id), problem.CONTENT_TYPE.encode(), fault.headers
    )


async def send_bytes(
    send: Send,
    status: int,
    body: bytes,
    content_type: bytes = b"application/json",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Answer from a plain ASGI endpoint."""
    fields = [(b"content-type", content_type), (b"content-length", b"%d" % len(body))]
    if headers:
        fields += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _template(scope: Scope) -> str:
    """Return the route's template for metrics: never the path, which can carry ids of people."""
    route = scope.get("route")
    return getattr(route, "path", "unmatched") if route is not None else "unmatched"


__all__ = ["Door", "Permit", "anybody", "build_app", "json_response", "permit", "send_bytes"]
