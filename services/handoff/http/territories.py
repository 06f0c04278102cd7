"""Territories over HTTP: which leads a team or a person takes before all others."""

import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import (
    MISSING,
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from services.handoff.handlers.ask_territories import ask_territories
from services.handoff.handlers.territories import add_territory, change_territory
from services.handoff.store import territories
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.store.territories import Stored
from services.handoff.unit_of_work import Parts, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Id, Name, one_line
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page, PathId
from shared.preconditions import IfMatch, etag, expected_revision
from shared.problem import not_found
from shared.web import Permit

TERRITORY_NAME = r"[a-z][a-z0-9_-]{0,62}"
_DOMAIN = re.compile(r"(?=.{3,253}$)[^\s/@.]+(\.[^\s/@.]+)+")


def _wrong(message: str) -> PydanticCustomError:
    return PydanticCustomError("territory", "{message}", {"message": message})


def _domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("www.")
    if not _DOMAIN.fullmatch(domain):
        raise _wrong("not a domain; an example is acme.com")
    return domain


def _in_order(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Value = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(one_line)]
Values = Annotated[list[Value], Field(max_length=500), AfterValidator(_in_order)]
Domains = Annotated[
    list[Annotated[str, Field(max_length=253), AfterValidator(_domain)]],
    Field(max_length=2000),
    AfterValidator(_in_order),
]
Count = Annotated[int, Field(ge=0, le=100_000_000)]


class Employees(BaseModel):
    """How many employees; both ends count."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at_least: Count | None = None
    at_most: Count | None = None

    @model_validator(mode="after")
    def check(self) -> "Employees":
        """Refuse what no company can be."""
        if self.at_least is None and self.at_most is None:
            raise _wrong("say at_least, at_most or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise _wrong(f"no number is at least {self.at_least} and at most {self.at_most}")
        return self


class _Said(BaseModel):
    """What can be said of a territory. All conditions must hold; of one, any value."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Name | MISSING = Field(default=MISSING, description="What people read.")
    position: Annotated[int, Field(ge=1, le=1_000_000)] | MISSING = Field(
        default=MISSING,
        description="Territories are asked in this order, and the first that holds has the "
        "lead; the last one unless given.",
    )
    team_id: Id | MISSING = Field(default=MISSING, description="The team that takes its leads, or")
    person_id: Id | MISSING = Field(default=MISSING, description="the person who does.")
    active: bool | MISSING = Field(default=MISSING, description="False: nobody is asked about it.")
    countries: Values | MISSING | None = Field(
        default=MISSING,
        description="ISO 3166 (`ES`), or their names; the account's, else the lead's.",
    )
    regions: Values | MISSING | None = Field(
        default=MISSING,
        description="ISO 3166-2 (`ES-MD`), their names, or as facts tell them. A region has those "
        "inside it.",
    )
    languages: Values | MISSING | None = Field(
        default=MISSING, description="The lead's, by BCP 47; `es` is `es-MX` too."
    )
    domains: Domains | MISSING | None = Field(
        default=MISSING, description="Companies by their domain. One condition with `lists`."
    )
    lists: Values | MISSING | None = Field(
        default=MISSING, description="Lists the company's domain may be on."
    )
    employees: Employees | MISSING | None = MISSING
    products: Values | MISSING | None = Field(
        default=MISSING, description="The fact `product` of the lead or the account."
    )
    segments: Values | MISSING | None = Field(
        default=MISSING, description="The fact `segment` of the account or the lead."
    )
    policies: Values | MISSING | None = Field(
        default=MISSING, description="The policy that hands the lead over."
    )

    @model_validator(mode="after")
    def check_taker(self) -> "_Said":
        """Refuse two who take the same leads."""
        if isinstance(self.team_id, str) and isinstance(self.person_id, str):
            raise _wrong("name a team or a person, not both")
        return self

    def fields(self) -> dict[str, Any]:
        """Return what was said, as it is stored."""
        said = self.model_dump(exclude={"name"})
        if isinstance(self.employees, Employees):
            said["employees"] = self.employees.model_dump(exclude_none=True)
        return said


class NewTerritory(_Said):
    """A territory to make."""

    name: Annotated[str, Field(pattern=f"^{TERRITORY_NAME}$")]


class TerritoryChanges(_Said):
    """What changes about a territory. What is left out stays; null: no longer asked."""


class TerritoryShown(BaseModel):
    """A territory. A condition that is empty is not asked."""

    territory_id: str
    revision: int
    name: str
    title: str
    position: int
    active: bool
    team_id: str | None
    person_id: str | None
    countries: list[str] = []
    regions: list[str] = []
    languages: list[str] = []
    domains: list[str] = []
    lists: list[str] = []
    employees: dict[str, int] | None = None
    products: list[str] = []
    segments: list[str] = []
    policies: list[str] = []


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


def shown(one: Stored) -> TerritoryShown:
    """Return a territory as callers see one."""
    return TerritoryShown(
        territory_id=one.territory_id,
        revision=one.revision,
        name=one.name,
        title=one.title,
        position=one.position,
        active=one.active,
        team_id=one.team_id,
        person_id=one.person_id,
        **one.document,
    )
