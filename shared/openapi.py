"""The description of an app's API: OpenAPI 3.1, finished where FastAPI's own is not ours.

FastAPI knows routes, parameters and bodies. Who may call a route, and how a refusal looks,
is said here, because every route has it from the same place (``permit``, ``problem``).
"""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from shared.permit import Permit
from shared.problem import CONTENT_TYPE, TITLES

VERSION = "1"  # of the API, as in /v1
PROBLEM = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
REF_TEMPLATE = "#/components/schemas/{model}"

DESCRIPTION = """\
Errors are `application/problem+json` with a stable `code`. Lists have pages: give `next_cursor`
back as `cursor`. Requests that make something take an `Idempotency-Key`, changes of what two
people may edit an `If-Match`. Unknown fields are refused. The events are described by
`/asyncapi.json`."""

SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key (`rlv_…`); each operation names the scope it needs.",
    },
    "source": {
        "type": "http",
        "scheme": "bearer",
        "description": "The token of a source (`src_…`), also taken as `X-Relevo-Token`.",
    },
    "write_key": {
        "type": "http",
        "scheme": "basic",
        "description": "The token of a source as the user, as Segment's libraries send it.",
    },
}

PROBLEM_SCHEMA = {
    "title": "Problem",
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "description": "`urn:relevo:problem:` and the code."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was wrong, in a sentence."},
        "code": {"type": "string", "description": "Stable, for programs: `not_found`."},
        "message": {"type": "string", "description": "The same as `detail`."},
        "request_id": {"type": "string", "description": "Find it in the logs by this."},
        "errors": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": True},
            "description": "Each place at fault: `pointer` and `message`.",
        },
    },
    "required": ["type", "title", "status", "detail", "code", "message", "request_id"],
}


ANSWERS = {  # that many operations share
    "Unauthenticated": TITLES[401],
    "NotAllowed": "The key lacks the scope that `security` names.",
    "Invalid": TITLES[422],
    "Refused": "Any other refusal; its `status` and `code` say which.",
}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of ``app``."""
    made = get_openapi(
        title="Relevo",
        version=VERSION,
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0"},
        routes=app.routes,
    )
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    schemas |= dict(_lifted(made["paths"]))
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    made["components"]["responses"] = {name: refusal(text) for name, text in ANSWERS.items()}
    made["components"]["securitySchemes"] = SECURITY
    scopes = dict(_scopes(app))
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            _finish(operation, scopes.get((method, path)))
    return made


def refusal(text: str) -> dict[str, Any]:
    """Return the description of an answer that refuses."""
    return {"description": text, "content": PROBLEM}


def _finish(operation: dict[str, Any], scope: str | None) -> None:
    """Say who may call it and how refusals look."""
    answers = operation["responses"]
    if "422" in answers and CONTENT_TYPE not in answers["422"]["content"]:
        answers["422"] = _shared("Invalid")  # in place of FastAPI's own, which we never send
    if scope is not None:
        # From 3.1 on the list may name what other schemes than OAuth ask for.
        operation["security"] = [{"key": [scope]}]
        answers |= {"401": _shared("Unauthenticated"), "403": _shared("NotAllowed")}
        answers["default"] = _shared("Refused")
    operation["responses"] = dict(sorted(answers.items()))


def _shared(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def _lifted(value: Any) -> Iterator[tuple[str, Any]]:
    """Take the definitions out of schemas that came with their own; yield them."""
    if isinstance(value, dict):
        yield from value.pop("$defs", {}).items()
        for inner in value.values():
            yield from _lifted(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _lifted(inner)


def _scopes(app: FastAPI) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the scope of each guarded operation by method and path."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute):
            continue
        for scope in _permits(context.dependant):
            for method in route.methods or ():
                yield (method.lower(), str(context.path)), scope


def _permits(dependant: Dependant) -> Iterator[str]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permit):
            yield inner.call.scope
        yield from _permits(inner)
