"""Reviewed batches over HTTP: made, looked at, ticked, handed over, stopped."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from sqlalchemy import Connection, Row

from services.handoff.handlers.list_batch import page_described
from services.handoff.handlers.make_batch import make_batch
from services.handoff.handlers.review_batch import (
    ask_for_hand_over,
    find_current,
    stop_batch,
    tick_leads,
)
from services.handoff.http.batch_models import (
    BatchShown,
    Choice,
    Chosen,
    HandOver,
    ItemShown,
    ItemState,
)
from services.handoff.http.policy_versions import Number
from services.handoff.http.progress import Progress
from services.handoff.printing.batch_csv import COLUMNS, as_cells
from services.handoff.store import batches
from services.handoff.store.batches import ItemFilter, Sort
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.pages import MOST, Cursor, Limit, Page
from shared.spreadsheet import csv_lines
from shared.web import Permit


def narrowed(
    gate: Annotated[str | None, Query(max_length=100)] = None,
    tier: Annotated[str | None, Query(max_length=100)] = None,
    state: ItemState | None = None,
    ticked: bool | None = None,
    min_engagement: Annotated[float | None, Query(ge=-1e6, le=1e6)] = None,
    min_fit: Annotated[float | None, Query(ge=-1e6, le=1e6)] = None,
) -> ItemFilter:
    """Read which items a request wants."""
    return ItemFilter(None, gate, tier, state, ticked, min_engagement, min_fit)


Narrowed = Annotated[ItemFilter, Depends(narrowed)]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes of a version's batch."""
    routes = APIRouter(prefix="/v1/policies/{policy}/versions/{number}/batch", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]
    LeadReader = Annotated[Caller, Depends(Permit(keys, "leads:read"))]

    @routes.post("", status_code=202)
    async def make(policy: str, number: Number, caller: Writer) -> BatchShown:
        """List, in the background, the leads that would become ready under this version now.

        One that is being made goes on; one made before is replaced.
        """

        def work(conn: Connection) -> BatchShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, make_batch(uow, caller.name, policy, number))

        return await db.write(work)

    @routes.get("")
    async def show(policy: str, number: Number, _caller: Reader) -> BatchShown:
        """Show how far the batch of this version is, and what became of its leads."""

        def work(conn: Connection) -> BatchShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, find_current(uow, policy, number)[1])

        return await db.read(work)

    @routes.get("/items")
    async def list_items(
        policy: str,
        number: Number,
        _caller: LeadReader,
        wanted: Narrowed,
        sort: Sort = "engagement",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[ItemShown]:
        """List the leads of the batch, the highest score first."""

        def work(conn: Connection) -> Page[ItemShown]:
            batch = find_current(unit_of_work(parts, conn), policy, number)[1]
            items, following = page_described(conn, batch.batch_id, wanted, sort, cursor, limit)
            return Page(items=[ItemShown(**one) for one in items], next_cursor=following)

        return await db.read(work)

    @routes.get("/items.csv")
    async def export_items(
        policy: str,
        number: Number,
        _caller: LeadReader,
        wanted: Narrowed,
        sort: Sort = "engagement",
    ) -> StreamingResponse:
        """Give the same as CSV, all of it. No cell is a formula."""

        def find(conn: Connection) -> str:
            return str(find_current(unit_of_work(parts, conn), policy, number)[1].batch_id)

        batch_id = await db.read(find)  # the same to the end, whatever is made meanwhile

        async def lines() -> AsyncIterator[str]:
            yield csv_lines([COLUMNS])
            cursor: str | None = None
            while True:
                items, cursor = await db.read(
                    lambda conn: page_described(conn, batch_id, wanted, sort, cursor, MOST)  # noqa: B023 - awaited at once
                )
                yield csv_lines(as_cells(one) for one in items)
                if cursor is None:
                    return

        name = f"{policy}-{number}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(lines(), media_type="text/csv", headers=headers)

    @routes.post("/items")
    async def choose(policy: str, number: Number, choice: Choice, caller: Writer) -> Chosen:
        """Tick leads, or untick them. Nobody is handed over by this."""

        def work(conn: Connection) -> Chosen:
            uow = unit_of_work(parts, conn)
            changed = tick_leads(
                uow, caller.name, policy, number, choice.wanted(), ticked=choice.ticked
            )
            batch = find_current(uow, policy, number)[1]
            return Chosen(changed=changed, batch=shown(uow, batch))

        return await db.write(work)

    @routes.post("/hand-over", status_code=202)
    async def hand_over(
        policy: str, number: Number, caller: Writer, pace: HandOver | None = None
    ) -> BatchShown:
        """Hand over the ticked leads while this version is in force, at the given pace.

        Each is judged again at that moment. Repeating hands nobody over twice.
        """
        asked = pace or HandOver()

        def work(conn: Connection) -> BatchShown:
            uow = unit_of_work(parts, conn)
            batch = ask_for_hand_over(
                uow, caller.name, policy, number, asked.per_hour, asked.per_day
            )
            return shown(uow, batch)

        return await db.write(work)

    @routes.post("/stop")
    async def stop(policy: str, number: Number, caller: Writer) -> BatchShown:
        """Stop making the list, or handing over. What is listed stays."""

        def work(conn: Connection) -> BatchShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, stop_batch(uow, caller.name, policy, number))

        return await db.write(work)

    return routes


def shown(uow: UnitOfWork, batch: Row[Any]) -> BatchShown:
    """Return a batch as callers see it."""
    counted = batches.counts(uow.conn, batch.batch_id)
    ticked = counted.pop("ticked")
    return BatchShown(
        progress=Progress.of(batch),
        leads=sum(counted.values()),
        ticked=ticked,
        waiting=counted.get(batches.WAITING, 0),
        handed_over=counted.get(batches.HANDED_OVER, 0),
        skipped=counted.get(batches.SKIPPED, 0),
        **batches.versions_of(uow.conn, batch),
        **{name: batch._mapping[name] for name in KEPT},
    )


KEPT = (
    "batch_id",
    "policy",
    "state",
    "per_hour",
    "per_day",
    "made_by",
    "made_at",
    "finished_at",
    "handed_over_by",
    "handed_over_at",
)
