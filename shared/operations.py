"""What who runs the installation looks after, over HTTP: parked events, and the audit.

The same in every service.
"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Select, Table, func, select

from shared import pages
from shared.access import Caller, KeyRing
from shared.audit import Asked, Entry, page_of_audit, write_down
from shared.db import Database
from shared.fields import Moment
from shared.pages import Cursor, Limit, Page
from shared.parked import retry_now
from shared.problem import not_found
from shared.web import Permit

ParkedId = Annotated[int, Path(ge=1, lt=2**63)]
Bound = Annotated[Moment | None, Query()]


class ParkedShown(BaseModel):
    """An event that could not be handled, or one that waits behind such a one."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    consumer: str
    topic: str
    partition: int
    offset: int
    key: str = Field(description="What waits: the lead, or its strongest identifier.")
    event_id: str
    type: str
    reason: str
    failures: int = Field(description="Tries that failed; 0 for one that only waits its turn.")
    parked_at: datetime
    retry_at: datetime | None = Field(description="Null when it waits for you, or for its turn.")


def parked_router(
    service: str, db: Database, parked: Table, audit: Table, keys: KeyRing
) -> APIRouter:
    """Return the routes below ``/v1/operations/{service}/parked``."""
    routes = APIRouter(prefix=f"/v1/operations/{service}/parked", tags=["operations"])
    may_write = Permit(keys, "operations:write")

    @routes.get("", dependencies=[Depends(Permit(keys, "operations:read"))])
    async def list_parked(cursor: Cursor = None, limit: Limit = 50) -> Page[ParkedShown]:
        """List parked events, the newest first."""
        return await db.read(lambda conn: page_of_parked(conn, parked, cursor, limit))

    @routes.post("/{parked_id}/retry")
    async def retry(
        parked_id: ParkedId, caller: Annotated[Caller, Depends(may_write)]
    ) -> ParkedShown:
        """Try an event again at once, and what waits before and behind it, in order."""
        return await db.write(
            lambda conn: retry_parked(conn, parked, audit, db.now(conn), caller.name, parked_id)
        )

    return routes


def page_of_parked(
    conn: Connection, parked: Table, cursor: str | None, limit: int
) -> Page[ParkedShown]:
    """Return parked events, the newest first."""
    query = pages.newest_first(_parked(parked), parked.c.parked_at, parked.c.id, cursor, limit)
    rows, following = pages.cut(conn.execute(query).all(), limit, "parked_at", "id")
    return Page(items=[ParkedShown.model_validate(row) for row in rows], next_cursor=following)


def find_parked(conn: Connection, parked: Table, parked_id: int) -> ParkedShown:
    """Return a parked event. Raises ``Problem`` (404)."""
    row = conn.execute(_parked(parked).where(parked.c.id == parked_id)).first()
    if row is None:
        raise not_found("parked event")
    return ParkedShown.model_validate(row)


def behind_parked(conn: Connection, parked: Table, one: ParkedShown) -> int:
    """Return how many events wait behind this one, or with it, for the same."""
    same = [parked.c[name] == getattr(one, name) for name in ("consumer", "topic", "key")]
    query = select(func.count()).select_from(parked).where(*same, parked.c.id != one.id)
    return conn.execute(query).scalar_one()


def retry_parked(
    conn: Connection, parked: Table, audit: Table, now: datetime, who: str, parked_id: int
) -> ParkedShown:
    """Have a parked event tried at once, and what waits before and behind it, in order.

    The audit has which event, not whose: its key can be an address. Raises ``Problem`` (404).
    """
    one = find_parked(conn, parked, parked_id)
    retry_now(conn, parked, now, one.key)
    detail = {"type": one.type, "consumer": one.consumer}
    write_down(conn, audit, now, Entry(who, "parked.retried", one.event_id, detail=detail))
    return find_parked(conn, parked, parked_id)


def _parked(parked: Table) -> Select[Any]:
    return select(*(parked.c[name] for name in ParkedShown.model_fields))


class AuditShown(BaseModel):
    """Who changed what, when and why. Kept without personal data."""

    model_config = ConfigDict(from_attributes=True)

    audit_id: str
    happened_at: datetime
    who: str = Field(description="Id of the person, name of the key, or `relevo`.")
    what: str = Field(description="`person.changed`, `key.revoked`, `policy.activated`…")
    subject: str = Field(description="Id of what was changed.")
    why: str
    detail: dict[str, Any]


def audit_router(path: str, db: Database, audit: Table, keys: KeyRing) -> APIRouter:
    """Return the route that lists a service's audit at ``path``."""
    routes = APIRouter(tags=["operations"])

    @routes.get(path, dependencies=[Depends(Permit(keys, "operations:read"))])
    async def list_audit(
        what: str | None = None,
        subject: str | None = None,
        who: str | None = None,
        since: Bound = None,
        until: Bound = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[AuditShown]:
        """List what was changed, the newest first; all else narrows it.

        ``since`` counts, ``until`` does not any more; ``who`` is the id of the person, or the
        name of the key.
        """
        asked = Asked(what, subject, who, since, until)

        def work(conn: Connection) -> Page[AuditShown]:
            rows, following = page_of_audit(conn, audit, asked, cursor, limit)
            return Page(
                items=[AuditShown.model_validate(row) for row in rows], next_cursor=following
            )

        return await db.read(work)

    return routes
