"""Importing exported activity: planned, judged row by row, stored part by part.

A part is one transaction: the receipt with the rows that can be read, and how far the file
is. So an import that was killed goes on behind the last part that was stored, and two that
run at once store nothing twice. From there the rows go the way of every receipt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from services.ingest.domain.incoming import IncomingTouch, Unreadable
from services.ingest.handlers.identities import identifiers
from services.ingest.handlers.origins import origin_of
from services.ingest.handlers.pacing import seconds_to_wait, spend
from services.ingest.handlers.reading import Origin, key_of
from services.ingest.handlers.sources import existing
from services.ingest.store import imports as store
from services.ingest.store.arrivals import Arrival, add_arrivals
from services.ingest.store.items import known_items
from services.ingest.store.sources import Source, find_source_by_id
from services.ingest.store.tables import AUDIT
from services.ingest.vendors import VENDORS
from services.ingest.vendors.generic import Columns, Generic
from services.ingest.vendors.imported import NAME, Plan, Rows, plan_for
from shared.audit import Entry, write_down
from shared.ids import new_id
from shared.problem import Problem, invalid, not_found

Cells = Sequence[str] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row cannot be taken. ``row`` counts from 0; ``column`` is empty for all of it."""

    row: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class Sifted:
    """Some rows, judged."""

    good: list[Cells] = field(default_factory=list)
    touches: list[tuple[int, IncomingTouch]] = field(default_factory=list)
    """What the good rows tell, each with its row."""
    faults: list[RowFault] = field(default_factory=list)

    def span(self) -> tuple[datetime, datetime] | None:
        """Return when the earliest and the latest of the events happened."""
        moments = sorted(str(touch.occurred_at) for _, touch in self.touches)
        if not moments:
            return None
        return datetime.fromisoformat(moments[0]), datetime.fromisoformat(moments[-1])


def sift(
    origin: Origin,
    plan: Plan,
    headings: Sequence[str] | None,
    rows: Sequence[Cells],
    received_at: datetime,
) -> Sifted:
    """Judge rows as the reading will: whole ones with somebody, something and a moment."""
    reader = Rows(VENDORS[origin.vendor], origin.options, received_at)
    sifted = Sifted()
    for number, row in enumerate(rows):
        try:
            cells, values = _values(headings, row)
            found = reader.read(plan, values)
            for touch in found:
                _check_somebody(touch, origin, plan)
        except Unreadable as fault:
            sifted.faults.append(RowFault(number, fault.place, fault.code, fault.message))
            continue
        sifted.good.append(cells)
        sifted.touches += [(number, touch) for touch in found]
    return sifted


def _values(headings: Sequence[str] | None, row: Cells) -> tuple[Cells, Mapping[str, Any]]:
    """Return a row as it is stored, as long as the headings, and its values by heading."""
    if isinstance(row, Mapping):
        return row, row
    assert headings is not None, "a row of cells comes with headings"
    more = row[len(headings) :]
    if any(cell.strip() for cell in more):
        message = f"has {len(row)} cells under {len(headings)} headings: is a cell not quoted?"
        raise Unreadable("too_many_cells", message)
    cells = [*row[: len(headings)], *[""] * (len(headings) - len(row))]
    return cells, dict(zip(headings, cells, strict=True))


def _check_somebody(touch: IncomingTouch, origin: Origin, plan: Plan) -> None:
    found, note = identifiers(touch, origin.name)
    columns = plan.columns
    if not found and note is not None:
        raise Unreadable(note, "is no e-mail address", columns.email or "")
    if not found:
        raise Unreadable(
            "no_identity",
            "says of nobody that it was them: no e-mail address and no id of a person",
            columns.email or columns.user_id or columns.anonymous_id or "",
        )


def plan_import(
    source: Source,
    asked: Plan,
    headings: Sequence[str] | None,
    rows: Sequence[Cells],
    now: datetime,
) -> Plan:
    """Return how a file with these headings and first rows is read.

    Raises ``Problem`` (422) when nothing says what happened, when, or to whom.
    """
    origin = origin_of(source)
    objects = [row for row in rows if isinstance(row, Mapping)]
    names = headings
    if names is None:
        names = list(dict.fromkeys(name for row in objects for name in row))
    reader = Rows(VENDORS[origin.vendor], origin.options, now)
    are_posts = asked.reading == "posts" or (
        asked.columns == Columns()
        and bool(objects)
        and 2 * sum(reader.is_post(row) for row in objects) >= len(objects)
    )
    try:
        return plan_for(origin.vendor, names, asked, _kept_columns(source), are_posts)
    except Unreadable as fault:
        raise invalid(f"/plan/columns/{fault.place}", fault.message, fault.code) from None


def _kept_columns(source: Source) -> Columns:
    """Return the columns kept for the source's files; a generic source's mapping serves too."""
    kept: Mapping[str, Any] | None = source.settings.get("columns")
    if not kept and source.vendor == Generic.name:
        kept = source.settings.get("options", {}).get("mapping")
    return Columns.model_validate(
        {name: path for name, path in (kept or {}).items() if name != "items"}
    )


