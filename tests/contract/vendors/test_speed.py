"""Every vendor: 256 KiB are read in 50 ms, whatever they hold, and more in proportion.

The time of the processor is measured, the best of some runs counts, and it is set beside a
piece of work whose time on an idle machine is known: a busy one is no fault of an adapter.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.contract.vendors.case import (
    BOUNDARY,
    CASES,
    FORM,
    Case,
    as_form_data,
    fields_of,
    is_form_data,
)
from tests.contract.vendors.timing import KIB, MOST_S, SIZE, took_s

ALL = [pytest.param(case, id=case.vendor) for case in CASES.values()]
LARGEST = 4096 * KIB


def bodies(case: Case, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield bodies of about ``size`` bytes that make adapters work hard."""
    yield "one byte", b"x" * size
    yield "opening brackets", b"[" * size
    yield "closed brackets", b"[" * (size // 2) + b"]" * (size // 2)
    yield "escapes", b'{"event":"' + b"\\u00e9" * (size // 6) + b'"}'
    yield "ampersands", b"&" * size
    yield "brackets in a form", b"a" + b"[b]" * (size // 3) + b"=1"
    yield "percent signs", b"a=" + b"%41" * (size // 3)
    yield "list of nothing", b"[" + b"null," * (size // 5) + b"0]"
    yield "list of objects", b"[" + b"{}," * (size // 3) + b"{}]"
    if case.headers.get("content-type", "").startswith(FORM):
        field = case.body.split(b"&")[-1]
        yield "the same field", b"&".join([case.body, *[field] * (size // (len(field) + 1))])
        yield "its body over and over", b"&".join([case.body] * (size // (len(case.body) + 1)))
        return
    if is_form_data(case.body):
        yield from form_data_bodies(fields_of(case.body), size)
        return
    content = orjson.loads(case.body)
    events = content if isinstance(content, list) else [content]
    event = events[0]
    copies = [event] * (size // (len(orjson.dumps(event)) + 1))
    yield "its event over and over", orjson.dumps(copies)
    # Of the largest body one name of the event is enough: making them takes long.
    for name, value in list(event.items())[: None if size <= SIZE else 1]:
        yield f"a long {name}", orjson.dumps(_put(content, name, "a@b.com " * (size // 8)))
        yield f"a long list as {name}", orjson.dumps(_put(content, name, [1] * (size // 2)))
        once = value if isinstance(value, list) else [value]
        yield (
            f"its {name} over and over",
            orjson.dumps(_put(content, name, once * (size // (len(orjson.dumps(once)) + 1)))),
        )
        yield (
            f"many keys in {name}",
            orjson.dumps(
                _put(content, name, {f"k{number}": number for number in range(size // 14)})
            ),
        )


def form_data_bodies(fields: list[tuple[str, str]], size: int) -> Iterator[tuple[str, bytes]]:
    """Yield forms of about ``size`` bytes, and what only begins like one."""
    once = len(as_form_data(fields))
    line = f"\r\n--{BOUNDARY}".encode()
    yield "its fields over and over", as_form_data(fields * (size // once))
    yield "the same field", as_form_data([("a", "")] * (size // len(as_form_data([("a", "")]))))
    yield "a field that never ends", as_form_data([("a", "x" * size)])[: -len(line)]
    yield "a long name", as_form_data([("a" * size, "")])
    yield "boundaries", line * (size // len(line))
    yield "line ends", as_form_data([("a", "\r\n" * (size // 2))])
    yield "nearly boundaries", as_form_data([("a", line.decode()[:-1] * (size // len(line)))])
    for name, value in fields:
        if value.startswith("{"):
            many = {f"q{number}_a": "a@b.com" for number in range(size // 20)}
            inner = orjson.dumps(orjson.loads(value) | many).decode()
            yield f"many answers in {name}", as_form_data([(name, inner)])


def _put(content: Any, name: str, value: Any) -> Any:
    if isinstance(content, list):
        return [{**content[0], name: value}, *content[1:]]
    return {**content, name: value}


@pytest.mark.parametrize("size", [SIZE, LARGEST], ids=["256 KiB", "the largest body"])
@pytest.mark.parametrize("case", ALL)
def test_a_body_takes_at_most_50_ms_for_each_256_kib(case: Case, size: int):
    """In the largest body a time that grows with the square of the size would be seen."""
    limit_s = MOST_S * size / SIZE

    took = {what: took_s(case, body, limit_s) for what, body in bodies(case, size)}

    assert {what: f"{one * 1000:.0f} ms" for what, one in took.items() if one > limit_s} == {}
