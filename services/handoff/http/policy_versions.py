"""Versions of a policy as callers see them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy import Row

from services.handoff.domain.agreement import SIGNING_ROLES, SigningRole, State, Step
from services.handoff.handlers.policies import compiled, places
from services.handoff.store.agreement import standing_of
from services.handoff.unit_of_work import UnitOfWork
from shared.contracts.handoffs import Person
from shared.idempotency import Answer, created
from shared.preconditions import etag

LONGEST = 64 * 1024
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Text = Annotated[str, Field(max_length=LONGEST, description="The policy, in YAML.")]
Comment = Annotated[str, Field(max_length=2000, description="Why, for the history.")]


class SignatureShown(BaseModel):
    """That somebody signed for marketing or for sales."""

    by: Person
    at: datetime
    comment: str


class VersionSummary(BaseModel):
    """A version of a policy. It is never edited, only succeeded."""

    policy: str
    number: int
    version_id: str
    digest: str = Field(description="SHA-256 of what the policy says, layout and comments aside.")
    state: State
    step: Step = Field(description="How far it has come: the state, and of a draft what it lacks.")
    agreement: Literal["trial", "signed"] = Field(
        description="`signed` once it was activated, or is scheduled, with the signatures of "
        "marketing and sales; until then it can decide on trial at most."
    )
    created_at: datetime
    created_by: str
    restored_from: int | None = Field(description="The version whose text it brings back.")
    tried_at: datetime | None = Field(description="When it was tried on history.")
    tried_by: str | None
    tryout_id: str | None
    signatures: dict[SigningRole, SignatureShown]
    starts_at: datetime | None = Field(description="When a scheduled one begins to decide.")
    scheduled_by: str | None
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


def summary(row: Row[Any]) -> VersionSummary:
    """Return a version, found with who signed it."""
    return VersionSummary.model_validate(_fields(row))


def shown(uow: UnitOfWork, row: Row[Any]) -> VersionShown:
    """Return a version with what its text should make people look at."""
    warnings = places(compiled(uow, row.text).warnings)
    return VersionShown.model_validate({**_fields(row), "warnings": warnings})


def drafted(uow: UnitOfWork, row: Row[Any]) -> Answer:
    """Return the answer for a new draft."""
    where = f"/v1/policies/{row.policy}/versions/{row.number}"
    return created(shown(uow, row), where, etag(row.number))


def _fields(row: Row[Any]) -> dict[str, Any]:
    standing = standing_of(row)
    signatures = {
        role: {
            "by": {
                "person_id": standing.signed_by[role],
                "name": getattr(row, f"{role}_name"),
                "email": getattr(row, f"{role}_email"),
            },
            "at": getattr(row, f"{role}_signed_at"),
            "comment": getattr(row, f"{role}_comment"),
        }
        for role in SIGNING_ROLES
        if role in standing.signed_by
    }
    return {**row._mapping, "step": standing.step, "signatures": signatures}
