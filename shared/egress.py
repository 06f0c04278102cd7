"""The one way out: HTTP to addresses that users configured, guarded.

Every name is resolved here, every address is judged, and the connection goes to the judged
address itself, so a name that resolves differently a moment later gains nothing. A failed
resolution fails. Redirects are never followed, proxies of the environment are ignored,
bodies are never inflated and mostly not read: a status decides, and a hostile receiver can
neither hold us longer than the deadline nor fill our memory.

``Egress.post`` is the short way that deliveries take; ``GuardedTransport`` gives the same
guard to an ``httpx.AsyncClient``. The connections are our own, on httptools: one post costs
a tenth of what it costs on httpcore's (h11, anyio), which decides how many events one core
can tell.

Errors::

    EgressError
    ├── NotSent          nothing of the request left this machine
    │   └── Forbidden    the URL, or every address behind its name, is one we do not call
    └── OutcomeUnknown   the request was written; nobody knows whether it was taken
"""

import asyncio
import re
import ssl
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

import httpx  # noqa: TID251 - the one module that may

from shared.addresses import Address, Network, is_allowed, literal
from shared.http_connection import Answer, HttpConnection, NoAnswer

CONNECT_S = 3.0
DEADLINE_S = 15.0
# Below the five seconds after which common servers close an idle connection themselves.
IDLE_S = 4.0
IDLE_PER_ORIGIN = 16
BODY_BYTES = 4 * 1024
PORTS = frozenset({80, 443, 8080, 8443})
OWN_HEADERS = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "transfer-encoding"}
    | {"connection", "keep-alive", "upgrade", "te", "trailer", "expect", "accept-encoding"}
    | {"accept", "user-agent", "traceparent", "proxy-authorization"}
)
HOST = re.compile(r"[A-Za-z0-9._-]{1,253}")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,1024}")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class EgressError(Exception):
    """A request that got no answer."""


class NotSent(EgressError):
    """Nothing of the request left this machine."""


class Forbidden(NotSent):
    """The URL, or every address behind its name, is one we do not call.

    ``code`` says why, for who tells it in another language.
    """

    def __init__(self, message: str, code: str = "address"):
        super().__init__(message)
        self.code = code


class OutcomeUnknown(EgressError):
    """The request was written; nobody knows whether it was taken."""


class Origin(NamedTuple):
    """Where a connection goes: everything of a URL but the path."""

    scheme: str
    host: str
    port: int


