"""The API of repairing and discarding what is parked: ``/v1/receipts/{receipt_id}/repair``…"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import Connection

from services.ingest.handlers import repairs, retries
from services.ingest.handlers.repairs import Looked
from services.ingest.handlers.sources import existing, source_of_receipt
from services.ingest.http.bodies import given_body, shown_body
from services.ingest.http.models import FaultShown, RetryShown
from services.ingest.http.receipts import shown_retry
from services.ingest.http.repair_models import (
    Discarded,
    DiscardOfGroup,
    DiscardRequest,
    Original,
    Repaired,
    RepairRequest,
)
from services.ingest.store import repairs as store
from services.ingest.store.receipts import find_receipt
from shared.access import Caller, KeyRing
from shared.db import Database, after_commit
from shared.pages import PathId
from shared.problem import invalid, not_found
from shared.wakeup import Wakeup
from shared.web import Permit

MOST_TOLD = 20


def repair_routes(
    db: Database, keys: KeyRing, stored: Wakeup, retry_asked: Wakeup, per_s: int
) -> APIRouter:
    """Return the routes. ``stored`` wakes the reading loop, ``retry_asked`` the one of groups."""
    router = APIRouter(prefix="/v1/receipts", tags=["receipts"])
    may_read = [Depends(Permit(keys, "receipts:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "receipts:write"))]

    @router.post("/{receipt_id}/repair")
    async def repair_receipt(receipt_id: PathId, wanted: RepairRequest, caller: Writer) -> Repaired:
        """Give a parked receipt another body, and read it again. The one it had is kept.

        422 `still_unreadable`: nothing more could be read of it; `moved`: an event that was
        published already is not as it was, in its place.
        """
        body = given_body(wanted.body, wanted.body_encoding)

        def work(conn: Connection) -> list[Looked]:
            after_commit(conn, stored.set)
            now = db.now(conn)
            return repairs.repair_receipt(conn, now, caller.name, receipt_id, body, wanted.why)

        return _repaired(await db.write(work))

    @router.post("/{receipt_id}/repair/check")
    async def check_repair(receipt_id: PathId, wanted: RepairRequest, caller: Writer) -> Repaired:
        """Say what a parked receipt would tell with another body. Changes nothing."""
        body = given_body(wanted.body, wanted.body_encoding)

        def work(conn: Connection) -> list[Looked]:
            row = repairs.parked_receipt(conn, receipt_id)
            return repairs.check_repair(conn, row, source_of_receipt(conn, row), body)

        return _repaired(await db.read(work))

    @router.get("/{receipt_id}/original", dependencies=may_read)
    async def show_original(receipt_id: PathId) -> Original:
        """Show the body of a receipt as it came."""

        def work(conn: Connection) -> bytes:
            row = store.original_of(conn, receipt_id) or find_receipt(conn, receipt_id)
            if row is None:
                raise not_found("receipt")
            return bytes(row.body)

        body, encoding = shown_body(await db.read(work))
        return Original(body=body, body_encoding=encoding)

    @router.post("/{receipt_id}/discard")
    async def discard_receipt(
        receipt_id: PathId, caller: Writer, wanted: DiscardRequest | None = None
    ) -> Discarded:
        """Say of a parked receipt that nobody wants it, and why. A retry takes that back."""
        why = "" if wanted is None else wanted.why
        await db.write(
            lambda conn: retries.discard_one(conn, db.now(conn), caller.name, receipt_id, why)
        )
        return Discarded(discarded=1)

    @router.post("/discard")
    async def discard_receipts(wanted: DiscardOfGroup, caller: Writer) -> RetryShown:
        """Discard parked receipts: those of one source, with one reason, or both.

        A large group goes on in the background, as a retry does.
        """
        if wanted.source is None and wanted.reason is None:
            raise invalid("", "say which: a source, a reason, or both")

        def work(conn: Connection) -> RetryShown:
            source_id = None if wanted.source is None else existing(conn, wanted.source).id
            now = db.now(conn)
            after_commit(conn, retry_asked.set)
            begun = retries.start_retry(
                conn, now, caller.name, source_id, wanted.reason, per_s, "discard", wanted.why
            )
            return shown_retry(conn, begun)

        return await db.write(work)

    return router


def _repaired(looked: Sequence[Looked]) -> Repaired:
    return Repaired(
        events=len(looked),
        told=[one.data for one in looked if one.data is not None][:MOST_TOLD],
        faults=[
            FaultShown(
                position=one.position,
                code=one.fault.code,
                message=one.fault.message,
                place=one.fault.place,
            )
            for one in looked
            if one.fault is not None
        ],
    )
