"""What handoff tells about the agreements themselves (topic ``relevo.handoffs.v1``)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event, Part
from shared.contracts.handoffs import TOPIC, Agreement, Person


class PolicySignature(Part):
    """Somebody who signed a policy version, for marketing or for sales."""

    role: Literal["marketing", "sales"]
    by: Person
    at: AwareDatetime


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
    signatures: list[PolicySignature] = Field(
        default=[], description="Who has signed it: both teams, or fewer while it is on trial."
    )
    version_before: int | None = Field(
        default=None,
        description="The version that decided until now, if any did; the same one when a version on trial becomes the agreement.",
    )


class PolicyRetired(Event):
    """A policy decides no more, and none follows it. Its open hand-offs go on."""

    type: ClassVar[str] = "policy.retired.v1"
    topic: ClassVar[str] = TOPIC

    policy: str
    version: int = Field(description="The version that decided until now.")
    version_id: str
    why: str
    retired_at: AwareDatetime
    by: str


class MissedTarget(Part):
    """A target of the policy that is missed, by enough cases to say so."""

    name: str = Field(
        description="`acceptance`, `first_attempt_in_time`, `won` or `sales_ready_per_month`."
    )
    unit: Literal["percent", "leads"]
    wanted: float
    measured: float
    low: float = Field(description="What it may really be, at least: 95 % interval.")
    high: float = Field(description="What it may really be, at most.")
    cases: int
    text: dict[str, str] = Field(description="All of this in words, per language.")


class PolicyReviewDue(Event):
    """Both teams should look at their policy again: its date has come, or a target is missed.

    Told once for each review date of a version, and once for each missed target between two
    reviews. Nothing about the policy changes by it.
    """

    type: ClassVar[str] = "policy.review_due.v1"
    topic: ClassVar[str] = TOPIC

    policy: str
    title: dict[str, str] = Field(description="The policy's title per language.")
    version: int
    version_id: str
    agreement: Agreement
    due_at: AwareDatetime | None = Field(
        description="The review date that has come; null when a missed target is the only reason."
    )
    missed: list[MissedTarget] = Field(
        description="Targets missed since the version came into force or was last reviewed."
    )
    in_force_since: AwareDatetime
    last_reviewed_at: AwareDatetime | None
    to: list[Person] = Field(
        description="Who is told: everybody with the role marketing, sales or manager."
    )
