"""Territories over HTTP: which leads a team or a person takes before all others."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from services.handoff.fields.territories import (
    NewTerritory,
    TerritoryChanges,
    TerritoryShown,
    shown,
)
from services.handoff.handlers.ask_territories import ask_territories
from services.handoff.handlers.territories import add_territory, change_territory
from services.handoff.store import territories
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.store.territories import Stored
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit


class TerritoryRevision(TerritoryShown):
    """A territory as it was."""

    changed_at: datetime
    changed_by: str


class ConditionAnswer(BaseModel):
    """What one condition says about a lead."""

    condition: str
    is_met: bool
    reason: dict[str, str] = Field(description="Why, per language: `es`, `en`.")


class TerritoryAnswer(BaseModel):
    """What a territory says about a lead now."""

    territory_id: str
    name: str
    title: str
    position: int
    is_met: bool = Field(description="The first that is met has the lead.")
    reason: dict[str, str] = Field(
        description="Why it has the lead; or why not, which is what is missed."
    )
    conditions: list[ConditionAnswer]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/territories`` and ``/v1/leads/{lead_id}/territories``."""
    routes = APIRouter(tags=["territories"])
    db = parts.db
    Writer = Annotated[Caller, Depends(Permit(keys, "people:write"))]
    reading = [Depends(Permit(keys, "people:read"))]

    @routes.get("/v1/territories", dependencies=reading)
    async def list_territories(
        active: bool | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[TerritoryShown]:
        """List territories in the order they are asked."""
        found, following = await db.read(lambda conn: territories.page(conn, active, cursor, limit))
        return Page(items=[shown(one) for one in found], next_cursor=following)

    @routes.post("/v1/territories", status_code=201, response_model=TerritoryShown)
    async def add(territory: NewTerritory, caller: Writer, request: OnlyOnce) -> Response:
        """Make a territory. It is never deleted, because assignments name it."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                one = add_territory(uow, caller, territory.name, territory.fields())
                where = f"/v1/territories/{one.territory_id}"
                return created(shown(one), where, etag(one.revision))

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.get("/v1/territories/{territory_id}", dependencies=reading)
    async def show(territory_id: PathId, response: Response) -> TerritoryShown:
        """Show a territory."""
        return tagged(await db.read(lambda conn: existing(conn, territory_id)), response)

    @routes.patch("/v1/territories/{territory_id}")
    async def change(
        territory_id: PathId,
        changes: TerritoryChanges,
        caller: Writer,
        response: Response,
        if_match: IfMatch = None,
    ) -> TerritoryShown:
        """Change a territory, or take it out of use. What was assigned stays."""
        expected, fields = expected_revision(if_match), changes.fields()
        stored = await db.write(
            lambda conn: change_territory(
                unit_of_work(parts, conn), caller, territory_id, expected, fields
            )
        )
        return tagged(stored, response)

    @routes.get("/v1/territories/{territory_id}/revisions", dependencies=reading)
    async def list_revisions(
        territory_id: PathId, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[TerritoryRevision]:
        """List how a territory was each time it changed, newest first."""

        def work(conn: Connection) -> Page[TerritoryRevision]:
            one = existing(conn, territory_id)
            rows, following = territories.page_of_revisions(conn, territory_id, cursor, limit)
            items = [
                TerritoryRevision(
                    **shown(territories.as_it_was(one, row)).model_dump(),
                    changed_at=row.changed_at,
                    changed_by=row.changed_by,
                )
                for row in rows
            ]
            return Page(items=items, next_cursor=following)

        return await db.read(work)

    @routes.get(
        "/v1/leads/{lead_id}/territories", dependencies=[Depends(Permit(keys, "leads:read"))]
    )
    async def ask(lead_id: PathId, policy: str) -> list[TerritoryAnswer]:
        """Tell whose territory a lead of a policy is in now, and why; up to the one that has it."""
        said = await db.read(
            lambda conn: ask_territories(unit_of_work(parts, conn), lead_id, policy)
        )
        return [
            TerritoryAnswer(
                territory_id=one.territory.territory_id,
                name=one.territory.name,
                title=one.territory.title,
                position=one.territory.position,
                is_met=one.is_met,
                reason={"es": one.reason.es, "en": one.reason.en},
                conditions=[
                    ConditionAnswer(
                        condition=each.condition,
                        is_met=each.is_met,
                        reason={"es": each.reason.es, "en": each.reason.en},
                    )
                    for each in one.answers
                ],
            )
            for one in said
        ]

    return routes


def existing(conn: Connection, territory_id: str) -> Stored:
    """Return a territory. Raises ``Problem`` (404)."""
    found = territories.find(conn, territory_id)
    if found is None:
        raise not_found("territory")
    return found


def tagged(one: Stored, response: Response) -> TerritoryShown:
    """Return a territory, with the tag that a change of it has to name."""
    response.headers["ETag"] = etag(one.revision)
    return shown(one)
