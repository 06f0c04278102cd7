"""What handoff tells of a lead's consent: who may be contacted, channel by channel."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event, Part
from shared.contracts.handoffs import TOPIC, HandoffEvent


class ConsentSaid(Part):
    """What counts for one channel from now on, and who says so."""

    channel: str = Field(description="`email`, `phone`, `sms` or `post`.")
    status: Literal["granted", "refused", "unknown"] = Field(
        description="`unknown`: nobody says anything any more, a refusal was taken back."
    )
    source: str = Field(description="The source that told it, or the person who wrote it down.")
    at: AwareDatetime = Field(description="When it was said, by the source's account.")


class LeadConsentChanged(Event):
    """A channel must not be used for this lead any more, or may be used again."""

    type: ClassVar[str] = "lead.consent_changed.v1"
    topic: ClassVar[str] = TOPIC

    lead_id: str
    identifiers: list[str] = Field(description="Of the lead: `email:…`, `user:{source}:…`.")
    changes: list[ConsentSaid]
    refused: list[str] = Field(description="The channels nobody may use now.")
    because: str | None = Field(
        default=None, description="Why a person wrote it down; null where a source told it."
    )
    at: AwareDatetime


class HandoffConsentChanged(HandoffEvent):
    """So it is with a lead whose hand-off is open: its owner has to know at once."""

    type: ClassVar[str] = "handoff.consent_changed.v1"

    changes: list[ConsentSaid]
    refused: list[str] = Field(description="The channels nobody may use now.")
    at: AwareDatetime
