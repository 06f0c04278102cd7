"""What handoff tells about leads themselves, on the topic of their hand-offs."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event
from shared.contracts.handoffs import TOPIC


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
