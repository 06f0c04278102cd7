"""What notify did, so that the lead's timeline shows whether the rep was really told."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Event


class Delivery(Event):
    """One event for one person or subscription over one channel."""

    topic: ClassVar[str] = "relevo.deliveries.v1"

    delivery_id: str
    event_id: str = Field(description="The event that was to be told.")
    event_type: str
    lead_id: str
    handoff_id: str | None
    person_id: str | None = Field(description="The person told, when it is a person.")
    subscription_id: str | None = Field(description="The subscription told, when it is a system.")
    channel: str = Field(
        description="`email`, `slack`, `teams`, `webhook`, `inbox` or `subscription`."
    )
    attempts: int = Field(description="Tries so far, this one included.")
    at: AwareDatetime


class DeliverySucceeded(Delivery):
    """The receiver took it."""

    type: ClassVar[str] = "delivery.succeeded.v1"


class DeliveryFailed(Delivery):
    """No further try will be made on this channel."""

    type: ClassVar[str] = "delivery.failed.v1"

    reason: str = Field(description="Why, without personal data: `http 410`, `timed out`…")
    next_channel: str | None = Field(description="The channel tried instead, if there is one.")


class SubscriptionTested(Event):
    """Somebody pressed the test button. Goes to that subscription only, never to the bus."""

    type: ClassVar[str] = "subscription.tested.v1"
    topic: ClassVar[str] = "relevo.deliveries.v1"

    subscription_id: str
    name: str
    at: AwareDatetime
