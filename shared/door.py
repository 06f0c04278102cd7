"""The ASGI app in front of FastAPI.

It sends the hot routes past the router, bounds and checks every body before anybody parses
it, gives each request its id and trace, counts it, and turns whatever goes wrong into
problem+json.
"""

import time
from collections.abc import Mapping, Sequence

import orjson
import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problem, trace
from shared.body import LIMIT, SLOWEST_S, Disconnected, decode, header, read_json, read_raw
from shared.db import is_transient
from shared.metrics import REQUESTS
from shared.problem import Problem
from shared.service import Service

log = structlog.get_logger(__name__)

JSON_TYPES = (b"application/json", b"+json")
NOSNIFF = (b"x-content-type-options", b"nosniff")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Door:
    """See the module's text. ``hot`` routes of the services go past FastAPI."""

    def __init__(self, app: FastAPI, services: Sequence[Service]):
        self.app = app
        self.services = services
        self.stopping = False
        self.slowest_body_s = SLOWEST_S
        self._templates: dict[int, str] = {}
        self._largest = {path: size for one in services for path, size in one.largest.items()}
        self._exact: dict[tuple[str, str], ASGIApp] = {}
        self._below: list[tuple[str, str, ASGIApp]] = []
        for service in services:
            for (method, path), endpoint in service.hot.items():
                if path.endswith("/"):
                    self._below.append((method, path, endpoint))
                else:
                    self._exact[method, path] = endpoint

    def learn_templates(self) -> None:
        """Note each route's whole path: the route itself does not know its router's prefix."""
        for context in iter_route_contexts(self.app.routes):
            self._templates[id(context.original_route)] = context.path or "/"

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
        # No database takes a NUL character.
        if "\x00" in scope["path"]:
            raise Problem(404, "not_found", "nothing is called like that")
        if b"%00" in scope["query_string"]:
            raise Problem(400, "invalid", "a NUL character in a parameter")
        if scope["method"] == "HEAD":  # FastAPI's routes know GET only
            as_get = {**scope, "method": "GET"}
            try:
                await self.app(as_get, receive, _HeadOnly(send))
            finally:
                scope["route"] = as_get.get("route")
            return
        limit = self._largest.get(scope["path"], LIMIT)
        await self.app(scope, await _checked(scope, receive, self.slowest_body_s, limit), send)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, route: str, endpoint: ASGIApp
    ) -> None:
        started = time.perf_counter()
        request_id = scope["relevo.request_id"]
        # Programs call the hot routes, and the server looks at every header it sends.
        extra = () if route else (NOSNIFF,)
        status, ended = 0, False

        async def answer(message: Message) -> None:
            nonlocal status, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"x-request-id", request_id.encode()),
                    *extra,
                ]
            else:
                ended = not message.get("more_body", False)
            await send(message)

        try:
            await endpoint(scope, receive, answer)
        except Problem as fault:
            page = None if route else self._page(scope, fault)
            if page is None:
                await _send_problem(answer, fault, request_id)
            else:
                await page(scope, receive, answer)
        except Disconnected:
            status = 499
        except Exception as error:
            log.exception(
                "request_failed",
                method=scope["method"],
                route=route or self._template(scope),
                request_id=request_id,
            )
            if not status:
                await _send_problem(answer, fault_of(error), request_id)
            elif not ended:
                raise  # the answer is cut off, and the client has to see that
        finally:
            took_s = time.perf_counter() - started
            method = scope["method"] if scope["method"] in METHODS else "other"
            REQUESTS.answered(method, route or self._template(scope), status, took_s)

    def _page(self, scope: Scope, fault: Problem) -> Response | None:
        """Return the page that says a fault to somebody at a browser; None where none asked."""
        for refusal in filter(None, (service.refusal for service in self.services)):
            if (page := refusal(Request(scope), fault)) is not None:
                return page
        return None

    def _template(self, scope: Scope) -> str:
        """Return the route's template: never the path, which can carry ids of people."""
        return self._templates.get(id(scope.get("route")), "unmatched")

    def _hot(self, scope: Scope) -> tuple[str, ASGIApp | None]:
        method, path = scope["method"], scope["path"]
        endpoint = self._exact.get((method, path))
        if endpoint is not None:
            return path, endpoint
        for below_method, prefix, below in self._below:
            if method == below_method and path.startswith(prefix):
                return prefix + "{source}", below
        return "", None


class _HeadOnly:
    """Sends the head of an answer and ends there, whatever body follows."""

    def __init__(self, send: Send):
        self._send = send
        self._ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._send(message)
        elif not self._ended:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b""})


async def _checked(scope: Scope, receive: Receive, slowest_s: float, limit: int) -> Receive:
    """Read and check the body in front of FastAPI; return a ``receive`` that gives it again."""
    if scope["method"] in ("GET", "OPTIONS"):
        return receive
    headers = scope["headers"]
    raw = await read_raw(receive, headers, limit, slowest_s)
    body = decode(raw, header(headers, b"content-encoding"), limit)
    if body and is_json(header(headers, b"content-type") or b""):
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


def fault_of(error: Exception) -> Problem:
    """Return what the caller is told of an error of ours; the log has the rest."""
    if is_transient(error):
        return Problem(
            503,
            "unavailable",
            "the database cannot be reached now; send the request again",
            headers={"Retry-After": "1"},
        )
    return Problem(500, "internal_error", "something went wrong on our side; it is logged")


def is_json(content_type: bytes) -> bool:
    """Return whether a ``Content-Type`` announces JSON."""
    return content_type.partition(b";")[0].strip().lower().endswith(JSON_TYPES)
