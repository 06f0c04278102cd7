"""Requests as no vendor sends them, made from what one sends."""

import copy
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from hypothesis import strategies as st

from tests.contract.vendors.case import FORM, Case, as_form_data, fields_of, is_form_data

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, 0, -1, 10**18, 1e300, "", " ", "null", "0", "NaN", "\x00", "\ud7ff", "none"),
        *("a@b.com", "@", "a" * 5000, "2026-02-30", "-1", "9" * 30, "=", "[]", "{}", [], {}, [[]]),
        *([None], {"": None}, {"id": {}}, {"value": []}, "https://[", "%zz", "\r\n", "🙂" * 100),
    ]
)  # fmt: skip
VALUES = st.recursive(
    ODD | st.text(max_size=20) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def bent_bodies(draw: st.DrawFn, case: Case) -> bytes:
    """Draw the case's body with some of its values replaced, dropped, wrapped or repeated."""
    is_form = case.headers.get("content-type", "").startswith(FORM)
    if is_form_data(case.body):
        content: Any = {name: _inner(value) for name, value in fields_of(case.body)}
    elif is_form:
        content = dict(parse_qsl(case.body.decode(), keep_blank_values=True))
    else:
        content = orjson.loads(case.body)
    content = copy.deepcopy(content)
    for _ in range(draw(st.integers(1, 4))):
        content = _bent(draw, content)
    if is_form_data(case.body) and isinstance(content, dict):
        fields = ((_one_line(name), _text(value)) for name, value in content.items())
        return as_form_data(fields)
    if is_form and isinstance(content, dict):
        return urlencode({name: _text(value) for name, value in content.items()}).encode()
    return as_bytes(content)


def _bent(draw: st.DrawFn, content: Any) -> Any:
    """Change one node, somewhere below."""
    if isinstance(content, dict) and content and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(sorted(content)))
        return _in_object(draw, content, name)
    if isinstance(content, list) and content and draw(st.integers(0, 9)):
        index = draw(st.integers(0, len(content) - 1))
        return [*content[:index], _bent(draw, content[index]), *content[index + 1 :]]
    return draw(VALUES)


def _in_object(draw: st.DrawFn, content: dict[str, Any], name: str) -> dict[str, Any]:
    match draw(st.sampled_from(["below", "below", "below", "drop", "rename", "wrap", "repeat"])):
        case "below":
            return {**content, name: _bent(draw, content[name])}
        case "drop":
            return {other: value for other, value in content.items() if other != name}
        case "rename":
            return {**content, draw(st.text(max_size=12)): content[name]}
        case "wrap":
            return {**content, name: {name: content[name]}}
        case _:
            return {**content, name: [content[name]] * draw(st.integers(0, 3))}


def _inner(value: str) -> Any:
    """Return the JSON some fields hold, so that it is bent too; other texts as they are."""
    return orjson.loads(value) if value.startswith("{") else value


def _one_line(name: str) -> str:
    return name.replace("\r", "").replace("\n", "").replace('"', "")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def as_bytes(content: object) -> bytes:
    """Return ``content`` as JSON: any number, lone surrogates as escapes."""
    return json.dumps(content).encode()


@st.composite
def bent_bytes(draw: st.DrawFn, seed: bytes) -> bytes:
    """Draw ``seed`` with bytes replaced, removed, repeated and put in."""
    body = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 12)))
        piece = draw(
            st.binary(max_size=8)
            | st.sampled_from(
                [b'"', b"[", b"{", b"}", b"\\u0000", b"\xff", b"&", b"=", b"%", b"[]"]
            )
            | st.just(bytes(body[start:end]) * 3)
        )
        body[start:end] = piece
    return bytes(body)
