"""The background refold over HTTP: how far the leads are for a version, and asking for it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from services.handoff.handlers.fold_accounts import accounts_left
from services.handoff.handlers.policies import find_version
from services.handoff.handlers.refold import ask_for_fold, version_of
from services.handoff.http.policy_versions import Number
from services.handoff.http.progress import Progress
from services.handoff.store.folds import find_fold
from services.handoff.unit_of_work import Parts, UnitOfWork, unit_of_work
from shared.access import Caller, KeyRing
from shared.web import Permit


class RefoldShown(BaseModel):
    """How many leads are folded for a version's questions.

    Whatever it says, every lead is judged by a complete state: one whose turn has not come
    is folded when it is judged.
    """

    policy: str
    number: int
    shape: str = Field(description="Names what the fold depends on; versions can share it.")
    state: Literal["not_asked", "folding", "folded", "leaving"] = Field(
        description="`not_asked`: leads are folded when they are judged. `leaving`: no version "
        "needs these states any more, they are being deleted."
    )
    progress: Progress | None = None
    asked_by: str | None = Field(default=None, description="A key's name, or `relevo`.")
    asked_at: datetime | None = None
    started_at: datetime | None = None
    moved_at: datetime | None = Field(default=None, description="When the last page was stored.")
    finished_at: datetime | None = None
    accounts_left: int | None = Field(
        default=None,
        description="Accounts still to be folded, for a version in force that asks about several "
        "people of one; an account is folded when it is asked about, too.",
    )


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return the routes of the refold below ``/v1/policies``."""
    routes = APIRouter(prefix="/v1/policies/{policy}/versions/{number}", tags=["policies"])
    db = parts.db
    Reader = Annotated[Caller, Depends(Permit(keys, "policies:read"))]
    Writer = Annotated[Caller, Depends(Permit(keys, "policies:write"))]

    @routes.get("/refold")
    async def show_refold(policy: str, number: Number, _caller: Reader) -> RefoldShown:
        """Say how many leads are folded for this version, how fast, and for how long still."""
        return await db.read(lambda conn: shown(unit_of_work(parts, conn), policy, number))

    @routes.post("/refold", status_code=202)
    async def refold(policy: str, number: Number, caller: Writer) -> RefoldShown:
        """Fold all leads for this version in the background, also before it decides."""

        def work(conn: Connection) -> RefoldShown:
            uow = unit_of_work(parts, conn)
            ask_for_fold(uow, caller.name, policy, number)
            return shown(uow, policy, number)

        return await db.write(work)

    return routes


def shown(uow: UnitOfWork, policy: str, number: int) -> RefoldShown:
    """Return how far the leads are for a version. Raises ``Problem`` (404, 422)."""
    version = version_of(uow, find_version(uow, policy, number))
    shape = version.fold_shape.hex()
    left = accounts_left(uow, version.version_id)
    row = find_fold(uow.conn, version.fold_shape)
    if row is None:
        return RefoldShown(
            policy=policy, number=number, shape=shape, state="not_asked", accounts_left=left
        )
    return RefoldShown(
        policy=policy,
        number=number,
        shape=shape,
        state=row.state,
        progress=None if row.state == "leaving" else Progress.of(row),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        started_at=row.started_at,
        moved_at=row.moved_at,
        finished_at=row.finished_at,
        accounts_left=left,
    )
