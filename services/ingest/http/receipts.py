"""The API of receipts and the ledger: ``/v1/receipts``, ``/v1/ledger``."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Connection, Row

from services.ingest.handlers import retries as handlers
from services.ingest.handlers.showing import told_by
from services.ingest.http.bodies import shown_body
from services.ingest.http.models import (
    FaultShown,
    LedgerLine,
    LedgerShown,
    ParkedGroup,
    ParkedGroups,
    ReceiptShown,
    RequestShown,
    Retried,
    RetryRequest,
    RetryShown,
)
from services.ingest.http.receipt_models import ReceiptDetail
from services.ingest.http.repair_models import DiscardShown, RepairShown
from services.ingest.store import ledger, retries
from services.ingest.store import receipts as store
from services.ingest.store.heads import read_head
from services.ingest.store.repairs import repairs_of
from services.ingest.store.sources import all_sources, find_source
from shared.access import Caller, KeyRing
from shared.db import Database, after_commit
from shared.fields import Moment, canonical_id
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import Problem, not_found
from shared.wakeup import Wakeup
from shared.web import Permit

State = Literal["pending", "held", "read", "parked", "discarded"]


def receipt_routes(
    db: Database, keys: KeyRing, stored: Wakeup, retry_asked: Wakeup, per_s: int
) -> APIRouter:
    """Return the routes of receipts and the ledger.

    ``stored`` wakes the reading loop, ``retry_asked`` the one that takes retries further,
    at the pace ``per_s``, in events a second.
    """
    router = APIRouter(prefix="/v1")
    may_read = [Depends(Permit(keys, "receipts:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "receipts:write"))]

    @router.get("/receipts", tags=["receipts"], dependencies=may_read)
    async def list_receipts(
        source: str | None = None,
        state: State | None = None,
        reason: str | None = None,
        since: Annotated[Moment | None, Query(description="Received then or later.")] = None,
        until: Annotated[Moment | None, Query(description="Received before.")] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[ReceiptShown]:
        """List receipts, the newest first; `state=parked` shows what needs repair."""
        before = None if cursor is None else _receipt_id(cursor)

        def work(conn: Connection) -> Page[ReceiptShown]:
            names = {one.id: one.name for one in all_sources(conn)}
            wanted = next((i for i, name in names.items() if name == source), None)
            if source is not None and wanted is None:
                return Page(items=[], next_cursor=None)
            rows = store.list_receipts(conn, before, limit + 1, wanted, state, reason, since, until)
            page = rows[:limit]
            return Page(
                items=[ReceiptShown(**_shown(row, names), size=row.size) for row in page],
                next_cursor=page[-1].id if len(rows) > limit else None,
            )

        return await db.read(work)

    @router.get("/receipts/parked", tags=["receipts"], dependencies=may_read)
    async def list_parked(source: str | None = None) -> ParkedGroups:
        """Count what is parked by source and reason, with an example of each."""

        def work(conn: Connection) -> ParkedGroups:
            names = {one.id: one.name for one in all_sources(conn)}
            wanted = next((i for i, name in names.items() if name == source), None)
            if source is not None and wanted is None:
                return ParkedGroups(groups=[])
            return ParkedGroups(
                groups=[
                    ParkedGroup(source=names.get(one.source_id, one.source_id), **_said(one))
                    for one in retries.parked_groups(conn, wanted)
                ]
            )

        return await db.read(work)

    @router.get("/receipts/{receipt_id}", tags=["receipts"], dependencies=may_read)
    async def show_receipt(receipt_id: PathId) -> ReceiptDetail:
        """Show a receipt with its raw body and what was wrong with its events."""

        def work(conn: Connection) -> ReceiptDetail:
            row = store.find_receipt(conn, receipt_id)
            if row is None:
                raise not_found("receipt")
            sources = {one.id: one for one in all_sources(conn)}
            names = {one.id: one.name for one in sources.values()}
            text, encoding = shown_body(bytes(row.body))
            faults = store.faults_of(conn, [row.id]).get(row.id, [])
            return ReceiptDetail(
                **_shown(row, names),
                size=len(row.body),
                request=RequestShown(**asdict(read_head(bytes(row.request)))),
                body=text,
                body_encoding=encoding,
                faults=[FaultShown.model_validate(one, from_attributes=True) for one in faults],
                told=list(told_by(row, sources[row.source_id])),
                discarded=_discarded(row),
                repairs=[
                    RepairShown.model_validate(one, from_attributes=True)
                    for one in repairs_of(conn, row.id)
                ],
            )

        return await db.read(work)

    @router.post("/receipts/{receipt_id}/retry", tags=["receipts"])
    async def retry_receipt(receipt_id: PathId, caller: Writer) -> Retried:
        """Read a parked receipt again, after a fix. 409 when it is not parked."""

        def work(conn: Connection) -> Retried:
            handlers.retry_one(conn, db.now(conn), caller.name, receipt_id)
            after_commit(conn, stored.set)
            return Retried(retried=1)

        return await db.write(work)

    @router.post("/receipts/retry", tags=["receipts"])
    async def retry_receipts(wanted: RetryRequest, caller: Writer) -> RetryShown:
        """Read parked receipts again: all, or those of one source or with one reason.

        A large group goes on in the background; asked for again meanwhile, it is the same
        retry.
        """

        def work(conn: Connection) -> RetryShown:
            source_id = None
            if wanted.source is not None:
                found = find_source(conn, wanted.source)
                if found is None:
                    raise not_found("source")
                source_id = found.id
            now = db.now(conn)
            retry = handlers.start_retry(conn, now, caller.name, source_id, wanted.reason, per_s)
            after_commit(conn, stored.set)
            after_commit(conn, retry_asked.set)
            return shown_retry(conn, retry)

        return await db.write(work)

    @router.get("/receipts/retries/{retry_id}", tags=["receipts"], dependencies=may_read)
    async def show_retry(retry_id: PathId) -> RetryShown:
        """Show how far a retry of a group is."""
        return await db.read(
            lambda conn: shown_retry(conn, handlers.existing_retry(conn, retry_id))
        )

    @router.get("/ledger", tags=["ledger"], dependencies=[Depends(Permit(keys, "sources:read"))])
    async def show_ledger() -> LedgerShown:
        """Show what became of every event, per source."""
        lines = await db.read(ledger.lines)
        return LedgerShown(
            sources=[LedgerLine.model_validate(line, from_attributes=True) for line in lines]
        )

    return router


def _said(group: retries.Group) -> dict[str, Any]:
    return {name: one for name, one in asdict(group).items() if name != "source_id"}


def shown_retry(conn: Connection, row: Row[Any]) -> RetryShown:
    """Return a retry, or the discarding of a group, as it is shown."""
    source = None
    if row.source_id is not None:
        names = {one.id: one.name for one in all_sources(conn)}
        source = names.get(row.source_id, row.source_id)
    return RetryShown(
        id=row.id,
        what=row.what,
        source=source,
        reason=row.reason,
        state="running" if row.finished_at is None else "done",
        total=row.total,
        retried=row.retried,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
    )


def _receipt_id(cursor: str) -> str:
    """Return where a page starts. Receipts are in the order of their ids, so an id says it."""
    try:
        return canonical_id(cursor)
    except ValueError:
        error = {"pointer": "query.cursor", "message": "not a cursor of this list"}
        raise Problem(422, "invalid", "query.cursor: not a cursor of this list", [error]) from None


def _discarded(row: Row[Any]) -> DiscardShown | None:
    if row.discarded_at is None:
        return None
    return DiscardShown(by=row.discarded_by, at=row.discarded_at, why=row.discarded_why)


def _shown(row: Row[Any], names: dict[str, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": names.get(row.source_id, row.source_id),
        "vendor": row.vendor,
        "received_at": row.received_at,
        "state": row.state,
        "events": row.events,
        "published": row.published,
        "duplicates": row.duplicates,
        "parked": row.parked,
        "reason": row.reason,
        "read_at": row.read_at,
    }
