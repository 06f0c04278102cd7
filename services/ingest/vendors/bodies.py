"""Reading stored bodies: JSON and forms, and the small steps every adapter needs."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from services.ingest.domain.incoming import Unreadable
from services.ingest.domain.text import text_of
from services.ingest.vendors.form_data import FORM_DATA, form_data_of
from services.ingest.vendors.port import Receipt
from shared.body import clean_text, read_json
from shared.problem import Problem

FORM = "application/x-www-form-urlencoded"
MOST_ITEMS = 5000
MOST_FIELDS = 1000
DEEPEST = 16
LONGEST_QUERY = 2048
LONGEST_EVENT = 200


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
    told = receipt.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if kind == FORM_DATA:
        return form_data_of(told, receipt.body)
    start = receipt.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"[") or kind != FORM:
        return json_of(receipt.body)
    return form_of(receipt.body)


def items_of(content: Any) -> list[tuple[str, Any]]:
    """Return the events of a body that is one or a list of them, each with its place."""
    if not isinstance(content, list):
        return [("", content)]
    if len(content) > MOST_ITEMS:
        raise Unreadable("too_many_events", f"more than {MOST_ITEMS} events in one body")
    return [(f"/{index}", item) for index, item in enumerate(content)]


def not_an_object(place: str = "") -> Unreadable:
    """Return what is said of an event that is no JSON object."""
    return Unreadable("not_an_object", "an event must be a JSON object", place)


def event_in(url: str) -> str | None:
    """Return what people wrote behind the address about all it is told: ``?event=Demo``."""
    pairs = parse_qsl(url.partition("?")[2][:LONGEST_QUERY])
    told = next((value for name, value in pairs if name == "event"), "")
    return clean_text(told).strip()[:LONGEST_EVENT] or None


def objects_in(value: Any, most: int = MOST_ITEMS) -> list[dict[str, Any]]:
    """Return the objects in a list, at most so many; none of anything else."""
    items = value[:most] if isinstance(value, list) else ()
    return [one for one in items if isinstance(one, dict)]


def texts_in(value: Any, most: int = 100) -> tuple[str, ...]:
    """Return the texts and numbers in a list, as texts; none of anything else."""
    items = value[:most] if isinstance(value, list) else ()
    return tuple(text for one in items if (text := text_of(one)) is not None)


def first_of(value: Any) -> Any:
    """Return the first of the values of a repeated field, or the value of a single one."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def joined(*parts: Any) -> str | None:
    """Return the parts of an event's key as one text; None when the first is missing."""
    texts = [text for part in parts if (text := text_of(part)) is not None]
    return " ".join(texts) if text_of(parts[0]) is not None else None


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
