"""A whole file given at once: looked at row by row, and taken in part by part afterwards.

The command line reads a file where it lies and sends its rows. A browser gives all of it, so
it is kept here until an import has taken it in; both go the same way from there.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row

from services.ingest.domain.touch_kinds import UNKNOWN
from services.ingest.handlers import imports
from services.ingest.handlers.imports import sift
from services.ingest.handlers.origins import origin_of
from services.ingest.handlers.reading import event_of, key_of, touch_kind
from services.ingest.store import import_files as store
from services.ingest.store.heads import Head
from services.ingest.store.receipts import Waiting
from services.ingest.store.sources import Source
from services.ingest.vendors.imported import NAME, Plan
from shared.contracts.touches import TouchRecorded
from shared.exports import Content, Export, Record, Unusable, open_export
from shared.ids import new_id
from shared.problem import Problem, not_found

LARGEST = 8 * 1024 * 1024
SAMPLE = 50
PART = 500
MOST_FAULTS = 50
MOST_TOUCHES = 5
LONGEST_NAME = 255


@dataclass(frozen=True)
class Given:
    """How a file is to be read, as far as somebody said so; empty: by the file."""

    event: str = ""
    """What happened, for all rows."""
    columns: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""
    dates: str = ""
    encoding: str = ""


@dataclass
class Looked:
    """What looking at a file found; all of it can be written as JSON."""

    problem: dict[str, str] | None = None
    """Why it cannot be read at all: a code, a message, and the column asked for."""
    headings: list[str] = field(default_factory=list)
    plan: dict[str, Any] | None = None
    digest: str = ""
    total: int = 0
    taken: int = 0
    events: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    first_at: str | None = None
    last_at: str | None = None
    rejected: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    """The first of them: line, column, code, message."""
    touches: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """Some rows of a file in their order; those that are none keep their faults."""

    before: int
    records: Sequence[Record]

    @property
    def sent(self) -> list[Record]:
        return [one for one in self.records if one.row is not None]


def parts(export: Export, after: int = 0) -> Iterator[Part]:
    """Yield the rows behind the first ``after`` in parts."""
    gathered: list[Record] = []
    position = 0
    for record in export.records():
        position += 1
        if position <= after:
            continue
        gathered.append(record)
        if len(gathered) == PART:
            yield Part(position - PART, gathered)
            gathered = []
    if gathered:
        yield Part(position - len(gathered), gathered)


def opened(name: str, content: bytes, given: Given) -> Export:
    """Open a file that was given. Raises ``Unusable``."""
    return open_export(Content(name, content), given.encoding or None, None, None)


def look_at(source: Source, name: str, content: bytes, given: Given, now: datetime) -> Looked:
    """Return what would be taken of a file, and why not of the others. Takes nothing.

    It looks at each row, so it takes a while: run it in a thread.
    """
    try:
        export = opened(name, content, given)
    except Unusable as fault:
        problem = {"code": fault.code, "message": fault.what, "column": ""}
        return Looked(problem=problem)
    looked = Looked(headings=list(export.headings or ()), digest=export.digest, total=export.total)
    try:
        plan = _plan(source, export, given, now)
    except Problem as fault:
        column = str(fault.errors[0].get("pointer", "")).rpartition("/")[2]
        message = str(fault.errors[0].get("message", fault.message))
        looked.problem = {"code": fault.code, "message": message, "column": column}
        return looked
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        column = ".".join(str(step) for step in first["loc"])
        looked.problem = {"code": "invalid", "message": first["msg"], "column": column}
        return looked
    looked.plan = plan.model_dump(mode="json")
    _look_at_rows(looked, source, export, plan, now)
    return looked


def _plan(source: Source, export: Export, given: Given, now: datetime) -> Plan:
    columns: dict[str, Any] = {name: one for name, one in given.columns.items() if one}
    if given.event:
        columns["event"] = f"={given.event}"
    asked: dict[str, Any] = {"columns": columns}
    asked |= {"zone": given.zone} if given.zone else {}
    asked |= {"dates": given.dates} if given.dates else {}
    first = next(parts(export), None)
    rows = [one.row for one in first.sent[:SAMPLE] if one.row is not None] if first else []
    return imports.plan_import(source, Plan.model_validate(asked), export.headings, rows, now)


def _look_at_rows(
    looked: Looked, source: Source, export: Export, plan: Plan, now: datetime
) -> None:
    origin = origin_of(source)
    kinds: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    spans: list[str] = []
    waiting = Waiting(new_id(), origin.id, NAME, now, Head("POST", "", {}), b"", 0, 0, 0, False)
    for part in parts(export):
        sent = part.sent
        rows = [one.row for one in sent if one.row is not None]
        sifted = sift(origin, plan, export.headings, rows, now)
        looked.taken += len(sifted.good)
        looked.events += len(sifted.touches)
        for _, touch in sifted.touches:
            kind = "" if touch.name is None else touch_kind(touch, touch.name, origin)
            kinds[kind or "lead.identified"] += 1
            if kind == UNKNOWN and touch.name is not None:
                unknown[touch.name] += 1
        spans += [moment.isoformat() for moment in sifted.span() or ()]
        faults = [
            {"line": sent[one.row].line, **{name: asdict(one)[name] for name in FAULT}}
            for one in sifted.faults
        ]
        faults += [
            {"line": one.line, "column": "", "code": "unreadable", "message": one.fault}
            for one in part.records
            if one.row is None
        ]
        looked.rejected += len(faults)
        looked.faults += sorted(faults, key=lambda one: one["line"])
        del looked.faults[MOST_FAULTS:]
        for number, touch in sifted.touches[: MOST_TOUCHES - len(looked.touches)]:
            data = event_of(touch, waiting, origin, key_of(touch, "", 0))[0].data
            looked.touches.append(
                {
                    "line": sent[number].line,
                    "touch": data.touch if isinstance(data, TouchRecorded) else None,
                    "name": touch.name,
                    "who": getattr(data, "identity", ""),
                    "at": str(getattr(data, "occurred_at", "")),
                }
            )
    looked.kinds = dict(kinds.most_common())
    looked.unknown = dict(unknown.most_common(20))
    looked.first_at, looked.last_at = min(spans, default=None), max(spans, default=None)


FAULT = ("column", "code", "message")


def existing_file(conn: Connection, file_id: str, *, lock: bool = False) -> Row[Any]:
    """Return a file; raise ``Problem`` (404) when there is none, or no more."""
    row = store.find_file(conn, file_id, lock=lock)
    if row is None:
        raise not_found("file")
    return row


def keep_file(
    conn: Connection,
    now: datetime,
    who: str,
    source: Source,
    name: str,
    content: bytes,
    given: Given,
    looked: Looked,
) -> str:
    """Keep a file that was looked at; return its id."""
    file_id = new_id()
    store.add_file(
        conn,
        id=file_id,
        source_id=source.id,
        import_id=None,
        name=name[:LONGEST_NAME],
        given=asdict(given),
        looked=asdict(looked),
        content=content,
        given_by=who,
        given_at=now,
    )
    return file_id


def begin_file(conn: Connection, now: datetime, who: str, file_id: str) -> str:
    """Begin to take in a file that was looked at; return its import.

    The same bytes read in the same way are one import: one that was finished begins anew,
    and what it brings is recognised. Raises ``Problem``: 404, 409 when it cannot be read.
    """
    row = existing_file(conn, file_id, lock=True)
    if row.import_id is not None:
        return str(row.import_id)
    looked = row.looked
    if looked["plan"] is None:
        raise Problem(409, "unreadable", "this file cannot be read yet: say how")
    source = imports.source_of(conn, row)
    plan = Plan.model_validate(looked["plan"])
    begun = imports.start_import(
        conn, now, who, source, row.name, looked["digest"], looked["total"], plan, again=True
    )
    other = store.file_of_import(conn, begun.id)
    if other is not None or begun.finished_at is not None:
        # It has no rows, or somebody gave the same file, and it is being taken in.
        store.forget_file(conn, file_id)
    else:
        store.change_file(conn, file_id, import_id=begun.id)
    return str(begun.id)
