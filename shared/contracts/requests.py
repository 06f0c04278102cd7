"""What sales asks of marketing with a verdict, whom one is told to, and which answers do not count."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Part
from shared.contracts.handoffs import HandoffEvent, Person

Wanted = Literal["fix", "right_person"]


class LeadRequestMade(HandoffEvent):
    """Sales sent a lead back and asks marketing for something: nobody is to blame.

    The lead waits until it is there: better data, or who the right person is.
    """

    type: ClassVar[str] = "lead.request_made.v1"

    request_id: str
    wanted: Wanted
    text: str | None = Field(description="What is wrong, in the rep's words.")
    by: Person
    at: AwareDatetime


class RightPerson(Part):
    """Who is the right one to talk to instead: another lead, named there and not here."""

    lead_id: str
    handoff_id: str | None = Field(description="The hand-off of the right person, if there is one.")


class LeadRequestSettled(HandoffEvent):
    """What sales asked for is there."""

    type: ClassVar[str] = "lead.request_settled.v1"

    request_id: str
    wanted: Wanted
    by: str = Field(description="Who settled it: a person's or key's name, or `relevo`.")
    text: str
    right_person: RightPerson | None = None
    returned_as: str | None = Field(
        default=None, description="The hand-off the lead came back with, where it was ready."
    )
    at: AwareDatetime


class HandoffInformed(HandoffEvent):
    """A named person hears of a hand-off that was sent back, as information: nothing is owed."""

    type: ClassVar[str] = "handoff.informed.v1"

    to: Person
    why: Literal["account_owner", "works_on_it"]
    by: Person
    reason: str
    reason_title: dict[str, str]
    text: str | None
    at: AwareDatetime


class AnswerRefused(HandoffEvent):
    """An answer that came over the bus does not count: it came too late, or says what cannot be.

    Nothing was changed by it, and it is not tried again.
    """

    type: ClassVar[str] = "handoff.answer_refused.v1"

    event_id: str = Field(description="The `id` of the event that brought it.")
    answer: str = Field(description="`accept`, `reject`, or the outcome it told.")
    person: Person = Field(description="Who answers, as it said.")
    external_id: str | None = Field(description="The CRM's own id of it.")
    code: str = Field(description="As the API says it: `already_accepted`, `unknown_reason`…")
    message: str = Field(description="Why, and who was first where somebody was.")
    at: AwareDatetime
