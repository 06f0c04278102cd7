"""The API of who made touches: ``/v1/touches``."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import Connection, Row

from services.ingest.domain.made_by import VERSION
from services.ingest.handlers.rejudging import ask_for_rejudging
from services.ingest.handlers.sources import existing
from services.ingest.http.models import Given
from services.ingest.store import sightings as store
from services.ingest.store.sources import all_sources
from shared.access import Caller, KeyRing
from shared.db import Database, after_commit
from shared.fields import Moment
from shared.wakeup import Wakeup
from shared.web import Permit

MOST_SHOWN = 20


class MarkShown(BaseModel):
    """How many touches of a source have a mark."""

    source: str
    made_by: Literal["human", "machine", "unsure"]
    reason: str = Field(description="Why; the reasons are described in docs/made-by.md.")
    version: int = Field(description="Version of the heuristics that gave it.")
    touches: int


class MarksShown(BaseModel):
    """Who made the touches of each source."""

    version: int = Field(description="Version of the heuristics that judge now.")
    marks: list[MarkShown]


class RejudgeRequest(Given):
    """Which touches to judge again; absent: all whose receipts are kept."""

    source: str | None = None
    since: Annotated[Moment | None, Field(strict=False)] = Field(
        default=None, description="Only those received since."
    )


class RejudgingShown(BaseModel):
    """A rejudging, and how far it is."""

    id: str
    source: str | None = Field(description="Null: of every source.")
    since: datetime | None
    state: Literal["waiting", "running", "finished"]
    receipts: int = Field(description="Receipts read again so far.")
    touches: int = Field(description="Touches judged again so far.")
    changed: int = Field(description="Marks that changed, those of neighbours counted too.")
    asked_by: str
    asked_at: datetime
    moved_at: datetime | None
    finished_at: datetime | None


class RejudgingsShown(BaseModel):
    """The latest rejudgings."""

    rejudgings: list[RejudgingShown]


def touch_routes(db: Database, keys: KeyRing, stored: Wakeup) -> APIRouter:
    """Return the routes of marks; ``stored`` wakes the reading loop, which judges."""
    router = APIRouter(prefix="/v1/touches", tags=["touches"])
    Writer = Annotated[Caller, Depends(Permit(keys, "receipts:write"))]

    @router.get("/marks", dependencies=[Depends(Permit(keys, "sources:read"))])
    async def show_marks() -> MarksShown:
        """Count the touches of each source by who made them, and why we think so."""

        def work(conn: Connection) -> MarksShown:
            names = _names(conn)
            marks = [
                MarkShown(
                    source=names[row.source_id],
                    made_by=row.made_by,
                    reason=row.made_by_reason,
                    version=row.made_by_version,
                    touches=row._mapping["count"],
                )
                for row in store.mark_counts(conn)
            ]
            marks.sort(key=lambda one: one.source)  # stable: the most frequent first in each
            return MarksShown(version=VERSION, marks=marks)

        return await db.read(work)

    @router.post("/rejudge", status_code=202)
    async def rejudge(wanted: RejudgeRequest, caller: Writer) -> RejudgingShown:
        """Judge again who made touches, out of their receipts, while traffic goes on.

        Marks that change are told, and the leads they concern are folded anew. Asked for
        again before it has begun, it is the same one.
        """

        def work(conn: Connection) -> RejudgingShown:
            source_id = None if wanted.source is None else existing(conn, wanted.source).id
            now = db.now(conn)
            found = ask_for_rejudging(conn, now, caller.name, source_id, wanted.since)
            after_commit(conn, stored.set)
            [row] = (one for one in store.rejudgings(conn, None) if one.id == found)
            return _shown(row, _names(conn))

        return await db.write(work)

    @router.get("/rejudge", dependencies=[Depends(Permit(keys, "receipts:read"))])
    async def list_rejudgings() -> RejudgingsShown:
        """List the latest rejudgings, the newest first, and how far they are."""

        def work(conn: Connection) -> RejudgingsShown:
            names = _names(conn)
            rows = store.rejudgings(conn, MOST_SHOWN)
            return RejudgingsShown(rejudgings=[_shown(row, names) for row in rows])

        return await db.read(work)

    return router


def _names(conn: Connection) -> dict[str, str]:
    return {source.id: source.name for source in all_sources(conn)}


def _shown(row: Row[Any], names: dict[str, str]) -> RejudgingShown:
    state: Literal["waiting", "running", "finished"] = "waiting"
    if row.finished_at is not None:
        state = "finished"
    elif row.moved_at is not None:
        state = "running"
    return RejudgingShown(
        id=row.id,
        source=None if row.source_id is None else names[row.source_id],
        since=row.since,
        state=state,
        receipts=row.receipts,
        touches=row.touches,
        changed=row.changed,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        moved_at=row.moved_at,
        finished_at=row.finished_at,
    )
