"""Receipts: what arrived, what is parked and why, one with all that was kept; reading again."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection, Row

from services.ingest.console.receipt_view import receipt_page
from services.ingest.console.tools import Tools
from services.ingest.handlers import retries as handlers
from services.ingest.handlers.repairs import LONGEST_WHY
from services.ingest.handlers.sources import existing
from services.ingest.store import repairs
from services.ingest.store.receipts import STATES, find_receipt, list_receipts
from services.ingest.store.retries import Group, parked_groups
from services.ingest.store.sources import all_sources
from shared.console.days import is_day, midnight
from shared.console.pages import go, is_partial
from shared.console.visitor import Member
from shared.fields import canonical_id
from shared.pages import PathId
from shared.problem import Problem, not_found

PAGE = 25
SAID = frozenset({"retried", "discarded", "repaired"})
REFUSED = frozenset({"not_parked", "no_reason"})
Text = Annotated[str, Query(max_length=200)]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/receipts``."""
    routes = APIRouter(prefix="/receipts")
    Reader = Annotated[Member, Depends(tools.console.signed_in("receipts:read"))]
    Writer = Annotated[Member, Depends(tools.console.signed_in("receipts:write"))]

    @routes.get("")
    async def search(
        member: Reader,
        source: Text = "",
        state: Text = "",
        reason: Text = "",
        since: Text = "",
        until: Text = "",
        q: Text = "",
        cursor: Text = "",
        refused: str = "",
    ) -> Response:
        """List receipts, and what is parked by source and reason."""
        if found := _id(q.strip()):
            path = f"/receipts/{found}"
            return _led_by_script(path) if is_partial(member) else go(path)
        asked = {
            "source": source,
            "state": state if state in STATES else "",
            "reason": reason,
            "since": since.strip(),
            "until": until.strip(),
        }
        told = f"receipt_not_{refused}" if refused in REFUSED else ""
        missed = bool(q.strip())
        return await _list(tools, member, asked, _id(cursor), missed=missed, refused=told)

    @routes.post("/retry")
    async def retry_group(member: Writer) -> Response:
        """Read a group of parked receipts again."""
        return await _begin(tools, member, "retry")

    @routes.post("/discard")
    async def discard_group(member: Writer) -> Response:
        """Discard a group of parked receipts."""
        return await _begin(tools, member, "discard")

    @routes.get("/retries/{retry_id}")
    async def show_retry(member: Reader, retry_id: PathId) -> Response:
        """Show how far a retry of a group is."""

        def work(conn: Connection) -> tuple[Row[Any], str | None, int]:
            row = handlers.existing_retry(conn, retry_id)
            names = {one.id: one.name for one in all_sources(conn)}
            left = sum(
                group.receipts
                for group in parked_groups(conn, row.source_id)
                if row.reason in (None, group.reason)
            )
            return row, names.get(row.source_id or ""), left

        row, name, left = await tools.read(work)
        template = "retry_body.html" if is_partial(member) else "retry.html"
        return tools.pages.show(member, template, one=row, source=name, left=left)

    @routes.get("/{receipt_id}")
    async def show(
        member: Reader, receipt_id: PathId, said: str = "", refused: str = ""
    ) -> Response:
        """Show a receipt."""
        page = await tools.read(lambda conn: receipt_page(conn, receipt_id))
        return tools.pages.show(
            member,
            "receipt.html",
            page=page,
            one=page.row,
            may_change=member.may("receipts:write"),
            said=f"receipt_said_{said}" if said in SAID else "",
            refused=f"receipt_not_{refused}" if refused in REFUSED else "",
        )

    @routes.get("/{receipt_id}/state")
    async def look(member: Reader, receipt_id: PathId) -> Response:
        """Say to a page that waits for the reading whether there is something new to show."""
        row = await tools.read(lambda conn: find_receipt(conn, receipt_id))
        if row is None:
            raise not_found("receipt")
        return _led_by_script("" if row.state == "pending" else f"/receipts/{receipt_id}")

    @routes.get("/{receipt_id}/body")
    async def download(member: Reader, receipt_id: PathId, original: str = "") -> Response:
        """Give the bytes of a body as a file."""

        def work(conn: Connection) -> bytes:
            row = repairs.original_of(conn, receipt_id) if original else None
            row = row or find_receipt(conn, receipt_id)
            if row is None:
                raise not_found("receipt")
            return bytes(row.body)

        headers = {
            "Content-Disposition": f'attachment; filename="receipt-{receipt_id}.bin"',
            "Cache-Control": "no-store",
        }
        return Response(await tools.read(work), 200, headers, "application/octet-stream")

    @routes.post("/{receipt_id}/retry")
    async def retry(member: Writer, receipt_id: PathId) -> Response:
        """Read a parked receipt again."""

        def work(conn: Connection) -> None:
            handlers.retry_one(conn, tools.db.now(conn), member.person_id, receipt_id)

        return await _done(tools, receipt_id, work, "retried")

    @routes.post("/{receipt_id}/discard")
    async def discard(member: Writer, receipt_id: PathId) -> Response:
        """Say of a parked receipt that nobody wants it, and why."""
        why = _why(member)
        if not why:
            return go(f"/receipts/{receipt_id}", refused="no_reason")

        def work(conn: Connection) -> None:
            handlers.discard_one(conn, tools.db.now(conn), member.person_id, receipt_id, why)

        return await _done(tools, receipt_id, work, "discarded")

    return routes


