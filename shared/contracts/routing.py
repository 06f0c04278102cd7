"""What happens where nobody whose turn it could be can take a lead."""

from typing import ClassVar

from pydantic import Field

from shared.contracts.handoffs import Assignment, HandoffEvent, Person


class FellBack(HandoffEvent):
    """Nobody of the team could take the lead, so a named person got it: an alarm.

    It follows the event that says who owns the hand-off (`handoff.assigned.v1` or
    `handoff.reassigned.v1`), in the same transaction.
    """

    type: ClassVar[str] = "handoff.fell_back.v1"

    assignment: Assignment = Field(description="Who got it, and why nobody else could take it.")
    to: list[Person] = Field(
        description="Who is told beside the owner: everybody with the role manager; the last "
        "resort where nobody has it."
    )
