"""What happens to the clocks of a hand-off."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Part
from shared.contracts.handoffs import Deadline, HandoffEvent


class PauseTold(Part):
    """A stretch in which the clocks of a hand-off do not run."""

    pause_id: str
    reason: str = Field(description="`call_at_a_date`, `right_person`, `data_fix` or `lead_away`.")
    reason_title: dict[str, str] = Field(description="The reason in words, by language.")
    text: str | None
    began_at: AwareDatetime
    until: AwareDatetime
    by: str = Field(description="Id of the person who paused it.")
    ended_by: str | None = Field(
        default=None, description="Id of the person who ended it before its time."
    )


class Rescheduled(HandoffEvent):
    """A running deadline is due at another time: a calendar changed, or a pause began or ended."""

    type: ClassVar[str] = "handoff.rescheduled.v1"

    deadline: Deadline = Field(description="As it is counted now.")
    earlier_due_at: AwareDatetime = Field(description="When it was due before.")
    why: Literal["calendar", "paused", "resumed"] = Field(
        default="calendar", description="`resumed`: a pause was ended before its time."
    )
    pause: PauseTold | None = Field(default=None, description="The pause, where it is one.")


class Reminded(HandoffEvent):
    """Part of the time is gone and nobody answered: the owner was reminded."""

    type: ClassVar[str] = "handoff.reminded.v1"

    deadline: Deadline
    left_s: int = Field(description="Wall-clock seconds until it is due; 0 where it is.")
    share: int = Field(
        default=1, description="Whose time: 1 the lead's whole wait, 2 a later owner's share."
    )
