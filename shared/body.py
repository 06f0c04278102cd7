"""Reading a request's body, and JSON in it, so that no body can hurt.

Every fault is a 4xx with the place: too large (counted while inflating), too slow, not
UTF-8, too deep, NaN, a repeated key. The raw bytes are what signatures are checked on and
what receipts keep.
"""

import asyncio
import json
import zlib
from collections import Counter
from collections.abc import Awaitable, Generator, Iterable
from typing import Any

import jiter
import re2
from starlette.types import Message, Receive

from shared.problem import Problem

KIB = 1024
LIMIT = 256 * KIB
SLOWEST_S = 10.0
MAX_DEPTH = 32
MAX_EXACT_INT = 2**53  # beyond it other languages' numbers lose digits: kept as text
# A number that may be beyond it, or beyond what a float can hold.
UNUSUAL_NUMBER = re2.compile(rb"(?:^|[:,\[\s])-?(?:[0-9.]{16}|[0-9.]+[eE]\+?[0-9]{3})")
ONE_BRACKET = bytes.maketrans(b"{}", b"[]")
NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")

Headers = Iterable[tuple[bytes, bytes]]


class Disconnected(Exception):
    """The client went away before its request was complete."""


def header(headers: Headers, name: bytes) -> bytes | None:
    """Return the first value of header ``name`` (lower case), or None."""
    for key, value in headers:
        if key == name:
            return value
    return None


