"""Teams over HTTP: who takes leads in turn."""

from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Response
from pydantic import MISSING, AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from services.handoff.handlers.teams import TeamFields, add_team, change_team
from services.handoff.http.calendar_models import CalendarName
from services.handoff.store import teams
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.store.teams import Team
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.contracts.handoffs import Person
from shared.fields import Id, Name
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit

LEAST_WEIGHT = 0.001

TeamCalendar = Annotated[
    CalendarName | None,
    Field(description="Its hours, for clocks on the calendar `team`; null: day and night."),
]


def _rounded(weight: float) -> float:
    """Return a weight with three decimals: those of 0.3333 and 0.333 are one."""
    if 0 < weight < LEAST_WEIGHT:
        raise PydanticCustomError("weight", "a weight above 0 is 0.001 at least")
    return round(weight, 3)


def _named(member: object) -> object:
    """Take an id as a member of whom nothing else is said."""
    return {"person_id": member} if isinstance(member, str) else member


class MemberGiven(BaseModel):
    """Somebody in a team. What is left out stays; for who joins it is the usual."""

    model_config = ConfigDict(extra="forbid", strict=True)

    person_id: Id
    weight: Annotated[float, Field(ge=0, le=100), AfterValidator(_rounded)] | MISSING = Field(
        default=MISSING,
        description="Their share of the turns beside those of the others: with 2 twice as many as "
        "with 1, the usual; 0: none, though they stay in the team.",
    )
    cap: Annotated[int, Field(ge=0, le=100_000)] | MISSING | None = Field(
        default=MISSING, description="Active hand-offs they have at most; null: no limit."
    )


Members = Annotated[
    list[Annotated[MemberGiven, BeforeValidator(_named, json_schema_input_type=Id | MemberGiven)]],
    Field(max_length=500, description="All of them: ids of people, or what each of them takes."),
]
Fallbacks = Annotated[
    list[Id],
    Field(
        max_length=20,
        description="Ids of people, in order: who takes what nobody in the team can, before "
        "`fallback_id`.",
    ),
]
WindowDays = Annotated[
    int, Field(ge=1, le=90, description="Days over which turns are fair; 7 unless said.")
]
Requires = Annotated[
    list[Literal["language", "skill"]],
    Field(
        max_length=2,
        description="Nobody gets a lead without its language, or its product as a skill. Left "
        "out: who has them is preferred.",
    ),
]


class NewTeam(BaseModel):
    """A team to make."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name
    fallback_id: Id = Field(description="The person who takes what nobody in the team can.")
    takes_leads: bool | MISSING = Field(
        default=MISSING,
        description="New hand-offs go to this team from now on. The first team takes them anyway.",
    )
    members: Members | MISSING = MISSING
    calendar: TeamCalendar | MISSING = MISSING
    fallbacks: Fallbacks | MISSING = MISSING
    window_days: WindowDays | MISSING = MISSING
    requires: Requires | MISSING = MISSING


class TeamChanges(BaseModel):
    """What changes about a team. What is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name | MISSING = MISSING
    fallback_id: Id | MISSING = MISSING
    takes_leads: bool | MISSING = Field(
        default=MISSING, description="True takes the new hand-offs from the team that took them."
    )
    members: Members | MISSING = MISSING
    calendar: TeamCalendar | MISSING = MISSING
    fallbacks: Fallbacks | MISSING = MISSING
    window_days: WindowDays | MISSING = MISSING
    requires: Requires | MISSING = MISSING


class MemberShown(Person):
    """Somebody in a team, and their turns."""

    active: bool = Field(description="False for somebody who has left: no turns any more.")
    dealt: int = Field(
        description="Leads they got by turn in this team, ever. Fairness counts a window."
    )
    last_dealt_at: datetime | None
    weight: float = Field(description="Their share of the turns; 0: none.")
    cap: int | None = Field(description="Active hand-offs at most; null: no limit.")


class TeamShown(BaseModel):
    """A team."""

    team_id: str
    revision: int
    name: str
    takes_leads: bool = Field(description="Whether new hand-offs go to this team.")
    fallback: Person
    members: list[MemberShown]
    calendar: str | None = Field(description="The team's hours; null: day and night.")
    fallbacks: list[Person] = Field(
        description="Who takes what nobody in the team can, in order, before `fallback`."
    )
    window_days: int = Field(description="Days over which turns are fair.")
    requires: list[str] = Field(description="`language`, `skill`: nobody gets a lead without.")


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


def shown(team: Team) -> TeamShown:
    """Return a team as callers see one."""
    return TeamShown(
        team_id=team.team_id,
        revision=team.revision,
        name=team.name,
        takes_leads=team.takes_leads,
        fallback=team.fallback,
        calendar=team.calendar,
        fallbacks=list(team.fallbacks),
        window_days=team.window_days,
        requires=list(team.requires),
        members=[
            MemberShown(
                person_id=one.person_id,
                name=one.name,
                email=one.email,
                active=one.active,
                dealt=one.dealt,
                last_dealt_at=one.last_dealt_at,
                weight=one.weight,
                cap=one.cap,
            )
            for one in team.members
        ],
    )
