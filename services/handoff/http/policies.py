"""Policies over HTTP: drafted as text, shown as written, tried on a lead."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import Connection

from services.handoff.domain.explain import explained
from services.handoff.domain.policy import PolicyVersion
from services.handoff.domain.touches import TouchFact
from services.handoff.handlers.policies import compiled as compile_here
from services.handoff.handlers.policies import draft_version, find_version, usable
from services.handoff.handlers.try_policy import stored_version, try_on_invented, try_on_lead
from services.handoff.http.policy_versions import (
    LONGEST,
    Comment,
    Number,
    VersionShown,
    VersionSummary,
    drafted,
    shown,
    summary,
)
from services.handoff.store import policies
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, once
from shared.pages import Cursor, Limit, Page
from shared.preconditions import IfMatch, etag
from shared.problem import Problem, not_found
from shared.web import Permit

Text = Annotated[str, Field(max_length=LONGEST, description="The policy, in YAML.")]


class PolicySummary(BaseModel):
    """A policy, and which of its versions decides."""

    model_config = ConfigDict(from_attributes=True)

    policy: str
    latest: int = Field(description="Number of the newest version.")
    in_force: int | None = Field(description="Number of the version that decides, if any does.")
    agreement: Literal["trial", "signed"] | None = Field(
        description="Whether marketing and sales have both signed what decides."
    )
    scheduled: int | None = Field(description="Number of the version that waits for its date.")
    starts_at: datetime | None
    trial_since: datetime | None = Field(
        description="Since when it is on trial: its versions may decide unsigned."
    )


class NewDraft(BaseModel):
    """A policy as it was written. Its name is in the text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text
    file: str = Field(
        default="policy.yaml", max_length=200, description="Name of the file, for messages."
    )
    comment: Comment = ""


class InventedTouch(BaseModel):
    """Something an invented lead did."""

    model_config = ConfigDict(extra="forbid", strict=True)

    touch: str = Field(max_length=100, description="Kind of touch: `demo.requested`.")
    occurred_at: Moment | None = Field(default=None, strict=False, description="Now when null.")
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
    at: Moment | None = Field(
        default=None,
        strict=False,
        description="With `lead`: as the lead stood then, knowing what was known then; now when "
        "null.",
    )
    invented: InventedLead | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if (self.text is None) == (self.policy is None):
            raise ValueError("give either `text` or `policy`")
        if self.text is not None and self.number is not None:
            raise ValueError("`number` belongs to `policy`; a text has none yet")
        if (self.lead is None) == (self.invented is None):
            raise ValueError("give either `lead` or `invented`")
        if self.lead is None and self.at is not None:
            raise ValueError("`at` belongs to `lead`; an invented one says when things happened")
        return self


class TrialShown(BaseModel):
    """What the policy says about that lead now."""

    policy: str
    number: int | None = Field(description="Null for a text that is not stored.")
    facts_are_of_now: bool = Field(
        default=False,
        description="With `at`: what was known then was not kept, so what is known now is used.",
    )
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
        return Page(
            items=[PolicySummary.model_validate(row) for row in rows], next_cursor=following
        )

    @routes.post("", status_code=201, response_model=VersionShown)
    async def draft(
        given: NewDraft, caller: Writer, request: OnlyOnce, if_match: IfMatch = None
    ) -> Response:
        """Store a draft. One with errors is refused, with every error and its place.

        Unless it is the first of its policy, `If-Match` names the version it was made from:
        the draft is refused when that is not the newest any more.
        """

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)

            def act() -> Answer:
                row = draft_version(uow, caller, given.text, given.file, if_match, given.comment)
                return drafted(uow, row)

            return once(conn, IDEMPOTENCY, request, uow.now, act)

        return (await db.write(work)).response()

    @routes.post("/try-one")
    async def try_one(trial: Trial, caller: Reader) -> TrialShown:
        """Ask a policy about one lead, stored or invented. Nothing is written."""
        if trial.lead is not None and not caller.may("leads:read"):
            raise Problem(403, "not_allowed", "this key lacks the scope leads:read")

        def work(conn: Connection) -> TrialShown:
            uow = unit_of_work(parts, conn)
            version, facts_are_of_now = version_to_try(uow, trial), False
            if trial.lead is not None:
                asked = try_on_lead(uow, version, trial.lead, trial.at)
                evaluation, facts_are_of_now = asked.evaluation, asked.facts_are_of_now
            else:
                assert trial.invented is not None, "the model lets nothing else through"
                one = trial.invented
                facts = touch_facts(one.touches, uow.now)
                evaluation = try_on_invented(uow, version, one.lead, one.account, facts)
            return TrialShown(
                policy=version.policy,
                number=version.number or None,
                facts_are_of_now=facts_are_of_now,
                explanation=explained(evaluation),
            )

        return await db.read(work)

    @routes.get("/{policy}")
    async def show_policy(policy: str, _caller: Reader, response: Response) -> PolicySummary:
        """Show a policy; its `ETag` is that of its newest version."""
        row = await db.read(lambda conn: policies.find_policy(conn, policy))
        if row is None:
            raise not_found("policy")
        response.headers["ETag"] = etag(row.latest)
        return PolicySummary.model_validate(row)

    @routes.get("/{policy}/versions")
    async def list_versions(
        policy: str, _caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[VersionSummary]:
        """List the versions of a policy, newest first."""
        rows, following = await db.read(
            lambda conn: policies.page_of_versions(conn, policy, cursor, limit)
        )
        return Page(items=[summary(row) for row in rows], next_cursor=following)

    @routes.get("/{policy}/versions/{number}")
    async def show_version(
        policy: str, number: Number, _caller: Reader, response: Response
    ) -> VersionShown:
        """Show a version as it was written. Its `ETag` is what a draft made from it names."""

        def work(conn: Connection) -> VersionShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, find_version(uow, policy, number))

        version = await db.read(work)
        response.headers["ETag"] = etag(version.number)
        return version

    return routes


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
