"""The one way out: HTTP to addresses that users configured, guarded.

Every name is resolved here, every address is judged, and the connection goes to the judged
address itself, so a name that resolves differently a moment later gains nothing. A failed
resolution fails. Redirects are never followed, proxies of the environment are ignored,
bodies are never inflated and mostly not read: a status decides, a hostile receiver can
neither hold us longer than the deadline nor fill our memory.

``GuardedTransport`` is an httpx transport for an ``httpx.AsyncClient``. ``Egress.post`` is
the short way that deliveries take; the connections are the same. They are our own, on
httptools: one post costs 1/20 of what httpcore's connections cost (h11, anyio), and that
decides how many events a core can tell.

Errors are httpx's. What was certainly not sent is a ``NotSent``::

    httpx.TransportError
    ├── NotSent              nothing of the request left this machine
    │   └── Forbidden        the address or the URL is not allowed
    └── (any other)          the request was written; nobody knows whether it was taken
"""

import asyncio
import re
import ssl
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple, cast

import httptools
import httpx  # noqa: TID251 - the one module that may

from shared.addresses import Address, Network, is_allowed, literal

CONNECT_S = 3.0
DEADLINE_S = 15.0
# Below the five seconds after which common servers close an idle connection themselves.
IDLE_S = 4.0
IDLE_PER_ORIGIN = 16
SNIPPET_BYTES = 4 * 1024
HEAD_BYTES = 64 * 1024
HEADER_COUNT = 100
PORTS = frozenset({80, 443, 8080, 8443})
OWN_HEADERS = frozenset(
    {"host", "content-length", "content-type", "content-encoding", "transfer-encoding"}
    | {"connection", "keep-alive", "upgrade", "te", "trailer", "expect", "accept-encoding"}
    | {"user-agent", "traceparent", "proxy-authorization"}
)
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
HEADER_VALUE = re.compile(r"[\x20-\x7e]{0,1024}")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Headers = Sequence[tuple[bytes, bytes]]


OutcomeUnknown = httpx.TransportError  # any that is no ``NotSent``


class NotSent(httpx.TransportError):
    """Nothing of the request left this machine."""


class Forbidden(NotSent):
    """The URL, or every address behind its name, is one we do not call."""


class Answer(NamedTuple):
    """What a receiver answered: enough to judge it, and the beginning of its body."""

    status: int
    headers: Mapping[str, str]
    snippet: bytes


async def resolve_name(host: str, port: int) -> Sequence[str]:
    """Return the addresses the system knows for ``host``, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, proto=6)
    return [str(sockaddr[0]) for *_, sockaddr in found]


class Origin(NamedTuple):
    """Where connections go: everything of a URL but the path."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was checked, with what a request line and a connection need of it."""

    origin: Origin
    path: bytes
    host_header: bytes


