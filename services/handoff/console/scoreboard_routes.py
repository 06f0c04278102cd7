"""The scoreboard: the numbers both teams read, as charts, as tables and as files."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.console.scoreboard_choice import (
    CUTS,
    PERIODS,
    Chosen,
    chosen,
    offered_assets,
    offered_policies,
)
from services.handoff.console.tools import Tools
from services.handoff.handlers.scoreboard import own_teams, read_scoreboard
from services.handoff.handlers.scoreboard_data import Scoreboard
from services.handoff.printing.scoreboard_page import Page
from services.handoff.printing.scoreboard_tables import TABLES, table
from services.handoff.unit_of_work import unit_of_work
from shared.console.visitor import Member, SignedIn
from shared.problem import Problem, invalid, not_found
from shared.spreadsheet import csv_lines

REFUSED = {
    "period_too_long": "board_too_long",
    "unknown_policy": "board_unknown",
    "unknown_version": "board_unknown",
    "unknown_team": "board_unknown",
}
"""Refusals of the handler, as the form tells them."""


def router(tools: Tools) -> APIRouter:
    """Return the routes below ``/scoreboard``."""
    routes = APIRouter(prefix="/scoreboard")
    Reader = Annotated[Member, Depends(SignedIn(tools.doorkeeper, "scoreboard:read"))]
    Choice = Annotated[Chosen, Depends(chosen)]

    async def read(member: Member, choice: Chosen) -> dict[str, Any]:
        def work(conn: Connection) -> Scoreboard:
            uow = unit_of_work(tools.parts, conn)
            today = uow.now.astimezone(uow.zone).date()  # one for all readers, as the numbers are
            return read_scoreboard(uow, choice.asked(today), own_teams(conn, member.caller))

        found = await tools.read(work)
        return await asyncio.to_thread(found.as_data)

    @routes.get("")
    async def show(member: Reader, choice: Choice) -> Response:
        """Show the numbers of a period beside those of the period before."""
        try:
            data = await read(member, choice)
        except Problem as fault:
            if fault.code == "no_team":
                return tools.pages.show(member, "scoreboard_none.html", fault.status)
            if fault.code not in REFUSED:
                raise
            usual = chosen()
            choice = replace(choice, wrong={**choice.wrong, "form": REFUSED[fault.code]})
            data = await read(member, usual)
        page = Page(data, member.language)
        parts = await asyncio.to_thread(page.parts)
        return tools.pages.show(
            member,
            "scoreboard.html",
            422 if choice.wrong else 200,
            page=page,
            data=data,
            parts=parts,
            choice=choice,
            periods=PERIODS,
            cuts=CUTS,
            policies=offered_policies(data["choices"], choice.policy),
            assets=offered_assets(data, choice.asset),
            is_empty=not (data["totals"]["sales_ready"] or data["before"]["sales_ready"]),
        )

    @routes.get("/{name}.csv")
    async def as_csv(member: Reader, name: str, choice: Choice) -> Response:
        """Give the table of a chart as a file."""
        if name not in TABLES:
            raise not_found("table")
        if choice.wrong:
            raise invalid("query.from", "days from the first to the last, as 2026-03-31")
        data = await read(member, choice)
        found = table(data, name, member.language)
        rows = [[column.name for column in found.columns], *found.rows]
        file = f"scoreboard-{name}-{data['from']}-{data['to']}.csv"
        headers = {
            "Content-Disposition": f'attachment; filename="{file}"',
            "Cache-Control": "no-store",
        }
        return Response(csv_lines(rows), 200, headers, "text/csv; charset=utf-8")

    return routes
