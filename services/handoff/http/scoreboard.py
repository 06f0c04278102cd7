"""The scoreboard over HTTP: as JSON, as tables, as a page to print; and counting it again.

A key bound to a person who may not see people and teams sees the numbers of that person's
teams only. Touches and engaged leads belong to no team: they are those of the company.
"""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from services.handoff.domain.policy import Language
from services.handoff.domain.scoreboard import By
from services.handoff.handlers.rebuild_scoreboard import ask_for_rebuild
from services.handoff.handlers.scoreboard import own_teams, read_scoreboard
from services.handoff.handlers.scoreboard_data import Asked
from services.handoff.http.scoreboard_models import ScoreboardShown
from services.handoff.printing.scoreboard_page import scoreboard_page
from services.handoff.printing.scoreboard_tables import TABLES, table
from services.handoff.store.scoreboard_rebuild import state_of
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.problem import Problem
from shared.spreadsheet import csv_lines
from shared.web import Permit

FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
Name = Annotated[str | None, Query(max_length=200)]


class ScoreboardQuery(BaseModel):
    """What to see of the scoreboard."""

    model_config = ConfigDict(extra="forbid")

    first: date | None = Field(
        default=None,
        alias="from",
        ge=FIRST,
        le=LAST,
        description="First day, in the company's zone; twelve months back when left out.",
    )
    to: date | None = Field(
        default=None, ge=FIRST, le=LAST, description="Last day, included; today when left out."
    )
    by: By = Field(default="month", description="What to cut the period into.")
    policy: str | None = Field(default=None, max_length=200)
    version: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="A version of that policy."
    )
    source: str | None = Field(
        default=None, max_length=200, description="Where leads came from first."
    )
    content: str | None = Field(
        default=None, max_length=200, description="Content leads had met, by its id."
    )
    campaign: str | None = Field(
        default=None, max_length=200, description="Or a campaign, by its name."
    )
    team: str | None = Field(default=None, max_length=200, description="Id or name.")

    def asked(self) -> Asked:
        """Return it as it is read."""
        return Asked(
            first=self.first,
            last=self.to,
            **self.model_dump(exclude={"first", "to", "language"}),
        )


class PageQuery(ScoreboardQuery):
    """What to see of it, and in which language."""

    language: Language | None = Field(default=None, description="The installation's when left out.")


class RebuildShown(BaseModel):
    """How far counting the scoreboard again has come."""

    state: Literal["asked", "running", "sweeping", "done"] = Field(
        description="`sweeping`: the new figures are read, the old ones being deleted."
    )
    phase: Literal["handoffs", "leads"]
    done: int = Field(description="Hand-offs and leads counted so far.")
    total: int
    asked_by: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/scoreboard``."""
    routes = APIRouter(prefix="/v1/scoreboard", tags=["scoreboard"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "scoreboard:read"))]
    Operator = Annotated[Caller, Depends(Permit(keys, "operations:write"))]
    Asking = Annotated[ScoreboardQuery, Query()]

    async def read(query: ScoreboardQuery, caller: Caller) -> dict[str, Any]:
        def work(conn: Connection) -> Any:
            uow = unit_of_work(parts, conn)
            return read_scoreboard(uow, query.asked(), own_teams(conn, caller))

        found = await db.read(work)
        return await asyncio.to_thread(found.as_data)

    @routes.get("")
    async def show_scoreboard(query: Asking, caller: Reader) -> ScoreboardShown:
        """Show the shared numbers of a period, beside those of the period before.

        What each number counts is written down in docs/scoreboard.md.
        """
        return ScoreboardShown.model_validate(await read(query, caller))

    @routes.get("/rebuild")
    async def show_rebuild(_caller: Reader) -> RebuildShown:
        """Show how far counting again has come."""
        return _shown(await db.read(state_of))

    @routes.post("/rebuild", status_code=202)
    async def rebuild(caller: Operator) -> RebuildShown:
        """Count everything again, in the background. Repeating it while it runs changes nothing."""
        row = await db.write(
            lambda conn: ask_for_rebuild(unit_of_work(parts, conn), caller.person_id or caller.name)
        )
        return _shown(row)

    @routes.get(
        "/page",
        response_class=Response,
        responses={200: {"content": {"text/html": {}}}},
    )
    async def page(query: Annotated[PageQuery, Query()], caller: Reader) -> Response:
        """Give the scoreboard as a page to print, with its charts and all tables."""
        data = await read(query, caller)
        language = query.language or parts.settings.language
        text = await asyncio.to_thread(scoreboard_page, data, language, parts.settings.company)
        return Response(text, media_type="text/html; charset=utf-8", headers=_PAGE_HEADERS)

    @routes.get(
        "/{table_name}.csv",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}}},
    )
    async def as_csv(
        table_name: str, query: Annotated[PageQuery, Query()], caller: Reader
    ) -> Response:
        """Give one table as CSV: shares from 0 to 1, waits in seconds."""
        if table_name not in TABLES:
            names = ", ".join(TABLES)
            raise Problem(404, "not_found", f"no such table; there are {names}")
        data = await read(query, caller)
        found = table(data, table_name, query.language or parts.settings.language)
        rows = [[column.name for column in found.columns], *found.rows]
        name = f"scoreboard-{table_name}-{data['from']}-{data['to']}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(csv_lines(rows), media_type="text/csv; charset=utf-8", headers=headers)

    return routes


def _shown(row: Row[Any]) -> RebuildShown:
    return RebuildShown.model_validate(dict(row._mapping))


# The page has no script, and loads nothing.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
}
