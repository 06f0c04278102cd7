"""A person's word about a lead, over HTTP: hand it over now, hold it back, lift that again."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.handoff.handlers.overrides import Word, lift, override
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.pages import PathId
from shared.problem import invalid
from shared.web import Permit

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class NewOverride(BaseModel):
    """What a person says about a lead, and why."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ready: bool = Field(description="True hands the lead over now; false holds it back.")
    reason: Reason
    policy: str | None = Field(
        default=None,
        max_length=100,
        description="The policy it is about. Handing over: the one that is for this lead, where "
        "only one is. Holding back: every policy.",
    )
    tier: str | None = Field(
        default=None,
        max_length=100,
        description="Handing over: how urgent it is, a key of the policy's `response`; the most "
        "urgent when null.",
    )
    until: Moment | None = Field(
        default=None,
        strict=False,
        description="Holding back: until when; until it is lifted when null.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.ready and self.until is not None:
            raise ValueError("`until` belongs to `ready: false`")
        if not self.ready and self.tier is not None:
            raise ValueError("`tier` belongs to `ready: true`")
        return self


class OverrideShown(BaseModel):
    """A person's word about a lead. It is kept for good."""

    override_id: str
    lead_id: str
    policy: str | None = Field(description="Null: every policy.")
    ready: bool
    cause: str = Field(
        description="`person`: somebody said so beside the policy; `suppress`, `exclude`, `fix` or "
        "`ask_right_person`: a verdict of sales caused it; `consent`: no channel may be used."
    )
    reason: str
    made_by: str
    person_id: str | None
    made_at: datetime
    until: datetime | None
    handoff_id: str | None = Field(
        description="The hand-off it opened; with a verdict's cause the one that was sent back."
    )
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lifted_why: str | None = None


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/leads/{lead_id}/override``."""
    routes = APIRouter(prefix="/v1/leads", tags=["leads"])
    db = parts.db
    Overruler = Annotated[Caller, Depends(Permit(keys, "leads:override"))]

    @routes.put("/{lead_id}/override")
    async def put(lead_id: PathId, given: NewOverride, caller: Overruler) -> OverrideShown:
        """Hand a lead over by a person's word, or hold it back; the policy's view stays beside it.

        Nobody hands over who asked not to be contacted, or whom the policy excludes.
        """
        word = Word(**given.model_dump())

        def work(conn: Any) -> dict[str, Any]:
            uow = unit_of_work(parts, conn)
            if word.until is not None and word.until <= uow.now:
                raise invalid("/until", "a moment to come")
            return override(uow, caller, lead_id, word)

        return OverrideShown(**await db.write(work))

    @routes.delete("/{lead_id}/override", status_code=204)
    async def delete(
        lead_id: PathId,
        caller: Overruler,
        policy: Annotated[
            str | None,
            Query(max_length=100, description="What was said about this policy; else everything."),
        ] = None,
        why: Annotated[str, Query(max_length=500)] = "",
    ) -> None:
        """Hold a lead back no longer. Where it is ready it is handed over at once."""
        await db.write(lambda conn: lift(unit_of_work(parts, conn), caller, lead_id, policy, why))

    return routes