def parse_url(url: str | httpx.URL, allowed: Iterable[Network] = ()) -> Target:
    """Check ``url`` and take it apart.

    http or https, no user information, a usual port; a literal address is judged at once.
    Any port goes where the host is a literal address in ``allowed``; for names this is
    judged when they are connected to.

    Raises ``Forbidden`` with a sentence for the person who typed the URL.
    """
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, TypeError) as error:
        raise Forbidden(f"not a URL: {error}") from None
    if parsed.scheme not in ("http", "https") or not host:
        raise Forbidden("the URL must start with http:// or https:// and name a host")
    if parsed.userinfo:
        raise Forbidden("the URL must not carry a user name or password")
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    address = literal(host)
    if address is not None and not is_allowed(address, allowed):
        raise Forbidden("the URL leads to an address inside a network, not on the internet")
    origin = Origin(parsed.scheme, host.strip("[]"), port)
    return Target(origin, parsed.raw_path, parsed.netloc)


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
    """Posts to the outside. One per process; ``close`` ends its idle connections.

    ``allowed`` are networks that may be called although they are internal: a CRM in the
    same house, receivers in tests. They are compared with the connected address.
    """

    def __init__(
        self,
        allowed: Sequence[Network] = (),
        *,
        resolve: Resolve = resolve_name,
        tls: ssl.SSLContext | None = None,
        user_agent: str = "Relevo",
        deadline_s: float = DEADLINE_S,
        connect_s: float = CONNECT_S,
    ):
        self.allowed = tuple(allowed)
        self._resolve = resolve
        self._tls = tls
        self._common = (
            f"\r\nuser-agent: {user_agent}\r\naccept-encoding: identity\r\naccept: */*\r\n".encode()
        )
        self.check_url = lru_cache(1024)(self._check_url)
        self._deadline_s = deadline_s
        self._connect_s = connect_s
        self._idle: defaultdict[Origin, deque[_Connection]] = defaultdict(deque)

    def _check_url(self, url: str) -> Target:
        """Return what ``url`` leads to; raises ``Forbidden``. For forms that take a URL."""
        target = parse_url(url, self.allowed)
        if target.origin.port not in PORTS and not self._may_use_any_port(target.origin.host):
            raise Forbidden(f"the port must be one of {', '.join(map(str, sorted(PORTS)))}")
        return target

    def _may_use_any_port(self, host: str) -> bool:
        # A name may lead to an allowed network; whether it does is known when connecting.
        address = literal(host)
        return bool(self.allowed) if address is None else is_allowed(address, self.allowed)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post ``body`` and return the answer, whatever its status.

        Raises ``NotSent`` when nothing was sent, and another ``httpx.TransportError`` when
        nobody can know whether the receiver took it.
        """
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):
            raise ValueError("a header with a line break")
        return await self.request("POST", self.check_url(url), lines.encode("ascii"), body)

    async def request(self, method: str, target: Target, lines: bytes, body: bytes) -> Answer:
        """Send one request with the header ``lines``, all within the deadline."""
        head = b"%s %s HTTP/1.1\r\nhost: %s%scontent-length: %d\r\n%s\r\n" % (
            method.encode(),
            target.path,
            target.host_header,
            self._common,
            len(body),
            lines,
        )
        started = asyncio.get_running_loop().time()
        connection = self._take(target.origin)
        if connection is None:
            connection = await self._connect(target.origin)
        answer = await connection.exchange(head + body, started + self._deadline_s)
        if connection.is_reusable:
            self._keep(target.origin, connection)
        return answer

    def _take(self, origin: Origin) -> "_Connection | None":
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()  # the most recently used: the others may expire
            connection.stop_idling()
            if connection.is_reusable:
                return connection
        return None

    def _keep(self, origin: Origin, connection: "_Connection") -> None:
        idle = self._idle[origin]
        if len(idle) >= IDLE_PER_ORIGIN:
            idle.popleft().close()
        idle.append(connection)
        connection.idle_until(IDLE_S, lambda: self._forget(origin, connection))

    def _forget(self, origin: Origin, connection: "_Connection") -> None:
        idle = self._idle.get(origin, deque())
        if connection in idle:
            idle.remove(connection)
        if not idle:
            self._idle.pop(origin, None)
        connection.close()

    async def _connect(self, origin: Origin) -> "_Connection":
        """Connect to the first address of the host that is allowed and answers."""
        try:
            async with asyncio.timeout(self._connect_s):
                addresses = await self._addresses(origin)
                error: Exception = NotSent("the host has no address")
                for address in addresses:
                    try:
                        return await self._connect_to(address, origin)
                    except (OSError, ssl.SSLError) as failed:
                        error = failed
        except TimeoutError:
            raise NotSent("no connection in time") from None
        raise NotSent(f"no connection: {_describe(error)}") from error

    async def _addresses(self, origin: Origin) -> list[Address]:
        try:
            found = await self._resolve(origin.host, origin.port)
            addresses = [ip_address(text) for text in dict.fromkeys(found)]
        except (OSError, ValueError, UnicodeError) as error:
            raise NotSent(f"the host cannot be resolved: {_describe(error)}") from error
        usable = [
            address
            for address in addresses
            if is_allowed(address, self.allowed)
            and (origin.port in PORTS or self._is_excepted(address))
        ]
        if addresses and not usable:
            raise Forbidden("the host leads to an address, or a port, we do not call")
        return usable

    def _is_excepted(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)

    async def _connect_to(self, address: Address, origin: Origin) -> "_Connection":
        tls = origin.scheme == "https"
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection,
            str(address),
            origin.port,
            ssl=self._tls_context() if tls else None,
            server_hostname=origin.host if tls else None,
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
                connection.stop_idling()
                connection.close()
        self._idle.clear()


class GuardedTransport(httpx.AsyncBaseTransport):
    """The guard as an httpx transport: ``httpx.AsyncClient(transport=GuardedTransport(egress))``.

    The body of an answer is what ``Egress`` reads of it: its first 4 KiB.
    """

    def __init__(self, egress: Egress):
        self._egress = egress

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        skipped = {b"host", b"content-length", b"user-agent", b"accept", b"accept-encoding"}
        skipped |= {b"connection"}
        lines = b"".join(
            name + b": " + value + b"\r\n"
            for name, value in request.headers.raw
            if name.lower() not in skipped
        )
        target = self._egress.check_url(str(request.url))
        body = await request.aread()
        answer = await self._egress.request(request.method, target, lines, body)
        headers = {n: v for n, v in answer.headers.items() if n != "content-encoding"}
        return httpx.Response(answer.status, headers=headers, content=answer.snippet)


@dataclass(eq=False)
class _Connection(asyncio.Protocol):
    """One HTTP/1.1 connection; one request at a time."""

    is_reusable: bool = field(default=False, init=False)
    _transport: asyncio.Transport | None = field(default=None, init=False)
    _expiry: asyncio.TimerHandle | None = field(default=None, init=False)
    _answer: "asyncio.Future[Answer] | None" = field(default=None, init=False)

    async def exchange(self, request: bytes, deadline: float) -> Answer:
        """Write the request and wait for the answer, until ``deadline`` on the loop's clock."""
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self.is_reusable = False
        self._parser = httptools.HttpResponseParser(self)
        self._status = 0
        self._headers: dict[str, str] = {}
        self._header_count = 0
        self._head_bytes = 0
        self._body = b""
        self._answer = loop.create_future()
        self._transport.write(request)
        timer = loop.call_at(deadline, self._out_of_time)
        try:
            return await self._answer
        finally:
            timer.cancel()
            self._answer = None
            if not self.is_reusable:
                self.close()

    def close(self) -> None:
        self.is_reusable = False
        if self._transport is not None:
            self._transport.abort()

    def idle_until(self, seconds: float, expire: Callable[[], None]) -> None:
        self._expiry = asyncio.get_running_loop().call_later(seconds, expire)

    def stop_idling(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    # --- asyncio's side ----------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.is_reusable = True

    def data_received(self, data: bytes) -> None:
        if self._answer is None:  # nobody asked: a server that talks out of turn
            self.close()
            return
        if not self._status:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, _Enough) as error:
            if self._status >= 200:
                self._finish()
            else:
                self._fail(httpx.RemoteProtocolError(f"not an HTTP answer: {_describe(error)}"))
            return
        if self._head_bytes > HEAD_BYTES and not self._status:
            self._fail(httpx.RemoteProtocolError("the head of the answer is too long"))

    def eof_received(self) -> None:
        self.is_reusable = False

    def connection_lost(self, error: Exception | None) -> None:
        self.is_reusable = False
        if self._answer is None:
            return
        if self._status >= 200:
            self._finish()
        else:
            self._fail(httpx.RemoteProtocolError("the connection was closed without an answer"))

    def _out_of_time(self) -> None:
        # A receiver that answered and then drips its body has answered.
        if self._status >= 200:
            self._finish()
        else:
            self._fail(httpx.ReadTimeout("no answer in time"))

    def _finish(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(self._status, self._headers, self._body))

    def _fail(self, error: httpx.TransportError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    # --- the parser's side -------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_count += 1
        if self._header_count > HEADER_COUNT:
            raise _Enough("too many headers")
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self._body = (self._body + body)[:SNIPPET_BYTES]
        if len(self._body) >= SNIPPET_BYTES:
            raise _Enough("enough of the body")

    def on_message_complete(self) -> None:
        if self._status < 200:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._status = 0
            self._headers = {}
            return
        self.is_reusable = self._parser.should_keep_alive()
        self._finish()


class _Enough(Exception):
    """Nothing more is read of this answer."""


def _describe(error: BaseException) -> str:
    return str(error) or type(error).__name__
