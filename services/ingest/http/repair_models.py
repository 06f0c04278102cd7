"""Requests and answers of repairing and discarding receipts."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.ingest.http.models import FaultShown, Given, RetryRequest
from shared.contracts.touches import LeadIdentified, TouchRecorded

Encoding = Literal["text", "base64"]
Why = Annotated[str, Field(max_length=500, description="For whoever looks into it later.")]


class RepairRequest(Given):
    """Another body for a parked receipt."""

    body: str = Field(description="All of it, as the tool should have sent it.")
    body_encoding: Encoding = "text"
    why: Why = ""


class Repaired(BaseModel):
    """What a repaired receipt tells, and what of it can still not be read."""

    events: int
    told: list[TouchRecorded | LeadIdentified] = Field(description="At most 20.")
    faults: list[FaultShown]


class Original(BaseModel):
    """The body of a receipt as it came, before anybody repaired it."""

    body: str
    body_encoding: Encoding


class DiscardRequest(Given):
    """Why nobody wants a parked receipt."""

    why: Why = ""


class DiscardOfGroup(RetryRequest):
    """Which parked receipts nobody wants, and why."""

    why: Why = ""


class Discarded(BaseModel):
    """How many receipts were discarded."""

    discarded: int


class DiscardShown(BaseModel):
    """That nobody wants a receipt: who said so, when and why."""

    by: str
    at: datetime
    why: str


class RepairShown(BaseModel):
    """One repair of a receipt."""

    repaired_by: str
    repaired_at: datetime
    why: str
    size: int = Field(description="Bytes of the body before.")
