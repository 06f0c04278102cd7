"""What happens to the clocks of a hand-off."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Part
from shared.contracts.handoffs import Deadline, HandoffEvent, Person


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


class PassedOver(Part):
    """Somebody who was to be told, and why they were not."""

    person: Person
    reason: str = Field(
        description="`has_left`, `on_leave`, or `is_owner` where they would tell themselves."
    )


class Escalated(HandoffEvent):
    """Nobody answered; a step of the ladder told a named person who is not the owner."""

    type: ClassVar[str] = "handoff.escalated.v1"

    deadline: Deadline
    step: int = Field(
        description="Which step of the ladder: 1 remind, 2 manager, 3 reassign, 4 last_resort."
    )
    to: Person
    late_s: int = Field(
        description="Seconds between the due time and the firing; 0 where it is not due yet."
    )
    name: str = Field(
        default="manager",
        description="The step by name: `manager` or `last_resort`; `remind` where the owner is "
        "away, `reassign` where nobody else can take it.",
    )
    share: int = Field(
        default=1, description="Whose time: 1 the lead's whole wait, 2 a later owner's share."
    )
    passed_over: list[PassedOver] = Field(
        default=[], description="Who was to be told before and is away."
    )
