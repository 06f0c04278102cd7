"""The scoreboard: the numbers both teams read, as charts, as tables and as files."""

import asyncio
from datetime import date, timedelta
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from services.handoff.console.tools import Tools
from services.handoff.domain.scoreboard import By
from services.handoff.handlers.scoreboard import own_teams, read_scoreboard
from services.handoff.handlers.scoreboard_data import Asked, Scoreboard
from services.handoff.printing.scoreboard_page import Page
from services.handoff.printing.scoreboard_tables import TABLES, table
from services.handoff.unit_of_work import unit_of_work
from shared.console.visitor import Member, SignedIn
from shared.problem import not_found
from shared.spreadsheet import csv_lines

DAYS = {"30": 30, "90": 90}
"""Periods that end today; any other is the last twelve months."""
PERIODS = (*DAYS, "year")
CUTS: tuple[By, ...] = get_args(By)
Text = Annotated[str, Query(max_length=200)]


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/scoreboard``."""
    routes = APIRouter(prefix="/scoreboard")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "scoreboard:read"))]

    async def read(member: Member, chosen: dict[str, str]) -> dict[str, Any]:
        words = tools.formats(member)

        def work(conn: Connection) -> Scoreboard:
            uow = unit_of_work(tools.parts, conn)
            return read_scoreboard(uow, _asked(chosen, words.today), own_teams(conn, member.caller))

        found = await tools.read(work)
        return await asyncio.to_thread(found.as_data)

    @routes.get("")
    async def show(
        member: Reader,
        period: Text = "",
        by: Text = "",
        policy: Text = "",
        team: Text = "",
        source: Text = "",
    ) -> Response:
        """Show the numbers of a period beside those of the period before."""
        chosen = _chosen(period=period, by=by, policy=policy, team=team, source=source)
        data = await read(member, chosen)
        page = Page(data, member.language)
        parts = await asyncio.to_thread(page.parts)
        return tools.pages.show(
            member,
            "scoreboard.html",
            page=page,
            data=data,
            parts=parts,
            chosen=chosen,
            periods=PERIODS,
            cuts=CUTS,
            is_empty=not (data["totals"]["sales_ready"] or data["before"]["sales_ready"]),
            is_filtered=chosen["period"] != "year"
            or any(chosen[name] for name in ("policy", "team", "source")),
        )

    @routes.get("/{name}.csv")
    async def as_csv(
        member: Reader,
        name: str,
        period: Text = "",
        by: Text = "",
        policy: Text = "",
        team: Text = "",
        source: Text = "",
    ) -> Response:
        """Give the table of a chart as a file."""
        if name not in TABLES:
            raise not_found("table")
        chosen = _chosen(period=period, by=by, policy=policy, team=team, source=source)
        data = await read(member, chosen)
        found = table(data, name, member.language)
        rows = [[column.name for column in found.columns], *found.rows]
        file = f"scoreboard-{name}-{data['from']}-{data['to']}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{file}"',
            "Cache-Control": "no-store",
        }
        return Response(csv_lines(rows), 200, headers, "text/csv; charset=utf-8")

    return routes


def _chosen(**given: str) -> dict[str, str]:
    """Return what was chosen in the form; what is no choice is the usual one."""
    chosen = {name: value.replace("\x00", "") for name, value in given.items()}
    if chosen["period"] not in PERIODS:
        chosen["period"] = "year"
    if chosen["by"] not in CUTS:
        chosen["by"] = "week" if chosen["period"] in DAYS else "month"
    return chosen


def _asked(chosen: dict[str, str], today: date) -> Asked:
    days = DAYS.get(chosen["period"])
    by = next(one for one in CUTS if one == chosen["by"])
    first = None if days is None else today - timedelta(days=days - 1)
    return Asked(
        first=first,
        last=None if first is None else today,
        by=by,
        policy=chosen["policy"] or None,
        team=chosen["team"] or None,
        source=chosen["source"] or None,
    )
