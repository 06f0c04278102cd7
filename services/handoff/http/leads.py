"""Leads over HTTP: who they are, what they did, what the policy says about them."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from services.handoff import readmodels
from services.handoff.handlers import timelines
from services.handoff.handlers.erase_leads import erase_lead
from services.handoff.handlers.evaluate_lead import evaluate_lead
from services.handoff.handlers.merge_leads import merge_leads, unmerge_lead
from services.handoff.http.overrides import OverrideShown
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, done, once
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
    """One line of the timeline: a touch, a person's word about the lead, or what sales did.

    What sales did is a `handoff.…` with its words in both languages, and `properties` name the
    hand-off. Of a person's word the kind is `lead.handed_over`, `lead.held_back` or
    `lead.override_lifted`, the name its reason, and `made_by_reason` whose it was.
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
    made_by_version: int | None = Field(description="Version of the heuristics that judged it.")
    judged_at: datetime | None = Field(description="When it was judged otherwise; null: never.")
    properties: dict[str, Any]
    words: dict[str, str] | None = Field(
        default=None, description="Of what sales did: the line as people read it, by language."
    )


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
        "`open_group` (others of its account are with sales), `cool_down`, `no_new_evidence`, "
        "`override` (a person holds it back), `suppressed` (a verdict of sales does, for good), "
        "`no_consent` (no channel may be used) or `awaits_marketing` (sales asked for better data "
        "or for the right person first)."
    )
    override: OverrideShown | None = Field(
        description="What holds the lead back beside what the policy says, and why."
    )


class Merge(BaseModel):
    """The other lead that is the same person, and why."""

    model_config = ConfigDict(extra="forbid")

    lead_id: PathId
    why: str = Field(min_length=1, max_length=500)


class Erasure(BaseModel):
    """Why a person is erased. The audit keeps it, so it names nobody."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=1, max_length=500)


class Erased(BaseModel):
    """A lead of which nothing is known any more."""

    lead_id: str
    erased_at: datetime


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/leads``."""
    routes = APIRouter(prefix="/v1/leads", tags=["leads"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "leads:write"))]
    Eraser = Annotated[Caller, Depends(Permit(keys, "leads:erase"))]

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
        return await db.read(lambda conn: shown(conn, lead_id))

    @routes.get("/{lead_id}/timeline", dependencies=[permit(keys, "leads:read")])
    async def timeline(
        lead_id: PathId, cursor: Cursor = None, limit: Limit = 100
    ) -> Page[TouchShown]:
        """Give everything a lead did, newest first, and what people decided about it."""
        found = await db.read(
            lambda conn: timelines.timeline(unit_of_work(parts, conn), lead_id, cursor, limit)
        )
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

    @routes.post("/{lead_id}/merge", response_model=LeadShown)
    async def merge(lead_id: PathId, body: Merge, caller: Writer, request: OnlyOnce) -> Response:
        """Say that two leads are one person. The older one goes on; it can be undone."""
        return await only_once(
            request, lambda uow: merge_leads(uow, lead_id, body.lead_id, caller.name, body.why)
        )

    @routes.post("/{lead_id}/unmerge", response_model=LeadShown)
    async def unmerge(lead_id: PathId, caller: Writer, request: OnlyOnce) -> Response:
        """Undo the merge that made this lead part of another."""

        def act(uow: UnitOfWork) -> str:
            unmerge_lead(uow, lead_id, caller.name)
            return lead_id

        return await only_once(request, act)

    @routes.post("/{lead_id}/erase", response_model=Erased)
    async def erase(lead_id: PathId, body: Erasure, caller: Eraser, request: OnlyOnce) -> Response:
        """Erase a person everywhere, for good: touches, facts, contexts, receipts, the feed."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                root = erase_lead(uow, lead_id, caller.name, body.why)
                return done(Erased(lead_id=root, erased_at=uow.now))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    async def only_once(request: OnlyOnce, act: Callable[[UnitOfWork], str]) -> Response:
        """Do it and show the lead that ``act`` returns, as it is then."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)
            return once(conn, IDEMPOTENCY, request, uow.now, lambda: done(shown(conn, act(uow))))

        return (await db.write(work)).response()

    return routes


def shown(conn: Connection, lead_id: str) -> LeadShown:
    """Return a lead; a merged one shows the lead it is part of. Raises ``Problem`` (404)."""
    lead = readmodels.show_lead(conn, lead_id)
    if lead is None:
        raise not_found("lead")
    return LeadShown(**lead)