def count_known(conn: Connection, source_id: str, sifted: Sifted) -> int:
    """Return how many of the events came before, or are twice in these rows."""
    keys = [key_of(touch, "", 0) for _, touch in sifted.touches]
    known = known_items(conn, {source_id: set(keys)})
    return len(keys) - len(set(keys)) + len(known)


def open_source(conn: Connection, name: str, *, lock: bool = False) -> Source:
    """Return the source an import is for. Raises ``Problem``: 404, 409 when it is archived."""
    source = existing(conn, name, lock=lock)
    if source.state == "archived":
        raise Problem(409, "archived", f"the source {name!r} is archived")
    return source


def start_import(
    conn: Connection,
    now: datetime,
    who: str,
    source: Source,
    file: str,
    digest: str,
    total: int,
    plan: Plan,
    *,
    again: bool,
) -> Row[Any]:
    """Return the import of a file: a new one, or the one there is of the same bytes and plan.

    ``again`` begins anew what was finished; what it brings is recognised.
    """
    values = plan.model_dump(mode="json")
    for row in store.imports_of_file(conn, source.id, digest):
        if row.plan == values and not (again and row.finished_at is not None):
            return row
    import_id = new_id()
    store.add_import(
        conn,
        id=import_id,
        source_id=source.id,
        file=file,
        digest=digest,
        plan=values,
        total=total,
        position=0,
        rejected=0,
        started_by=who,
        started_at=now,
        finished_at=None if total else now,
    )
    detail = {"source": source.name, "file": file, "rows": total}
    write_down(conn, AUDIT, now, Entry(who, "import.started", import_id, detail=detail))
    return existing_import(conn, import_id)


def existing_import(conn: Connection, import_id: str, *, lock: bool = False) -> Row[Any]:
    """Return an import; raise ``Problem`` (404) when there is none."""
    row = store.find_import(conn, import_id, lock=lock)
    if row is None:
        raise not_found("import")
    return row


def source_of(conn: Connection, row: Row[Any]) -> Source:
    """Return the source of an import."""
    source = find_source_by_id(conn, row.source_id)
    assert source is not None, "sources are archived, never deleted"
    return source


def take_part(
    conn: Connection,
    now: datetime,
    who: str,
    import_id: str,
    after: int,
    rows: int,
    headings: Sequence[str] | None,
    sifted: Sifted,
    per_s: int,
) -> Row[Any]:
    """Store the good ones of ``rows`` rows behind the first ``after``; return the import.

    Raises ``Problem``: 404; 409 when the import is elsewhere (its answer got lost, or
    somebody else imports the file too); 503 while it has to wait for its pace, ``per_s``.
    """
    row = existing_import(conn, import_id, lock=True)
    if row.position != after:
        message = f"the import is behind row {row.position}, not {after}"
        raise Problem(409, "moved_on", message, [{"pointer": "/after", "message": message}])
    if after + rows > row.total:
        raise invalid("/rows", f"the import has {row.total} rows")
    source = source_of(conn, row)
    if source.state == "archived":
        raise Problem(409, "archived", f"the source {source.name!r} is archived")
    if wait_s := seconds_to_wait(conn, now):
        message = "imports give way to what happens today; come again"
        raise Problem(503, "must_wait", message, headers={"Retry-After": str(wait_s)})
    spend(conn, now, len(sifted.touches), per_s)
    if sifted.good:
        _store_rows(conn, now, row, source, headings, sifted)
    position = after + rows
    span = sifted.span()
    firsts = [at for at in (row.first_at, span and span[0]) if at]
    lasts = [at for at in (row.last_at, span and span[1]) if at]
    rejected = row.rejected + rows - len(sifted.good)
    is_done = position == row.total
    store.change_import(
        conn,
        import_id,
        position=position,
        rejected=rejected,
        first_at=min(firsts, default=None),
        last_at=max(lasts, default=None),
        finished_at=now if is_done else None,
    )
    if is_done:
        detail = {"source": source.name, "rows": position, "rejected": rejected}
        write_down(conn, AUDIT, now, Entry(who, "import.finished", import_id, detail=detail))
    return existing_import(conn, import_id)


def _store_rows(
    conn: Connection,
    now: datetime,
    row: Row[Any],
    source: Source,
    headings: Sequence[str] | None,
    sifted: Sifted,
) -> None:
    body = orjson.dumps({"plan": row.plan, "headings": headings, "rows": sifted.good})
    receipt_id = new_id()
    state = "held" if source.state == "paused" else "pending"
    head = f"POST /v1/imports/{row.id}/rows\ncontent-type: application/json".encode()
    events = len(sifted.touches)
    add_arrivals(conn, [Arrival(receipt_id, source.id, NAME, head, body, state, events)], now)
    store.add_import_receipt(conn, row.id, receipt_id)
