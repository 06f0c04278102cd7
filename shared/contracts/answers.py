"""What CRMs that speak Kafka tell us (topic ``relevo.answers.v1``, key: the hand-off)."""

from typing import ClassVar, Literal

from pydantic import ConfigDict, Field

from shared.contracts.envelope import Event, Part
from shared.fields import Moment

TOPIC = "relevo.answers.v1"


class Answer(Event):
    """What both answers share. Written by others, so a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    topic: ClassVar[str] = TOPIC

    handoff_id: str
    person: str = Field(description="E-mail or id of the person who answers.")
    external_id: str | None = Field(
        default=None,
        max_length=200,
        description="The CRM's own id of this answer: told again it changes nothing.",
    )


class RightPersonNamed(Part):
    """Who is the right one to talk to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    email: str | None = Field(default=None, description="Makes them a lead, handed over instead.")
    name: str | None = None


class VerdictGiven(Answer):
    """A rep accepted or rejected a hand-off in the CRM."""

    type: ClassVar[str] = "verdict.given.v1"

    verdict: Literal["accept", "reject"]
    reason: str | None = Field(
        default=None, description="One of the policy's reasons; with reject only."
    )
    text: str | None = None
    returns_at: Moment | None = Field(
        default=None, description="With a reason that recycles: not before this date."
    )
    returns_on: Literal["date", "new_evidence"] | None = Field(
        default=None,
        description="With a reason that recycles: `new_evidence` needs no date of the policy's.",
    )
    right_person: RightPersonNamed | None = Field(
        default=None, description="With the effect `ask_right_person`: who it is."
    )
    same_as: str | None = Field(
        default=None,
        description="With the effect `join`: the lead, or the hand-off of the lead, that is the "
        "same person. The two become one.",
    )
    works_on_it: str | None = Field(
        default=None, description="With `join`: e-mail or id of who works on the lead already."
    )


class OutcomeReported(Answer):
    """What became of an accepted hand-off, from the CRM."""

    type: ClassVar[str] = "outcome.reported.v1"

    outcome: Literal["attempted", "talked", "unqualified", "sql", "opportunity", "won", "lost"] = (
        Field(
            description="`unqualified`: sent back after work on it, by a reject reason: not lost."
        )
    )
    at: Moment | None = Field(default=None, description="When it happened; now where missing.")
    channel: str | None = Field(
        default=None, description="With `attempted` and `talked`: `call`, `email`…"
    )
    reason: str | None = Field(
        default=None,
        description="With `lost`: why; with `unqualified`: a reject reason of the policy.",
    )
    amount: float | None = None
    currency: str | None = Field(default=None, description="ISO 4217, for example `EUR`.")
    text: str | None = None
