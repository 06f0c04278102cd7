"""Trying a version on history: begun, watched, read as charts, tables, files and lists of leads."""

import asyncio
from functools import partial
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console import tryout_form, tryout_view
from services.handoff.console.agreement_view import policy_title
from services.handoff.console.tools import Tools
from services.handoff.console.tryout_view import PAGE, SHORT, Tried
from services.handoff.handlers.tryouts import request_tryout, stop_tryout
from services.handoff.printing.scoreboard_tables import Table
from services.handoff.printing.tryout_tables import LISTS
from services.handoff.unit_of_work import UnitOfWork, unit_of_work
from shared.console.pages import go, is_partial
from shared.console.visitor import Member, SignedIn
from shared.pages import PathId
from shared.problem import Problem, not_found
from shared.spreadsheet import csv_lines

Text = Annotated[str, Query(max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
TOLD = {"too_many_tryouts": "try_too_many", "empty_window": "try_wrong_order"}
"""Refusals of the handler, as the form tells them."""


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/agreement/{policy}/try``."""
    routes = APIRouter(prefix="/agreement/{policy}/try")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:read"))]
    Writer = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "policies:write"))]

    async def find(member: Member, policy: str, tryout_id: str, named: str = "") -> Tried:
        """Return a try-out; the leads of the list ``named`` with their names."""

        def work(conn: Connection) -> Tried:
            uow = unit_of_work(tools.parts, conn)
            zone = tools.parts.settings.zone
            found = tryout_view.tried(uow, policy, tryout_id, member.language, zone)
            if named in LISTS and found.report is not None:
                leads = found.report.result[named]["leads"]
                tryout_view.with_names(conn, leads, member.may("leads:read"))
            return found

        return await tools.read(work)

    @routes.get("")
    async def show_all(
        member: Reader, policy: str, number: Text = "", cursor: Text = ""
    ) -> Response:
        """Show what was tried, and a form to try more."""
        asked = tryout_form.empty(number)
        return await _overview(tools, member, policy, asked, cursor or None)

    @routes.post("")
    async def start(member: Writer, policy: str) -> Response:
        """Begin a try-out; it runs in the background."""
        zone = tools.parts.settings.zone
        request, asked = tryout_form.read(policy, member.form, zone)
        if request is None:
            return await _overview(tools, member, policy, asked, None, 422)
        wanted = request

        def work(uow: UnitOfWork) -> str:
            return str(request_tryout(uow, member.person_id, wanted).tryout_id)

        try:
            tryout_id = await tools.take(member, work)
        except Problem as fault:
            if fault.code not in TOLD:
                raise
            place = "from" if fault.code == "empty_window" else "form"
            refused = tryout_form.Asked(asked.given, {place: TOLD[fault.code]})
            return await _overview(tools, member, policy, refused, None, fault.status)
        return go(f"/agreement/{policy}/try{f'/{tryout_id}' if tryout_id else ''}")

    @routes.get("/compare")
    async def compare(member: Reader, policy: str, a: PathId, b: PathId) -> Response:
        """Show the candidates of two try-outs side by side."""
        both = [await find(member, policy, one) for one in (a, b)]
        rows = await asyncio.to_thread(tryout_view.side_by_side, both)
        # Begun one after the other they end at other moments: the days are what people chose.
        zone = ZoneInfo(tools.parts.settings.zone)
        windows = {
            (
                one.row.from_at.astimezone(zone).date(),
                one.row.to_at.astimezone(zone).date(),
                one.row.lateness,
                one.row.open_for_s,
            )
            for one in both
        }
        return await _page(
            tools,
            member,
            policy,
            "tryout_compare.html",
            both=both,
            rows=rows,
            is_fair=len(windows) == 1,
        )

    @routes.get("/{tryout_id}")
    async def show(member: Reader, policy: str, tryout_id: PathId) -> Response:
        """Show how far a try-out is, or what it found."""
        found = await find(member, policy, tryout_id)
        if is_partial(member):
            answer = tools.pages.show(member, "tryout_progress.html", policy=policy, tried=found)
            if found.is_over:
                answer.headers["HX-Refresh"] = "true"
            return answer
        if found.report is None:
            return await _page(
                tools, member, policy, "tryout.html", tried=found, report=None, result=None
            )
        shown = [lead for name in LISTS for lead in found.report.result[name]["leads"][:SHORT]]
        await tools.read(lambda conn: tryout_view.with_names(conn, shown, member.may("leads:read")))
        parts = await asyncio.to_thread(found.parts)
        return await _page(
            tools,
            member,
            policy,
            "tryout.html",
            tried=found,
            report=found.report,
            result=found.report.result,
            parts=parts,
            lists=[(name, *tryout_view.OTHER[name]) for name in LISTS],
            short=SHORT,
        )

    @routes.post("/{tryout_id}/stop")
    async def stop(member: Writer, policy: str, tryout_id: PathId) -> Response:
        """End a try-out that waits or runs."""
        await find(member, policy, tryout_id)
        await tools.write(lambda uow: stop_tryout(uow, tryout_id))
        return go(f"/agreement/{policy}/try/{tryout_id}")

    @routes.get("/{tryout_id}/{name}.csv")
    async def as_csv(member: Reader, policy: str, tryout_id: PathId, name: str) -> Response:
        """Give a table of the result as a file. No cell is a formula."""
        found = await find(member, policy, tryout_id, name)

        def written() -> tuple[Table, str]:
            table = tryout_view.table_of(tryout_view.report_of(found), name)
            rows = [[column.name for column in table.columns], *table.rows]
            return table, csv_lines(rows)

        table, text = await asyncio.to_thread(written)
        headers = {
            "Content-Disposition": f'attachment; filename="try-out-{table.name}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(text, 200, headers, "text/csv; charset=utf-8")

    @routes.get("/{tryout_id}/{name}")
    async def show_leads(
        member: Reader, policy: str, tryout_id: PathId, name: str, page: PageNumber = 1
    ) -> Response:
        """Show the leads that only one of both versions hands over; deals won come first."""
        if name not in LISTS:
            raise not_found("list")
        found = await find(member, policy, tryout_id)
        report = tryout_view.report_of(found)
        side = report.result[name]
        leads = side["leads"][PAGE * (page - 1) : PAGE * page]
        await tools.read(lambda conn: tryout_view.with_names(conn, leads, member.may("leads:read")))
        by, other = tryout_view.OTHER[name]
        return await _page(
            tools,
            member,
            policy,
            "tryout_leads.html",
            tried=found,
            report=report,
            name=name,
            side=side,
            leads=leads,
            by=by,
            other=other,
            number=page,
            has_more=len(side["leads"]) > PAGE * page,
        )

    return routes


async def _overview(
    tools: Tools,
    member: Member,
    policy: str,
    asked: tryout_form.Asked,
    cursor: str | None,
    status: int = 200,
) -> Response:
    found = await tools.read(lambda conn: tryout_view.earlier(conn, policy, cursor))
    return await _page(
        tools,
        member,
        policy,
        "tryouts.html",
        status,
        found=found,
        asked=asked,
        days=tryout_form.DAYS,
        is_first=cursor is None,
        may_write=member.may("policies:write"),
        today=member.now.astimezone(ZoneInfo(tools.parts.settings.zone)).date(),
    )


async def _page(
    tools: Tools, member: Member, policy: str, template: str, status: int = 200, **given: Any
) -> Response:
    title = await tools.read(
        lambda conn: policy_title(unit_of_work(tools.parts, conn), policy, member.language)
    )
    zone = ZoneInfo(tools.parts.settings.zone)
    given["days_of"] = partial(tryout_view.days_of, zone=zone)
    return tools.pages.show(member, template, status, policy=policy, policy_title=title, **given)
