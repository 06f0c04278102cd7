"""Ending a policy over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from services.handoff.handlers.retire_policies import retire_policy
from services.handoff.http.policy_versions import VersionShown, shown
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.web import Permit


class Retirement(BaseModel):
    """Why a policy ends."""

    model_config = ConfigDict(extra="forbid", strict=True)

    why: str = Field(min_length=1, max_length=500)


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the route that ends a policy."""
    routes = APIRouter(prefix="/v1/policies", tags=["policies"])
    db = parts.db
    Activator = Annotated[Caller, Depends(Permit(keys, "policies:activate"))]

    @routes.post("/{policy}/retire")
    async def retire(policy: str, body: Retirement, caller: Activator) -> VersionShown:
        """Let a policy hand nobody over any more. Its open hand-offs go on."""

        def work(conn: Connection) -> VersionShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, retire_policy(uow, caller, policy, body.why))

        return await db.write(work)

    return routes
