"""Repairing a parked receipt: its body beside the original, looked at, and read again."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote_plus

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.ingest.console.receipt_view import plain_body, receipt_page, telling
from services.ingest.console.tools import Tools
from services.ingest.handlers import repairs as handlers
from services.ingest.handlers.repairs import Looked
from services.ingest.handlers.sources import source_of_receipt
from shared.body import KIB, LIMIT
from shared.console.pages import go
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem

LONGEST = 150_000
"""Characters of a body that can be edited here; longer ones by the command line."""
MOST_SENT = LIMIT - 16 * KIB
"""Bytes of it as a form sends it: what stands around it has to fit into the request too."""
MOST_TOLD = 10


def router(tools: Tools) -> APIRouter:
    """Return the routes that repair."""
    routes = APIRouter(prefix="/receipts/{receipt_id}/repair")
    longest = {"body": 2 * LONGEST}  # every end of a line may come as two characters
    may_write = SignedIn(tools.console.doorkeeper, "receipts:write", longest)
    Writer = Annotated[Member, Depends(may_write)]

    @routes.get("")
    async def edit(member: Writer, receipt_id: PathId) -> Response:
        """Show the body to be edited."""
        return await _show(tools, member, receipt_id)

    @routes.post("/check")
    async def check(member: Writer, receipt_id: PathId) -> Response:
        """Say what the edited body would tell. Changes nothing."""

        def work(conn: Connection) -> list[Looked]:
            row = handlers.parked_receipt(conn, receipt_id)
            body = _body(member, plain_body(row))
            return handlers.check_repair(conn, row, source_of_receipt(conn, row), body)

        try:
            looked = await tools.read(work)
        except Problem as fault:
            return await _refused(tools, member, receipt_id, fault)
        return await _show(tools, member, receipt_id, looked=looked)

    @routes.post("")
    async def repair(member: Writer, receipt_id: PathId) -> Response:
        """Keep the edited body, and read the receipt again."""
        why = " ".join(member.form.get("why", "").split())

        def work(conn: Connection) -> None:
            row = handlers.parked_receipt(conn, receipt_id, lock=True)
            body = _body(member, plain_body(row))
            now = tools.db.now(conn)
            handlers.repair_receipt(conn, now, member.person_id, receipt_id, body, why)

        try:
            await tools.put_back(work)
        except Problem as fault:
            return await _refused(tools, member, receipt_id, fault)
        return go(f"/receipts/{receipt_id}", said="repaired")

    return routes


def _body(member: Member, before: bytes) -> bytes:
    """Return the edited body. A browser ends every line by CR LF, whatever it was given."""
    text = member.form.get("body", "")
    if b"\r\n" not in before:
        text = text.replace("\r\n", "\n")
    return text.encode(errors="replace")


async def _refused(tools: Tools, member: Member, receipt_id: str, fault: Problem) -> Response:
    if fault.code == "not_parked":
        return go(f"/receipts/{receipt_id}", refused=fault.code)
    if fault.status != 422:
        raise fault
    return await _show(tools, member, receipt_id, fault=fault)


async def _show(
    tools: Tools,
    member: Member,
    receipt_id: str,
    *,
    fault: Problem | None = None,
    looked: Sequence[Looked] = (),
) -> Response:
    page = await tools.read(lambda conn: receipt_page(conn, receipt_id))
    if page.row.state not in ("parked", "discarded"):
        return go(f"/receipts/{receipt_id}", refused="not_parked")
    before = page.body.text
    return tools.pages.show(
        member,
        "repair.html",
        422 if fault else 200,
        page=page,
        one=page.row,
        text=member.form.get("body", before or ""),
        why=member.form.get("why", ""),
        is_editable=before is not None and _fits(before),
        fault=None if fault is None else fault.code,
        places=[] if fault is None else _places(fault),
        looked=bool(looked),
        told=[telling(one.data) for one in looked if one.data is not None][:MOST_TOLD],
        wrong=[one.fault for one in looked if one.fault is not None],
    )


def _fits(text: str) -> bool:
    """Return whether a form can send a text of this size back."""
    return len(text) <= LONGEST and len(quote_plus(text.replace("\n", "\r\n"))) <= MOST_SENT


def _places(fault: Problem) -> list[dict[str, Any]]:
    """Return what is wrong with an edited body, each with its place in it."""
    return [
        {
            "code": one.get("code", fault.code),
            "message": one["message"],
            "place": str(one.get("pointer", "")).removeprefix("/body"),
        }
        for one in fault.errors
    ]
