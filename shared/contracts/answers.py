"""What CRMs that speak Kafka tell us (topic ``relevo.answers.v1``, key: the hand-off)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from shared.contracts.envelope import Event

TOPIC = "relevo.answers.v1"


class Answer(Event):
    """What both answers share. Written by others, so a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    topic: ClassVar[str] = TOPIC

    handoff_id: str
    person: str = Field(description="E-mail or id of the person who answers.")


class VerdictGiven(Answer):
    """A rep accepted or rejected a hand-off in the CRM."""

    type: ClassVar[str] = "verdict.given.v1"

    verdict: Literal["accept", "reject"]
    reason: str | None = Field(
        default=None, description="One of the policy's reasons; with reject only."
    )
    text: str | None = None


class OutcomeReported(Answer):
    """What became of an accepted hand-off, from the CRM."""

    type: ClassVar[str] = "outcome.reported.v1"

    outcome: Literal["attempted", "talked", "sql", "opportunity", "won", "lost"]
    at: AwareDatetime | None = Field(
        default=None, description="When it happened; now where missing."
    )
    channel: str | None = Field(
        default=None, description="With `attempted` and `talked`: `call`, `email`…"
    )
    reason: str | None = Field(default=None, description="With `lost`: why.")
    amount: float | None = None
    currency: str | None = Field(default=None, description="ISO 4217, for example `EUR`.")
    text: str | None = None
