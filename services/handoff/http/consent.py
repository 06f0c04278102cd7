"""Consent by hand, verdicts taken back, and what sales asked of marketing, over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from services.handoff.domain.consent import CHANNELS, status
from services.handoff.handlers.allow_leads import allow
from services.handoff.handlers.set_consent import Said, set_consent
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.pages import PathId
from shared.web import Permit

Why = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


class SaidOfChannel(BaseModel):
    """What a lead said of one channel."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["email", "phone", "sms", "post", "all"]
    status: Literal["granted", "refused", "unknown"] = Field(
        description="`unknown` takes a word back that was wrong: neither granted nor refused."
    )
    at: Moment | None = Field(default=None, description="When they said so; now if null.")


class ConsentGiven(BaseModel):
    """What a lead said, where it said so, and why it is written down by hand."""

    model_config = ConfigDict(extra="forbid")

    said: list[SaidOfChannel] = Field(min_length=1, max_length=10)
    source: str = Field(
        min_length=1, max_length=200, description="Where they said so: `phone`, `trade fair`…"
    )
    why: Why


class ChannelShown(BaseModel):
    """What counts for a channel, by whom and since when."""

    status: Literal["granted", "refused", "unknown"]
    source: str | None = None
    at: datetime | None = None


class ConsentShown(BaseModel):
    """Each channel, and whether anybody may contact the lead at all."""

    channels: dict[str, ChannelShown]
    said: dict[str, ChannelShown] = Field(description="As it was said; `all` is every channel.")


class Allowing(BaseModel):
    """Why a lead may be handed over again."""

    model_config = ConfigDict(extra="forbid")

    policy: str | None = Field(
        default=None, max_length=100, description="What was caused under this policy; else all."
    )
    why: Why


class Allowed(BaseModel):
    """What was taken back."""

    taken_back: list[str] = Field(description="The effects: `suppress`, `opt_out`…")


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/leads/{lead_id}``."""
    routes = APIRouter(prefix="/v1/leads", tags=["leads"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "leads:write"))]
    Overruler = Annotated[Caller, Depends(Permit(keys, "leads:override"))]

    @routes.put("/{lead_id}/consent")
    async def put(lead_id: PathId, given: ConsentGiven, caller: Writer) -> ConsentShown:
        """Write down what a lead said of being contacted; owners of open hand-offs hear at once."""
        said = [Said(one.channel, one.status, one.at) for one in given.said]

        def work(conn: Connection) -> dict[str, Any]:
            uow = unit_of_work(parts, conn)
            return set_consent(uow, caller, lead_id, said, given.source, given.why)

        return shown(await db.write(work))

    @routes.post("/{lead_id}/allow")
    async def post(lead_id: PathId, given: Allowing, caller: Overruler) -> Allowed:
        """Take back what a verdict of sales caused; where the lead is ready it is handed over."""

        def work(conn: Connection) -> list[str]:
            return allow(unit_of_work(parts, conn), caller, lead_id, given.policy, given.why)

        return Allowed(taken_back=await db.write(work))

    return routes


def shown(consent: dict[str, Any]) -> ConsentShown:
    """Return a lead's consent as callers see it."""
    said = {
        channel: ChannelShown(status=one[0], at=one[1], source=one[2])
        for channel, one in sorted(consent.items())
    }
    channels = {channel: ChannelShown(status=status(consent, channel)) for channel in CHANNELS}
    return ConsentShown(channels=channels, said=said)
