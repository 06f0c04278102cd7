"""What ingest tells the others: what leads did, and who they are (topic ``relevo.touches.v1``)."""

from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event, Part

MadeBy = Literal["human", "machine", "unsure"]


class ConsentChange(Part):
    """A lead allowed or refused one channel."""

    channel: str = Field(description="`email`, `phone`, `sms`, `post` or `all`.")
    status: Literal["granted", "refused"] = Field(description="What the lead said.")
    at: AwareDatetime = Field(description="When, by the source's account.")


class Origin(Event):
    """What both events of this topic share: where it came from and whom it is about."""

    topic: ClassVar[str] = "relevo.touches.v1"

    source: str = Field(description="Configured source, for example `hubspot-eu`.")
    vendor: str = Field(description="The kind of tool the source is, for example `segment`.")
    source_event_id: str = Field(description="The vendor's own id of this event.")
    receipt_id: str = Field(description="The stored request this was read from.")
    identity: str = Field(description="Strongest identifier, normalised: `email:ana@acme.com`.")
    identifiers: list[str] = Field(
        description="Every identifier, strongest first: `email:…`, `user:{source}:…`, `anon:{source}:…`."
    )
    former: list[str] = Field(
        default_factory=list,
        description="Those of them the lead had and has no longer: an address it changed.",
    )
    identity_note: str | None = Field(
        default=None,
        description="Why an identifier the source gave is missing above: `invalid_email`.",
    )
    occurred_at: AwareDatetime = Field(description="When it happened. Decides points and windows.")
    received_at: AwareDatetime = Field(description="When we received it. Starts response clocks.")
    time_note: str | None = Field(
        default=None,
        description="Why `occurred_at` differs from what the source said: `missing`, `future`, `absurd`.",
    )
    lead: dict[str, Any] = Field(
        default_factory=dict,
        description="Facts about the person: `first_name`, `title`, `country`, `phone`…",
    )
    account: dict[str, Any] = Field(
        default_factory=dict,
        description="Facts about the company: `domain`, `name`, `employees`, `industry`…",
    )
    consent: list[ConsentChange] = Field(
        default_factory=list, description="Channels allowed or refused."
    )


class TouchRecorded(Origin):
    """A lead did something worth knowing: asked for a demo, replied, read the prices.

    Published once per vendor event, however often the vendor repeats its webhook.
    """

    type: ClassVar[str] = "touch.recorded.v1"

    touch: str = Field(description="Kind of touch, for example `demo.requested`.")
    name: str = Field(description="The event's name as the source gave it.")
    made_by: MadeBy = Field(
        description="Who acted. A machine counts nothing; unsure never makes a lead ready."
    )
    made_by_reason: str = Field(description="Why we think so, for example `vendor_flag`.")
    made_by_version: int | None = Field(
        default=None, description="Version of the heuristics; null before they had one."
    )
    properties: dict[str, Any] = Field(
        default_factory=dict,
        description="What the touch was about: `content.id`, `content.topic`, `campaign.name`…, nested.",
    )


class TouchJudged(Event):
    """Who made a touch is known better than before: later evidence, or better heuristics.

    Comes behind the touch, with its key, and replaces its mark. Of two about one touch the
    one with the later ``judged_at`` counts.
    """

    type: ClassVar[str] = "touch.judged.v1"
    topic: ClassVar[str] = "relevo.touches.v1"

    touch_id: str = Field(description="The id of the touch's own event.")
    source: str = Field(description="Configured source, for example `hubspot-eu`.")
    identity: str = Field(description="The touch's strongest identifier, as in its own event.")
    made_by: MadeBy = Field(description="Who acted.")
    made_by_reason: str = Field(description="Why we think so, for example `many_links_at_once`.")
    made_by_version: int = Field(description="Version of the heuristics.")
    judged_at: AwareDatetime


class LeadIdentified(Origin):
    """A source told who a lead is: identifiers that belong together, facts, consent."""

    type: ClassVar[str] = "lead.identified.v1"
