"""Leads over HTTP: who they are, what they did, what the policy says about them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.handoff import readmodels
from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.http.overrides import OverrideShown
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.pages import Cursor, Limit, Page, PathId
from shared.problem import not_found
from shared.web import Permit, permit


class LeadSummary(BaseModel):
    """A lead as lists show it."""

    lead_id: str
    name: str
    identifiers: list[str]
    account_domain: str | None
    first_seen_at: datetime
    created_at: datetime


class LeadShown(LeadSummary):
    """A lead with everything known about it, each fact with its moment and source."""

    facts: dict[str, Any]
    consent: dict[str, Any]
    account: dict[str, Any] | None
    handoffs: list[dict[str, Any]]
    merges: list[dict[str, Any]]
    overrides: list[OverrideShown] = Field(
        description="Who handed the lead over by hand, or held it back, the latest first."
    )


class TouchShown(BaseModel):
    """One line of the timeline: a touch, or a person's word about the lead.

    Of a word the kind is `lead.handed_over`, `lead.held_back` or `lead.override_lifted`, the
    name its reason, and `made_by_reason` whose it was.
    """

    touch_id: str
    lead_id: str = Field(description="The lead it was recorded under; a merged one can differ.")
    kind: str
    name: str
    source: str
    vendor: str
    occurred_at: datetime
    received_at: datetime
    made_by: str
    made_by_reason: str
    properties: dict[str, Any]


class EvaluationShown(BaseModel):
    """What one policy version says about a lead now."""

    policy: str
    version: int
    agreement: str
    explanation: dict[str, Any] = Field(
        description="Both scores with their factors, each gate and condition, guards, near misses."
    )
    held_back: dict[str, Any] | None = Field(
        description="Why a passing gate does not hand the lead over now: `open_handoff`, "
        "`open_group` (others of its account are with sales), `cool_down`, `no_new_evidence` or "
        "`override` (a person holds it back)."
    )
    override: OverrideShown | None = Field(
        description="The word of a person who holds the lead back, beside what the policy says."
    )


class Merge(BaseModel):
    """The other lead that is the same person, and why."""

    model_config = ConfigDict(extra="forbid")

    lead_id: PathId
    why: str = Field(min_length=1, max_length=500)


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/leads``."""
    routes = APIRouter(prefix="/v1/leads", tags=["leads"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "leads:write"))]

    @routes.get("", dependencies=[permit(keys, "leads:read")])
    async def list_leads(
        identifier: str | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[LeadSummary]:
        """List leads, newest first; ``identifier``, for example `email:a@b.com`, finds one."""
        items, following = await db.read(
            lambda conn: readmodels.list_leads(conn, identifier, cursor, limit)
        )
        return Page(items=[LeadSummary(**item) for item in items], next_cursor=following)

    @routes.get("/{lead_id}", dependencies=[permit(keys, "leads:read")])
    async def show_lead(lead_id: PathId) -> LeadShown:
        """Show a lead; a merged one shows the lead it is part of now."""
        lead = await db.read(lambda conn: readmodels.show_lead(conn, lead_id))
        if lead is None:
            raise not_found("lead")
        return LeadShown(**lead)

    @routes.get("/{lead_id}/timeline", dependencies=[permit(keys, "leads:read")])
    async def timeline(
        lead_id: PathId, cursor: Cursor = None, limit: Limit = 100
    ) -> Page[TouchShown]:
        """Give everything a lead did, newest first, and what people decided about it."""
        found = await db.read(lambda conn: readmodels.timeline(conn, lead_id, cursor, limit))
        if found is None:
            raise not_found("lead")
        items, following = found
        return Page(items=[TouchShown(**item) for item in items], next_cursor=following)

    @routes.get("/{lead_id}/evaluation", dependencies=[permit(keys, "leads:read")])
    async def evaluation(lead_id: PathId) -> list[EvaluationShown]:
        """Say what each policy in force makes of a lead now, and what is missing."""
        found = await db.read(lambda conn: evaluate_lead(unit_of_work(parts, conn), lead_id))
        if found is None:
            raise not_found("lead")
        return [EvaluationShown(**one) for one in found]

    @routes.post("/{lead_id}/merge")
    async def merge(lead_id: PathId, body: Merge, caller: Writer) -> LeadShown:
        """Say that two leads are one person. The older one goes on; it can be undone."""
        root = await db.write(
            lambda conn: merge_leads(
                unit_of_work(parts, conn), lead_id, body.lead_id, caller.name, body.why
            )
        )
        return await show_lead(root)

    @routes.post("/{lead_id}/unmerge")
    async def unmerge(lead_id: PathId, caller: Writer) -> LeadShown:
        """Undo the merge that made this lead part of another."""
        await db.write(lambda conn: unmerge_lead(unit_of_work(parts, conn), lead_id, caller.name))
        return await show_lead(lead_id)

    return routes
