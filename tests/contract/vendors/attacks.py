"""What attackers, proxies and bad networks do to a genuine request."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from tests.contract.vendors.case import (
    PUBLIC_URL,
    Call,
    Case,
    Proof,
    Unprovable,
    as_form_data,
    fields_of,
    is_form_data,
)

SECOND = timedelta(seconds=1)


def forgeries(case: Case, proof: Proof, source: str, now: datetime) -> Iterator[tuple[str, Call]]:
    """Yield requests that do not prove where they come from, each with what was done to it."""
    plain = case.call(source)
    genuine = proof.prove(plain, proof.credential, now)
    yield "no proof at all", plain
    yield "another secret", proof.prove(plain, proof.other, now)
    for name in proofs_in(plain, genuine):
        value = genuine.headers[name]
        yield f"no {name}", _without(genuine, name)
        yield f"an empty {name}", _with(genuine, name, "")
        yield f"{name} cut off", _with(genuine, name, value[:-1])
        yield f"{name} with more behind", _with(genuine, name, value + "A")
        yield f"{name} of odd characters", _with(genuine, name, "\xe9\xff\x00")
        yield f"{name} far too long", _with(genuine, name, value + "A" * 10_000)
    if genuine.url != plain.url:
        yield "the address cut off", replace(genuine, url=genuine.url[:-1])
    if proof.covers_body:
        for what, body in changed(plain.body):
            yield what, replace(genuine, body=body)
    if proof.covers_url:
        elsewhere = proof.prove(replace(plain, url=f"{PUBLIC_URL}/hooks/x"), proof.credential, now)
        yield "a request to another address", replace(elsewhere, url=plain.url)
        yield "another parameter", replace(genuine, url=f"{genuine.url}&more=1")
    if proof.window is not None:
        for what, moment in (
            ("too old", now - proof.window - SECOND),
            ("from the future", now + proof.window + SECOND),
        ):
            yield what, proof.prove(plain, proof.credential, moment)
    for what, attack in proof.attacks.items():
        yield what, attack(genuine)


def changed(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield ``body`` changed in the ways a signature has to notice."""
    yield "a blank more", body + b" "
    yield "a byte changed", body[:-1] + bytes([body[-1] ^ 1])
    yield "cut off", body[: len(body) // 2]
    yield "empty", b""
    yield "reordered", reordered(body)
    yield "in UTF-16", body.decode("latin-1").encode("utf-16")
    yield "twice", body + body


def reordered(body: bytes) -> bytes:
    """Return the same content written in another order."""
    if is_form_data(body):
        return as_form_data(reversed(fields_of(body)))
    try:
        return orjson.dumps(_turned(orjson.loads(body)))
    except orjson.JSONDecodeError:
        return b"&".join(reversed(body.split(b"&")))


def _turned(content: object) -> object:
    if isinstance(content, dict):
        return {name: _turned(value) for name, value in reversed(content.items())}
    return [_turned(one) for one in content] if isinstance(content, list) else content


def odd_bodies(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield bodies no vendor means to send, from somebody who can prove who they are."""
    yield "empty", b""
    yield "blanks", b" \r\n\t "
    for number in (1, 2, 3):
        yield f"cut off after {number} quarters", body[: len(body) * number // 4]
    yield "twice", body + body
    yield "in UTF-16", body.decode("latin-1").encode("utf-16")
    yield "in Latin-1", body + b"\xe9"
    yield "with a BOM", b"\xef\xbb\xbf" + body
    yield "NULs", b"\x00" * 100
    yield "an escaped NUL and a lone surrogate", b'{"a": "\\u0000", "b": "\\ud800"}'
    yield "random bytes", bytes(range(256)) * 4
    for text in ("null", "true", "0", '"text"', "[]", "{}", "[[]]", "[null]", '{"data": 7}'):
        yield text, text.encode()
    yield "NaN", b'{"event": NaN}'
    yield "one key twice", b'{"event": 1, "event": 2}'
    yield "deep", b"[" * 20_000
    yield "deep and closed", b'{"a":' * 5_000 + b"1" + b"}" * 5_000
    yield "many brackets in a form", b"a" + b"[b]" * 5_000 + b"=1"
    yield "many fields", b"&".join(b"f%d=1" % number for number in range(5_000))
    yield "a long text", b'{"event": "' + b"x" * 1_000_000 + b'"}'
    yield "a large number", b'{"timestamp": ' + b"9" * 5_000 + b"}"


def provable(
    proof: Proof, call: Call, now: datetime, bodies: Callable[[bytes], Iterator[tuple[str, bytes]]]
) -> Iterator[tuple[str, Call]]:
    """Yield ``call`` with each of the bodies and a proof, where a body can have one."""
    for what, body in bodies(call.body):
        try:
            yield what, proof.prove(replace(call, body=body), proof.credential, now)
        except Unprovable:
            continue


def proofs_in(plain: Call, genuine: Call) -> list[str]:
    """Return the headers that carry the proof."""
    return [name for name in genuine.headers if name not in plain.headers]


def _with(call: Call, name: str, value: str) -> Call:
    return replace(call, headers={**call.headers, name: value})


def _without(call: Call, name: str) -> Call:
    headers = {other: value for other, value in call.headers.items() if other != name}
    return replace(call, headers=headers)
