"""How a policy version does, over HTTP: its shared goals measured, and advice for the next."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.handoff.domain.advice import Standing
from services.handoff.domain.goals import Verdict
from services.handoff.handlers.policy_goals import read_experience, read_goals
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.web import Permit

Texts = Annotated[dict[str, str], Field(description="In words, per language.")]
Number = Annotated[
    int | None, Query(ge=1, le=2**31 - 1, description="A version; else the one in force.")
]
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)
From = Annotated[
    date | None,
    Query(
        alias="from",
        ge=FIRST,
        le=LAST,
        description="First day on which hand-offs were decided, in the company's zone.",
    ),
]
To = Annotated[date | None, Query(alias="to", ge=FIRST, le=LAST, description="Last day, included.")]


class Life(BaseModel):
    """A version, and the part of its life that is looked at."""

    policy: str
    number: int
    version_id: str
    state: str
    agreement: Literal["trial", "signed"]
    in_force_from: datetime | None = Field(description="Null: it has decided nothing yet.")
    in_force_until: datetime | None
    since: datetime | None
    until: datetime
    zone: str = Field(description="The company's, in which days and months begin.")
    measured_at: datetime
    handoffs: int = Field(description="Hand-offs that were decided in this time.")


class Target(BaseModel):
    """A shared goal: wanted, measured, and whether that is enough to say.

    `met` and `missed` are said where neither chance (95 % interval) nor what is still open
    can change it, and of a share never below 20 cases.
    """

    name: str
    title: Texts
    unit: Literal["percent", "leads"]
    wanted: float | None = Field(description="Null: the policy sets no such goal.")
    measured: float | None = Field(description="Of the cases that are known; null without any.")
    low: float | None = Field(description="What it may really be, however the open ones end.")
    high: float | None
    verdict: Verdict
    cases: int = Field(description="Hand-offs with a known result; leads of whole months.")
    good: int | None
    not_yet_known: int = Field(description="Open and within their deadline.")
    at_least: float | None = Field(description="If all of those end badly.")
    at_most: float | None = Field(description="If all of those end well.")
    left_out: int = Field(description="Superseded, or closed in time before anything was owed.")
    whole_months: int | None
    text: Texts


class MonthShown(BaseModel):
    """Leads that became ready in a calendar month of the company's zone."""

    month: str = Field(description="`2026-03`.")
    sales_ready: int
    is_whole: bool = Field(description="False: only a part of it is covered; it is not judged.")
    covered_from: datetime
    covered_until: datetime


class TargetsShown(Life):
    """The shared goals of a version."""

    superseded: int = Field(description="Hand-offs that another took the place of; not counted.")
    targets: list[Target]
    months: list[MonthShown]


class LiftShown(BaseModel):
    """How many times as often leads with something had a good result as leads without it."""

    with_good: int
    with_cases: int
    without_good: int
    without_cases: int
    unknown: int = Field(description="Left out: nobody knows whether these leads had it.")
    lift: float | None = Field(description="Null: nothing to divide by.")
    low: float | None = Field(description="95 % interval by Koopman's score method.")
    high: float | None = Field(description="Null: there is no upper end.")
    standing: Standing = Field(description="`unclear`: chance may be the reason.")
    text: Texts


class ComparedShown(BaseModel):
    """A signal or fit criterion of the version."""

    kind: Literal["signal", "fit"]
    name: str
    title: Texts
    accepted: LiftShown
    won: LiftShown


class ResultsShown(BaseModel):
    """How the hand-offs ended, for one outcome."""

    known: int
    good: int
    not_yet_known: int
    left_out: int


class Caution(BaseModel):
    """What has to be known to read advice rightly."""

    code: str
    text: Texts


class ProposalShown(BaseModel):
    """An exclusion that rejections suggest for the next version. Nothing changes by itself."""

    name: str
    exclude: dict[str, Any] = Field(description="As a policy writes it, below `exclude`.")
    kept_out: int = Field(
        description="Leads it is true of that sales sent back with the effect `suppress`."
    )
    others: int = Field(description="Leads it is true of that were not: it would have cost them.")
    text: Texts


class AdviceShown(Life):
    """What went with a yes of sales, and with a deal. It decides nothing."""

    results: dict[str, ResultsShown]
    compared: list[ComparedShown] = Field(description="In the policy's order.")
    cautions: list[Caution]
    proposals: list[ProposalShown] = Field(
        description="Rules that the latest 2000 answers suggest, for the review of the policy."
    )


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/policies/{policy}`` that measure."""
    routes = APIRouter(prefix="/v1/policies/{policy}", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]

    @routes.get("/targets")
    async def show_targets(
        policy: str, _caller: Reader, number: Number = None, first: From = None, last: To = None
    ) -> TargetsShown:
        """Measure the shared goals of a version, over its life or over some days of it."""
        goals = await db.read(
            lambda conn: read_goals(unit_of_work(parts, conn), policy, number, first, last)
        )
        return TargetsShown(**await asyncio.to_thread(goals.as_data))

    @routes.get("/advice")
    async def show_advice(
        policy: str, _caller: Reader, number: Number = None, first: From = None, last: To = None
    ) -> AdviceShown:
        """Say which signals and criteria went with acceptance and with deals won."""
        experience = await db.read(
            lambda conn: read_experience(unit_of_work(parts, conn), policy, number, first, last)
        )
        return AdviceShown(**await asyncio.to_thread(experience.as_data))

    return routes
