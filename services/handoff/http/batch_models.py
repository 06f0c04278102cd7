"""What requests and answers about a reviewed batch look like."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.handoff.http.progress import Progress
from services.handoff.store.batches import ItemFilter
from shared.fields import Id

State = Literal["making", "stopped", "made", "handing_over", "handed_over"]
ItemState = Literal["listed", "waiting", "handed_over", "skipped"]
Score = Annotated[float | None, Field(default=None, ge=-1e6, le=1e6)]
Gate = Annotated[str | None, Field(default=None, max_length=100)]


class BatchShown(BaseModel):
    """A batch: how far it is, and what became of the leads it lists."""

    batch_id: str
    policy: str
    number: int
    version_state: str
    state: State = Field(
        description="`handing_over`: ticked leads wait for their turn, or for the version to "
        "come into force. `stopped`: what is listed can still be handed over."
    )
    progress: Progress
    compared_with: int | None = Field(
        description="Number of the version that did not call these leads ready."
    )
    leads: int = Field(description="Leads listed, whatever became of them.")
    ticked: int = Field(description="Chosen, and not asked for yet.")
    waiting: int = Field(description="To be handed over.")
    handed_over: int
    skipped: int = Field(description="Could not be handed over any more; each says why.")
    per_hour: int = Field(description="Leads handed over within an hour, at most.")
    per_day: int
    made_by: str
    made_at: datetime
    finished_at: datetime | None = Field(description="When the list was complete, or stopped.")
    handed_over_by: str | None
    handed_over_at: datetime | None


class Touched(BaseModel):
    """A touch that makes the gate pass."""

    touch_id: str
    kind: str
    name: str
    occurred_at: datetime


class ItemShown(BaseModel):
    """A lead of a batch."""

    lead_id: str
    name: str | None = Field(description="Null when the lead is gone.")
    email: str | None
    title: str | None
    company: str | None
    state: ItemState
    gate: str
    tier: str
    engagement: float
    fit: float
    deciding: list[Touched] = Field(description="What would be told as the reason.")
    why_not: dict[str, Any] = Field(
        description="Why the version before did not call it ready. `code`: `near_miss`, "
        "`excluded`, `nothing_new` (ready under both, nothing came in since) or `no_version`."
    )
    ticked_by: str | None
    ticked_at: datetime | None
    reason: str | None = Field(
        description="Why it was skipped: `open_handoff`, `cool_down`, `no_new_evidence`, "
        "`override`, `suppressed`, `no_consent`, `awaits_marketing`, `not_ready`, `excluded`, "
        "`unknown_person`, `merged`, `lead_gone`, `version_succeeded`."
    )
    handoff_id: str | None
    settled_at: datetime | None


class Choice(BaseModel):
    """Which leads of the batch to tick or to untick: these, or all that the rest describes."""

    model_config = ConfigDict(extra="forbid")

    ticked: bool = True
    leads: list[Id] | None = Field(default=None, min_length=1, max_length=1000)
    all: Literal[True] | None = None
    gate: Gate
    tier: Gate
    min_engagement: Score
    min_fit: Score

    @model_validator(mode="after")
    def _some_or_all(self) -> Self:
        if (self.leads is None) == (self.all is None):
            raise ValueError("give either `leads` or `all`")
        narrowed = (self.gate, self.tier, self.min_engagement, self.min_fit)
        if self.leads is not None and any(one is not None for one in narrowed):
            raise ValueError("`gate`, `tier`, `min_engagement` and `min_fit` belong to `all`")
        return self

    def wanted(self) -> ItemFilter:
        """Return which items are meant."""
        return ItemFilter(
            leads=self.leads,
            gate=self.gate,
            tier=self.tier,
            min_engagement=self.min_engagement,
            min_fit=self.min_fit,
        )


class Chosen(BaseModel):
    """How many leads a choice changed, and the batch after it."""

    changed: int
    batch: BatchShown


class HandOver(BaseModel):
    """How fast the ticked leads are handed over, so that nobody is flooded."""

    model_config = ConfigDict(extra="forbid")

    per_hour: int | None = Field(
        default=None, ge=1, le=100_000, description="At most so many an hour; 20 at first."
    )
    per_day: int | None = Field(
        default=None, ge=1, le=1_000_000, description="At most so many a day; 100 at first."
    )
