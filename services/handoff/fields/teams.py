"""Teams as requests, forms and files say them, and as they are shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import MISSING, AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.handoff.fields.calendars import CalendarName
from services.handoff.store.teams import Team
from shared.contracts.handoffs import Person
from shared.fields import Id, Name

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
    dealt: int = Field(description="Leads they got by turn in this team, ever.")
    behind: float = Field(
        description="Leads they are short of their share; below zero: ahead of it. As of the lead "
        "that was dealt last."
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
    window_days: int = Field(
        description="Days over which turns are told, and over which what somebody is more than a "
        "lead ahead or behind fades."
    )
    requires: list[str] = Field(description="`language`, `skill`: nobody gets a lead without.")


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
                behind=round(one.behind, 3),
                last_dealt_at=one.last_dealt_at,
                weight=one.weight,
                cap=one.cap,
            )
            for one in team.members
        ],
    )
