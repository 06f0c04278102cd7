"""Trying the routing over HTTP: who would get this lead now, and why."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from services.handoff.handlers.cards import owner
from services.handoff.handlers.try_routing import Trial, Tried, try_routing
from services.handoff.store.assignments import considered, said, steps
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.contracts.handoffs import Considered, Deadline, Person, RoutingStep
from shared.fields import Id, Moment
from shared.web import Permit

FactName = Annotated[str, Field(min_length=1, max_length=100)]
Facts = Annotated[dict[FactName, Any], Field(max_length=100)]


class MadeUp(BaseModel):
    """What is known of a lead that does not exist."""

    model_config = ConfigDict(extra="forbid")

    lead: Facts = Field(default={}, description="Facts of the person: `language`, `country`…")
    account: Facts = Field(default={}, description="Facts of the company: `domain`, `employees`…")


class NewTrial(BaseModel):
    """What is asked: about a lead, or about facts."""

    model_config = ConfigDict(extra="forbid")

    lead: Id | None = Field(default=None, description="Id of a lead.")
    facts: MadeUp | None = Field(default=None, description="Of a lead that does not exist.")
    policy: str | None = Field(
        default=None,
        max_length=100,
        description="The policy that would hand it over; may be left out where one is in force.",
    )
    tier: str | None = Field(
        default=None, max_length=100, description="How urgent it is; the most urgent when null."
    )
    at: Moment | None = Field(
        default=None, description="A moment to come: whose hours are these? Now when null."
    )
    without: list[str] = Field(
        default=[], max_length=100, description="Ids or e-mails of people it must not go to."
    )

    @model_validator(mode="after")
    def _is_about_one(self) -> Self:
        if (self.lead is None) is (self.facts is None):
            raise ValueError("say either `lead` or `facts`")
        return self


class RoutingTried(BaseModel):
    """Who would get the lead, and why. Nothing was stored."""

    owner: Person | None = Field(description="Null: nobody may hand the lead over, see `never`.")
    team: str | None
    code: str = Field(description="As in `assignment` of `handoff.assigned.v1`; or `suppressed`.")
    words: dict[str, str] = Field(description="The reason by language: `es`, `en`.")
    never: str | None = Field(description="Why nobody may hand the lead over.")
    considered: list[Considered]
    steps: list[RoutingStep]
    at: datetime
    policy: str
    tier: str
    deadline: Deadline = Field(description="When an answer would be due.")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/routing``."""
    routes = APIRouter(prefix="/v1/routing", tags=["routing"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "leads:read"))]

    @routes.post("/try")
    async def try_it(trial: NewTrial, _caller: Reader) -> RoutingTried:
        """Say who would get a lead now: everybody considered, each with the reason."""
        made_up = trial.facts or MadeUp()
        asked = Trial(
            lead_id=trial.lead,
            facts={"lead": made_up.lead, "account": made_up.account},
            policy=trial.policy,
            tier=trial.tier,
            at=trial.at,
            without=trial.without,
        )

        def work(conn: Connection) -> RoutingTried:
            return shown(try_routing(unit_of_work(parts, conn), asked))

        return await db.read(work)

    return routes


def shown(tried: Tried) -> RoutingTried:
    """Return the answer as callers see it."""
    choice, never = tried.choice, tried.never
    if choice is None:
        words = {"es": "nadie puede entregar este lead", "en": "nobody may hand this lead over"}
    else:
        words = said(choice.words)
    return RoutingTried(
        owner=None if choice is None else owner(choice),
        team=None if choice is None else choice.team,
        code="suppressed" if choice is None else choice.code,
        words=words,
        never=never,
        considered=[] if choice is None else [Considered(**one) for one in considered(choice)],
        steps=[] if choice is None else [RoutingStep(**one) for one in steps(choice)],
        at=tried.at,
        policy=tried.policy,
        tier=tried.tier,
        deadline=tried.deadline,
    )
