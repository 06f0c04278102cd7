"""What happens to the clocks of a hand-off."""

from typing import ClassVar

from pydantic import AwareDatetime, Field

from shared.contracts.handoffs import Deadline, HandoffEvent


class Rescheduled(HandoffEvent):
    """A running deadline is due at another time, because a calendar changed."""

    type: ClassVar[str] = "handoff.rescheduled.v1"

    deadline: Deadline = Field(description="As it is counted now.")
    earlier_due_at: AwareDatetime = Field(description="When it was due before.")
