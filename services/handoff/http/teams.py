"""Teams over HTTP: who takes leads in turn."""

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from services.handoff.fields.teams import NewTeam, TeamChanges, TeamShown, shown
from services.handoff.handlers.teams import TeamFields, add_team, change_team
from services.handoff.store import teams
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.store.teams import Team
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/teams``."""
    routes = APIRouter(prefix="/v1/teams", tags=["teams"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]
    reading = [Depends(Permit(keys, "people:read"))]

    @routes.get("", dependencies=reading)
    async def list_teams(cursor: Cursor = None, limit: Limit = 50) -> Page[TeamShown]:
        """List teams in order of name."""
        found, following = await db.read(lambda conn: teams.page_of_teams(conn, cursor, limit))
        return Page(items=[shown(one) for one in found], next_cursor=following)

    @routes.post("", status_code=201, response_model=TeamShown)
    async def add(team: NewTeam, caller: Writer, request: OnlyOnce) -> Response:
        """Make a team."""
        fields = cast("TeamFields", team.model_dump())

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                one = add_team(uow, caller, fields)
                return created(shown(one), f"/v1/teams/{one.team_id}", etag(one.revision))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/{team_id}", dependencies=reading)
    async def show(team_id: PathId, response: Response) -> TeamShown:
        """Show a team with its members."""
        team = await db.read(lambda conn: teams.find_team(conn, team_id))
        if team is None:
            raise not_found("team")
        return tagged(team, response)

    @routes.patch("/{team_id}")
    async def change(
        team_id: PathId,
        changes: TeamChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> TeamShown:
        """Change a team: its name, fallback or members, or that it takes the leads."""
        expected = expected_revision(if_match)
        fields = cast("TeamFields", changes.model_dump())
        stored = await db.write(
            lambda conn: change_team(unit_of_work(parts, conn), caller, team_id, expected, fields)
        )
        return tagged(stored, response)

    return routes


def tagged(team: Team, response: Response) -> TeamShown:
    """Return a team, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(team.revision)
    return shown(team)
