"""Requests as the doors take them, and as receipts keep them."""

from starlette.types import Scope

from services.ingest.http.ring import OpenSource
from services.ingest.store.arrivals import Arrival
from services.ingest.vendors.port import Request
from shared.ids import new_id

Head = dict[bytes, bytes]
"""The headers by their lower-case names; of a repeated one the first."""

# Credentials are not kept, and what belongs to the connection says nothing later.
NOT_KEPT = frozenset(
    {
        *(b"authorization", b"proxy-authorization", b"cookie", b"x-relevo-token"),
        *(b"host", b"accept", b"accept-encoding", b"connection", b"content-length"),
        *(b"x-request-id",),
    }
)


def path_of(scope: Scope) -> str:
    """Return path and query as they were called."""
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path


def request_of(scope: Scope, head: Head, body: bytes, public_url: str) -> Request:
    """Return the request as adapters judge it."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.items()}
    return Request(scope["method"], public_url + path_of(scope), headers, body)


def arrival(
    scope: Scope, source: OpenSource, vendor: str, head: Head, body: bytes, events: int = 1
) -> Arrival:
    """Return the receipt of a request, to be read by ``vendor``'s adapter."""
    lines = [f"{scope['method']} {_kept(path_of(scope))}".encode("latin-1", "replace")]
    lines += [name + b": " + value for name, value in head.items() if name not in NOT_KEPT]
    lines.append(b"x-request-id: " + scope["relevo.request_id"].encode())
    return Arrival(new_id(), source.id, vendor, b"\n".join(lines), body, source.arrives, events)


def _kept(path: str) -> str:
    """Return a path without the one query parameter that is a credential."""
    if "access_token" not in path:
        return path
    before, _, query = path.partition("?")
    kept = [pair for pair in query.split("&") if not pair.startswith("access_token=")]
    return f"{before}?{'&'.join(kept)}" if kept else before
