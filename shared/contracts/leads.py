"""What handoff tells about leads themselves, on the topic of their hand-offs."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event
from shared.contracts.handoffs import TOPIC, HandoffEvent


class LeadMerged(Event):
    """Two leads turned out to be one person. The oldest goes on."""

    type: ClassVar[str] = "lead.merged.v1"
    topic: ClassVar[str] = TOPIC

    lead_id: str = Field(description="The lead that goes on.")
    merged_lead_id: str = Field(description="The lead that is now part of it.")
    because: str = Field(description="The identifier both had, or who merged them.")
    at: AwareDatetime


class LeadUnmerged(Event):
    """A merge was undone: the lead stands for itself again."""

    type: ClassVar[str] = "lead.unmerged.v1"
    topic: ClassVar[str] = TOPIC

    lead_id: str
    unmerged_lead_id: str
    by: str
    at: AwareDatetime


class LeadErased(Event):
    """A person asked to be erased: nothing is known of the lead any more.

    Whoever keeps a copy of what came before deletes it.
    """

    type: ClassVar[str] = "lead.erased.v1"
    topic: ClassVar[str] = TOPIC

    lead_id: str
    merged_lead_ids: list[str] = Field(description="Leads that were part of it.")
    at: AwareDatetime


class LeadRecycled(HandoffEvent):
    """The lead goes back to marketing, with the condition of its return."""

    type: ClassVar[str] = "lead.recycled.v1"

    reason: str
    reason_title: dict[str, str] | None = Field(
        default=None, description="The reason's title per language, when it is one of the policy's."
    )
    returns_at: AwareDatetime | None = Field(
        description="Earliest return; new evidence is needed too."
    )
    returns_on: Literal["date", "new_evidence"] = Field(
        default="date",
        description="`new_evidence`: as soon as there is some behind the cool-down, without a date.",
    )
