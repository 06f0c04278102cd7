"""Errors people and programs can act on: RFC 9457, with ``code`` and ``message`` as well.

Some vendors' SDKs read ``code`` and ``message`` and resend for ever what lacks them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Request timed out",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid",
    428: "Precondition required",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


class Problem(Exception):
    """A request that cannot be served: status, a stable code, a sentence, the places at fault.

    ``errors`` are objects with ``pointer`` (JSON Pointer into the body, or the name of a
    query parameter or header) and ``message``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> bytes:
        """Return the problem as JSON."""
        document: dict[str, Any] = {
            "type": f"urn:relevo:problem:{self.code}",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.message,
            "code": self.code,
            "message": self.message,
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = list(self.errors)
        return orjson.dumps(document)


def not_found(what: str) -> Problem:
    """Return the answer for an id that is unknown, or that the caller may not see."""
    return Problem(404, "not_found", f"no such {what}")


def invalid(pointer: str, message: str, code: str = "invalid") -> Problem:
    """Return the answer for a well-formed body that is wrong at ``pointer``."""
    where = {"pointer": pointer, "message": message}
    return Problem(422, code, f"{pointer}: {message}", [where])


def pointer(location: Sequence[str | int]) -> str:
    """Return where a validation error is: a JSON Pointer for bodies, else ``query.limit``."""
    where, *steps = location
    if where != "body":
        return ".".join(str(step) for step in location)
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps) or "/"
