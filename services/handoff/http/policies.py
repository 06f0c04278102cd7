"""Policies over HTTP: drafted as text, shown as written, tried on a lead, put in force."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection, Row

from services.handoff.domain.explain import explained
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.policies import (
    activate_version,
    draft_version,
    find_version,
    places,
    usable,
)
from services.handoff.handlers.policies import compiled as compile_here
from services.handoff.handlers.try_policy import stored_version, try_on_invented, try_on_lead
from services.handoff.store import policies
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.idempotency import Answer, OnlyOnce, created, once
from shared.pages import Cursor, Limit, Page
from shared.problem import Problem
from shared.web import Permit

LONGEST = 64 * 1024
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(max_length=LONGEST, description="The policy, in YAML.")]


class PolicySummary(BaseModel):
    """A policy."""

    policy: str
    latest: int = Field(description="Number of the newest version.")
    in_force: int | None = Field(description="Number of the version that decides, if any does.")


class VersionSummary(BaseModel):
    """A version of a policy. It is never edited, only succeeded."""

    model_config = ConfigDict(from_attributes=True)

    policy: str
    number: int
    version_id: str
    digest: str = Field(description="SHA-256 of what the policy says, layout and comments aside.")
    state: Literal["draft", "in_force", "succeeded"]
    agreement: Literal["trial", "signed"] = Field(
        description="`trial` until marketing and sales have both signed it."
    )
    created_at: datetime
    created_by: str
    activated_at: datetime | None
    activated_by: str | None
    succeeded_at: datetime | None
    retired_at: datetime | None = Field(description="When the policy was ended without another.")
    retired_by: str | None
    retired_why: str | None


class Warned(BaseModel):
    """Something to look at in a policy that can be used all the same."""

    pointer: str
    line: int
    column: int
    code: str
    message: str


class VersionShown(VersionSummary):
    """A version with the document as it was written."""

    text: str
    warnings: list[Warned] = []


class NewDraft(BaseModel):
    """A policy as it was written. Its name is in the text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text
    file: str = Field(
        default="policy.yaml", max_length=200, description="Name of the file, for messages."
    )


class InventedTouch(BaseModel):
    """Something an invented lead did."""

    model_config = ConfigDict(extra="forbid", strict=True)

    touch: str = Field(max_length=100, description="Kind of touch: `demo.requested`.")
    occurred_at: AwareDatetime | None = Field(
        default=None, strict=False, description="Now when null."
    )
    made_by: Literal["human", "machine", "unsure"] = "human"
    properties: dict[str, Any] = {}


class InventedLead(BaseModel):
    """Somebody who does not exist: what is known of them, and what they did."""

    model_config = ConfigDict(extra="forbid", strict=True)

    lead: dict[str, Any] = Field(default={}, description="Facts: `email`, `title`, `country`…")
    account: dict[str, Any] = Field(
        default={}, description="Facts: `domain` (by the e-mail when left out), `employees`…"
    )
    touches: list[InventedTouch] = Field(default=[], max_length=1000)


