"""What the scoreboard answers. Shares are from 0 to 1, waits in seconds."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.handoff.domain.scoreboard import By, Change


class OnlyShown(BaseModel):
    """What was asked for; null: everything."""

    policy: str | None
    version: int | None
    source: str | None
    content: str | None
    campaign: str | None
    teams: list[str] | None = Field(description="Names; null: all teams, and what none has.")


class Progress(BaseModel):
    """How far counting again has come."""

    done: int
    total: int


class TouchesShown(BaseModel):
    """Touches by who made them."""

    human: int
    machine: int
    unsure: int


class ShareShown(BaseModel):
    """A share of the hand-offs decided in the period."""

    share: float | None = Field(description="Of those whose result is known; null without any.")
    good: int
    cases: int = Field(description="Those whose result is known.")
    not_yet_known: int = Field(description="Open and within their deadline.")
    left_out: int = Field(description="Nothing was owed any more, or nobody knows what was.")
    low: float | None = Field(description="What it may really be, however the open ones end.")
    high: float | None
    enough: bool = Field(description="False: below 20 cases chance may be all there is to it.")


class Shares(BaseModel):
    """The shares both teams promise each other."""

    accepted: ShareShown
    answered_in_time: ShareShown
    attempted_in_time: ShareShown
    won: ShareShown


class FirstAttempt(BaseModel):
    """How long leads waited for the first attempt, those nobody tried to reach included."""

    median_s: int | None = Field(description="Null: half of them were never tried, or no cases.")
    p90_s: int | None = Field(description="Null: more than one in ten was never tried.")
    cases: int
    unanswered: int = Field(description="The promise has passed, and nobody tried.")


class Figures(BaseModel):
    """The figures of some days."""

    touches: TouchesShown
    engaged_leads: int | None = Field(
        description="Leads that did something for the first time; null: not told by content."
    )
    sales_ready: int = Field(description="Hand-offs decided; from here on all is about them.")
    accepted: int
    sql: int
    opportunity: int
    won: int
    lost: int
    rejected: int = Field(description="Sent back unworked.")
    handed_back: int = Field(description="Sent back after they had been accepted.")
    by_hand: int = Field(
        description="Handed over by a person, not by a gate; counted nowhere else."
    )
    superseded: int = Field(description="Another hand-off took their place; counted nowhere else.")
    misses: int | None = Field(
        description="Leads won that no gate had handed over; null: not told by team or content."
    )
    shares: Shares
    first_attempt: FirstAttempt


class Totals(Figures):
    """The figures of the whole period."""

    people: int = Field(description="Different leads among the hand-offs.")
    amounts: dict[str, float] = Field(description="Won, by currency; empty name: nobody told it.")


class Before(Figures):
    """The figures of the period before."""

    first: date = Field(alias="from")
    to: date


class Piece(Before):
    """The figures of a day, a week or a month."""

    is_whole: bool = Field(description="False: a part of it, or it is not over.")


class ChangeShown(BaseModel):
    """Whether each share really moved since the period before, or chance may be the reason."""

    accepted: Change
    answered_in_time: Change
    attempted_in_time: Change
    won: Change


class ReasonShown(BaseModel):
    """Why hand-offs were sent back."""

    reason: str
    title: dict[str, str]
    rejected: int
    handed_back: int
    share: float | None = Field(description="Of all that were sent back.")
    before: int = Field(description="In the period before.")


class Within(BaseModel):
    """How many first attempts came so soon, and not sooner than the line above."""

    up_to_s: int | None = Field(description="Null: later than all others.")
    handoffs: int


class WaitsShown(BaseModel):
    """The distribution of waits for the first attempt."""

    within: list[Within]
    unanswered: int


class WantedShares(BaseModel):
    """The goals that are shares; null: the policy sets none."""

    accepted: float | None
    attempted_in_time: float | None
    won: float | None


class WantedShown(BaseModel):
    """What the policy in view promises: the version asked for, or the one in force if alone."""

    policy: str
    version: int
    shares: WantedShares
    sales_ready_per_month: float | None
    first_attempt_in_s: dict[str, int] = Field(description="By tier.")
    answer_in_s: dict[str, int] = Field(description="By tier.")


class MonthShown(BaseModel):
    """What a policy handed over in a calendar month, and what it wanted."""

    month: str = Field(description="`2026-03`.")
    is_whole: bool
    policy: str
    version: int | None = Field(description="In force at its end; null: none was.")
    sales_ready: int
    wanted: float | None


class AssetShown(BaseModel):
    """Content or a campaign leads had met before their hand-off."""

    name: str
    title: str | None
    handoffs: int
    accepted: int
    won: int
    ended: int
    won_share: ShareShown


class MissesShown(BaseModel):
    """Leads that were won and that no gate had handed over by then."""

    leads: int | None = Field(description="Null: they belong to no team and to no content.")
    before: int | None
    told_by_crm: int | None = Field(description="By a touch `deal.won`.")
    told_by_sales: int | None = Field(description="A hand-off made by hand was won.")


class PolicyChoice(BaseModel):
    """A policy that decided in the period, with its versions that did."""

    policy: str
    versions: list[int]


class TeamChoice(BaseModel):
    """A team."""

    team_id: str
    name: str


class Choices(BaseModel):
    """What the view can be narrowed to."""

    policies: list[PolicyChoice]
    sources: list[str]
    teams: list[TeamChoice]


class ScoreboardShown(BaseModel):
    """The numbers both teams read."""

    first: date = Field(alias="from")
    to: date
    by: By
    zone: str = Field(description="The company's, in which days begin.")
    measured_at: datetime
    only: OnlyShown
    rebuilding: Progress | None = Field(description="Not null: the figures are not complete.")
    totals: Totals
    before: Before
    change: ChangeShown
    series: list[Piece]
    reasons: list[ReasonShown]
    waits: WaitsShown
    wanted: WantedShown | None
    months: list[MonthShown]
    content: list[AssetShown] = Field(description="Those with the most deals won, 50 at most.")
    campaigns: list[AssetShown]
    misses: MissesShown
    leaks: int | None = Field(
        description="What must never be (`relevo audit leaks`), now; null in a view of a part."
    )
    choices: Choices
