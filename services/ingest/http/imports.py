"""The API of imports: ``/v1/imports``, ``/v1/sources/{source}/imports``."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection, Row

from services.ingest.domain.touch_kinds import UNKNOWN
from services.ingest.handlers import imports as handlers
from services.ingest.handlers import reading
from services.ingest.handlers.imports import Sifted, existing_import, sift
from services.ingest.handlers.origins import origin_of
from services.ingest.handlers.reading import event_of, key_of, touch_kind
from services.ingest.http.import_models import (
    CheckRequest,
    ImportDay,
    ImportDetail,
    ImportShown,
    NewImport,
    Part,
    PartTaken,
    PlanRequest,
    PlanShown,
    RowFaultShown,
    RowsChecked,
    TouchPreview,
)
from services.ingest.http.intake import overloaded
from services.ingest.store import imports as store
from services.ingest.store.heads import Head
from services.ingest.store.receipts import Waiting
from services.ingest.store.sources import all_sources, find_source
from services.ingest.vendors.imported import NAME, Plan
from shared import pages
from shared.access import Caller, KeyRing
from shared.contracts.touches import Origin, TouchRecorded
from shared.db import Database, after_commit
from shared.ids import new_id
from shared.pages import Cursor, Limit, Page, PathId
from shared.wakeup import Wakeup
from shared.web import Permit


def import_routes(
    db: Database, keys: KeyRing, stored: Wakeup, is_disk_full: Callable[[], bool], per_s: int
) -> APIRouter:
    """Return the routes of imports.

    ``stored`` wakes the reading loop; ``per_s`` is the pace, in events a second.
    """
    router = APIRouter(prefix="/v1", tags=["imports"])
    may_read = [Depends(Permit(keys, "receipts:read"))]
    may_write = [Depends(Permit(keys, "receipts:write"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "receipts:write"))]

    @router.post("/sources/{source}/imports/plan", dependencies=may_write)
    async def plan_import(source: str, wanted: PlanRequest) -> PlanShown:
        """Say how a file is read, by its headings and first rows. Takes nothing."""

        def work(conn: Connection) -> Plan:
            found = handlers.open_source(conn, source)
            return handlers.plan_import(
                found, wanted.plan, wanted.headings, wanted.rows, db.now(conn)
            )

        plan = await db.read(work)
        used = _columns(plan)
        unused = [one for one in wanted.headings or () if one and one not in used]
        return PlanShown(plan=plan, unused=[] if plan.reading == "posts" else unused)

    @router.post("/sources/{source}/imports/check", dependencies=may_write)
    async def check_rows(source: str, wanted: CheckRequest) -> RowsChecked:
        """Say what would be taken of some rows, and why not of the others. Takes nothing."""

        def load(conn: Connection) -> tuple[reading.Origin, datetime]:
            return origin_of(handlers.open_source(conn, source)), db.now(conn)

        origin, now = await db.read(load)
        plan = wanted.plan
        sifted = await asyncio.to_thread(sift, origin, plan, wanted.headings, wanted.rows, now)
        known = await db.read(lambda conn: handlers.count_known(conn, origin.id, sifted))
        return _checked(origin, sifted, known, wanted.show, now)

    @router.post("/sources/{source}/imports")
    async def start_import(source: str, new: NewImport, caller: Writer) -> ImportShown:
        """Begin to import a file, or go on: the same bytes read in the same way are one import."""

        def work(conn: Connection) -> ImportShown:
            found = handlers.open_source(conn, source, lock=True)
            row = handlers.start_import(
                conn,
                db.now(conn),
                caller.name,
                found,
                new.file,
                new.digest,
                new.total,
                new.plan,
                again=new.again,
            )
            return _shown(conn, [row])[0]

        return await db.write(work)

    @router.post("/imports/{import_id}/rows")
    async def take_rows(import_id: PathId, part: Part, caller: Writer) -> PartTaken:
        """Take the next rows of an import. Bad ones are left out and said, with the reason.

        409 `moved_on`: the import is elsewhere, look where. 503 `must_wait`: come again.
        """
        if is_disk_full():
            raise overloaded("the disk is nearly full; events cannot be kept")

        def load(conn: Connection) -> tuple[reading.Origin, Plan, datetime]:
            row = existing_import(conn, import_id)
            source = handlers.source_of(conn, row)
            return origin_of(source), Plan.model_validate(row.plan), db.now(conn)

        origin, plan, now = await db.read(load)
        sifted = await asyncio.to_thread(sift, origin, plan, part.headings, part.rows, now)

        def work(conn: Connection) -> Row[Any]:
            row = handlers.take_part(
                conn,
                db.now(conn),
                caller.name,
                import_id,
                part.after,
                len(part.rows) + part.unreadable,
                part.headings,
                sifted,
                per_s,
            )
            after_commit(conn, stored.set)
            return row

        row = await db.write(work)
        return PartTaken(
            position=row.position,
            state=_state(row),
            taken=len(sifted.good),
            faults=_faults(sifted),
        )

    @router.get("/imports", dependencies=may_read)
    async def list_imports(
        source: str | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ImportShown]:
        """List imports, the newest first."""

        def work(conn: Connection) -> Page[ImportShown]:
            found = None if source is None else find_source(conn, source)
            if source is not None and found is None:
                return Page(items=[], next_cursor=None)
            rows = store.list_imports(conn, cursor, limit, found.id if found else None)
            page, following = pages.cut(rows, limit, "started_at", "id")
            return Page(items=_shown(conn, page), next_cursor=following)

        return await db.read(work)

    @router.get("/imports/{import_id}", dependencies=may_read)
    async def show_import(import_id: PathId) -> ImportDetail:
        """Show one import: how far it is, and what it brought of each day."""

        def work(conn: Connection) -> ImportDetail:
            (shown,) = _shown(conn, [existing_import(conn, import_id)])
            days = [
                ImportDay.model_validate(row, from_attributes=True)
                for row in store.days_of(conn, import_id)
            ]
            return ImportDetail(**shown.model_dump(), days=days)

        return await db.read(work)

    return router


def _shown(conn: Connection, rows: list[Row[Any]]) -> list[ImportShown]:
    names = {source.id: source.name for source in all_sources(conn)}
    brought = store.brought(conn, [row.id for row in rows])
    return [
        ImportShown(
            id=row.id,
            source=names[row.source_id],
            file=row.file,
            digest=row.digest,
            state=_state(row),
            total=row.total,
            position=row.position,
            rejected=row.rejected,
            **brought[row.id],
            first_at=row.first_at,
            last_at=row.last_at,
            started_by=row.started_by,
            started_at=row.started_at,
            finished_at=row.finished_at,
            plan=Plan.model_validate(row.plan),
        )
        for row in rows
    ]


def _state(row: Row[Any]) -> Any:
    return "open" if row.finished_at is None else "done"


def _faults(sifted: Sifted) -> list[RowFaultShown]:
    return [RowFaultShown(**asdict(fault)) for fault in sifted.faults]


def _columns(plan: Plan) -> set[str]:
    """Return the columns a plan reads from."""
    found: set[str] = set()
    for path in plan.columns.model_dump(exclude_none=True).values():
        found |= set(path.values()) if isinstance(path, dict) else {path}
    return found


def _checked(
    origin: reading.Origin, sifted: Sifted, known: int, show: int, now: datetime
) -> RowsChecked:
    kinds: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for _, touch in sifted.touches:
        kind = "" if touch.name is None else touch_kind(touch, touch.name, origin)
        kinds[kind or "lead.identified"] += 1
        if kind == UNKNOWN and touch.name is not None:
            unknown[touch.name] += 1
    span = sifted.span()
    return RowsChecked(
        taken=len(sifted.good),
        events=len(sifted.touches),
        known=known,
        kinds=dict(kinds),
        unknown_names=dict(unknown.most_common(100)),
        first_at=span and span[0],
        last_at=span and span[1],
        faults=_faults(sifted),
        touches=_touches(origin, sifted, show, now),
    )


def _touches(
    origin: reading.Origin, sifted: Sifted, show: int, now: datetime
) -> list[TouchPreview]:
    waiting = Waiting(new_id(), origin.id, NAME, now, Head("POST", "", {}), b"", 0, 0, 0, False)
    shown = []
    for number, touch in sifted.touches[:show]:
        data = event_of(touch, waiting, origin, key_of(touch, "", 0))[0].data
        assert isinstance(data, Origin), "nothing else is told by a touch"
        what: dict[str, Any] = {"touch": None, "name": None, "made_by": None, "properties": {}}
        if isinstance(data, TouchRecorded):
            what = {name: getattr(data, name) for name in what}
        shown.append(
            TouchPreview(
                row=number,
                identity=data.identity,
                source_event_id=data.source_event_id,
                occurred_at=data.occurred_at,
                lead=data.lead,
                account=data.account,
                **what,
            )
        )
    return shown
