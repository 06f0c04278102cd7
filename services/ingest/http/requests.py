"""Requests as the doors take them, and as receipts keep them."""

from urllib.parse import unquote_plus

from starlette.types import Scope

from services.ingest.http.ring import OpenSource
from services.ingest.store.arrivals import Arrival
from services.ingest.vendors.port import Request
from services.ingest.vendors.tokens import TOKEN_PARAMETERS
from shared.ids import new_id

HOOKS = "/hooks/"
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
    lines = [f"{scope['method']} {kept_path(path_of(scope))}".encode("latin-1", "replace")]
    lines += [name + b": " + value for name, value in head.items() if name not in NOT_KEPT]
    lines.append(b"x-request-id: " + scope["relevo.request_id"].encode())
    return Arrival(new_id(), source.id, vendor, b"\n".join(lines), body, source.arrives, events)


def kept_path(path: str) -> str:
    """Return a path as it is stored: without the tokens some tools show in it."""
    before, mark, query = path.partition("?")
    if before.startswith(HOOKS):
        before = HOOKS + before[len(HOOKS) :].partition("/")[0]
    if not mark:
        return before
    pairs = query.split("&")
    kept = [pair for pair in pairs if unquote_plus(pair.partition("=")[0]) not in TOKEN_PARAMETERS]
    return f"{before}?{'&'.join(kept)}" if kept else before
