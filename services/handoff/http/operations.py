"""What who runs the installation looks after: parked events, and the audit."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from services.handoff.store.handoffs import page_of_audit
from services.handoff.store.tables import CONSUMER
from services.handoff.unit_of_work import Parts
from shared.access import KeyRing
from shared.operations import parked_router
from shared.pages import Cursor, Limit, Page
from shared.web import Permit


class AuditShown(BaseModel):
    """Who changed what, when and why. Kept without personal data."""

    model_config = ConfigDict(from_attributes=True)

    audit_id: str
    happened_at: datetime
    who: str = Field(description="Name of the key, or `relevo`.")
    what: str = Field(description="`person.changed`, `key.revoked`, `policy.activated`…")
    subject: str = Field(description="Id of what was changed.")
    why: str
    detail: dict[str, Any]


def router(parts: Parts, keys: KeyRing) -> APIRouter:
    """Return handoff's routes below ``/v1/operations``."""
    routes = APIRouter()
    routes.include_router(parked_router(parts.db.service, parts.db, CONSUMER.parked, keys))

    @routes.get(
        "/v1/operations/audit",
        tags=["operations"],
        dependencies=[Depends(Permit(keys, "operations:read"))],
    )
    async def list_audit(
        what: str | None = None,
        subject: str | None = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[AuditShown]:
        """List what was changed, the newest first; ``what`` and ``subject`` narrow it."""

        def work(conn: Connection) -> Page[AuditShown]:
            rows, following = page_of_audit(conn, what, subject, cursor, limit)
            return Page(
                items=[AuditShown.model_validate(row) for row in rows], next_cursor=following
            )

        return await parts.db.read(work)

    return routes