def _led_by_script(path: str) -> Response:
    """Have the script that asked go to a page, if any; it would put the page into its own."""
    where = {"HX-Redirect": path} if path else {}
    return Response(b"", 200, {"Cache-Control": "no-store"} | where, "text/html")


async def _done(
    tools: Tools, receipt_id: str, work: Callable[[Connection], None], said: str
) -> Response:
    try:
        await tools.put_back(work)
    except Problem as fault:
        if fault.code != "not_parked":
            raise
        return go(f"/receipts/{receipt_id}", refused=fault.code)
    return go(f"/receipts/{receipt_id}", said=said)


async def _begin(tools: Tools, member: Member, what: handlers.What) -> Response:
    """Begin to retry or discard the group a form names; show how far it is."""
    source, reason = member.form.get("source", ""), member.form.get("reason", "")
    why = _why(member)
    if what == "discard" and not why:
        return go("/receipts", source=source, state="parked", refused="no_reason")

    def work(conn: Connection) -> str:
        now = tools.db.now(conn)
        source_id = existing(conn, source).id
        who, per_s = member.person_id, tools.per_s
        return str(handlers.start_retry(conn, now, who, source_id, reason, per_s, what, why).id)

    return go(f"/receipts/retries/{await tools.put_back(work)}")


def _why(member: Member) -> str:
    """Return why somebody discards something, on one line."""
    return " ".join(member.form.get("why", "").split())[:LONGEST_WHY]


async def _list(
    tools: Tools,
    member: Member,
    asked: dict[str, str],
    before: str | None,
    *,
    missed: bool,
    refused: str,
) -> Response:
    since = midnight(asked["since"], member.zone)
    until = midnight(asked["until"], member.zone, days_later=1)

    def work(conn: Connection) -> tuple[Sequence[Row[Any]], Sequence[Group], dict[str, str]]:
        names = {one.id: one.name for one in all_sources(conn)}
        wanted = next((one for one, name in names.items() if name == asked["source"]), None)
        if asked["source"] and wanted is None:
            return [], [], names
        rows = list_receipts(
            conn,
            before,
            PAGE + 1,
            wanted,
            asked["state"] or None,
            asked["reason"] or None,
            since,
            until,
        )
        groups = parked_groups(conn, wanted) if asked["state"] in ("", "parked") else []
        return rows, groups, names

    rows, groups, names = await tools.read(work)
    query = urlencode({name: value for name, value in asked.items() if value})
    return tools.pages.show(
        member,
        "receipts_list.html" if is_partial(member) else "receipts.html",
        asked=asked,
        query=query,
        rows=rows[:PAGE],
        groups=groups if before is None and not asked["reason"] else [],
        names=names,
        sources=sorted(names.values()),
        states=STATES,
        next_cursor=rows[PAGE - 1].id if len(rows) > PAGE else None,
        is_first=before is None,
        missed=missed,
        refused=refused,
        wrong=[name for name in ("since", "until") if not is_day(asked[name])],
        may_change=member.may("receipts:write"),
    )


def _id(text: str) -> str | None:
    """Return an id of ours; None where the text is none."""
    try:
        return canonical_id(text) if text else None
    except ValueError:
        return None
