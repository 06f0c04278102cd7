"""What handoff tells everybody (topic ``relevo.handoffs.v1``): a lead's way through sales.

Every event names the hand-off, the policy version that decided and whether both teams
have signed it. Within one lead, ``sequence`` rises by one from event to event.
"""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.cards import (
    AccountCard,
    Campaign,
    Channel,
    ContentSeen,
    Factor,
    GroupPerson,
    Interest,
    LeadCard,
    Score,
    TouchLine,
)
from shared.contracts.envelope import Event, Part

TOPIC = "relevo.handoffs.v1"
Agreement = Literal["trial", "signed"]


class Person(Part):
    """Somebody who works with leads."""

    person_id: str
    name: str
    email: str


class HandoffRef(Part):
    """Which hand-off this is about, and where it stands after the event."""

    handoff_id: str
    lead_id: str
    lead_name: str = Field(description="Name to show; the identifier when no name is known.")
    policy: str
    policy_version: int
    policy_version_id: str
    agreement: Agreement = Field(
        description="`trial` until marketing and sales have both signed the version that decided."
    )
    gate: str = Field(
        description="The gate that passed; `override` where a person handed the lead over."
    )
    tier: str = Field(description="Urgency the policy gives the gate: `hot`, `warm`…")
    cycle: int = Field(description="Which time this lead is handed over under this policy, from 1.")
    stage: str = Field(
        description="`assigned`, `accepted`, `working`, `sql`, `opportunity`, `won`, `lost`, "
        "`rejected`, `recycled` or `superseded`."
    )
    owner: Person


class EarlierHandoff(Part):
    """How it went the last time."""

    handoff_id: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    stage: str
    reason: str | None
    reason_title: dict[str, str] | None = Field(
        default=None, description="The reason's title per language, when it is one of the policy's."
    )
    owner: Person
    policy: str
    policy_version: int


class NotToSay(Part):
    """What must not be said, or must not be done."""

    kind: Literal["opt_out", "unsubscribed", "complaint", "reject_reason"]
    channel: str | None
    text: str = Field(
        description="In English, or in its source's words; the other fields say it in any language."
    )
    source: str | None = Field(default=None, description="Who says so, where it is a source.")
    reason_title: dict[str, str] | None = Field(
        default=None, description="The reason's title per language, when it is one of the policy's."
    )
    at: AwareDatetime


class Deadline(Part):
    """A clock that runs on the hand-off."""

    kind: str = Field(description="`accept` or `first_attempt`.")
    due_at: AwareDatetime
    within_s: int = Field(description="What the policy promises, in seconds of its calendar.")
    calendar: str = Field(
        description="What it is counted on: a calendar's name, or `always` for day and night."
    )
    starts_at: AwareDatetime | None = Field(
        default=None,
        description="When the clock started: when the deciding touch was received; the share of a later owner, when they got it.",
    )
    explanation: dict[str, str] | None = Field(
        default=None, description="How the due time came about, in words, by language: `es`, `en`."
    )


class Links(Part):
    """Where to go from here."""

    console: str = Field(
        description="The hand-off's page in the console. Nothing answers there before a console "
        "is installed."
    )
    timeline: str = Field(description="Every touch of the lead.")
    evaluation: str
    verdict: str = Field(description="Where the answer is posted.")


class Released(Part):
    """People chose the lead from a reviewed batch; no arrival of its own handed it over."""

    batch_id: str
    by: str = Field(description="Who ticked the lead.")
    at: AwareDatetime = Field(description="When they did.")


class Override(Part):
    """A person's word beside the policy's, which stays visible next to it."""

    ready: bool = Field(description="True: handed over now; false: held back.")
    policy: str | None = Field(description="The policy it is about; null for every policy.")
    reason: str
    by: str = Field(description="Name of the key or person who said so.")
    person_id: str | None = Field(description="The person the key acts for, if any.")
    at: AwareDatetime
    until: AwareDatetime | None = Field(
        default=None, description="When it runs out; null: when it is lifted."
    )


class HandoffEvent(Event):
    """What all events of a hand-off share."""

    topic: ClassVar[str] = TOPIC

    handoff: HandoffRef


class SalesReady(HandoffEvent):
    """A lead is ready for sales: once per lead, policy and cycle.

    Everything is as it was at the moment of decision and does not change afterwards.
    """

    type: ClassVar[str] = "handoff.sales_ready.v1"

    decided_at: AwareDatetime
    lead: LeadCard
    account: AccountCard | None
    why_now: list[TouchLine] = Field(
        description="The touches that made the gate pass, however old, newest first."
    )
    engagement: Score
    fit: Score
    evaluation: dict[str, Any] = Field(
        description="Each gate and condition: met or not, wanted, actual, evidence; guards; near misses."
    )
    timeline: list[TouchLine] = Field(description="The latest 100 touches, newest first.")
    timeline_total: int = Field(
        description="Touches of the lead in all; `links.timeline` has every one."
    )
    interests: list[Interest] = Field(
        description="Topics of the latest 500 touches, by weight, at most 8."
    )
    content_seen: list[ContentSeen] = Field(
        description="What the latest 500 touches were about, the latest first."
    )
    campaigns: list[Campaign] = Field(
        description="Campaigns of the latest 500 touches, the latest first."
    )
    first_source: str | None = Field(description="The source of the lead's very first touch.")
    last_source: str | None = Field(description="The source of its latest touch.")
    earlier_handoffs: list[EarlierHandoff] = Field(description="All of them, the latest first.")
    not_to_say: list[NotToSay] = Field(description="However long ago; of complaints the latest 20.")
    assignment: "Assignment"
    deadlines: list[Deadline]
    links: Links
    released: Released | None = Field(
        default=None, description="Null unless people chose the lead from a reviewed batch."
    )
    group: list[GroupPerson] = Field(
        default=[],
        description="Everybody of the account who made the gate pass together, the lead too, where "
        "the gate asks about several people; else empty.",
    )
    override: Override | None = Field(
        default=None,
        description="Who handed the lead over and why, where no gate did. `evaluation` says what "
        "the policy itself made of it.",
    )


