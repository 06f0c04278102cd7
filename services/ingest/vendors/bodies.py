"""Reading stored bodies: JSON and forms, and the small steps every adapter needs."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from services.ingest.domain.incoming import Unreadable
from services.ingest.vendors.port import Receipt
from shared.body import clean_text, read_json
from shared.problem import Problem

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000
DEEPEST = 16


def json_of(body: bytes) -> Any:
    """Return the JSON in ``body``; raise ``Unreadable`` with the place of what is wrong."""
    try:
        return read_json(body)
    except Problem as fault:
        raise Unreadable(fault.code, fault.message) from None


def content_of(receipt: Receipt) -> Any:
    """Return the body as values, by what it is rather than by what it says it is.

    Tools post JSON as text and forms as anything; a body that starts like JSON is read as
    JSON, else a form by its content type.
    """
    kind = receipt.headers.get("content-type", "").partition(";")[0].strip().lower()
    start = receipt.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"[") or kind != FORM:
        return json_of(receipt.body)
    return form_of(receipt.body)


def form_of(body: bytes) -> dict[str, Any]:
    """Return a form; ``data[merges][EMAIL]=…`` nests, a repeated name or ``name[]`` is a list."""
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Unreadable("invalid_form", f"the body is not an acceptable form: {error}") from None
    form: dict[str, Any] = {}
    for name, value in pairs:
        steps = clean_text(name).replace("]", "").split("[")
        if len(steps) > DEEPEST:
            raise Unreadable("invalid_form", f"a field is nested deeper than {DEEPEST}")
        _put(form, steps, clean_text(value))
    return form


def _put(form: dict[str, Any], steps: list[str], value: str) -> None:
    *outer, last = steps
    if last == "" and outer:
        *outer, last = outer
        value_list = True
    else:
        value_list = False
    for step in outer:
        inner = form.get(step)
        if not isinstance(inner, dict):
            inner = form[step] = {}
        form = inner
    existing = form.get(last)
    if isinstance(existing, list):
        existing.append(value)
    elif existing is not None:
        form[last] = [existing, value]
    else:
        form[last] = [value] if value_list else value


def fingerprint(content: Any, without: Iterable[str] = ()) -> bytes:
    """Return the digest of ``content`` in canonical form, some keys of the object left out."""
    left_out = frozenset(without)
    if left_out and isinstance(content, Mapping):
        content = {name: value for name, value in content.items() if name not in left_out}
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(canonical).digest()[:16]


def value_at(content: Any, path: str) -> Any:
    """Return what is at a dotted path; numbers step into lists. None when there is nothing."""
    if isinstance(content, Mapping) and path in content:
        return content[path]
    for step in path.split("."):
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isascii() and step.isdigit():
            index = int(step[:6])
            content = content[index] if index < len(content) else None
        else:
            return None
    return content
