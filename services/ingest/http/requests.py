"""Requests as the doors take them, and as receipts keep them."""

from typing import Any

import orjson
from starlette.types import Scope

from services.ingest.store.arrivals import Arrival
from services.ingest.http.ring import OpenSource
from shared.ids import new_id

# Credentials are not kept, and what belongs to the connection says nothing later.
NOT_KEPT = frozenset(
    {"authorization", "proxy-authorization", "cookie", "x-relevo-token", "host", "accept", "accept-encoding", "connection", "content-length", "x-request-id", "traceparent"}
)  # fmt: skip


def headers_of(scope: Scope) -> dict[str, str]:
    """Return the headers by their lower-case names; of a repeated one the first."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return headers


def path_of(scope: Scope) -> str:
    """Return path and query as they were called."""
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path


def kept_path(path: str) -> str:
    """Return a path without the one query parameter that is a credential."""
    if "access_token" not in path:
        return path
    before, _, query = path.partition("?")
    kept = [pair for pair in query.split("&") if not pair.startswith("access_token=")]
    return f"{before}?{'&'.join(kept)}" if kept else before


def arrival(
    scope: Scope,
    source: OpenSource,
    vendor: str,
    headers: dict[str, str],
    body: bytes,
    events: int = 1,
) -> Arrival:
    """Return the receipt of a request, to be read by ``vendor``'s adapter."""
    request: dict[str, Any] = {
        "method": scope["method"],
        "url": kept_path(path_of(scope)),
        "headers": {name: value for name, value in headers.items() if name not in NOT_KEPT},
        "request_id": scope["relevo.request_id"],
        "traceparent": scope["relevo.traceparent"],
    }
    return Arrival(new_id(), source.id, vendor, orjson.dumps(request), body, source.arrives, events)