class Considered(Part):
    """One person the assignment looked at."""

    person_id: str
    name: str
    chosen: bool
    reason: str = Field(description="In English; `words` has it in every language.")
    code: str = Field(
        default="",
        description="`waits`, `later`, `away`, `full`, `gone`, `leaving`, `no_hours`, `no_turns`, "
        "`no_language`, `no_skill`, `without`, `not_before`; of who was chosen as in `assignment`.",
    )
    words: dict[str, str] | None = Field(default=None, description="By language: `es`, `en`.")
    numbers: dict[str, float] = Field(
        default={},
        description="What the reason counts: `active` hand-offs, `cap`; `dealt` leads of a `share` "
        "in `days`, and how many leads they are `behind` in all; below zero: ahead.",
    )


class RoutingStep(Part):
    """One question of the routing, and its answer."""

    step: str = Field(
        description="`contact`, `relation`, `territory`, `language`, `turn` or `fallback`, in "
        "this order; the first that names an owner is the last."
    )
    code: str
    words: dict[str, str] = Field(description="The answer, by language: `es`, `en`.")


class Assignment(Part):
    """Who owns the hand-off, and the stored reason why."""

    owner: Person
    team: str | None
    reason: str
    code: str = Field(
        description="`open_handoff`, `account_owner`, `account_handoff`, `works_on_it`, "
        "`earlier_owner`, `territory_owner`, `fair_rotation`; `fallback` or `last_resort` where "
        "nobody of the team could take it; `by_hand` where a person decided."
    )
    considered: list[Considered] = Field(
        description="Everybody who was looked at, in that order. Somebody may be there twice."
    )
    at: AwareDatetime
    by: Person | None = Field(default=None, description="Who decided, where a person did.")
    text: str | None = Field(default=None, description="Why, in that person's own words.")
    words: dict[str, str] | None = Field(
        default=None, description="The reason by language: `es`, `en`."
    )
    steps: list[RoutingStep] = Field(
        default=[], description="The questions of the routing with their answers."
    )


class Assigned(HandoffEvent):
    """The hand-off has its first owner and its clock runs."""

    type: ClassVar[str] = "handoff.assigned.v1"

    assignment: Assignment
    deadlines: list[Deadline]


class Reassigned(HandoffEvent):
    """Somebody else owns the hand-off now. The lead's own clock never restarts."""

    type: ClassVar[str] = "handoff.reassigned.v1"

    assignment: Assignment
    earlier_owner: Person
    deadlines: list[Deadline]
    why: dict[str, str] | None = Field(
        default=None,
        description="Why the earlier owner has it no longer, per language, where nobody took it "
        "away by hand: `es`, `en`.",
    )


class Updated(HandoffEvent):
    """A lead whose hand-off is open did something strong again: news for its owner, not a second lead."""

    type: ClassVar[str] = "handoff.updated.v1"

    touches: list[TouchLine]
    points: dict[str, float] = Field(
        default={},
        description="What each of `touches` brings to the engagement now, by its id; those of a "
        "group have none.",
    )
    engagement: float
    fit: float
    policy_version: int | None = Field(
        default=None,
        description="The version whose scores these are; the hand-off names the one that decided.",
    )
    policy_version_id: str | None = None
    people: list[GroupPerson] = Field(
        default=[],
        description="Whose touches these are where colleagues of the lead did them: the people of "
        "its account who are with sales together, and who joins them now.",
    )


class Accepted(HandoffEvent):
    """The owner took the lead."""

    type: ClassVar[str] = "handoff.accepted.v1"

    by: Person
    at: AwareDatetime
    waited_s: int = Field(description="Wall-clock seconds since the lead became ready.")


class Rejected(HandoffEvent):
    """The owner sent the lead back, with a reason from the agreed list."""

    type: ClassVar[str] = "handoff.rejected.v1"

    by: Person
    at: AwareDatetime
    reason: str
    reason_title: dict[str, str]
    effect: str
    text: str | None
    waited_s: int


class Attempted(HandoffEvent):
    """Somebody tried to reach the lead."""

    type: ClassVar[str] = "handoff.attempted.v1"

    by: Person
    at: AwareDatetime
    channel: str = Field(description="`call`, `email`, `meeting`, `message`…")
    reached: bool = Field(description="True when there was a real talk.")
    text: str | None
    first: bool = Field(description="True for the first attempt, which stops the clock.")


class Progressed(HandoffEvent):
    """An accepted hand-off moved on: a qualified lead, an opportunity."""

    type: ClassVar[str] = "handoff.progressed.v1"

    by: Person
    at: AwareDatetime
    amount: float | None
    currency: str | None
    reached: Literal["sql", "opportunity"] | None = Field(
        default=None,
        description="What was told; told late, `handoff.stage` is what came behind it.",
    )


class Closed(HandoffEvent):
    """The hand-off has ended."""

    type: ClassVar[str] = "handoff.closed.v1"

    by: Person | None = Field(description="None when nobody did: a merge closed it.")
    at: AwareDatetime
    reason: str | None
    text: str | None
    amount: float | None
    currency: str | None
    cool_down_until: AwareDatetime | None


SalesReady.model_rebuild()

__all__ = [  # read from here too: they are parts of these events
    "AccountCard",
    "Campaign",
    "Channel",
    "ContentSeen",
    "Factor",
    "GroupPerson",
    "Interest",
    "LeadCard",
    "Score",
    "TouchLine",
]