class Trial(BaseModel):
    """Which policy to ask (a text, or one that is stored), and about whom."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text | None = None
    policy: str | None = Field(default=None, max_length=100, description="Name of a stored one.")
    number: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Its version; the one in force when null."
    )
    lead: str | None = Field(default=None, max_length=254, description="Id or e-mail of a lead.")
    invented: InventedLead | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.text is None) == (self.policy is None):
            raise ValueError("give either `text` or `policy`")
        if self.text is not None and self.number is not None:
            raise ValueError("`number` belongs to `policy`; a text has none yet")
        if (self.lead is None) == (self.invented is None):
            raise ValueError("give either `lead` or `invented`")
        return self


class TrialShown(BaseModel):
    """What the policy says about that lead now."""

    policy: str
    number: int | None = Field(description="Null for a text that is not stored.")
    explanation: dict[str, Any] = Field(
        description="Both scores with their factors, each gate and condition, guards, near misses."
    )


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes below ``/v1/policies``."""
    routes = APIRouter(prefix="/v1/policies", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]

    @routes.get("")
    async def list_policies(
        _caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[PolicySummary]:
        """List policies in order of name."""
        rows, following = await db.read(lambda conn: policies.page_of_policies(conn, cursor, limit))
        return Page(items=[PolicySummary(**row._mapping) for row in rows], next_cursor=following)

    @routes.post("", status_code=201, response_model=VersionShown)
    async def draft(given: NewDraft, caller: Writer, request: OnlyOnce) -> Response:
        """Store a draft. One with errors is refused, with every error and its place."""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                row = draft_version(uow, caller.name, given.text, given.file)
                where = f"/v1/policies/{row.policy}/versions/{row.number}"
                return created(shown(uow, row), where)

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.post("/try-one")
    async def try_one(trial: Trial, caller: Reader) -> TrialShown:
        """Ask a policy about one lead, stored or invented. Nothing is written."""
        if trial.lead is not None and not caller.may("leads:read"):
            raise Problem(403, "not_allowed", "this key lacks the scope leads:read")

        def work(conn: Connection) -> TrialShown:
            uow = unit_of_work(parts, conn)
            version = version_to_try(uow, trial)
            if trial.lead is not None:
                evaluation = try_on_lead(uow, version, trial.lead)
            else:
                assert trial.invented is not None, "the model lets nothing else through"
                one = trial.invented
                facts = touch_facts(one.touches, uow.now)
                evaluation = try_on_invented(uow, version, one.lead, one.account, facts)
            return TrialShown(
                policy=version.policy,
                number=version.number or None,
                explanation=explained(evaluation),
            )

        return await db.read(work)

    @routes.get("/{policy}/versions")
    async def list_versions(
        policy: str, _caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[VersionSummary]:
        """List the versions of a policy, newest first."""
        rows, following = await db.read(
            lambda conn: policies.page_of_versions(conn, policy, cursor, limit)
        )
        return Page(
            items=[VersionSummary.model_validate(row) for row in rows], next_cursor=following
        )

    @routes.get("/{policy}/versions/{number}")
    async def show_version(policy: str, number: Number, _caller: Reader) -> VersionShown:
        """Show a version as it was written."""

        def work(conn: Connection) -> VersionShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, find_version(uow, policy, number))

        return await db.read(work)

    @routes.post("/{policy}/versions/{number}/activate")
    async def activate(policy: str, number: Number, caller: Writer) -> VersionShown:
        """Let a draft decide from now on, as a trial: nobody has signed it."""

        def work(conn: Connection) -> VersionShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, activate_version(uow, caller.name, policy, number))

        return await db.write(work)

    return routes


def shown(uow: UnitOfWork, row: Row[Any]) -> VersionShown:
    """Return a version as callers see it, with what its text should make them look at."""
    version = VersionShown.model_validate(row)
    warnings = places(compile_here(uow, row.text).warnings)
    return version.model_copy(update={"warnings": [Warned(**one) for one in warnings]})


def version_to_try(uow: UnitOfWork, trial: Trial) -> PolicyVersion:
    """Return the version to ask."""
    if trial.text is not None:
        return uow.parts.shelf.bound(uow.conn, usable(compile_here(uow, trial.text)))
    assert trial.policy is not None, "the model lets nothing else through"
    return stored_version(uow, trial.policy, trial.number)


def touch_facts(touches: list[InventedTouch], now: datetime) -> list[TouchFact]:
    """Return what was invented as the fold reads it, each received when it happened."""
    return [
        TouchFact(
            f"touch-{place}",
            one.touch,
            one.occurred_at or now,
            one.occurred_at or now,
            one.made_by,
            one.properties,
        )
        for place, one in enumerate(touches, start=1)
    ]
