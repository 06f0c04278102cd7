"""The life of a policy version over HTTP: signed, activated, brought back, and its history."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row

from services.handoff.domain.agreement import SigningRole
from services.handoff.handlers.policies import restore_version, usable
from services.handoff.handlers.sign_policies import sign_version, withdraw_signature
from services.handoff.handlers.start_policies import activate_version, unschedule_version
from services.handoff.http.policy_versions import (
    Comment,
    Number,
    Text,
    VersionShown,
    VersionSummary,
    drafted,
    shown,
    summary,
)
from services.handoff.policy_document import compile_policy
from services.handoff.store import people, policies
from services.handoff.store.agreement import page_of_history
from services.handoff.store.tables import IDEMPOTENCY
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.fields import Moment
from shared.idempotency import Answer, OnlyOnce, once
from shared.pages import Cursor, Limit, Page
from shared.preconditions import IfMatch
from shared.web import Permit


class Signature(BaseModel):
    """For which team you sign, and what."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: SigningRole = Field(alias="as", description="The role you have, and sign as.")
    digest: str = Field(
        pattern="^[0-9a-f]{64}$", description="`digest` of the version, as you have read it."
    )
    comment: Comment = ""


class Withdrawal(BaseModel):
    """Whose signature is taken back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    role: SigningRole = Field(alias="as", description="The role it was given as.")
    comment: Comment = ""


class Commented(BaseModel):
    """Why it is done."""

    model_config = ConfigDict(extra="forbid", strict=True)

    comment: Comment = ""


class Activation(Commented):
    """From when a version decides."""

    starts_at: Moment | None = Field(
        default=None, strict=False, description="From now on when null."
    )
    signed_only: bool = Field(default=False, description="Refuse to let it decide on trial.")


class Wanted(BaseModel):
    """A policy as it is written somewhere else: in a repository, say."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text
    file: str = Field(
        default="policy.yaml", max_length=200, description="Name of the file, for messages."
    )


class Found(BaseModel):
    """The stored versions that say the same."""

    policy: str
    digest: str = Field(description="SHA-256 of what the text says.")
    versions: list[VersionSummary] = Field(description="Newest first.")


class StepTaken(BaseModel):
    """One step in the life of a version."""

    at: datetime
    number: int = Field(description="Of the version.")
    what: str = Field(
        description="`drafted`, `restored`, `tried`, `signed`, `signature_withdrawn`, "
        "`scheduled`, `unscheduled`, `activated`, `succeeded` or `retired`."
    )
    who: str = Field(description="Name of the key, or `relevo`.")
    person: str | None = Field(description="Name of the person the key acts for, if any.")
    comment: str
    detail: dict[str, Any]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes of a version's life, below ``/v1/policies``."""
    routes = APIRouter(prefix="/v1/policies", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]
    Signer = Annotated[Caller, Depends(Permit(keys, "policies:sign"))]
    Activator = Annotated[Caller, Depends(Permit(keys, "policies:activate"))]

    @routes.post("/find")
    async def find(wanted: Wanted, _caller: Reader) -> Found:
        """Say which stored versions say what a text says."""
        version = usable(compile_policy(wanted.text, wanted.file, lists=None))
        rows = await db.read(
            lambda conn: policies.versions_that_say(
                conn, version.policy, wanted.text, version.digest
            )
        )
        return Found(
            policy=version.policy,
            digest=version.digest,
            versions=[summary(row) for row in rows],
        )

    @routes.get("/{policy}/history")
    async def history(
        policy: str, _caller: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[StepTaken]:
        """Tell what happened to the versions of a policy, from the first step on."""

        def work(conn: Connection) -> Page[StepTaken]:
            rows, following = page_of_history(conn, policy, cursor, limit)
            wanted = {row.detail["person_id"] for row in rows if "person_id" in row.detail}
            names = {one.person_id: one.name for one in people.people_by_id(conn, wanted).values()}
            return Page(items=[step_taken(row, names) for row in rows], next_cursor=following)

        return await db.read(work)

    @routes.post("/{policy}/versions/{number}/sign")
    async def sign(policy: str, number: Number, given: Signature, caller: Signer) -> VersionShown:
        """Sign a version for your team: as a person, with that role, once it was tried."""
        return await change(
            lambda uow: sign_version(
                uow, caller, policy, number, given.role, given.digest, given.comment
            )
        )

    @routes.post("/{policy}/versions/{number}/unsign")
    async def unsign(
        policy: str, number: Number, given: Withdrawal, caller: Signer
    ) -> VersionShown:
        """Withdraw the signature of your team, until the version was activated with it."""
        return await change(
            lambda uow: withdraw_signature(uow, caller, policy, number, given.role, given.comment)
        )

    @routes.post("/{policy}/versions/{number}/activate")
    async def activate(
        policy: str, number: Number, caller: Activator, given: Activation | None = None
    ) -> VersionShown:
        """Let a version decide from now on, or from a date: signed by both teams, or on trial."""
        given = given or Activation()
        return await change(
            lambda uow: activate_version(
                uow, caller, policy, number, given.starts_at, given.comment, given.signed_only
            )
        )

    @routes.post("/{policy}/versions/{number}/unschedule")
    async def unschedule(
        policy: str, number: Number, caller: Activator, given: Commented | None = None
    ) -> VersionShown:
        """Take back the date of a version that waits for it."""
        comment = given.comment if given else ""
        return await change(lambda uow: unschedule_version(uow, caller, policy, number, comment))

    @routes.post(
        "/{policy}/versions/{number}/restore", status_code=201, response_model=VersionShown
    )
    async def restore(
        policy: str,
        number: Number,
        caller: Writer,
        request: OnlyOnce,
        given: Commented | None = None,
        if_match: IfMatch = None,
    ) -> Response:
        """Draft the text of an old version again: it is tried and signed anew."""
        comment = given.comment if given else ""

        def work(conn: Connection) -> Answer:
            uow = unit_of_work(parts, conn)
            return once(
                conn,
                IDEMPOTENCY,
                request,
                uow.now,
                lambda: drafted(
                    uow, restore_version(uow, caller, policy, number, if_match, comment)
                ),
            )

        return (await db.write(work)).response()

    async def change(act: Callable[[UnitOfWork], Row[Any]]) -> VersionShown:
        def work(conn: Connection) -> VersionShown:
            uow = unit_of_work(parts, conn)
            return shown(uow, act(uow))

        return await db.write(work)

    return routes


def step_taken(row: Row[Any], names: Mapping[str, str]) -> StepTaken:
    """Return a line of the audit as a step; ``names`` are people's by id."""
    known = ("policy", "number", "person_id")
    return StepTaken(
        at=row.happened_at,
        number=row.detail["number"],
        what=row.what.removeprefix("policy."),
        who=row.who,
        person=names.get(row.detail.get("person_id", "")),
        comment=row.why,
        detail={name: value for name, value in row.detail.items() if name not in known},
    )
