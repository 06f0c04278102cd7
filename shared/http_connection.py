"""One HTTP/1.1 connection to a server nobody trusts: one request at a time, bounded answers.

It gives the head of an answer and the beginning of its body. What is longer than the
limits, slower than the deadline or no HTTP at all ends the connection.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

import httptools

HEAD_BYTES = 64 * 1024
HEADER_COUNT = 100


class NoAnswer(Exception):
    """The request was written, and no answer came that could be understood."""


class Answer(NamedTuple):
    """What a server answered: enough to judge it, and the beginning of its body."""

    status: int
    headers: Mapping[str, str]  # names in lower case; of a repeated one the last value
    body: bytes


class HttpConnection(asyncio.Protocol):
    """A connection; ``is_reusable`` tells whether it can take another request."""

    def __init__(self) -> None:
        self.is_reusable = False
        self._transport: asyncio.Transport | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._exchange: _Exchange | None = None

    async def exchange(self, request: bytes, deadline: float, body_limit: int) -> Answer:
        """Write the request and wait for the answer, until ``deadline`` on the loop's clock.

        Raises ``NoAnswer``. A server that answered and then drips its body has answered.
        """
        assert self._transport is not None, "not connected"
        self.is_reusable = False
        exchange = self._exchange = _Exchange(body_limit)
        self._transport.write(request)
        timer = asyncio.get_running_loop().call_at(deadline, exchange.end, "no answer in time")
        try:
            answer = await exchange.answer
            self.is_reusable = exchange.keeps_alive and not self._transport.is_closing()
            return answer
        finally:
            timer.cancel()
            self._exchange = None
            if not self.is_reusable:
                self.close()

    def close(self) -> None:
        """End the connection now."""
        self.is_reusable = False
        if self._transport is not None:
            self._transport.abort()

    def idle(self, seconds: float, expire: Callable[[], None]) -> None:
        """Call ``expire`` unless the connection is used again within ``seconds``."""
        self._expiry = asyncio.get_running_loop().call_later(seconds, expire)

    def stop_idling(self) -> None:
        """Keep the connection from expiring: it is used again, or closed."""
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None

    # --- called by the event loop --------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class
        self.is_reusable = True

    def data_received(self, data: bytes) -> None:
        if self._exchange is None:  # nobody asked: a server that talks out of turn
            self.close()
        else:
            self._exchange.feed(data)

    def eof_received(self) -> None:
        self.is_reusable = False

    def connection_lost(self, error: Exception | None) -> None:
        self.is_reusable = False
        if self._exchange is not None:
            self._exchange.end("the connection was closed without an answer")


class _Enough(Exception):
    """Nothing more is read of this answer."""


class _Exchange:
    """One answer on its way; the parser calls the ``on_`` methods."""

    def __init__(self, body_limit: int):
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.keeps_alive = False
        self._parser = httptools.HttpResponseParser(self)
        self._body_limit = body_limit
        self._status = 0
        self._headers: dict[str, str] = {}
        self._header_count = 0
        self._head_bytes = 0
        self._body = b""

    def feed(self, data: bytes) -> None:
        """Take what came over the wire."""
        if not self._status:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # A limit of ours, or no HTTP: where the status is known, it is known.
            self.keeps_alive = False
            self.end("the answer is not HTTP")
        else:
            if not self._status and self._head_bytes > HEAD_BYTES:
                self.end("the head of the answer is too long")

    def end(self, why: str) -> None:
        """Settle for what has come so far; raise ``NoAnswer`` where that is no status."""
        if self.answer.done():
            return
        if self._status >= 200:
            self.answer.set_result(Answer(self._status, self._headers, self._body))
        else:
            self.answer.set_exception(NoAnswer(why))

    def on_message_begin(self) -> None:
        if self.answer.done():  # a second answer to one request
            raise _Enough

    def on_header(self, name: bytes, value: bytes) -> None:
        self._header_count += 1
        if self._header_count > HEADER_COUNT:
            raise _Enough
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()

    def on_body(self, part: bytes) -> None:
        self._body = (self._body + part)[: self._body_limit]
        if len(self._body) >= self._body_limit:
            raise _Enough

    def on_message_complete(self) -> None:
        if self._status < 200:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._status, self._headers = 0, {}
            return
        self.keeps_alive = self._parser.should_keep_alive()
        self.end("")
