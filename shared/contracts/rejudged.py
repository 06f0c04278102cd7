"""What handoff tells when the touches a decision rests on are judged otherwise."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Part
from shared.contracts.handoffs import HandoffEvent, TouchLine
from shared.contracts.touches import MadeBy


class RejudgedTouch(Part):
    """A touch that somebody else made than was thought."""

    touch: TouchLine = Field(description="The touch, with who made it by what is known now.")
    made_by_before: MadeBy
    made_by_reason: str = Field(description="Why it is judged otherwise now.")


class HandoffRejudged(HandoffEvent):
    """Touches this hand-off's decision rests on were made by somebody else than was thought.

    The hand-off stays as it is: its scores are those of its decision.
    """

    type: ClassVar[str] = "handoff.rejudged.v1"

    touches: list[RejudgedTouch]
    at: AwareDatetime
