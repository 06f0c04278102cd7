"""A receipt as the API shows it, with everything that was kept of the request."""

from typing import Literal

from pydantic import Field

from services.ingest.http.models import FaultShown, ReceiptShown, RequestShown
from services.ingest.http.repair_models import DiscardShown, RepairShown
from shared.contracts.touches import LeadIdentified, TouchRecorded


class ReceiptDetail(ReceiptShown):
    """A receipt with everything that was kept of the request."""

    request: RequestShown
    body: str
    body_encoding: Literal["text", "base64"]
    faults: list[FaultShown]
    told: list[TouchRecorded | LeadIdentified] = Field(
        description="What its first events say, as they would be read now; at most 20."
    )
    discarded: DiscardShown | None = Field(
        description="Null unless it is discarded, and since before reasons were kept."
    )
    repairs: list[RepairShown] = Field(description="Who gave it another body, the latest first.")
