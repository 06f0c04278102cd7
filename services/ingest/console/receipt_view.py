"""A receipt for people: its headers without secrets, its body as lines, with marked places."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from services.ingest.handlers.reading import INFLATED_LIMIT
from services.ingest.handlers.repairs import waiting_of
from services.ingest.handlers.showing import told_by
from services.ingest.handlers.sources import source_of_receipt
from services.ingest.store import people
from services.ingest.store.receipts import faults_of, find_receipt
from services.ingest.store.repairs import original_of, repairs_of
from services.ingest.store.retries import parked_count
from services.ingest.store.sources import Source
from services.ingest.vendors import VENDORS
from shared.body import decode
from shared.contracts.touches import LeadIdentified, TouchRecorded
from shared.problem import Problem, not_found

SECRETIVE = re.compile(
    r"auth|cookie|token|secret|signature|api-?key|password|-hmac|credential", re.IGNORECASE
)
MASK = "••••••"
MOST_LINES = 1500
LONGEST_LINE = 2000
LONGEST_TEXT = 96 * 1024
"""Characters of a body that a page shows; all of it can be downloaded."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body; ``fault`` says that the line is where something is wrong."""

    text: str
    fault: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """A body as it is shown. ``kind`` is json, text or binary; a binary one has no lines."""

    kind: str
    lines: tuple[Line, ...]
    is_cut: bool
    text: str | None
    """All of it as text, for whoever edits it; None where it is none."""


def shown_headers(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return headers by name; what may be a secret is masked, though few are ever kept."""
    return [
        (name, MASK if SECRETIVE.search(name) else value) for name, value in sorted(headers.items())
    ]


def plain_body(row: Any) -> bytes:
    """Return the body of a stored receipt unpacked; as it is where it cannot be."""
    waiting = waiting_of(row)
    encoding = waiting.head.headers.get("content-encoding", "").encode("latin-1", "replace")
    try:
        return decode(waiting.body, encoding, INFLATED_LIMIT)
    except Problem:
        return waiting.body


def shown_body(raw: bytes, places: Sequence[str]) -> Body:
    """Return a body as lines; JSON is laid out, with the ``places`` (JSON Pointers) marked."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return Body("binary", (), is_cut=False, text=None)
    if "\x00" in text:
        return Body("binary", (), is_cut=False, text=None)
    try:
        if len(text) > LONGEST_TEXT:
            return _as_text(text)
        lines = list(_laid_out(_read(text), "", "", frozenset(places)))
    except (ValueError, RecursionError):
        return _as_text(text)
    cut = lines[:MOST_LINES]
    shown = tuple(Line(_short(one.text), one.fault) for one in cut)
    whole = "\n".join(line.text for line in lines)
    return Body("json", shown, is_cut=len(cut) < len(lines), text=whole)


def _as_text(text: str) -> Body:
    cut = text[:LONGEST_TEXT]
    lines = cut.splitlines()[:MOST_LINES]
    is_cut = len(cut) < len(text) or len(lines) < len(cut.splitlines())
    return Body("text", tuple(Line(_short(line)) for line in lines), is_cut, text)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[:LONGEST_LINE] + "…"


class _Number(str):
    """A number as it is written: laying it out must not change its last digits."""

    __slots__ = ()


class _Members(tuple[tuple[str, Any], ...]):
    """The members of an object as they stand, repeated ones too."""

    __slots__ = ()


def _read(text: str) -> Any:
    """Return JSON as it is written. Raises ``ValueError`` and ``RecursionError``."""
    return json.loads(
        text,
        parse_int=_Number,
        parse_float=_Number,
        parse_constant=_no_constant,
        object_pairs_hook=_Members,
    )


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _laid_out(
    value: Any, pointer: str, indent: str, wrong: frozenset[str], begin: str = "", end: str = ""
) -> Iterator[Line]:
    """Yield a JSON value in lines, indented by two spaces."""
    is_wrong = pointer in wrong and pointer != ""
    inner: list[tuple[str, str, Any]] = []
    edges = "[]"
    if isinstance(value, _Members):
        inner = [(_step(name), f"{_json(name)}: ", one) for name, one in value]
        edges = "{}"
    elif isinstance(value, list):
        inner = [(str(number), "", one) for number, one in enumerate(value)]
    if not inner:
        yield Line(f"{indent}{begin}{_json(value)}{end}", is_wrong)
        return
    yield Line(f"{indent}{begin}{edges[0]}", is_wrong)
    for number, (step, name, one) in enumerate(inner, 1):
        comma = "," if number < len(inner) else ""
        yield from _laid_out(one, f"{pointer}/{step}", f"{indent}  ", wrong, name, comma)
    yield Line(f"{indent}{edges[1]}{end}")


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _json(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Members):
        return "{}"
    try:
        written = json.dumps(value, ensure_ascii=False)
        written.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return json.dumps(value)
    return written


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing a receipt tells, as it would be read now."""

    touch: str | None
    name: str | None
    who: str
    at: datetime
    made_by: str | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Everything the page of a receipt shows."""

    row: Row[Any]
    source: Source
    title: str
    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: Body
    size: int
    faults: Sequence[Row[Any]]
    told: Sequence[Telling]
    repairs: Sequence[Row[Any]]
    original: Body | None
    alike: int
    """How many other receipts of the source are parked for the same reason."""
    people: Mapping[str, str]
    """Names by id, of whoever did something to it."""


def receipt_page(conn: Connection, receipt_id: str) -> ReceiptPage:
    """Return a receipt for its page. Raises ``Problem`` (404)."""
    row = find_receipt(conn, receipt_id)
    if row is None:
        raise not_found("receipt")
    source = source_of_receipt(conn, row)
    waiting = waiting_of(row)
    faults = faults_of(conn, [row.id]).get(row.id, [])
    repairs = repairs_of(conn, row.id)
    original = original_of(conn, row.id) if repairs else None
    is_open = row.state in ("parked", "discarded")
    count = parked_count(conn, row.source_id, row.reason)[0] if row.state == "parked" else 0
    return ReceiptPage(
        row=row,
        source=source,
        title=VENDORS[source.vendor].title,
        method=waiting.head.method,
        url=waiting.head.url,
        headers=shown_headers(waiting.head.headers),
        body=shown_body(plain_body(row), [one.place for one in faults]),
        size=len(row.body),
        faults=faults,
        told=[]
        if is_open and not row.published
        else [telling(one) for one in told_by(row, source)],
        repairs=repairs,
        original=None if original is None else shown_body(bytes(original.body), ()),
        alike=max(0, count - 1),
        people=people.names(conn) if repairs or row.discarded_by else {},
    )


def telling(data: TouchRecorded | LeadIdentified) -> Telling:
    """Return what an event says, for people."""
    touch = data if isinstance(data, TouchRecorded) else None
    facts = [(name, str(value)) for name, value in data.lead.items()]
    facts += [(f"account.{name}", str(value)) for name, value in data.account.items()]
    return Telling(
        touch=touch.touch if touch else None,
        name=touch.name if touch else None,
        who=", ".join(data.identifiers),
        at=data.occurred_at,
        made_by=touch.made_by if touch else None,
        facts=tuple(facts),
    )