class Target(NamedTuple):
    """A URL that was checked, as a connection and a request line need it."""

    origin: Origin
    path: bytes
    host_header: bytes


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses the system knows for ``host``, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, proto=6)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def parse_url(url: str, allowed: Iterable[Network] = ()) -> Target:
    """Check ``url`` as far as it can be without resolving its name, and take it apart.

    Raises ``Forbidden`` with a sentence for the person who typed it.
    """
    allowed = tuple(allowed)
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii").strip("[]")
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Forbidden(f"not a URL: {error}", "url") from None
    if parsed.scheme not in ("http", "https") or not host:
        raise Forbidden("the URL must start with http:// or https:// and name a host", "url")
    address = literal(host)
    if address is None and not HOST.fullmatch(host):
        raise Forbidden("the URL names no host that can exist", "url")
    if parsed.userinfo:
        raise Forbidden("the URL must not carry a user name or password", "password")
    if address is not None and not is_allowed(address, allowed):
        raise Forbidden("the URL leads to an address inside a network, not on the internet")
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    # Other ports are for allowed networks. Whether a name leads there shows when connecting.
    excepted = bool(allowed) if address is None else _is_in(address, allowed)
    if port not in PORTS and not excepted:
        raise Forbidden(f"the port must be one of {', '.join(map(str, sorted(PORTS)))}", "port")
    return Target(Origin(parsed.scheme, host, port), parsed.raw_path, parsed.netloc)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise ``ValueError`` unless users may set these headers: theirs, and harmless."""
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise ValueError(f"{name[:64]!r} is not a header name")
        if name.lower() in OWN_HEADERS or name.lower().startswith("webhook-"):
            raise ValueError(f"the header {name} is ours to set")
        if not HEADER_VALUE.fullmatch(value):
            raise ValueError(f"the header {name} must be printable ASCII, at most 1024 characters")


class Egress:
    """Requests to the outside. One per process; ``close`` ends its idle connections.

    ``allowed`` are networks that may be called although they are internal: a CRM in the
    same house, receivers in tests. They are compared with the connected address.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve = resolve_name,
        tls: ssl.SSLContext | None = None,
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
        body_limit: int = BODY_BYTES,
    ):
        self._allowed = tuple(allowed)
        self._resolve = resolve
        self._tls = tls
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._body_limit = body_limit
        self._idle: defaultdict[Origin, deque[HttpConnection]] = defaultdict(deque)
        self._targets = lru_cache(1024)(lambda url: parse_url(url, self._allowed))

    def check_url(self, url: str) -> Target:
        """Return what ``url`` leads to; raises ``Forbidden``."""
        return self._targets(url)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post ``body`` and return the answer, whatever its status. Raises ``EgressError``."""
        return await self.request("POST", url, headers.items(), body)

    async def request(
        self, method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes
    ) -> Answer:
        """Send one request; all of it ends within the deadline. Raises ``EgressError``."""
        deadline = asyncio.get_running_loop().time() + self._deadline_s
        target = self.check_url(url)
        request = _request(method, target, headers, body)
        connection = self._take_idle(target.origin) or await self._connect(target.origin)
        try:
            answer = await connection.exchange(request, deadline, self._body_limit)
        except NoAnswer as error:
            raise OutcomeUnknown(str(error)) from None
        if connection.is_reusable:
            self._keep(target.origin, connection)
        return answer

    def _take_idle(self, origin: Origin) -> HttpConnection | None:
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()  # the most recently used: the others may expire
            connection.stop_idling()
            if connection.is_reusable:
                return connection
        return None

    def _keep(self, origin: Origin, connection: HttpConnection) -> None:
        idle = self._idle[origin]
        if len(idle) >= IDLE_PER_ORIGIN:
            _end(idle.popleft())
        idle.append(connection)
        connection.idle(IDLE_S, lambda: self._forget(origin, connection))

    def _forget(self, origin: Origin, connection: HttpConnection) -> None:
        idle = self._idle.get(origin, deque())
        if connection in idle:
            idle.remove(connection)
        if not idle:
            self._idle.pop(origin, None)
        connection.close()

    async def _connect(self, origin: Origin) -> HttpConnection:
        """Connect to the first address of the host that is allowed and answers."""
        try:
            async with asyncio.timeout(self._connect_s):
                error: Exception | None = None
                for address in await self._addresses(origin):
                    try:
                        return await self._connect_to(address, origin)
                    except OSError as failed:  # TLS errors are among them
                        error = failed
        except TimeoutError:
            raise NotSent("no connection in time") from None
        raise NotSent(f"no connection: {_describe(error)}") from error

    async def _addresses(self, origin: Origin) -> list[Address]:
        """Return the addresses of the host that may be called; raises ``NotSent`` without any."""
        try:
            found = await self._resolve(origin.host, origin.port)
            addresses = [ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, ValueError) as error:
            raise NotSent(f"the host cannot be resolved: {_describe(error)}") from error
        usable = [one for one in addresses if is_allowed(one, self._allowed)]
        if origin.port not in PORTS:
            usable = [one for one in usable if _is_in(one, self._allowed)]
        if not usable:
            raise Forbidden("the host leads to no address that we call, or to no port")
        return usable

    async def _connect_to(self, address: Address, origin: Origin) -> HttpConnection:
        is_tls = origin.scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            HttpConnection,
            str(address),
            origin.port,
            ssl=self._tls_context() if is_tls else None,
            server_hostname=origin.host if is_tls else None,
        )
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:  # loading the authorities takes tens of milliseconds: once
            self._tls = ssl.create_default_context()
        return self._tls

    async def close(self) -> None:
        """Close the idle connections."""
        for connections in self._idle.values():
            for connection in connections:
                _end(connection)
        self._idle.clear()


class GuardedTransport(httpx.AsyncBaseTransport):
    """The guard for httpx: ``httpx.AsyncClient(transport=GuardedTransport(egress))``.

    The client sees as much of a body as ``egress`` reads.
    """

    def __init__(self, egress: Egress):
        self._egress = egress

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        own = {"host", "content-length", "connection", "accept", "accept-encoding", "user-agent"}
        headers = [(name, value) for name, value in request.headers.items() if name not in own]
        body = await request.aread()
        try:
            answer = await self._egress.request(request.method, str(request.url), headers, body)
        except NotSent as error:
            raise httpx.ConnectError(str(error), request=request) from error
        except OutcomeUnknown as error:
            raise httpx.ReadError(str(error), request=request) from error
        # Nothing is inflated, here or by the client.
        kept = {name: value for name, value in answer.headers.items() if name in PASSED_ON}
        return httpx.Response(answer.status, headers=kept, content=answer.body, request=request)


PASSED_ON = frozenset({"content-type", "retry-after", "location", "etag", "cache-control", "date"})
COMMON = b"\r\nuser-agent: Relevo\r\naccept: */*\r\naccept-encoding: identity\r\n"


def _request(method: str, target: Target, headers: Iterable[tuple[str, str]], body: bytes) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    text = "".join(lines)
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ValueError("a line break in a header")
    return b"%s %s HTTP/1.1\r\nhost: %s%scontent-length: %d\r\n%s\r\n%s" % (
        method.encode(),
        target.path,
        target.host_header,
        COMMON,
        len(body),
        text.encode("latin-1"),
        body,
    )


def _end(connection: HttpConnection) -> None:
    connection.stop_idling()
    connection.close()


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _describe(error: Exception | None) -> str:
    return str(error) or type(error).__name__
