"""What handoff tells everybody (topic ``relevo.handoffs.v1``): a lead's way through sales.

Every event names the hand-off, the policy version that decided and whether both teams
have signed it. Within one lead, ``sequence`` rises by one from event to event.
"""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

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
    gate: str = Field(description="The gate that passed.")
    tier: str = Field(description="Urgency the policy gives the gate: `hot`, `warm`…")
    cycle: int = Field(description="Which time this lead is handed over under this policy, from 1.")
    stage: str = Field(
        description="`assigned`, `accepted`, `working`, `sql`, `opportunity`, `won`, `lost`, "
        "`rejected`, `recycled` or `superseded`."
    )
    owner: Person


class Channel(Part):
    """Whether we may use a channel with this lead, and who says so."""

    channel: str
    status: Literal["granted", "refused"]
    source: str
    at: AwareDatetime


class LeadCard(Part):
    """Who the lead is."""

    lead_id: str
    name: str
    email: str | None
    phone: str | None
    title: str | None
    language: str | None
    country: str | None
    identifiers: list[str]
    facts: dict[str, Any] = Field(description="Everything else known about the person.")
    consent: list[Channel]
    first_seen_at: AwareDatetime


class AccountCard(Part):
    """The lead's company."""

    account_id: str
    domain: str
    name: str | None
    facts: dict[str, Any]


class Factor(Part):
    """One term of a score; the terms add up to the score exactly."""

    name: str = Field(description="Signal or fit criterion.")
    title: dict[str, str] = Field(description="Its title per language.")
    points: float
    evidence: list[str] = Field(description="Ids of the touches that count.")
    weak: bool = Field(description="True when it can never be what makes a lead ready.")


class Score(Part):
    """One of the two scores. They are never added up."""

    value: float
    factors: list[Factor]


class TouchLine(Part):
    """One touch as sales reads it."""

    touch_id: str
    kind: str
    name: str
    occurred_at: AwareDatetime
    source: str
    made_by: Literal["human", "machine", "unsure"]
    title: str | None = Field(description="What it was about: the content, page or mail.")
    url: str | None
    properties: dict[str, Any]


class Interest(Part):
    """A topic the lead comes back to."""

    topic: str
    weight: float = Field(
        description="Share of the lead's topical touches, 0 to 1; newer ones weigh more."
    )
    touches: int


class ContentSeen(Part):
    """Something the lead read, watched or downloaded."""

    content_id: str
    title: str | None
    topic: str | None
    url: str | None
    times: int
    first_at: AwareDatetime
    last_at: AwareDatetime


class Campaign(Part):
    """A campaign that brought the lead back."""

    name: str
    source: str | None
    medium: str | None
    first_at: AwareDatetime
    last_at: AwareDatetime


class EarlierHandoff(Part):
    """How it went the last time."""

    handoff_id: str
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None
    stage: str
    reason: str | None
    owner: Person
    policy: str
    policy_version: int


class NotToSay(Part):
    """What must not be said, or must not be done."""

    kind: Literal["opt_out", "unsubscribed", "complaint", "reject_reason"]
    channel: str | None
    text: str
    at: AwareDatetime


class Deadline(Part):
    """A clock that runs on the hand-off."""

    kind: str = Field(description="`accept` or `first_attempt`.")
    due_at: AwareDatetime
    within_s: int = Field(description="What the policy promises, in seconds of its calendar.")
    calendar: str


class Links(Part):
    """Where to go from here."""

    console: str
    timeline: str = Field(description="Every touch of the lead.")
    evaluation: str
    verdict: str = Field(description="Where the answer is posted.")


class Released(Part):
    """People chose the lead from a reviewed batch; no arrival of its own handed it over."""

    batch_id: str
    by: str = Field(description="Who ticked the lead.")
    at: AwareDatetime = Field(description="When they did.")


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
        description="The touches that made the gate pass, newest first."
    )
    engagement: Score
    fit: Score
    evaluation: dict[str, Any] = Field(
        description="Each gate and condition: met or not, wanted, actual, evidence; guards; near misses."
    )
    timeline: list[TouchLine] = Field(description="The latest 100 touches, newest first.")
    timeline_total: int
    interests: list[Interest]
    content_seen: list[ContentSeen]
    campaigns: list[Campaign]
    first_source: str | None
    last_source: str | None
    earlier_handoffs: list[EarlierHandoff]
    not_to_say: list[NotToSay]
    assignment: "Assignment"
    deadlines: list[Deadline]
    links: Links
    released: Released | None = Field(
        default=None, description="Null unless people chose the lead from a reviewed batch."
    )


class Considered(Part):
    """One person the assignment looked at."""

    person_id: str
    name: str
    chosen: bool
    reason: str


class Assignment(Part):
    """Who owns the hand-off, and the stored reason why."""

    owner: Person
    team: str | None
    reason: str
    code: str = Field(
        description="`fair_rotation`, `fallback`, `earlier_owner`, `by_hand`, `last_resort`…"
    )
    considered: list[Considered]
    at: AwareDatetime


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


class Updated(HandoffEvent):
    """A lead whose hand-off is open did something strong again: news for its owner, not a second lead."""

    type: ClassVar[str] = "handoff.updated.v1"

    touches: list[TouchLine]
    engagement: float
    fit: float
    policy_version: int | None = Field(
        default=None,
        description="The version whose scores these are; the hand-off names the one that decided.",
    )
    policy_version_id: str | None = None


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


class Escalated(HandoffEvent):
    """A deadline passed; a named person was told."""

    type: ClassVar[str] = "handoff.escalated.v1"

    deadline: Deadline
    step: int = Field(description="Which step of the ladder, from 1.")
    to: Person
    late_s: int = Field(description="Seconds between the due time and the firing.")


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


class LeadRecycled(HandoffEvent):
    """The lead goes back to marketing, with the condition of its return."""

    type: ClassVar[str] = "lead.recycled.v1"

    reason: str
    returns_at: AwareDatetime | None = Field(
        description="Earliest return; new evidence is needed too."
    )


class PolicyActivated(Event):
    """Another policy version decides from now on."""

    type: ClassVar[str] = "policy.activated.v1"
    topic: ClassVar[str] = TOPIC

    policy: str
    version: int
    version_id: str
    agreement: Agreement
    digest: str = Field(description="SHA-256 of the policy's content.")
    activated_at: AwareDatetime
    by: str


SalesReady.model_rebuild()
