"""Territories as requests, forms and files say them, and as they are shown."""

import re
from typing import Annotated, Any

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

from services.handoff.store.territories import Stored
from shared.fields import Id, Name, one_line

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
