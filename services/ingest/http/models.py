"""Requests and answers of the API for people and programs that run ingest."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.ingest.handlers.source_settings import SOURCE_NAME, SourceSettings
from services.ingest.vendors.connecting import Way

Name = Annotated[
    str,
    Field(
        pattern=SOURCE_NAME,
        description="Lower-case letters, digits and hyphens, for example `hubspot-eu`.",
    ),
]
Secret = Annotated[
    str,
    Field(
        min_length=1,
        max_length=512,
        description="The vendor's signing secret, where the vendor makes it. Absent: we make one.",
    ),
]


class Given(BaseModel):
    """A request: strict, unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class NewSource(Given):
    """A source to be made."""

    name: Name
    vendor: str = Field(description="`generic`, `segment`, `cloudevents`…")
    settings: SourceSettings = Field(default_factory=SourceSettings)
    secret: Secret | None = None


class SourceChange(Given):
    """What is to change about a source; what is absent stays."""

    state: Literal["active", "paused"] | None = Field(
        default=None, description="A paused source takes and stores everything, unread."
    )
    settings: SourceSettings | None = None


class Rotation(Given):
    """How credentials change."""

    overlap_hours: Annotated[float, Field(ge=0, le=24 * 30)] = Field(
        default=24.0, strict=False, description="How long the earlier ones go on; 0 ends them now."
    )
    secret: Secret | None = None


class CredentialShown(BaseModel):
    """A live credential, without its value."""

    id: str
    kind: Literal["token", "secret"]
    last4: str
    created_at: datetime
    expires_at: datetime | None


class CredentialIssued(CredentialShown):
    """A new credential with its value: shown this once."""

    value: str | None = Field(
        description="The credential itself, this once. Null when the request is repeated with "
        "the same `Idempotency-Key`."
    )


class SourceShown(BaseModel):
    """A source."""

    id: str
    name: str
    vendor: str
    state: Literal["active", "paused", "archived"]
    url: str = Field(description="What to paste into the tool.")
    settings: SourceSettings
    revision: int
    created_at: datetime
    updated_at: datetime
    credentials: list[CredentialShown]


class UnmappedName(BaseModel):
    """An event name no table has a touch kind for."""

    name: str
    count: int
    last_at: datetime
    receipt_id: str = Field(description="One receipt that has it.")


class SourceDetail(SourceShown):
    """A source with what needs an operator's eye."""

    unmapped: list[UnmappedName]


class SourceCreated(SourceShown):
    """A new source with its first credential: shown this once."""

    credential: CredentialIssued | None = Field(
        description="Null when the request is repeated with the same `Idempotency-Key`."
    )


class RefusalShown(BaseModel):
    """Requests that were refused for one reason within the last day."""

    reason: str = Field(
        description="`no_token`, `wrong_token`, `no_signature`, `wrong_secret`, `stale`, "
        "`other_tool`, `signature_not_token`, `token_not_signature`, `method_not_allowed`, "
        "`body_too_large`, `body_too_slow`; elsewhere `unknown_source`, `unknown_token`."
    )
    count: int
    last_at: datetime
    detail: dict[str, Any] = Field(
        description="Of the latest: `vendors` whose headers it has, `seconds` it is old, "
        "`method`, `path`."
    )


class RefusalsShown(BaseModel):
    """What the doors refused, the latest first. Senders are told nothing but 401."""

    refusals: list[RefusalShown] = Field(description="At this source's address.")
    elsewhere: list[RefusalShown] = Field(description="Where no source is, or with no known token.")


class WayShown(Way):
    """One way to connect a tool."""

    credential: Literal["token", "secret"]


class VendorShown(BaseModel):
    """A kind of tool."""

    name: str
    title: str
    page: str = Field(description="The page that says all about it.")
    ways: list[WayShown] = Field(description="How it is connected, the recommended way first.")


class VendorsShown(BaseModel):
    """The kinds of tools."""

    vendors: list[VendorShown]


class FaultShown(BaseModel):
    """What was wrong with one event of a receipt."""

    position: int = Field(description="Which event of the receipt, from 0.")
    code: str
    message: str
    place: str = Field(description="JSON Pointer into the body; empty: all of it.")


class ReceiptShown(BaseModel):
    """A request as it arrived, and what became of it. Numbers count events."""

    id: str
    source: str
    vendor: str = Field(description="Which adapter reads it.")
    received_at: datetime
    state: Literal["pending", "held", "read", "parked", "discarded"] = Field(
        description="Discarded: parked, and somebody said that nobody wants it."
    )
    events: int
    published: int
    duplicates: int
    parked: int
    reason: str | None
    read_at: datetime | None
    size: int = Field(description="Bytes of the stored body.")


class RequestShown(BaseModel):
    """A request without its body; its credentials were not kept."""

    method: str
    url: str
    headers: dict[str, str]


class RetryRequest(Given):
    """Which parked receipts to read again; absent: any."""

    source: str | None = None
    reason: str | None = None


class Retried(BaseModel):
    """How many receipts will be read again."""

    retried: int


class RetryShown(BaseModel):
    """A retry, or the discarding, of a group of parked receipts, and how far it is."""

    id: str
    what: Literal["retry", "discard"]
    source: str | None = Field(description="Null: of every source.")
    reason: str | None = Field(description="Null: for any reason.")
    state: Literal["running", "done"]
    total: int = Field(description="Receipts that were parked when it was asked for.")
    retried: int = Field(description="Of those: put back, to be read again; or discarded.")
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None


class ParkedGroup(BaseModel):
    """Parked receipts of one source with one reason."""

    source: str
    reason: str
    message: str = Field(description="What is wrong with the latest of them.")
    receipts: int
    events: int
    oldest_at: datetime
    newest_at: datetime
    example_id: str = Field(description="The latest of them.")


class ParkedGroups(BaseModel):
    """What is parked, the largest group first."""

    groups: list[ParkedGroup]


class MadeByCount(BaseModel):
    """How many touches of a source were made by whom, as they are judged now."""

    human: int
    machine: int
    unsure: int


class LedgerLine(BaseModel):
    """One source, in events.

    received = published + duplicates + parked + discarded + expired + pending.
    """

    source: str
    received: int
    published: int
    duplicates: int
    variants: int = Field(description="Of the duplicates: those that differ from the first.")
    imported: int = Field(description="Of the published: those that files brought.")
    parked: int
    discarded: int = Field(description="Parked, and somebody said that nobody wants them.")
    expired: int = Field(description="Parked and never repaired, until their retention ended.")
    pending: int
    gap: int = Field(description="Events unaccounted for. Anything but 0 is a fault of ours.")
    last_received_at: datetime | None
    oldest_pending_at: datetime | None
    made_by: MadeByCount


class LedgerShown(BaseModel):
    """The ledger of every source."""

    sources: list[LedgerLine]


class TouchKindShown(BaseModel):
    """A touch kind and the event names that mean it."""

    kind: str
    meaning: str
    names: list[str]


class TouchKindsShown(BaseModel):
    """The catalogue of touch kinds."""

    kinds: list[TouchKindShown]