async def read_raw(
    receive: Receive, headers: Headers, limit: int = LIMIT, slowest_s: float = SLOWEST_S
) -> bytes:
    """Return the body as it came over the wire, at most ``limit`` bytes within ``slowest_s``.

    Raises ``Problem`` (413, 408) or ``Disconnected``.
    """
    first = _Begun(receive())
    if first.has_ended and not first.result.get("more_body", False):
        return _part(first.result, limit)  # nearly always the whole body: a timer costs too much
    declared = header(headers, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise too_large(limit)
    try:
        async with asyncio.timeout(slowest_s):
            return await _read_parts(first, receive, limit)
    except TimeoutError:
        raise Problem(
            408,
            "body_too_slow",
            f"the body took longer than {slowest_s:g} s to arrive",
            headers={"Connection": "close"},
        ) from None


async def _read_parts(first: "_Begun", receive: Receive, limit: int) -> bytes:
    parts, size = [], 0
    message = first.result if first.has_ended else await first
    while True:
        part = _part(message, limit - size)
        parts.append(part)
        size += len(part)
        if not message.get("more_body", False):
            return b"".join(parts)
        message = await receive()


def _part(message: Message, limit: int) -> bytes:
    if message["type"] == "http.disconnect":
        raise Disconnected
    part: bytes = message.get("body", b"")
    if len(part) > limit:
        raise too_large(limit)
    return part


class _Begun:
    """A ``receive()`` run until it has a message or has to wait; await it for the rest.

    So only a body that is not there yet pays for a timer.
    """

    def __init__(self, receiving: Awaitable[Message]):
        self.result: Message = {}
        self._steps = receiving.__await__()
        try:
            self._waits_for = next(self._steps)
            self.has_ended = False
        except StopIteration as end:
            self.result = end.value
            self.has_ended = True

    def __await__(self) -> Generator[Any, Any, Message]:
        try:
            yield self._waits_for
        except BaseException as error:
            self._steps.throw(error)  # cancelled while it waited
            raise
        return (yield from self._steps)


def decode(body: bytes, encoding: bytes | None, limit: int = LIMIT) -> bytes:
    """Undo the content encoding (gzip or deflate, one of them, once).

    Raises ``Problem`` (413, 415, 400): the limit counts the inflated bytes.
    """
    name = (encoding or b"").strip().lower()
    if name in (b"", b"identity"):
        return body
    if name not in (b"gzip", b"deflate"):
        raise Problem(
            415, "unsupported_encoding", "Content-Encoding must be gzip, deflate or absent"
        )
    inflater = zlib.decompressobj(wbits=47)  # gzip or zlib, by its header
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise Problem(400, "broken_encoding", f"the body is not {name.decode()}: {error}") from None
    if len(plain) > limit:
        raise too_large(limit)
    if not inflater.eof:
        raise Problem(400, "broken_encoding", f"the {name.decode()} body ends too early")
    return plain


def too_large(limit: int) -> Problem:
    """Return the answer for a body over ``limit`` bytes."""
    return Problem(413, "body_too_large", f"the body is larger than {limit // KIB} KiB")


def read_json(body: bytes) -> Any:
    """Return the JSON in ``body``: strict, safe to store anywhere.

    Refused: other encodings than UTF-8 (a BOM is tolerated), nesting over 32, NaN and
    Infinity, repeated keys. Integers beyond 2**53 become text, so that no digit is lost;
    NUL characters become U+FFFD, because PostgreSQL cannot hold them.

    Raises ``Problem`` (400) that names the place.
    """
    if b"\\u0000" in body or not _is_surely_shallow(body) or UNUSUAL_NUMBER.search(body):
        return _read_thoroughly(body)
    try:
        return jiter.from_json(
            body, allow_inf_nan=False, cache_mode="keys", catch_duplicate_keys=True
        )
    except ValueError:
        return _read_thoroughly(body)  # which says it better, and accepts a BOM


def _is_surely_shallow(body: bytes) -> bool:
    """Return whether the brackets in ``body`` nest at most ``MAX_DEPTH`` deep.

    Takes away the innermost pairs, layer by layer, until nothing is left. Brackets in
    texts can spoil that; then the thorough reading decides. An innermost pair has at most
    as many around it as layers are left, so fewer of them say at once that it is deeper.
    """
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return True
    brackets = body.translate(ONE_BRACKET, NO_BRACKETS)
    for layers in range(MAX_DEPTH, 0, -1):
        outer = brackets.replace(b"[]", b"")
        if not outer:
            return True
        if (len(brackets) - len(outer)) * layers < len(brackets):
            return False
        brackets = outer
    return False


def _read_thoroughly(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad_json(f"not UTF-8 at byte {error.start}") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _bad_json(f"{error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise _bad_json(f"nested deeper than {MAX_DEPTH}") from None
    if is_deeper(value, MAX_DEPTH):
        raise _bad_json(f"nested deeper than {MAX_DEPTH}")
    # Only an escape can bring in what a strict decoder of UTF-8 and JSON let pass.
    return _clean(value) if "\\u" in text else value


def is_deeper(value: Any, limit: int) -> bool:
    """Return whether ``value`` nests objects and lists more than ``limit`` deep."""
    if not isinstance(value, dict | list):
        return False
    if limit == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(is_deeper(one, limit - 1) for one in inner if isinstance(one, dict | list))


def clean_text(text: str) -> str:
    """Return ``text`` as every database can hold it: no NUL, no lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise _bad_json("a lone surrogate in a text") from None
        return value.replace("\x00", "\ufffd")
    if isinstance(value, dict):
        return {_clean(key): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = Counter(names).most_common(1)[0][0]
        raise _bad_json(f"the key {repeated[:80]!r} appears twice in one object")
    return found


def _integer(digits: str) -> int | str:
    if len(digits) > 17:
        return digits
    number = int(digits)
    return number if -MAX_EXACT_INT <= number <= MAX_EXACT_INT else digits


def _float(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _bad_json(f"the number {digits[:40]} is out of range")
    return number


def _no_constant(name: str) -> Any:
    raise _bad_json(f"{name} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_no_constant,
    parse_int=_integer,
    parse_float=_float,
)


def _bad_json(why: str) -> Problem:
    return Problem(400, "invalid_json", f"the body is not acceptable JSON: {why}")
