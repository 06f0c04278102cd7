"""What events say of a lead and its account: who they are, what they did, what it is worth."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Part


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


class GroupPerson(Part):
    """One of several people of an account who are with sales together."""

    lead_id: str
    name: str
    title: str | None
    email: str | None
    touches: list[TouchLine] = Field(description="What they did that counts here, newest first.")
    joined: bool = Field(description="True in the event by which they came into the group.")
